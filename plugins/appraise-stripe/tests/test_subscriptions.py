from datetime import UTC, datetime
from pathlib import Path

import pytest

from appraise.adapters.contract import ImportOptions
from appraise.domain.events import EventKind
from appraise.errors import InvalidInput
from appraise.testing.imported import Imported, imported, link_key
from appraise_stripe import adapter

COLUMNS = (
    *("id", "Customer ID", "Customer Email", "Plan", "Currency", "Interval", "Amount", "Status", "Created (UTC)"),
    *("Start Date (UTC)", "Canceled At (UTC)", "Ended At (UTC)", "Cancellation Reason", "segment (metadata)"),
)
ROW = {
    "id": "sub_1",
    "Customer ID": "cus_1",
    "Customer Email": "ida@example.org",
    "Plan": "gold",
    "Currency": "eur",
    "Interval": "month",
    "Amount": "9.90",
    "Status": "active",
    "Created (UTC)": "2024-06-01 08:00",
    "Start Date (UTC)": "2024-06-02 09:00:00",
    "segment (metadata)": "business",
}
SUBSCRIPTION = {
    "event_id": "sub_1",
    "occurred_at": datetime(2024, 6, 2, 9, 0, tzinfo=UTC),
    "customer_key": "cus_1",
    "link_key": link_key("ida@example.org"),
    "product": "gold",
    "segment": "business",
    "amount": 990,
    "currency": "EUR",
    "interval": "month",
}


def read(directory: Path, *rows: dict[str, str], settings: dict[str, str] | None = None) -> Imported:
    lines = [COLUMNS, *([{**ROW, **row}.get(column, "") for column in COLUMNS] for row in rows)]
    path = directory / "subscriptions.csv"
    path.write_text("".join(",".join(line) + "\n" for line in lines), encoding="utf-8")
    return imported(adapter, path, ImportOptions(source="stripe", settings=settings or {}))


def test_a_running_subscription_has_no_end(tmp_path: Path) -> None:
    assert read(tmp_path, {}).events == {EventKind.SUBSCRIPTIONS: (SUBSCRIPTION,)}


def test_a_click_without_an_end_is_no_loss(tmp_path: Path) -> None:
    result = read(
        tmp_path, {"Canceled At (UTC)": "2025-05-20 12:00:00", "Cancellation Reason": "cancellation_requested"}
    )

    assert result.events[EventKind.SUBSCRIPTIONS] == (SUBSCRIPTION,)


@pytest.mark.parametrize(
    ("reason", "end_reason"),
    [
        ("cancellation_requested", "voluntary"),
        ("too_expensive", "voluntary"),
        ("payment_failed", "involuntary"),
        ("Payment_Disputed", "involuntary"),
        ("fraud", "involuntary"),
    ],
)
def test_a_loss_counts_on_the_day_it_comes_into_force(tmp_path: Path, reason: str, end_reason: str) -> None:
    result = read(
        tmp_path,
        {
            "Status": "canceled",
            "Canceled At (UTC)": "2025-05-20 12:00:00",
            "Ended At (UTC)": "2025-06-02 09:00:00",
            "Cancellation Reason": reason,
        },
    )

    assert result.events[EventKind.SUBSCRIPTIONS] == (
        {**SUBSCRIPTION, "ended_at": datetime(2025, 6, 2, 9, 0, tzinfo=UTC), "end_reason": end_reason},
    )


def test_an_unknown_reason_rejects_the_row(tmp_path: Path) -> None:
    result = read(tmp_path, {"Ended At (UTC)": "2025-06-02 09:00:00", "Cancellation Reason": "solar flare"})

    assert [(row.row, row.column, row.value) for row in result.rejected] == [(2, "Cancellation Reason", "solar flare")]


@pytest.mark.parametrize(
    ("status", "reason"),
    [("incomplete_expired", "the first payment never came"), ("incomplete", "the first payment has not come yet")],
)
def test_a_subscription_that_never_started_is_left_out(tmp_path: Path, status: str, reason: str) -> None:
    result = read(tmp_path, {"Status": status})

    assert (result.events[EventKind.SUBSCRIPTIONS], result.skipped) == ((), {reason: 1})


def test_a_file_of_survivors_is_reported(tmp_path: Path) -> None:
    survivors = "no subscription has ended: export all of them, or everybody seems to stay"

    assert read(tmp_path, {}).warnings == (survivors,)
    assert read(tmp_path, {}, {"id": "sub_2", "Ended At (UTC)": "2025-06-02 09:00:00"}).warnings == ()


def test_a_yen_has_no_minor_unit(tmp_path: Path) -> None:
    result = read(tmp_path, {"Currency": "jpy", "Amount": "990"})

    assert result.events[EventKind.SUBSCRIPTIONS] == ({**SUBSCRIPTION, "amount": 990, "currency": "JPY"},)


def test_another_metadata_column_may_hold_the_segment(tmp_path: Path) -> None:
    result = read(tmp_path, {}, settings={"column.segment": "Plan"})

    assert result.events[EventKind.SUBSCRIPTIONS] == ({**SUBSCRIPTION, "segment": "gold"},)


def test_a_column_that_a_setting_names_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"it has no column 'tier \(metadata\)'"):
        read(tmp_path, {}, settings={"column.segment": "tier (metadata)"})
