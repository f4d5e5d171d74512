"""Where the data end."""

from datetime import UTC, date, datetime

import ibis
import pyarrow as pa
import pytest

from appraise.domain.events import EventKind
from appraise.scoring.data_end import data_end


def table(*days: str) -> ibis.Table:
    moments = [datetime.fromisoformat(day).replace(tzinfo=UTC) for day in days]
    return ibis.memtable(pa.table({"occurred_at": pa.array(moments, pa.timestamp("us", "UTC"))}))


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ({}, None),
        ({EventKind.CONTACTS: table()}, None),
        ({EventKind.CONTACTS: table("2025-12-30T23:59:00", "2025-01-01")}, date(2025, 12, 31)),
        ({EventKind.CONTACTS: table("2025-12-31"), EventKind.PURCHASES: table("2025-11-30")}, date(2025, 12, 1)),
        ({EventKind.CONTACTS: table("2025-12-31"), EventKind.RATINGS: table("2024-05-05")}, date(2026, 1, 1)),
        ({EventKind.RATINGS: table("2023-08-31"), EventKind.SUBSCRIPTIONS: table("2023-01-01")}, date(2023, 9, 1)),
    ],
    ids=["no kinds", "no rows", "day after the last", "earlier export bounds", "ratings do not bound", "ratings alone"],
)
def test_the_data_end_after_the_last_day_that_all_leading_exports_show(
    events: dict[EventKind, ibis.Table], expected: date | None
) -> None:
    assert data_end(events) == expected
