"""Tables read where they are: refused by their columns, then checked row by row as an import would, for one run."""

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

import duckdb

from appraise.domain.events import COLUMNS, ColumnType, EventKind
from appraise.domain.in_place import InPlace, LeftOut
from appraise.domain.mapping import EventStage, Parse, Rule
from appraise.errors import InvalidInput, Place
from appraise.events.compare import GOOD, drop_duplicates
from appraise.events.compile import LINK_SECRET, check_rules
from appraise.events.data_files import write_files
from appraise.events.engine import literal, quoted
from appraise.events.ingest import connect
from appraise.events.locations import Held, Table, Trait
from appraise.events.raw import Raw
from appraise.events.report import SAMPLE
from appraise.events.schema import stored_columns
from appraise.events.stage import run_stages, stage_query, table_of
from appraise.events.store import Snapshot

LOAD: Final = "in place"
"""What rows that are read in place have for the id of a load."""
SAME: Final = "the same event again"
CONFLICTING: Final = "the same event_id stands in several rows that differ"

_NUMBERS = {Trait.TEXT, Trait.WHOLE, Trait.DECIMAL, Trait.FLOAT}
_FITTING = {
    ColumnType.TEXT: {Trait.TEXT, Trait.WHOLE, Trait.DECIMAL, Trait.BOOLEAN, Trait.DAY},
    ColumnType.INTEGER: {Trait.TEXT, Trait.WHOLE},
    ColumnType.DECIMAL: _NUMBERS,
    ColumnType.MONEY: _NUMBERS,
    ColumnType.BOOLEAN: {Trait.TEXT, Trait.WHOLE, Trait.BOOLEAN},
    ColumnType.TIMESTAMP: {Trait.TEXT, Trait.INSTANT, Trait.LOCAL_TIME, Trait.DAY},
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A table and what is to be made of it; `used` are the columns that this needs, `document` is its mapping."""

    table: Table
    stage: EventStage
    used: tuple[str, ...]
    source: str
    document: str


@dataclass(frozen=True, slots=True)
class Read:
    """`files` hold the events that were taken, as the event tables do."""

    told: InPlace
    files: tuple[str, ...]
    sample: tuple[LeftOut, ...]


def check(wanted: Wanted) -> None:
    """Raises `InvalidInput` where a column cannot be what it is mapped to, or the mapping's SQL does not fit."""
    check_rules(wanted.stage)
    for column in COLUMNS[wanted.stage.kind]:
        rule = wanted.stage.rules.get(column.name)
        if rule is not None and rule.column is not None:
            _check_column(wanted, rule.column, rule, column.type)
    with duckdb.connect(config={"enable_external_access": "false"}) as connection:
        names = "".join(f", CAST(NULL AS VARCHAR) AS {quoted(name)}" for name in wanted.used)
        connection.execute(f"CREATE TABLE raw AS SELECT CAST(0 AS BIGINT) AS _row{names} WHERE false")
        connection.execute(f"SET VARIABLE {LINK_SECRET} = $1", [b""])
        try:
            connection.execute(f"EXPLAIN {stage_query(0, wanted.stage, at='now()')}")
        except duckdb.Error as error:
            raise InvalidInput(
                f"the SQL of the mapping does not fit: {str(error).splitlines()[0]}",
                place=Place(f"{wanted.stage.kind} of {wanted.source}"),
                expected="DuckDB's SQL over the columns, all of which are text there",
            ) from error


def read(wanted: Wanted, *, at: datetime, link_secret: bytes, into: Path) -> Read:
    """Check all rows and write those that are fit `into` a directory.

    Raises `InvalidInput` where the rows cannot be worked out, `Retriable` where they were changed meanwhile.
    """
    kind, table = wanted.stage.kind, wanted.table
    with tempfile.TemporaryDirectory(dir=into, prefix="work-") as work:
        scratch = Path(work)
        with connect(scratch, link_secret) as connection:
            files = table.bring(connection, wanted.used, scratch)
            _confine(connection, files, into)
            run_stages(
                connection,
                kind,
                [(0, wanted.stage)],
                Raw(wanted.used, first_row=1),
                at=f"TIMESTAMPTZ {literal(at.isoformat())}",
            )
            drop_duplicates(connection, kind)
            table.settled()
            written = write_files(connection, _taken(wanted), kind, into)
            told = _told(connection, wanted, sum(file.rows for file in written))
            sample = _sample(connection, kind)
    return Read(told, tuple(str(file.path) for file in written), sample)


def beside(snapshot: Snapshot, read_in_place: Iterable[Read]) -> Snapshot:
    """The snapshot with the events that were read in place among those of the store."""
    views = dict(snapshot.views)
    for one in read_in_place:
        view = views[one.told.kind]
        only = None if view.only is None else (*view.only, (LOAD, 0))
        views[one.told.kind] = replace(view, files=(*view.files, *one.files), only=only)
    return Snapshot(snapshot.versions, views)


def _check_column(wanted: Wanted, name: str, rule: Rule, wants: ColumnType) -> None:
    held = wanted.table.columns[name]
    fitting = {Trait.TEXT, Trait.WHOLE} if rule.parse is Parse.INTEGER else _FITTING[wants]
    said, expected = f"the column {name!r} is {held.type}", ""
    if held.trait not in fitting:
        expected = ", ".join(trait.value for trait in Trait if trait in fitting)
    elif wants is ColumnType.TIMESTAMP:
        expected = _of_times(held, rule)
    elif rule.decimal_comma and held.trait is not Trait.TEXT:
        expected = "a text: decimal_comma says how texts are read, and would misread a number"
    if expected:
        raise InvalidInput(
            said,
            place=Place(f"{wanted.table.location}, {wanted.stage.kind} of {wanted.source}"),
            expected=expected,
            hint="map another column, or make it what is expected: by a view, or under [sql]",
        )


def _of_times(held: Held, rule: Rule) -> str:
    if rule.formats and held.trait is not Trait.TEXT:
        return "a text: formats say how texts are read"
    if rule.time_zone is None and held.trait in {Trait.LOCAL_TIME, Trait.DAY}:
        return 'a time with zone, or a declaration of the zone: time_zone = "Europe/Berlin"'
    return ""


def _confine(connection: duckdb.DuckDBPyConnection, files: Sequence[str], directory: Path) -> None:
    """The mapping's SQL may see the table's own files and this directory, nothing else."""
    connection.execute(f"SET allowed_directories = [{literal(f'{directory}/')}]")
    if files:
        connection.execute(f"SET allowed_paths = [{', '.join(map(literal, files))}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _fit(kind: EventKind) -> str:
    """Rows of which nothing is wrong, each event once; of several rows that differ none can be told to be the right."""
    dropped = f"dropped_{kind.value}"
    return (
        f"SELECT * FROM {table_of(kind)} WHERE {GOOD} AND id NOT IN (SELECT id FROM {dropped}) "
        f"AND event_id NOT IN (SELECT event_id FROM {dropped} WHERE NOT same)"
    )


def _taken(wanted: Wanted) -> str:
    extra = {
        "source": literal(wanted.source),
        "load_id": literal(LOAD),
        "file": literal(str(wanted.table.location)),
        "row": "NULL",
        "sequence": "0",
        "supersedes": "false",
        "withdrawn": "false",
    }
    names = ", ".join(
        f"{extra[column.name]} AS {quoted(column.name)}" if column.name in extra else quoted(column.name)
        for column in stored_columns(wanted.stage.kind)
    )
    return f"SELECT {names} FROM ({_fit(wanted.stage.kind)})"


def _told(connection: duckdb.DuckDBPyConnection, wanted: Wanted, taken: int) -> InPlace:
    kind = wanted.stage.kind
    names = ", ".join(f"{quoted(column.name)} := {quoted(column.name)}" for column in COLUMNS[kind])
    hashed = f"CAST(md5_number_lower(CAST(to_json(struct_pack({names})) AS VARCHAR)) AS HUGEINT)"
    [(rows,)] = connection.execute(f"SELECT count(*) FROM {table_of(kind)}").fetchall()
    [(total,)] = connection.execute(f"SELECT coalesce(sum({hashed}), 0) FROM ({_fit(kind)})").fetchall()
    reasons = connection.execute(
        f"SELECT reason, count(*) FROM ({_reasons(kind)}) GROUP BY reason ORDER BY count(*) DESC, reason"
    ).fetchall()
    return InPlace(
        source=wanted.source,
        kind=kind,
        location=wanted.table.location,
        mapping=wanted.document,
        state=wanted.table.state,
        rows=rows,
        taken=taken,
        left_out=tuple((reason, count) for reason, count in reasons),
        checksum=f"{int(total):x}",
    )


def _reasons(kind: EventKind) -> str:
    """Every reason of every row that is left out: `event_id`, `"column"`, `value`, `reason`."""
    name, dropped = table_of(kind), f"dropped_{kind.value}"
    differing = f"SELECT event_id FROM {dropped} WHERE NOT same"
    return (
        f'SELECT event_id, one."column", one.value, one.reason FROM (SELECT event_id, unnest(_problems) AS one '
        f"FROM {name} WHERE _problems IS NOT NULL) UNION ALL "
        f"SELECT event_id, NULL, NULL, _skip FROM {name} WHERE _skip IS NOT NULL UNION ALL "
        f"SELECT event_id, 'event_id', event_id, {literal(CONFLICTING)} FROM {name} "
        f"WHERE {GOOD} AND event_id IN ({differing}) UNION ALL "
        f"SELECT event_id, 'event_id', event_id, {literal(SAME)} FROM {dropped} "
        f"WHERE event_id NOT IN ({differing})"
    )


def _sample(connection: duckdb.DuckDBPyConnection, kind: EventKind) -> tuple[LeftOut, ...]:
    rows = connection.execute(
        f'SELECT left(event_id, 80), "column", left(value, 80), reason FROM ({_reasons(kind)}) '
        f'WHERE "column" IS NOT NULL ORDER BY reason, event_id, "column" LIMIT {SAMPLE}'
    ).fetchall()
    return tuple(LeftOut(*row) for row in rows)
