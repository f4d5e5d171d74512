"""New rows against each other and against the store: what is a duplicate, unchanged, superseding, withdrawn, or new.

For a table `new_<kind>` this makes `dropped_<kind>` (duplicates within the file), `left_<kind>` (events that the file
says are no more), `held_<kind>` (events that the store holds) and `withdrawn_<kind>` (those of them that are no more).
What is then to be written is `rows_to_write`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb

from appraise.domain.events import COLUMNS, ColumnType, EventKind
from appraise.domain.mapping import EventStage
from appraise.events.engine import literal, quoted
from appraise.events.log import KindCounts
from appraise.events.schema import stored_columns
from appraise.events.stage import NOT_COUNTED, leaves, table_of
from appraise.events.store import TableView

GOOD = "_skip IS NULL AND _problems IS NULL"


@dataclass(frozen=True, slots=True)
class Compared:
    counts: KindCounts
    flagged: int
    leans_on: tuple[str, ...]


def drop_duplicates(
    connection: duckdb.DuckDBPyConnection, kind: EventKind, stages: Sequence[tuple[int, EventStage]] = ()
) -> None:
    """The last row of an event counts; fit ones before it go to `dropped_<kind>(id, same, _row, kept_row, is_left, …)`.

    Where the last one says that the event is no more, it goes to `left_<kind>(event_id, _row)`; which rows may say so
    is told by the stages.
    """
    name, left, dropped = table_of(kind), leaves(stages), f"dropped_{kind.value}"
    told = f"({GOOD}) OR ({left})" if left else GOOD
    same = _same("n", "k", kind)
    connection.execute(
        f"CREATE TABLE twice_{kind.value} AS SELECT hash(event_id) AS hash FROM {name} WHERE {told} "
        "GROUP BY hash HAVING count(*) > 1"  # of few events that are not twice, too; texts would fill the memory
    )
    twice = f"{name} AS n SEMI JOIN twice_{kind.value} AS w ON w.hash = hash(n.event_id)"
    # Where two stages speak of one event in one row, what one of them makes of it counts.
    place = "PARTITION BY event_id ORDER BY _row DESC, _skip NULLS FIRST, _stage DESC, n.id DESC"
    connection.execute(
        f"CREATE TABLE {dropped} AS WITH ranked AS (SELECT n.*, row_number() OVER ({place}) AS place "
        f"FROM {twice} WHERE {told}) "
        f"SELECT n.id, k._skip IS NULL AND ({same}) AS same, n._row, k._row AS kept_row, n.event_id, "
        "k._skip IS NOT NULL AS is_left FROM ranked AS n JOIN ranked AS k ON n.event_id = k.event_id AND k.place = 1 "
        "WHERE n.place > 1 AND n._skip IS NULL"
    )
    taken = f"SELECT event_id FROM {twice} WHERE {GOOD} AND n.id NOT IN (SELECT id FROM {dropped})"
    connection.execute(
        f"CREATE TABLE left_{kind.value} AS SELECT event_id, max(_row) AS _row FROM {name} "
        f"WHERE {left or 'false'} AND event_id NOT IN ({taken}) GROUP BY event_id"
    )


def compare(connection: duckdb.DuckDBPyConnection, view: TableView, *, source: str) -> Compared:
    """Set the new rows of one kind against a version of its table."""
    kind = view.kind
    mine = f"source = {literal(source)}"
    held, known = f"held_{kind.value}", f"known_{kind.value}"
    latest = f"(SELECT * FROM ({view.query(latest=True)}) WHERE {mine})"
    connection.execute(
        f"CREATE OR REPLACE TABLE {held} AS SELECT n.id, v.load_id, v.withdrawn IS TRUE AS withdrawn, "
        f"v.withdrawn IS NOT TRUE AND {_same('n', 'v', kind)} AS same "
        f"FROM ({kept(kind)}) AS n JOIN {latest} AS v ON n.event_id = v.event_id"
    )
    _withdraw(connection, view, latest=latest, rows=f"(SELECT * FROM {view.scan()} WHERE {mine})")
    # Rows of an interrupted load are not seen, but come forward when it is repeated: they too count as earlier ones.
    if view.hidden:
        connection.execute(
            f"CREATE OR REPLACE TABLE {known} AS SELECT n.id FROM ({kept(kind)}) AS n "
            f"SEMI JOIN (SELECT event_id FROM {view.scan()} WHERE {mine}) AS v ON n.event_id = v.event_id"
        )
    else:
        connection.execute(f"CREATE OR REPLACE TABLE {known} AS SELECT id FROM {held} WHERE NOT same")
    leans_on = connection.execute(
        f"SELECT load_id FROM {held} WHERE same UNION SELECT load_id FROM withdrawn_{kind.value} WHERE is_known "
        "ORDER BY load_id"
    ).fetchall()
    flagged = _number(connection, f"SELECT count(*) FROM {known} WHERE id NOT IN (SELECT id FROM {held} WHERE same)")
    flagged += _number(connection, f"SELECT count(*) FROM withdrawn_{kind.value} WHERE is_written")
    return Compared(_counts(connection, kind), flagged, tuple(load_id for (load_id,) in leans_on))


def _withdraw(connection: duckdb.DuckDBPyConnection, view: TableView, *, latest: str, rows: str) -> None:
    """Make `withdrawn_<kind>`: the latest rows of the events that are no more, as far as the store holds them.

    `is_known` are withdrawn already. What an interrupted load holds is to be written too: it may come forward.
    """
    left, withdrawn = f"left_{view.kind.value}", f"withdrawn_{view.kind.value}"
    again = "true" if view.hidden else "v.withdrawn IS NOT TRUE"
    connection.execute(
        f"CREATE OR REPLACE TABLE {withdrawn} AS SELECT v.*, l._row AS left_row, v.withdrawn IS TRUE AS is_known, "
        f"v.withdrawn IS NOT TRUE AS is_counted, {again} AS is_written "
        f"FROM {left} AS l JOIN {latest} AS v ON l.event_id = v.event_id"
    )
    if view.hidden:
        connection.execute(
            f"INSERT INTO {withdrawn} SELECT DISTINCT ON (l.event_id) v.*, l._row, false, false, true "
            f"FROM {left} AS l JOIN {rows} AS v ON l.event_id = v.event_id "
            f"WHERE l.event_id NOT IN (SELECT event_id FROM {withdrawn}) ORDER BY l.event_id, v.sequence DESC"
        )


def rows_to_write(kind: EventKind, *, source: str, load_id: str, file: str, sequence: int) -> str:
    """SQL for the accepted rows in the order of the stored columns."""
    extra = {
        "source": literal(source),
        "load_id": literal(load_id),
        "file": literal(file),
        "row": "_row",
        "sequence": f"CAST({sequence} AS BIGINT)",
        "supersedes": f"id IN (SELECT id FROM known_{kind.value})",
        "withdrawn": "false",
    }
    withdrawn = {**extra, "row": "left_row", "supersedes": "true", "withdrawn": "true"}
    return (
        f"SELECT {_columns(kind, extra)} FROM ({accepted(kind)}) UNION ALL "
        f"SELECT {_columns(kind, withdrawn)} FROM withdrawn_{kind.value} WHERE is_written"
    )


def _columns(kind: EventKind, extra: Mapping[str, str]) -> str:
    return ", ".join(
        f"{extra[column.name]} AS {quoted(column.name)}" if column.name in extra else quoted(column.name)
        for column in stored_columns(kind)
    )


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
        f"SELECT count(*) FILTER (coalesce(_skip, ' ') <> {literal(NOT_COUNTED)}), "
        f"count(nullif(_skip, {literal(NOT_COUNTED)})), count(_problems) FROM {table_of(kind)}"
    ).fetchall()[0]
    unchanged, superseding = connection.execute(
        f"SELECT count(*) FILTER (same), count(*) FILTER (NOT same AND NOT withdrawn) FROM held_{kind.value}"
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
        withdrawn=_number(connection, f"SELECT count(*) FROM withdrawn_{kind.value} WHERE is_counted"),
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
