"""Check a deployment: what `appraise doctor` prints."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from appraise.adapters.discovery import installed_adapters
from appraise.domain.events import EventKind
from appraise.errors import AppraiseError
from appraise.events.health import count_abandoned, count_rows
from appraise.events.reading_space import left_behind
from appraise.storage.migrate import current_revision, newest_revision
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.events_in_place import look_at_tables
from appraise.use_cases.verify_audit import verify_audit


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at; `hint` says what to do where it is not well."""

    name: str
    well: bool
    found: str
    hint: str | None = None


def check_health(deployment: Deployment, *, at: datetime) -> tuple[Check, ...]:
    return (
        _migrations(deployment),
        *_event_tables(deployment, at),
        *_in_place(deployment),
        _loads(deployment),
        _audit(deployment),
        _adapters(),
    )


def _migrations(deployment: Deployment) -> Check:
    current, newest = current_revision(deployment.database), newest_revision()
    return Check(
        "records database",
        current == newest,
        f"{deployment.database.url.get_backend_name()}, at migration {current}",
        None if current == newest else f"`appraise init` brings it to {newest}",
    )


def _event_tables(deployment: Deployment, at: datetime) -> tuple[Check, ...]:
    """Every live file of every table is there and can be read."""
    try:
        snapshot = deployment.events.snapshot()
    except AppraiseError as error:
        return (Check("event tables", well=False, found=str(error), hint="run `appraise init`"),)
    left = count_abandoned(deployment.events, at=at) + len(left_behind(deployment.events.root))
    counted = [(kind, count_rows(snapshot, kind)) for kind in EventKind]
    abandoned = Check(
        "event files",
        well=not left,
        found=f"{left} left behind by programs that were cut off" if left else "none left behind",
        hint="`appraise compact` deletes them" if left else None,
    )
    return (abandoned, *_counted(snapshot.versions, counted))


def _counted(versions: Mapping[EventKind, int], counted: Iterable[tuple[EventKind, int | str]]) -> Iterator[Check]:
    return (
        Check(
            f"events: {kind.value}",
            well=isinstance(rows, int),
            found=f"version {versions[kind]}, {rows:,} rows" if isinstance(rows, int) else rows,
            hint=None if isinstance(rows, int) else "restore the file from a backup, or undo its load and repeat it",
        )
        for kind, rows in counted
    )


def _in_place(deployment: Deployment) -> Iterator[Check]:
    for name, state in look_at_tables(deployment):
        well = not isinstance(state, str)
        hint = None if well else "`appraise events check` looks again, and tells of rows"
        yield Check(f"in place: {name}", well, f"can be read as mapped, {state}" if well else str(state), hint)


def _loads(deployment: Deployment) -> Check:
    loads = deployment.events.loads()
    broken = [load for load in loads if not load.complete]
    names = ", ".join(load.origin.file for load in broken)
    return Check(
        "loads",
        not broken,
        f"{len(loads)} loads" + (f"; interrupted: {names}" if broken else ""),
        f"import {names} again; that finishes it" if broken else None,
    )


def _audit(deployment: Deployment) -> Check:
    verdict = verify_audit(deployment)
    broken = verdict.first_break
    return Check(
        "audit log",
        broken is None,
        f"{verdict.entries:,} lines" + (f"; the chain breaks at line {broken.sequence}" if broken else ", chain whole"),
        "somebody changed the log outside Appraise: compare with a backup" if broken else None,
    )


def _adapters() -> Check:
    adapters = installed_adapters()
    return Check(
        "adapters",
        bool(adapters),
        ", ".join(adapters) or "none installed",
        None if adapters else "install one, e.g. `pip install appraise-csv`",
    )
