"""New rows against each other and against the store: what is a duplicate, unchanged, superseding, or new.

For a table `new_<kind>` this makes `dropped_<kind>` (duplicates within the file) and `held_<kind>` (events that the
store holds). What is then to be written is `rows_to_write`.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb

from appraise.domain.events import COLUMNS, ColumnType, EventKind
from appraise.events.engine import literal, quoted
from appraise.events.log import KindCounts
from appraise.events.schema import stored_columns
from appraise.events.stage import table_of
from appraise.events.store import TableView

GOOD = "_skip IS NULL AND _problems IS NULL"


@dataclass(frozen=True, slots=True)
class Compared:
    counts: KindCounts
    flagged: int
    leans_on: tuple[str, ...]


def drop_duplicates(connection: duckdb.DuckDBPyConnection, kind: EventKind) -> None:
    """The last row of an event counts; earlier ones go to `dropped_<kind>(id, same, _row, kept_row, event_id)`."""
    name = table_of(kind)
    same = _same("n", "k", kind)
    connection.execute(
        f"CREATE TABLE twice_{kind.value} AS SELECT hash(event_id) AS hash FROM {name} WHERE {GOOD} "
        "GROUP BY hash HAVING count(*) > 1"  # of few events that are not twice, too; texts would fill the memory
    )
    connection.execute(
        f"CREATE TABLE dropped_{kind.value} AS WITH ranked AS (SELECT n.*, "
        f"row_number() OVER (PARTITION BY event_id ORDER BY _row DESC, _stage DESC, n.id DESC) AS place "
        f"FROM {name} AS n SEMI JOIN twice_{kind.value} AS w ON w.hash = hash(n.event_id) WHERE {GOOD}) "
        f"SELECT n.id, ({same}) AS same, n._row, k._row AS kept_row, n.event_id "
        "FROM ranked AS n JOIN ranked AS k ON n.event_id = k.event_id AND k.place = 1 WHERE n.place > 1"
    )


def compare(connection: duckdb.DuckDBPyConnection, view: TableView, *, source: str) -> Compared:
    """Set the new rows of one kind against a version of its table."""
    kind = view.kind
    mine = f"source = {literal(source)}"
    held, known = f"held_{kind.value}", f"known_{kind.value}"
    connection.execute(
        f"CREATE OR REPLACE TABLE {held} AS SELECT n.id, ({_same('n', 'v', kind)}) AS same, v.load_id "
        f"FROM ({kept(kind)}) AS n JOIN (SELECT * FROM ({view.query()}) WHERE {mine}) AS v ON n.event_id = v.event_id"
    )
    # Rows of an interrupted load are not seen, but come forward when it is repeated: they too count as earlier ones.
    if view.hidden:
        connection.execute(
            f"CREATE OR REPLACE TABLE {known} AS SELECT n.id FROM ({kept(kind)}) AS n "
            f"SEMI JOIN (SELECT event_id FROM {view.scan()} WHERE {mine}) AS v ON n.event_id = v.event_id"
        )
    else:
        connection.execute(f"CREATE OR REPLACE TABLE {known} AS SELECT id FROM {held} WHERE NOT same")
    leans_on = connection.execute(f"SELECT DISTINCT load_id FROM {held} WHERE same ORDER BY load_id").fetchall()
    flagged = _number(connection, f"SELECT count(*) FROM {known} WHERE id NOT IN (SELECT id FROM {held} WHERE same)")
    return Compared(_counts(connection, kind), flagged, tuple(load_id for (load_id,) in leans_on))


def rows_to_write(kind: EventKind, *, source: str, load_id: str, file: str, sequence: int) -> str:
    """SQL for the accepted rows in the order of the stored columns."""
    extra = {
        "source": literal(source),
        "load_id": literal(load_id),
        "file": literal(file),
        "row": "_row",
        "sequence": f"CAST({sequence} AS BIGINT)",
        "supersedes": f"id IN (SELECT id FROM known_{kind.value})",
    }
    names = ", ".join(
        f"{extra[column.name]} AS {quoted(column.name)}" if column.name in extra else quoted(column.name)
        for column in stored_columns(kind)
    )
    return f"SELECT {names} FROM ({accepted(kind)})"


def accepted(kind: EventKind) -> str:
    return f"SELECT * FROM ({kept(kind)}) WHERE id NOT IN (SELECT id FROM held_{kind.value} WHERE same)"


def kept(kind: EventKind) -> str:
    """SQL for the rows that are fit, each event once."""
    return f"SELECT * FROM {table_of(kind)} WHERE {GOOD} AND id NOT IN (SELECT id FROM dropped_{kind.value})"


def _same(left: str, right: str, kind: EventKind) -> str:
    names = (quoted(column.name) for column in COLUMNS[kind] if column.name != "event_id")
    return " AND ".join(f"{left}.{name} IS NOT DISTINCT FROM {right}.{name}" for name in names)


def _counts(connection: duckdb.DuckDBPyConnection, kind: EventKind) -> KindCounts:
    considered, skipped, rejected = connection.execute(
        f"SELECT count(*), count(_skip), count(_problems) FROM {table_of(kind)}"
    ).fetchall()[0]
    unchanged, superseding = connection.execute(
        f"SELECT count(*) FILTER (same), count(*) FILTER (NOT same) FROM held_{kind.value}"
    ).fetchall()[0]
    number, first, last = connection.execute(
        f"SELECT count(*), min(occurred_at), max(occurred_at) FROM ({accepted(kind)})"
    ).fetchall()[0]
    counts = KindCounts(
        considered=considered,
        accepted=number,
        superseding=superseding,
        unchanged=unchanged,
        duplicates=_number(connection, f"SELECT count(*) FROM dropped_{kind.value}"),
        skipped=skipped,
        rejected=rejected,
        first=_utc(first),
        last=_utc(last),
        money=_money(connection, kind),
    )
    if not counts.balances():
        raise AssertionError(f"rows of {kind.value} went missing: {counts}")
    return counts


def _money(connection: duckdb.DuckDBPyConnection, kind: EventKind) -> dict[str, int]:
    if ColumnType.MONEY not in {column.type for column in COLUMNS[kind]}:
        return {}
    rows = connection.execute(
        f"SELECT currency, sum(amount) FROM ({accepted(kind)}) WHERE amount IS NOT NULL "
        "GROUP BY currency ORDER BY currency"
    ).fetchall()
    return {currency: int(total) for currency, total in rows}


def _number(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    return int(connection.execute(sql).fetchall()[0][0])


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.astimezone(UTC)
