"""Where the data end: the day from which on nothing can be known, so that silence is not taken for an outcome."""

from collections.abc import Mapping
from datetime import date, timedelta

import ibis

from appraise.domain.events import EventKind

LEADING = (EventKind.CONTACTS, EventKind.PURCHASES)
OTHERS = (EventKind.RATINGS, EventKind.SUBSCRIPTIONS)


def data_end(events: Mapping[EventKind, ibis.Table]) -> date | None:
    """The first day without data (UTC); None where there are no events at all.

    Exports are pulled on different days. Contacts and purchases flow daily, so the earlier of their last days bounds
    what both could show; only where neither was imported do ratings or subscriptions say it.
    """
    last = [day for kind in LEADING if kind in events and (day := _last_day(events[kind])) is not None]
    if last:
        return min(last) + timedelta(days=1)
    last = [day for kind in OTHERS if kind in events and (day := _last_day(events[kind])) is not None]
    return max(last) + timedelta(days=1) if last else None


def newest_days(table: ibis.Table) -> dict[str, date]:
    """The day (UTC) of the last event of each source."""
    rows = table.group_by("source").agg(newest=table.occurred_at.max().date()).to_pyarrow().to_pylist()
    return {row["source"]: row["newest"] for row in rows}


def _last_day(table: ibis.Table) -> date | None:
    newest = table.aggregate(newest=table.occurred_at.max().date()).to_pyarrow()["newest"][0].as_py()
    return None if newest is None else date(newest.year, newest.month, newest.day)
