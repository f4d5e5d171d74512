"""What becomes of a file of events: the adapter's plan, carried out by the event store into a store of its own."""

import hashlib
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from appraise.adapters.contract import EventSource, ImportOptions
from appraise.adapters.files import as_delimited, read_header
from appraise.adapters.records import RejectedRow
from appraise.domain.events import COLUMNS, EventKind
from appraise.events.engine import open_engine
from appraise.events.ingest import LoadOptions, import_events
from appraise.events.store import EventStore

AT = datetime(2100, 1, 1, tzinfo=UTC)  # nothing that a test writes lies after it
LINK_SECRET = b"the link secret of tests"


@dataclass(frozen=True, slots=True)
class Imported:
    """The events of each kind in the order of their rows, without their empty columns; what was left out and why."""

    events: Mapping[EventKind, tuple[Mapping[str, object], ...]]
    skipped: Mapping[str, int] = field(default_factory=dict)
    rejected: tuple[RejectedRow, ...] = ()
    warnings: tuple[str, ...] = ()


def link_key(email: str) -> str:
    """The link key of an address in small letters."""
    return hashlib.sha256(LINK_SECRET + email.encode()).hexdigest()


def imported(adapter: EventSource, path: Path, options: ImportOptions) -> Imported:
    """Raises what the adapter or the event store raises; rejected rows are cut at the first hundred."""
    before: list[RejectedRow] = []
    plan = adapter.plan_events(read_header(path, adapter.shape(path, options)), path, options)
    with tempfile.TemporaryDirectory(prefix="appraise-imported-") as name:
        directory = Path(name)
        (directory / "copy").mkdir()
        copy, shape = as_delimited(path, plan.shape, directory / "copy", on_reject=before.append)
        store = EventStore(directory / "events")
        store.initialise()
        report = import_events(
            store,
            plan,
            copy,
            options=LoadOptions(
                adapter=adapter.declaration.name,
                source=options.source,
                at=AT,
                link_secret=LINK_SECRET,
                original=path,
                delimiter=shape.delimiter or ",",
                first_row=plan.shape.first_data_row,
                rejected_before=before,
            ),
        )
        kinds = dict.fromkeys(stage.kind for stage in plan.stages)
        events = {kind: _events(store, kind) for kind in kinds}
    return Imported(events, dict(report.skipped_by_reason), tuple(report.rejected_sample), report.warnings)


def _events(store: EventStore, kind: EventKind) -> tuple[Mapping[str, object], ...]:
    names = [column.name for column in COLUMNS[kind]]
    engine = open_engine()
    columns = ", ".join(f'"{name}"' for name in names)
    rows = engine.raw_sql(f'SELECT {columns} FROM ({store.snapshot().query(kind)}) ORDER BY "row", event_id').fetchall()
    engine.disconnect()
    return tuple({name: value for name, value in zip(names, row, strict=True) if value is not None} for row in rows)
