"""What becomes of a file of events: the adapter's plan, carried out as the event store does up to the writing.

Writing would take twice as long as all the rest, and does not depend on the adapter.
"""

import hashlib
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from appraise.adapters.contract import EventPlan, EventSource, ImportOptions
from appraise.adapters.files import as_delimited, read_header
from appraise.adapters.records import RejectedRow
from appraise.domain.events import COLUMNS, EventKind
from appraise.events import rejected
from appraise.events.compare import drop_duplicates, kept
from appraise.events.compile import LINK_SECRET as LINK_VARIABLE
from appraise.events.compile import check_rules
from appraise.events.raw import Raw, read_raw
from appraise.events.stage import NOT_COUNTED, run_stages, table_of

AT = datetime(2100, 1, 1, tzinfo=UTC)  # nothing that a test writes lies after it
LINK_SECRET = b"the link secret of tests"


@dataclass(frozen=True, slots=True)
class Imported:
    """The events of each kind in the order of their rows, without their empty columns; what was left out and why."""

    events: Mapping[EventKind, tuple[Mapping[str, object], ...]]
    skipped: Mapping[str, int] = field(default_factory=dict)
    rejected: tuple[RejectedRow, ...] = ()
    warnings: tuple[str, ...] = ()
    unmapped: tuple[str, ...] = field(default=(), compare=False)
    nameless: Mapping[str, int] = field(default_factory=dict, compare=False)
    """Rows that withdraw what an earlier load brought, but do not say what, by the reason why they are left out."""


def link_key(email: str) -> str:
    """The link key of an address in small letters."""
    return hashlib.sha256(LINK_SECRET + email.encode()).hexdigest()


def imported(adapter: EventSource, path: Path, options: ImportOptions) -> Imported:
    """Raises what the adapter or the event store raises; rejected rows are cut at the first hundred."""
    before: list[RejectedRow] = []
    plan = adapter.plan_events(read_header(path, adapter.shape(path, options)), path, options)
    for stage in plan.stages:
        check_rules(stage)
    kinds = tuple(dict.fromkeys(stage.kind for stage in plan.stages))
    with tempfile.TemporaryDirectory(prefix="appraise-imported-") as name, duckdb.connect() as connection:
        copy, shape = as_delimited(path, plan.shape, Path(name), on_reject=before.append)
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET threads = 1")  # the tables are tiny
        connection.execute(f"SET VARIABLE {LINK_VARIABLE} = $1", [LINK_SECRET])
        first = plan.shape.first_data_row
        raw = read_raw(connection, copy, delimiter=shape.delimiter or ",", first_row=first, used=plan.used)
        connection.execute("SET enable_external_access = false")
        _work_out(connection, plan, raw, kinds)
        rejected.gather(connection, kinds, file=path.name, before=before)
        return Imported(
            {kind: _events(connection, kind) for kind in kinds},
            _skipped(connection, kinds),
            rejected.sample(connection),
            plan.warnings,
            tuple(one for one in raw.columns if plan.used and one not in plan.used),
            _nameless(connection, plan),
        )


def _work_out(connection: duckdb.DuckDBPyConnection, plan: EventPlan, raw: Raw, kinds: tuple[EventKind, ...]) -> None:
    for kind in kinds:
        stages = [(number, stage) for number, stage in enumerate(plan.stages) if stage.kind is kind]
        run_stages(connection, kind, stages, raw, at=f"TIMESTAMPTZ '{AT.isoformat()}'")
        drop_duplicates(connection, kind, stages)


def _nameless(connection: duckdb.DuckDBPyConnection, plan: EventPlan) -> dict[str, int]:
    counts: dict[str, int] = {}
    for number, stage in enumerate(plan.stages):
        for reason in {skip.reason or NOT_COUNTED for skip in stage.skips if skip.withdraws}:
            [(count,)] = connection.execute(
                f"SELECT count(*) FROM {table_of(stage.kind)} WHERE _stage = $1 AND _skip = $2 AND event_id IS NULL",
                [number, reason],
            ).fetchall()
            if count:
                counts[reason] = counts.get(reason, 0) + int(count)
    return counts


def _skipped(connection: duckdb.DuckDBPyConnection, kinds: tuple[EventKind, ...]) -> dict[str, int]:
    counted = f"_skip <> '{NOT_COUNTED}'"
    parts = " UNION ALL ".join(f"SELECT _skip FROM {table_of(kind)} WHERE {counted}" for kind in kinds)
    return dict(connection.execute(f"SELECT _skip, count(*) FROM ({parts}) GROUP BY 1 ORDER BY 1").fetchall())


def _events(connection: duckdb.DuckDBPyConnection, kind: EventKind) -> tuple[Mapping[str, object], ...]:
    names = [column.name for column in COLUMNS[kind]]
    columns = ", ".join(f'"{name}"' for name in names)
    rows = connection.execute(f"SELECT {columns} FROM ({kept(kind)}) ORDER BY _row, event_id").fetchall()
    return tuple({name: value for name, value in zip(names, row, strict=True) if value is not None} for row in rows)
