"""The event store: one Delta table per event kind, all of them seen at one set of versions.

Not partitioned: scoring reads whole columns over long windows, a load touches all periods at once, and partitions by
month would cut the loads of a small organisation into hundreds of tiny files; Parquet's statistics prune well enough.
"""

import tempfile
from collections.abc import Collection, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from deltalake import CommitProperties, DeltaTable, Field, Transaction
from deltalake.exceptions import CommitFailedError

from appraise.domain.events import EventKind
from appraise.errors import Conflict, InvalidInput, NotFound, Retriable
from appraise.events.data_files import BOUNDED, DataFile, write_files
from appraise.events.engine import literal, quoted
from appraise.events.log import (
    FORMAT,
    FORMAT_KEY,
    Commit,
    Load,
    Pass,
    TableLog,
    complete_attempts,
    live_commits,
    loads_of,
    read_log,
)
from appraise.events.object_files import ObjectFiles
from appraise.events.rewriting import connect, holding, replace_files, scan, without
from appraise.events.schema import arrow_schema, stored_columns, visible_columns
from appraise.events.table_files import TableFiles, alone, live_files, loads_by_file

if TYPE_CHECKING:
    import ibis

    from appraise.events.engine import Engine

ATTEMPTS_TO_COMMIT = 5

# Logs are the record of loads, and a manifest may name any version: neither may be cleaned up behind our back.
TABLE_SETTINGS = {
    "delta.dataSkippingStatsColumns": ",".join(BOUNDED),
    "delta.enableExpiredLogCleanup": "false",
    "delta.logRetentionDuration": "interval 36500 days",
    "delta.deletedFileRetentionDuration": "interval 36500 days",
}

FORMAT_TOLD = CommitProperties(custom_metadata={FORMAT_KEY: str(FORMAT)})


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo removed; `repeat` are loads that had left out events as unchanged because the undone one held them.

    Their files must be imported again, else these events are missing.
    """

    load_id: str
    rows: Mapping[EventKind, int]
    repeat: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableView:
    """One table at one version: its files, and which of the rows in them are to be seen.

    `hidden` are (load, sequence) of passes that did not reach all their tables; `flagged` the loads that hold rows
    which may supersede others.
    """

    kind: EventKind
    version: int
    files: tuple[str, ...]
    hidden: tuple[tuple[str, int], ...]
    flagged: tuple[str, ...]
    only: tuple[Pass, ...] | None = None
    loads: Mapping[str, str] = field(default_factory=dict)
    """File → the load whose rows it holds; of files rewritten by an erasure, which may hold several, nothing."""

    def query(self, *, rows: str | None = None, latest: bool = False) -> str:
        """DuckDB SQL for the latest row of every event; pays for superseded rows only where there may be any.

        `rows` is a table of all rows, instead of the files. The `latest` are withdrawn events too, with all columns.
        """
        rows = rows or self.scan()
        columns = stored_columns(self.kind) if latest else visible_columns(self.kind)
        names = ", ".join(f"t.{quoted(column.name)}" for column in columns)
        conditions = [self.is_seen("t")] if self._is_partial else []
        if self.flagged and not latest:
            conditions.append("t.withdrawn IS NOT TRUE")  # every row that withdraws an event is flagged
        if self.flagged:
            loads = ", ".join(map(literal, self.flagged))
            seen = f" AND {self.is_seen('later')}" if self._is_partial else ""
            conditions.append(
                f"NOT EXISTS (SELECT 1 FROM {rows} AS later WHERE later.load_id IN ({loads}) "
                f"AND later.supersedes{seen} AND later.source = t.source AND later.event_id = t.event_id "
                f"AND later.sequence > t.sequence)"
            )
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        return f"SELECT {names} FROM {rows} AS t{where}"

    def scan(self) -> str:
        """All rows of all files, superseded and hidden ones too."""
        return scan(self.kind, self.files)

    @property
    def _is_partial(self) -> bool:
        return bool(self.hidden) or self.only is not None

    def is_seen(self, alias: str) -> str:
        """SQL that is true for a row of a load that reached all its tables."""
        chosen = self.hidden if self.only is None else self.only
        passes = ", ".join(f"({literal(load_id)}, {sequence})" for load_id, sequence in chosen)
        found = f"({alias}.load_id, {alias}.sequence) IN ({passes})" if passes else "false"
        return f"NOT ({found})" if self.only is None else found


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All tables at one set of versions; the same versions always give the same rows."""

    versions: Mapping[EventKind, int]
    views: Mapping[EventKind, TableView]

    def query(self, kind: EventKind) -> str:
        return self.views[kind].query()

    def files(self, kind: EventKind) -> tuple[str, ...]:
        return self.views[kind].files

    def tables(self, engine: "Engine") -> "Mapping[EventKind, ibis.Table]":
        """Each event kind as a table of its canonical columns, `source`, `load_id`, `file` and `row`."""
        return {kind: engine.events(view) for kind, view in self.views.items()}


