"""The event store: one Delta table per event kind, all of them seen at one set of versions.

Not partitioned: scoring reads whole columns over long windows, a load touches all periods at once, and partitions by
month would cut the loads of a small organisation into hundreds of tiny files; Parquet's statistics prune well enough.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, Transaction, write_deltalake
from deltalake.exceptions import CommitFailedError

from appraise.domain.events import EventKind
from appraise.errors import Conflict, InvalidInput, NotFound, Retriable
from appraise.events.data_files import BOUNDED, DataFile, put_files, take_back
from appraise.events.engine import literal, quoted
from appraise.events.log import Commit, Load, complete_attempts, live_commits, loads_of, read_log
from appraise.events.schema import DUCKDB, arrow_schema, stored_columns, visible_columns

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
    loads: Mapping[str, str] = field(default_factory=dict)
    """File → the load whose rows it holds; of files rewritten by an erasure, which may hold several, nothing."""

    def query(self, *, bookkeeping: bool = False, rows: str | None = None) -> str:
        """DuckDB SQL for the latest row of every event; pays for superseded rows only where there may be any.

        `rows` is a table of all rows, where they are not to be read from the files.
        """
        rows = rows or self.scan()
        columns = stored_columns(self.kind) if bookkeeping else visible_columns(self.kind)
        if not self.files:
            nothing = ", ".join(f"CAST(NULL AS {DUCKDB[column.type]}) AS {quoted(column.name)}" for column in columns)
            return f"SELECT {nothing} WHERE false"
        names = ", ".join(f"t.{quoted(column.name)}" for column in columns)
        conditions = [self._seen("t")] if self.hidden else []
        if self.flagged:
            loads = ", ".join(map(literal, self.flagged))
            seen = f" AND {self._seen('later')}" if self.hidden else ""
            conditions.append(
                f"NOT EXISTS (SELECT 1 FROM {rows} AS later WHERE later.load_id IN ({loads}) "
                f"AND later.supersedes{seen} AND later.source = t.source AND later.event_id = t.event_id "
                f"AND later.sequence > t.sequence)"
            )
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        return f"SELECT {names} FROM {rows} AS t{where}"

    def scan(self) -> str:
        """All rows of all files, superseded and hidden ones too."""
        return f"read_parquet([{', '.join(map(literal, self.files))}], union_by_name = true)"

    def _seen(self, alias: str) -> str:
        passes = " OR ".join(
            f"({alias}.load_id = {literal(load_id)} AND {alias}.sequence = {sequence})"
            for load_id, sequence in self.hidden
        )
        return f"NOT ({passes})"


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
    """Reads and writes under `root`, a directory or an object store's URL; processes may do so at the same time."""

    def __init__(self, root: Path | str) -> None:
        self._remote = isinstance(root, str) and "://" in root
        self._root = str(root).rstrip("/") if self._remote else str(Path(root).resolve())
        # delta-rs decodes a percent sign twice and DuckDB reads the others as patterns.
        if not self._remote and set(self._root) & set("%*?["):
            raise InvalidInput(
                f"The directory {self._root} cannot hold the events",
                expected="a path without % * ? [",
                hint="Choose another directory.",
            )

    @property
    def root(self) -> str:
        return self._root

    def initialise(self) -> None:
        """Create what is missing; harmless when all is there."""
        for kind in EventKind:
            DeltaTable.create(
                f"{self._root}/{kind.value}",
                arrow_schema(kind),
                mode="ignore",
                name=kind.value,
                configuration=TABLE_SETTINGS,
            )

    def open_table(self, kind: EventKind, *, version: int | None = None) -> DeltaTable:
        uri = f"{self._root}/{kind.value}"
        if not DeltaTable.is_deltatable(uri):
            raise NotFound(f"There are no event tables under {self._root}", hint="Initialise the event store first.")
        return DeltaTable(uri, version=version)

    def snapshot(self, versions: Mapping[EventKind, int] | None = None) -> Snapshot:
        """The store now, or as it was at versions that a manifest names."""
        return self._snapshot(self._open_all(versions))

    def loads(self) -> list[Load]:
        """Every load that is there, oldest first; one with `complete` false was interrupted and is not seen."""
        return loads_of(self._logs(self._open_all(None)))

    def commits(self, load_id: str) -> tuple[tuple[EventKind, Commit], ...]:
        """The whole history of a load: its passes and its undoings."""
        logs = self._logs(self._open_all(None))
        return tuple((kind, one) for kind, log in logs.items() for one in log if one.origin.load_id == load_id)

    def append(self, base: DeltaTable, files: Sequence[DataFile], commit: Commit) -> bool:
        """Commit a load's rows onto the version that they were compared with.

        False when somebody wrote events of the same source meanwhile: compare again and repeat.
        """
        kind = EventKind(base.metadata().name)
        put_files(base, files, local=None if self._remote else Path(self._root, kind.value))
        try:
            base.create_write_transaction(
                [file.added(commit.at) for file in files],
                "append",
                arrow_schema(kind),
                commit_properties=self._properties(commit),
            )
        except CommitFailedError:
            take_back(base, files)
            return False
        return True

    def undo(self, load_id: str, *, at: datetime) -> Undone:
        """Take a load's rows out of every table; what they superseded is seen again. Repeat it if interrupted."""
        load = next((load for load in self.loads() if load.id == load_id), None)
        if load is None:
            known = any(True for _ in self.commits(load_id))
            found = f"The load {load_id} is undone already" if known else f"There is no load {load_id}"
            raise (Conflict if known else NotFound)(found)
        rows = {kind: self._undo_in(kind, load, at) for kind in sorted(load.counts)}
        repeat = tuple(other.id for other in self.loads() if load_id in other.leans_on)
        return Undone(load_id, rows, repeat)

    def _undo_in(self, kind: EventKind, load: Load, at: datetime) -> int:
        for _ in range(ATTEMPTS_TO_COMMIT):
            table = self.open_table(kind)
            before = table.version()
            sequence = next_sequence(table, load.origin.source)
            commit = Commit("undo", load.origin, at, load.attempt, sequence, load.kinds)
            properties = self._properties(commit)
            try:
                done = table.delete(f"load_id = {literal(load.id)}", commit_properties=properties)
                if table.version() == before:  # no row, no commit: the log must tell nevertheless
                    write_deltalake(
                        table, arrow_schema(kind).empty_table(), mode="append", commit_properties=properties
                    )
            except CommitFailedError:
                continue
            return int(done["num_deleted_rows"] or 0)
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

    def _open_all(self, versions: Mapping[EventKind, int] | None) -> dict[EventKind, DeltaTable]:
        return {kind: self.open_table(kind, version=None if versions is None else versions[kind]) for kind in EventKind}

    def _logs(self, tables: Mapping[EventKind, DeltaTable]) -> dict[EventKind, tuple[Commit, ...]]:
        return {kind: read_log(table, version=table.version()) for kind, table in tables.items()}

    def _snapshot(self, tables: Mapping[EventKind, DeltaTable]) -> Snapshot:
        logs = self._logs(tables)
        complete = complete_attempts(logs)
        views = {}
        for kind, table in tables.items():
            live = live_commits(logs[kind])
            seen = [commit for commit in live if (commit.origin.load_id, commit.attempt) in complete]
            views[kind] = TableView(
                kind=kind,
                version=table.version(),
                files=self._files(table),
                hidden=tuple((commit.origin.load_id, commit.sequence) for commit in live if commit not in seen),
                flagged=tuple(dict.fromkeys(commit.origin.load_id for commit in seen if commit.flagged)),
                loads=_loads_by_file(table, self._files(table)),
            )
        return Snapshot({kind: view.version for kind, view in views.items()}, views)

    def _files(self, table: DeltaTable) -> tuple[str, ...]:
        uris: Sequence[str] = sorted(table.file_uris())
        return tuple(uris) if self._remote else tuple(unquote(uri) for uri in uris)


def _loads_by_file(table: DeltaTable, files: Sequence[str]) -> dict[str, str]:
    actions = pa.table(table.get_add_actions(flatten=True))
    if not {"min.load_id", "max.load_id"} <= set(actions.column_names):
        return {}
    by_name = {Path(file).name: file for file in files}
    columns = (actions[name].to_pylist() for name in ("path", "min.load_id", "max.load_id"))
    return {by_name[Path(unquote(path)).name]: low for path, low, high in zip(*columns, strict=True) if low == high}


def next_sequence(table: DeltaTable, source: str) -> int:
    return int(table.transaction_version(f"source/{source}") or 0) + 1
