"""Small files of the event tables become large ones, and files that nothing needs any more are deleted.

Rows are only moved: every version that a manifest names is read as before, from the files that took the place of its
own. What loads of before a day superseded goes for good where that is asked for; then these loads cannot be undone.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from deltalake import CommitProperties, DeltaTable

from appraise.domain.events import EventKind
from appraise.errors import InvalidInput, Retriable
from appraise.events.data_files import write_files
from appraise.events.engine import literal
from appraise.events.log import COMPACTION_KEY, Pass, TableLog, live_commits
from appraise.events.rewriting import connect, holding, replace_files, scan, without
from appraise.events.store import ATTEMPTS_TO_COMMIT, EventStore, seen_passes
from appraise.events.table_files import READING, Lived, TableFiles, add_actions, alone, delete_abandoned, live_files

SMALL: Final = 64 << 20
LARGE: Final = 256 << 20

Versions = Mapping[EventKind, int]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Size:
    files: int
    bytes: int

    @classmethod
    def of(cls, sizes: Iterable[int]) -> "Size":
        found = tuple(sizes)
        return cls(len(found), sum(found))


@dataclass(frozen=True, slots=True)
class Compacted:
    """Of one table: its files as it is read now, and all that lie there.

    `superseded` rows were removed for good. `waiting` are replaced files that go by a compaction a day later, and
    `kept` those that runs need; both lie there still.
    """

    before: Size
    after: Size
    lying_before: Size
    lying_after: Size
    superseded: int = 0
    waiting: Size = Size(0, 0)
    kept: Size = Size(0, 0)


def compact(
    store: EventStore,
    *,
    runs: Sequence[Versions],
    settle_before: datetime | None = None,
    scratch: Path,
    at: datetime,
    progress: Progress,
) -> dict[EventKind, Compacted]:
    """`runs` are the versions from which must be read as before. Imports and readers are not disturbed.

    Loads of before `settle_before` are settled: the rows that they superseded are removed for good. Repeat it if
    interrupted. Raises `Retriable` where erasures or undoings by other machines stood in the way.
    """
    if settle_before is not None and settle_before > at - READING:
        raise InvalidInput(
            f"loads of before {settle_before:%Y-%m-%d} cannot be settled yet",
            expected="a day before yesterday, as scoring may be reading what was loaded since",
        )
    with alone(store.root):
        before = {kind: _sizes(store, kind) for kind in EventKind}
        total = sum(size.bytes for size, _ in before.values())
        done = 0
        found = {}
        for kind in EventKind:
            superseded = _settle(store, kind, settle_before, scratch, at) if settle_before is not None else 0
            for moved in _merge(store, kind, scratch, at):
                progress(f"merge {kind.value}", min(done + moved, total), total)
            done += before[kind][0].bytes
            progress(f"merge {kind.value}", done, total)
            found[kind] = superseded
        logs = store.logs()
        passes = [(run, seen_passes(logs, run)) for run in runs]
        return {
            kind: _delete_old(
                store,
                kind,
                logs[kind],
                [(run[kind], seen[kind]) for run, seen in passes],
                at,
                Compacted(before[kind][0], before[kind][0], before[kind][1], before[kind][1], found[kind]),
            )
            for kind in EventKind
        }


def _sizes(store: EventStore, kind: EventKind) -> tuple[Size, Size]:
    files = store.files(kind)
    lying = files.lying(unfinished=True)
    live = live_files(store.open_table(kind))
    return Size.of(lying.get(name, 0) for name in live), Size.of(lying.values())


def _settle(store: EventStore, kind: EventKind, day: datetime, scratch: Path, at: datetime) -> int:
    files = store.files(kind)
    for _ in range(ATTEMPTS_TO_COMMIT):
        logs = store.logs()
        seen = set(seen_passes(logs, {one: log.version for one, log in logs.items()})[kind])
        passes = [
            commit.row_pass
            for commit in live_commits(logs[kind].until(logs[kind].version))
            if commit.flagged and commit.at < day and commit.row_pass in seen - logs[kind].settled
        ]
        if not passes:
            return 0
        table = store.open_table(kind, version=logs[kind].version)
        names = live_files(table)
        with connect(scratch) as connection:
            gone = _superseded(scan(kind, files.uris(names)), passes)
            found = holding(connection, files, names, gone)
            hit = [one.name for one in found]
            kept = write_files(connection, without(files, hit, gone), kind, scratch) if hit else ()
        told = _told(at, settled=sorted(passes))
        if replace_files(table, files, hit, kept, at=at, properties=told):
            return sum(one.rows for one in found)
    raise _in_the_way(kind)


def _superseded(rows: str, passes: Sequence[Pass]) -> str:
    """SQL that is true for a row `t` that one of the passes superseded."""
    chosen = ", ".join(f"({literal(load_id)}, {sequence})" for load_id, sequence in passes)
    return (
        f"EXISTS (SELECT 1 FROM {rows} AS later "
        f"WHERE later.supersedes AND (later.load_id, later.sequence) IN ({chosen}) AND later.source = t.source "
        "AND later.event_id = t.event_id AND later.sequence > t.sequence)"
    )


def _merge(store: EventStore, kind: EventKind, scratch: Path, at: datetime) -> Iterator[int]:
    """Commit by commit, so that what was done when it is interrupted stays; the bytes that were moved so far."""
    files = store.files(kind)
    moved = 0
    for names, size in _batches(store.open_table(kind)):
        if not _merged(store, files, names, scratch, at):
            raise _in_the_way(kind)
        moved += size
        yield moved


def _merged(store: EventStore, files: TableFiles, names: Sequence[str], scratch: Path, at: datetime) -> bool:
    table = store.open_table(files.kind)
    if not set(names) <= set(live_files(table)):
        return False
    with connect(scratch) as connection:
        written = write_files(connection, f"SELECT * FROM {scan(files.kind, files.uris(names))}", files.kind, scratch)
    return replace_files(table, files, names, written, at=at, properties=_told(at))


def _batches(table: DeltaTable) -> Iterator[tuple[tuple[str, ...], int]]:
    """Small files that together make a large one, in the order of their loads."""
    actions = add_actions(table).to_pylist()
    small = [one for one in actions if one["size_bytes"] < SMALL]
    small.sort(key=lambda one: (str(one.get("min.source")), one.get("min.sequence") or 0, one["path"]))
    batch: list[str] = []
    size = 0
    for number, one in enumerate(small):
        batch.append(one["path"])
        size += one["size_bytes"]
        if size >= LARGE or number == len(small) - 1:
            if len(batch) > 1:
                yield tuple(batch), size
            batch, size = [], 0


def _told(at: datetime, **more: object) -> CommitProperties:
    return CommitProperties(custom_metadata={COMPACTION_KEY: json.dumps({"at": at.isoformat(), **more})})


def _delete_old(
    store: EventStore,
    kind: EventKind,
    log: TableLog,
    runs: Sequence[tuple[int, Sequence[Pass]]],
    at: datetime,
    sizes: Compacted,
) -> Compacted:
    files = store.files(kind)
    delete_abandoned(files, at=at)
    lying, history = files.lying(), files.history()
    live = live_files(store.open_table(kind))
    needed: set[str] = set()
    for version, seen in runs:
        for one in (log.last_version_with(version, seen), version):
            own = {name for name, lived in history.items() if lived.is_in(one)}
            if own <= lying.keys():
                needed |= own
                break
    old = [name for name in lying if name in history and name not in live]
    waiting = [name for name in old if name not in needed and _is_read_still(history[name], at)]
    for name in old:
        if name not in needed and name not in waiting:
            files.delete(name)
    left = files.lying()
    return replace(
        sizes,
        after=Size.of(left.get(name, 0) for name in live),
        lying_after=Size.of(left.values()),
        waiting=Size.of(lying[name] for name in waiting),
        kept=Size.of(lying[name] for name in old if name in needed),
    )


def _is_read_still(lived: Lived, at: datetime) -> bool:
    return lived.removed_at is None or lived.removed_at > at - READING


def _in_the_way(kind: EventKind) -> Retriable:
    return Retriable(f"other changes of {kind.value} kept this compaction from being written")
