"""Whether the event tables can still be read as they were at versions that a manifest names."""

import json
from collections.abc import Mapping
from typing import Final

import pyarrow as pa
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError
from deltalake.fs import DeltaStorageHandler
from pyarrow.fs import FileType, PyFileSystem

from appraise.domain.events import EventKind
from appraise.errors import NotFound
from appraise.events.log import ERASURE_KEY
from appraise.events.store import EventStore

SHOWN: Final = 3


def gone(store: EventStore, versions: Mapping[EventKind, int]) -> dict[EventKind, str]:
    """By table, what is missing of it as it was; empty where every file that the versions consist of is there."""
    found = {kind: _gone(store, kind, version) for kind, version in versions.items()}
    return {kind: what for kind, what in found.items() if what}


def _gone(store: EventStore, kind: EventKind, version: int) -> str:
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
        table = store.open_table(kind, version=version)
        told = len(table.history())
    except DeltaError as error:
        return f"version {version} cannot be read from its log: {error}"
    if told <= version:  # which rows are to be seen is told by the whole log, from version 0 on
        return f"{version + 1 - told} of {version + 1} entries of the log of version {version} are gone"
    return _missing_files(table, version, now)


def _missing_files(table: DeltaTable, version: int, newest: DeltaTable) -> str:
    paths = pa.table(table.get_add_actions())["path"].to_pylist()
    files = PyFileSystem(DeltaStorageHandler.from_table(table._table))  # noqa: SLF001  # its own way to the files
    missing = [one.path for one in files.get_file_info(paths) if one.type is FileType.NotFound] if paths else []
    if not missing:
        return ""
    some = ", ".join(missing[:SHOWN]) + (", …" if len(missing) > SHOWN else "")
    return f"{len(missing)} of {len(paths)} files of version {version} are gone: {some}{_erased(newest)}"


def _erased(newest: DeltaTable) -> str:
    days = [json.loads(entry[ERASURE_KEY])["at"][:10] for entry in newest.history() if ERASURE_KEY in entry]
    return f"; customers were erased on {', '.join(sorted(set(days)))}" if days else ""
