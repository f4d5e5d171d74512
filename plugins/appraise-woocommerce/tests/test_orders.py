import json
from pathlib import Path

from appraise.adapters.contract import ImportOptions
from appraise.domain.events import EventKind
from appraise.testing.imported import imported
from appraise_woocommerce import adapter

ORDER = {
    "id": 727,
    "status": "completed",
    "currency": "EUR",
    "total": "29.35",
    "date_created_gmt": "2026-03-22T16:28:02",
    "customer_id": 25,
    "billing": {"email": "ida@example.org", "country": "DE"},
    "created_via": "checkout",
    "refunds": [{"id": 726, "reason": "", "total": "-10.00"}],
}


def test_a_refund_that_was_deleted_or_whose_order_was_cancelled_since_counts_no_longer(tmp_path: Path) -> None:
    kept, undone, cancelled = ({**ORDER, "id": number} for number in (1, 2, 3))
    later = [kept, {**undone, "refunds": []}, {**cancelled, "status": "cancelled"}]
    path = tmp_path / "orders.json"
    path.write_text(json.dumps([kept, undone, cancelled, *later]), encoding="utf-8")

    result = imported(adapter, path, ImportOptions(source="shop"))

    found = [(event["event_id"], event["amount"]) for event in result.events[EventKind.PURCHASES]]
    assert sorted(found) == [("1", 2935), ("1/refund", -1000), ("2", 2935)]
    assert result.skipped == {"not paid, cancelled or failed": 1}
