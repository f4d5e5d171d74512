"""Import a customer system's export into the event store."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain, count
from pathlib import Path

from appraise.adapters.archives import unpacked
from appraise.adapters.contract import EventSource, FileShape, ImportOptions
from appraise.adapters.discovery import adapter_named
from appraise.adapters.files import MENDABLE, as_delimited, read_header, write_rows
from appraise.domain.mapping import EventPlan, RejectedRow
from appraise.domain.progress import Advance, Watch, unwatched
from appraise.errors import InvalidInput, Place
from appraise.events.ingest import ErrorPolicy, LoadOptions
from appraise.events.ingest import import_events as ingest
from appraise.events.report import ImportReport
from appraise.events.store import EventStore
from appraise.storage import people_import
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.mirror_loads import OPERATOR, mirror_loads

STEPS = 5


def import_events(  # noqa: PLR0913  # what, from where, how, when, and who watches
    deployment: Deployment,
    adapter_name: str,
    path: Path,
    options: ImportOptions,
    *,
    at: datetime,
    dry_run: bool,
    error_policy: ErrorPolicy,
    rejected_to: Path | None,
    to_mend: Path | None = None,
    progress: Advance,
    watch: Watch = unwatched,
    actor: str = OPERATOR,
) -> ImportReport:
    """Plan by the adapter, carried out by the event store; the same file under the same options is one load.

    `rejected_to` takes place, value and reason of every rejected row as CSV; `to_mend`, a directory, the rows
    themselves in a file like the export. `watch` is told how far the file is read, of one that has to be brought into
    another form first, twice. Raises `InvalidInput` where the adapter reads no events or the file is not of
    its format, `Retriable` where other imports stood in the way.
    """
    adapter = _event_source(adapter_name)
    if not path.is_file():
        raise InvalidInput(f"there is no file {path}", hint="check the path; a directory is not read")
    with deployment.database.reading() as session:
        known = people_import.references(session)
    load = LoadOptions(
        adapter=adapter_name,
        source=options.source,
        at=at,
        link_secret=deployment.secret,
        original=path,
        dry_run=dry_run,
        error_policy=error_policy,
        known_references=[(reference.namespace, reference.value) for reference in known],
        rejected_csv=rejected_to,
    )
    with unpacked(path) as table:
        plan = adapter.plan_events(read_header(table, adapter.shape(table, options)), table, options)
        load = replace(load, first_row=plan.shape.first_data_row)
        if to_mend is not None:
            load = replace(load, on_rejected=_cut_out(table, plan.shape, to_mend))
        report = _carry_out(deployment.events, plan, table, load, progress, watch)
    if not dry_run:
        mirror_loads(deployment, actor=actor)
    return report


def _cut_out(table: Path, shape: FileShape, directory: Path) -> Callable[[Sequence[int]], None]:
    """Raises `InvalidInput` for a format whose rows make no file."""
    if shape.format not in MENDABLE:
        raise InvalidInput(
            f"rows of the format {shape.format} cannot be written apart",
            place=Place(table.name),
            expected=f"an export in one of the formats {', '.join(MENDABLE)}",
            hint="see the rejected rows with --rejected-to, and mend them in the system that exported them",
        )

    def write(rows: Sequence[int]) -> None:
        if rows:
            directory.mkdir(parents=True, exist_ok=True)
            write_rows(table, shape, set(rows), _free(directory, f"{table.stem}.to-mend", table.suffix))

    return write


def _free(directory: Path, stem: str, suffix: str) -> Path:
    """A new file: in one that is there, somebody may be mending rows."""
    names = chain([f"{stem}{suffix}"], (f"{stem}-{number}{suffix}" for number in count(2)))
    return next(path for name in names if not (path := directory / name).exists())


def _carry_out(
    store: EventStore, plan: EventPlan, path: Path, load: LoadOptions, progress: Advance, watch: Watch
) -> ImportReport:
    refused: list[RejectedRow] = []
    progress("prepare", 1, STEPS)
    steps = iter(range(2, STEPS + 1))
    with tempfile.TemporaryDirectory(prefix="appraise-") as directory:
        copy, read_as = as_delimited(path, plan.shape, Path(directory), on_reject=refused.append, watch=watch)
        return ingest(
            store,
            plan,
            copy,
            options=replace(load, delimiter=read_as.delimiter or ",", rejected_before=refused),
            progress=lambda step: progress(step, min(next(steps, STEPS), STEPS), STEPS),
            watch=watch,
        )


def _event_source(name: str) -> EventSource:
    adapter = adapter_named(name)
    if isinstance(adapter, EventSource):
        return adapter
    raise InvalidInput(
        f"the adapter {name!r} reads no events", hint="`appraise adapters` shows what each adapter reads"
    )
