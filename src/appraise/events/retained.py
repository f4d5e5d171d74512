"""Whether the event tables can still be read as they were at versions that a manifest names."""

from collections.abc import Mapping
from typing import Final

from deltalake.exceptions import DeltaError

from appraise.domain.events import EventKind
from appraise.errors import NotFound
from appraise.events.log import TableLog
from appraise.events.store import EventStore

SHOWN: Final = 3


def gone(store: EventStore, versions: Mapping[EventKind, int]) -> dict[EventKind, str]:
    """By table, what is missing of it as it was; empty where every row of then is there."""
    found = {kind: _log_gone(store, kind, version) for kind, version in versions.items()}
    if not any(found.values()):
        logs = store.logs()
        found = {kind: _files_gone(store, kind, logs, versions) for kind in versions}
    return {kind: what for kind, what in found.items() if what}


def _log_gone(store: EventStore, kind: EventKind, version: int) -> str:
    try:
        now = store.open_table(kind)
    except NotFound:
        return f"the table is not under {store.root}"
    except DeltaError as error:
        return f"its log cannot be read: {error}"
    if now.version() < version:
        return (
            f"version {version} is not there; the table ends at version {now.version()}: restored from an older copy?"
        )
    try:
        table = now if now.version() == version else store.open_table(kind, version=version)
        told = len(table.history())
    except DeltaError as error:
        return f"version {version} cannot be read from its log: {error}"
    if told <= version:  # which rows are to be seen is told by the whole log, from version 0 on
        return f"{version + 1 - told} of {version + 1} entries of the log of version {version} are gone"
    return ""


def _files_gone(
    store: EventStore, kind: EventKind, logs: Mapping[EventKind, TableLog], versions: Mapping[EventKind, int]
) -> str:
    lying = store.lying(kind, logs, versions)
    there = store.files(kind).lying()
    missing = [name for name in lying.names if name not in there]
    if not missing:
        return ""
    some = ", ".join(missing[:SHOWN]) + (", …" if len(missing) > SHOWN else "")
    return f"{len(missing)} of {len(lying.names)} files of version {versions[kind]} are gone: {some}{_why(logs[kind])}"


def _why(log: TableLog) -> str:
    erased = sorted({f"{one.at:%Y-%m-%d}" for one in log.removals if one.is_erasure})
    settled = sorted({f"{one.at:%Y-%m-%d}" for one in log.removals if one.settled})
    return (f"; customers were erased on {', '.join(erased)}" if erased else "") + (
        f"; loads were settled by compactions on {', '.join(settled)}" if settled else ""
    )