class EventStore:
    """Reads and writes under `root`, a directory; processes may do so at the same time.

    With a `bucket`, the address of one with its prefix, the tables lie there, and under `root` copies of their files.
    """

    def __init__(self, root: Path | str, *, bucket: str | None = None) -> None:
        for address, scheme in ((str(root), ""), (bucket or "", "s3")):
            if "://" in address and address.partition("://")[0] != scheme:
                raise InvalidInput(
                    f"The events cannot lie at {address}",
                    expected="a directory, or s3://bucket/prefix",
                    hint="Choose a directory of a disk that all processes see, or a bucket.",
                )
        self._root = str(Path(root).resolve())
        # delta-rs decodes a percent sign twice and DuckDB reads the others as patterns.
        if set(self._root) & set("%*?["):
            raise InvalidInput(
                f"The directory {self._root} cannot hold the events",
                expected="a path without % * ? [",
                hint="Choose another directory.",
            )

        self._bucket = None if bucket is None else bucket.rstrip("/")

    @property
    def root(self) -> str:
        return self._root

    @property
    def bucket(self) -> str | None:
        return self._bucket

    def _address(self, kind: EventKind) -> str:
        return f"{self._bucket or self._root}/{kind.value}"

    def initialise(self) -> None:
        """Create what is missing; harmless when all is there."""
        for kind in EventKind:
            DeltaTable.create(
                self._address(kind),
                arrow_schema(kind),
                mode="ignore",
                name=kind.value,
                configuration=TABLE_SETTINGS,
                commit_properties=FORMAT_TOLD,
            )
            _brought_up(self.open_table(kind), kind)

    def open_table(self, kind: EventKind, *, version: int | None = None) -> DeltaTable:
        uri = self._address(kind)
        if not DeltaTable.is_deltatable(uri):
            raise NotFound(
                f"There are no event tables under {self._bucket or self._root}",
                hint="Initialise the event store first.",
            )
        return DeltaTable(uri, version=version)

    def snapshot(self, versions: Mapping[EventKind, int] | None = None) -> Snapshot:
        """The store now, or as it was at versions that a manifest names.

        Where files of then are gone, as a compaction put others in their place, the rows are read from these.
        """
        tables = self._open_all()
        logs = self._logs(tables)
        if versions is None:
            return _snapshot({kind: self._now(kind, table) for kind, table in tables.items()}, logs)
        return _snapshot({kind: self.lying(kind, logs, versions) for kind in EventKind}, logs)

    def lying(self, kind: EventKind, logs: Mapping[EventKind, TableLog], versions: Mapping[EventKind, int]) -> "Lying":
        """A version's own files, or where some are gone those of the last version that holds its rows."""
        version = versions[kind]
        there = self.files(kind).lying().keys()
        own = self._at(kind, version, version)
        if set(own.names) <= there:
            return own
        later = self._at(kind, version, logs[kind].last_version_with(version, seen_passes(logs, versions)[kind]))
        return later if set(later.names) <= there else own

    def files(self, kind: EventKind) -> TableFiles:
        return TableFiles(self._root, kind) if self._bucket is None else ObjectFiles(self._root, kind, self._bucket)

    def logs(self) -> dict[EventKind, TableLog]:
        return self._logs(self._open_all())

    def loads(self) -> list[Load]:
        """Every load that is there, oldest first; one with `complete` false was interrupted and is not seen."""
        return loads_of({kind: log.until(log.version) for kind, log in self.logs().items()})

    def commits(self, load_id: str) -> tuple[tuple[EventKind, Commit], ...]:
        """The whole history of a load: its passes and its undoings."""
        return tuple(
            (kind, one) for kind, log in self.logs().items() for _, one in log.commits if one.origin.load_id == load_id
        )

    def append(self, base: DeltaTable, files: Sequence[DataFile], commit: Commit) -> bool:
        """Commit a load's rows onto the version that they were compared with.

        False when somebody wrote events of the same source meanwhile: compare again and repeat.
        """
        kind = EventKind(base.metadata().name)
        with self.files(kind).put(files):
            base = _brought_up(base, kind)
            for _ in range(ATTEMPTS_TO_COMMIT):
                if self._appended(base, kind, files, commit):
                    return True
                base = self.open_table(kind)  # a compaction may have been in the way, which changes no row
                if next_sequence(base, commit.origin.source) != commit.sequence:
                    break
            for file in files:
                self.files(kind).delete(file.path.name)
        return False

    def _appended(self, base: DeltaTable, kind: EventKind, files: Sequence[DataFile], commit: Commit) -> bool:
        try:
            base.create_write_transaction(
                [file.added(commit.at) for file in files],
                "append",
                arrow_schema(kind),
                commit_properties=self._properties(commit),
            )
        except CommitFailedError:
            return False
        return True

    def undo(self, load_id: str, *, at: datetime) -> Undone:
        """Take a load's rows out of every table; what they superseded is seen again. Repeat it if interrupted.

        Raises `Conflict` where what the load superseded was removed for good by a compaction.
        """
        load = next((load for load in self.loads() if load.id == load_id), None)
        if load is None:
            known = any(True for _ in self.commits(load_id))
            found = f"The load {load_id} is undone already" if known else f"There is no load {load_id}"
            raise (Conflict if known else NotFound)(found)
        if any(load_id == settled for log in self.logs().values() for settled, _ in log.settled):
            raise Conflict(
                f"The load {load_id} is settled: what it superseded was removed for good by a compaction",
                hint="Import a file with the events as they should be; it supersedes this load.",
            )
        # In a bucket others are met at the commit.
        with alone(self._root) if self._bucket is None else nullcontext():
            rows = {kind: self._undo_in(kind, load, at) for kind in sorted(load.counts)}
        repeat = tuple(other.id for other in self.loads() if load_id in other.leans_on)
        return Undone(load_id, rows, repeat)

    def _undo_in(self, kind: EventKind, load: Load, at: datetime) -> int:
        mine = f"load_id = {literal(load.id)}"
        files = self.files(kind)
        for _ in range(ATTEMPTS_TO_COMMIT):
            table = self.open_table(kind)
            sequence = next_sequence(table, load.origin.source)
            properties = self._properties(Commit("undo", load.origin, at, load.attempt, sequence, load.kinds))
            with tempfile.TemporaryDirectory(prefix="appraise-undo-") as scratch:
                with connect(Path(scratch)) as connection:
                    found = holding(connection, files, live_files(table), mine)
                    names = [one.name for one in found]
                    kept = write_files(connection, without(files, names, mine), kind, Path(scratch)) if names else ()
                if replace_files(table, files, names, kept, at=at, properties=properties):
                    return sum(one.rows for one in found)
        raise Retriable(f"Other imports into {kind.value} kept this undo from being written")

    def _properties(self, commit: Commit) -> CommitProperties:
        load, source = f"load/{commit.origin.load_id}", f"source/{commit.origin.source}"
        return CommitProperties(
            custom_metadata=commit.to_metadata(),
            app_transactions=[
                Transaction(load, 2 * commit.attempt - (commit.action == "load")),
                Transaction(source, commit.sequence),
            ],
        )

    def _open_all(self) -> dict[EventKind, DeltaTable]:
        return {kind: self.open_table(kind) for kind in EventKind}

    def _logs(self, tables: Mapping[EventKind, DeltaTable]) -> dict[EventKind, TableLog]:
        return {kind: read_log(table) for kind, table in tables.items()}

    def _now(self, kind: EventKind, table: DeltaTable) -> "Lying":
        return Lying(self.files(kind), table.version(), table.version(), live_files(table), loads_by_file(table))

    def _at(self, kind: EventKind, version: int, files_of: int) -> "Lying":
        table = self.open_table(kind, version=files_of)
        return Lying(self.files(kind), version, files_of, live_files(table), loads_by_file(table))


