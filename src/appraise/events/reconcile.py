"""What the store holds, by source and month: to be held against the report of the system that it came from."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from appraise.domain.events import EventKind
from appraise.domain.money import MINOR_DIGITS
from appraise.events.engine import literal, plain_engine
from appraise.events.store import Snapshot

POINTS = "points"


@dataclass(frozen=True, slots=True)
class MonthlySum:
    """One line: `count` events of a `kind` in a `month` (YYYY-MM) that are `what`.

    `total` is in `unit`: a currency in major units, or `points` of a rating's own scale; None where nothing is summed.
    """

    source: str
    month: str
    kind: EventKind
    what: str
    count: int
    total: Decimal | None = None
    unit: str | None = None


# What is counted of each kind: the moment, what the line is called, and the sum with its unit.
_COUNTED: dict[EventKind, tuple[tuple[str, str, str, str], ...]] = {
    EventKind.CONTACTS: (("occurred_at", "'contacts'", "NULL", "NULL"),),
    EventKind.RATINGS: (("occurred_at", "scale", "score", literal(POINTS)),),
    EventKind.PURCHASES: (("occurred_at", "kind || 's'", "amount", "currency"),),
    EventKind.SUBSCRIPTIONS: (
        ("occurred_at", "'started'", "amount", "currency"),
        ("ended_at", "concat_ws(', ', 'ended', end_reason)", "amount", "currency"),
    ),
    EventKind.OWNERSHIPS: (("occurred_at", "'begun'", "NULL", "NULL"), ("ended_at", "'ended'", "NULL", "NULL")),
    EventKind.CUSTOMERS: (),
}


def monthly_sums(snapshot: Snapshot, *, time_zone: str, source: str | None = None) -> list[MonthlySum]:
    """Months as the time zone has them, in which the system's own report is made; sorted."""
    with plain_engine() as connection:
        connection.execute(f"SET TimeZone = {literal(time_zone)}")
        found = [
            line
            for kind, counted in _COUNTED.items()
            for moment, what, summed, unit in counted
            for line in _lines(connection, snapshot, kind, source, (moment, what, summed, unit))
        ]
    return sorted(found, key=lambda one: (one.source, one.month, one.kind, one.what, one.unit or ""))


def _lines(
    connection: duckdb.DuckDBPyConnection,
    snapshot: Snapshot,
    kind: EventKind,
    source: str | None,
    counted: tuple[str, str, str, str],
) -> Iterator[MonthlySum]:
    moment, what, summed, unit = counted
    only = "" if source is None else f" AND source = {literal(source)}"
    rows = connection.execute(
        f"SELECT source, strftime({moment}, '%Y-%m') AS month, {what} AS what, {unit} AS unit, count(*), "
        f"sum(CAST({summed} AS DECIMAL(38, 6))) FROM ({snapshot.query(kind)}) "
        f"WHERE {moment} IS NOT NULL{only} GROUP BY ALL"
    ).fetchall()
    for name, month, label, of, count, total in rows:
        scaled = None if total is None else total.scaleb(-MINOR_DIGITS.get(of, 2) if of != POINTS else 0)
        yield MonthlySum(name, month, kind, label, count, scaled, of)
