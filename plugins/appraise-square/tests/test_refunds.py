from pathlib import Path

from appraise.adapters.contract import ImportOptions
from appraise.domain.events import EventKind
from appraise.testing.imported import imported
from appraise_square import adapter

HEADER = (
    "Date,Time,Time Zone,Gross Sales,Net Sales,Transaction ID,Payment ID,Staff Name,Staff ID,Event Type,Customer ID"
)
PLACE = "Eastern Time (US & Canada)"


def test_a_payment_that_is_given_back_in_two_parts_has_two_refunds(tmp_path: Path) -> None:
    path = tmp_path / "transactions.csv"
    rows = (
        f"2026-03-08,02:30:00,{PLACE},$100.00,$100.00,T1,P1,Ann,S1,Payment,C1",
        f"2026-03-09,10:00:00,{PLACE},($10.00),($10.00),T1,P1,Ann,S1,Refund,C1",
        f"2026-03-10,10:00:00,{PLACE},($15.00),($15.00),T1,P1,Ann,S1,Refund,C1",
        f"2026-03-10,10:00:00,{PLACE},($15.00),($15.00),T1,P1,Ann,S1,Refund,C1",
    )
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")

    result = imported(adapter, path, ImportOptions(source="square", settings={"currency": "USD"}))

    events = result.events[EventKind.PURCHASES]
    assert [(one["event_id"], one["order_id"], one["amount"]) for one in events] == [
        ("T1/payment/P1", "T1", 10000),
        ("T1/refund/P1/2026-03-09 14:00:00+00", "T1", -1000),
        ("T1/refund/P1/2026-03-10 14:00:00+00", "T1", -1500),
    ]
