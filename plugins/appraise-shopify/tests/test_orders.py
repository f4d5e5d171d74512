from datetime import UTC, datetime
from pathlib import Path

import pytest

from appraise.adapters.contract import ImportOptions
from appraise.domain.events import EventKind
from appraise.errors import InvalidInput
from appraise.testing.imported import Imported, imported, link_key
from appraise_shopify import adapter

HEADER = (
    "Name,Email,Financial Status,Currency,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,"
    "Cancelled at,Payment Method,Refunded Amount,Employee,Id,Tags,Source"
)


def read(directory: Path, *rows: str, header: str = HEADER, **settings: str) -> Imported:
    path = directory / "orders.csv"
    path.write_text("\r\n".join([header, *rows]) + "\r\n", encoding="utf-8")
    return imported(adapter, path, ImportOptions(source="shop", settings=settings))


def order(**cells: str) -> str:
    row = {
        "Name": "#1001",
        "Email": "ida@example.org",
        "Financial Status": "paid",
        "Currency": "EUR",
        "Total": "25.00",
        "Created at": "2026-05-01 09:59:00 +0200",
        "Lineitem quantity": "1",
        "Lineitem name": "Cable",
        "Lineitem price": "25.00",
        "Id": "450789469",
        **cells,
    }
    return ",".join(f'"{row.get(name, "")}"' for name in HEADER.split(","))


PURCHASE = {
    "event_id": "450789469",
    "occurred_at": datetime(2026, 5, 1, 7, 59, tzinfo=UTC),
    "customer_key": link_key("ida@example.org"),
    "link_key": link_key("ida@example.org"),
    "order_id": "450789469",
    "kind": "purchase",
    "amount": 2500,
    "currency": "EUR",
}


def test_an_order_of_three_line_items_is_one_purchase(tmp_path: Path) -> None:
    line = "#1001,ida@example.org,,,,,2,Lamp,5.00,,,,,,,"

    result = read(tmp_path, order(), line, line)

    assert result.events == {EventKind.PURCHASES: (PURCHASE,)}
    assert (result.skipped, result.rejected) == ({}, ())


def test_money_given_back_is_a_reversal_beside_the_purchase(tmp_path: Path) -> None:
    result = read(tmp_path, order(**{"Refunded Amount": "10.50", "Financial Status": "partially_refunded"}))

    assert result.events[EventKind.PURCHASES] == (
        PURCHASE,
        {**PURCHASE, "event_id": "450789469/refund", "kind": "reversal", "amount": -1050},
    )


def test_money_given_back_that_cannot_be_read_is_not_taken_for_kept(tmp_path: Path) -> None:
    rows = [order(Id=str(id_), **{"Refunded Amount": text}) for id_, text in ((1, "1,050.00"), (2, "EUR 5"), (3, "-5"))]

    result = read(tmp_path, *rows)

    assert [one["amount"] for one in result.events[EventKind.PURCHASES] if one["kind"] == "reversal"] == [-105000]
    assert [(one.row, one.column, one.value) for one in result.rejected] == [
        (3, "Refunded Amount", "not read: EUR 5"),
        (4, "Refunded Amount", "not read: -5"),
    ]


def test_nothing_given_back_is_no_reversal(tmp_path: Path) -> None:
    assert read(tmp_path, order(**{"Refunded Amount": "0.00"})).events[EventKind.PURCHASES] == (PURCHASE,)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"Email": ""}, "no e-mail address: a walk-in"),
        ({"Cancelled at": "2026-05-01 10:30:00 +0200"}, "the order was cancelled"),
        ({"Financial Status": "voided"}, "the payment was voided"),
        ({"Financial Status": "expired"}, "the payment expired"),
        ({"Total": "0.00"}, "nothing was to be paid"),
        ({"Payment Method": "(for testing) Bogus Gateway"}, "a test order"),
    ],
)
def test_what_is_no_purchase_is_left_out_with_the_reason(tmp_path: Path, cells: dict[str, str], reason: str) -> None:
    result = read(tmp_path, order(**cells))

    assert (result.events[EventKind.PURCHASES], result.skipped) == ((), {reason: 1})


def test_what_was_given_back_of_a_cancelled_order_goes_with_it(tmp_path: Path) -> None:
    given_back = order(**{"Refunded Amount": "10.50", "Financial Status": "partially_refunded"})
    cancelled = order(**{"Refunded Amount": "25.00", "Cancelled at": "2026-05-04 10:00:00 +0200"})

    result = read(tmp_path, given_back, cancelled)  # the last row of an event counts, as does that of a later file

    assert (result.events[EventKind.PURCHASES], result.skipped) == ((), {"the order was cancelled": 1})


def test_a_negative_order_is_a_reversal(tmp_path: Path) -> None:
    result = read(tmp_path, order(Total="-5.00"))

    assert [(one["kind"], one["amount"]) for one in result.events[EventKind.PURCHASES]] == [("reversal", -500)]


def test_apostrophes_of_spreadsheets_are_taken_off(tmp_path: Path) -> None:
    assert read(tmp_path, order(Id="'450789469", Total="'25.00")).events[EventKind.PURCHASES] == (PURCHASE,)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2025-10-26 02:30:00 +0200", datetime(2025, 10, 26, 0, 30, tzinfo=UTC)),
        ("2025-10-26 02:30:00 +0100", datetime(2025, 10, 26, 1, 30, tzinfo=UTC)),
        ("2025-01-01 00:15:00 -0800", datetime(2025, 1, 1, 8, 15, tzinfo=UTC)),
    ],
)
def test_the_offset_tells_the_two_hours_of_an_autumn_night_apart(
    tmp_path: Path, written: str, moment: datetime
) -> None:
    result = read(tmp_path, order(**{"Created at": written}))

    assert [one["occurred_at"] for one in result.events[EventKind.PURCHASES]] == [moment]


def test_a_tag_that_is_declared_becomes_the_segment(tmp_path: Path) -> None:
    result = read(tmp_path, order(Tags="newsletter, Business , gift"), segment_tags="consumer,business")

    assert [one["segment"] for one in result.events[EventKind.PURCHASES]] == ["business"]


def test_an_order_at_the_till_names_its_employee_and_channel(tmp_path: Path) -> None:
    result = read(tmp_path, order(Employee="Ann Lee", Source="POS"))

    assert result.events[EventKind.PURCHASES] == (
        {**PURCHASE, "employee_namespace": "name", "employee_key": "Ann Lee", "channel": "pos"},
    )


def test_an_order_without_a_sum_is_rejected(tmp_path: Path) -> None:
    result = read(tmp_path, order(Total=""))

    assert [(row.row, row.column) for row in result.rejected] == [(2, "Total")]


def test_without_ids_orders_go_by_their_names_and_that_is_said(tmp_path: Path) -> None:
    header = "Name,Email,Financial Status,Currency,Total,Created at,Lineitem name"

    result = read(tmp_path, "#1001,ida@example.org,paid,EUR,25.00,2026-05-01 09:59:00 +0200,Cable", header=header)

    assert result.events[EventKind.PURCHASES] == ({**PURCHASE, "event_id": "#1001", "order_id": "#1001"},)
    assert result.warnings == (
        "without Id orders are told apart by Name, which repeats in other shops: one source per shop",
        "without Refunded Amount money given back is counted as kept",
    )


def test_an_unknown_setting_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read(tmp_path, order(), segment_tag="x")

    assert refusal.value.hint == "did you mean 'segment_tags'?"