@dataclass(frozen=True, slots=True)
class Lying:
    """Where the rows of a table's version are: in its own files or in those of a later version."""

    files: TableFiles
    version: int
    files_of: int
    names: tuple[str, ...]
    loads: Mapping[str, str]

    def view(self, log: TableLog, complete: Collection[tuple[str, int]]) -> TableView:
        live = live_commits(log.until(self.version))
        seen = [commit for commit in live if (commit.origin.load_id, commit.attempt) in complete]
        loads = dict(self.loads)
        names, only = self.names, None
        if self.files_of != self.version:
            known = {commit.origin.load_id for commit in seen}
            names = tuple(name for name in names if name not in loads or loads[name] in known)
            only = tuple(commit.row_pass for commit in seen)
        return TableView(
            kind=self.files.kind,
            version=self.version,
            files=self.files.uris(names),
            hidden=tuple(commit.row_pass for commit in live if commit not in seen),
            flagged=tuple(dict.fromkeys(commit.origin.load_id for commit in seen if commit.flagged)),
            only=only,
            loads={self.files.uri(name): loads[name] for name in names if name in loads},
        )


def seen_passes(
    logs: Mapping[EventKind, TableLog], versions: Mapping[EventKind, int]
) -> dict[EventKind, tuple[Pass, ...]]:
    """The passes whose rows were to be seen at a set of versions."""
    then = {kind: log.until(versions[kind]) for kind, log in logs.items()}
    complete = complete_attempts(then)
    return {
        kind: tuple(one.row_pass for one in live_commits(commits) if (one.origin.load_id, one.attempt) in complete)
        for kind, commits in then.items()
    }


def _snapshot(lying: Mapping[EventKind, Lying], logs: Mapping[EventKind, TableLog]) -> Snapshot:
    complete = complete_attempts({kind: logs[kind].until(one.version) for kind, one in lying.items()})
    views = {kind: one.view(logs[kind], complete) for kind, one in lying.items()}
    return Snapshot({kind: view.version for kind, view in views.items()}, views)


def _brought_up(table: DeltaTable, kind: EventKind) -> DeltaTable:
    """With the columns of today in the table's schema; no file is rewritten."""
    known = {field.name for field in table.schema().fields}
    missing = [Field.from_arrow(field) for field in arrow_schema(kind) if field.name not in known]
    if missing:
        with suppress(CommitFailedError):  # somebody else has just done it
            table.alter.add_columns(missing, commit_properties=FORMAT_TOLD)
    return table


def next_sequence(table: DeltaTable, source: str) -> int:
    return int(table.transaction_version(f"source/{source}") or 0) + 1
