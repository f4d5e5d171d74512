"""Import of one file: read as text, made canonical, checked, compared with the store, committed; all of it set-wise."""

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

import duckdb

from appraise.domain.employees import ExternalReference
from appraise.domain.events import EventKind
from appraise.domain.mapping import EventPlan, EventStage, RejectedRow
from appraise.domain.progress import Watch, unwatched
from appraise.errors import Retriable
from appraise.events import rejected
from appraise.events.compare import Compared, accepted, compare, drop_duplicates, rows_to_write
from appraise.events.compile import LINK_SECRET, check_rules
from appraise.events.data_files import write_files
from appraise.events.engine import literal
from appraise.events.files import sha256_of
from appraise.events.log import Commit, Origin
from appraise.events.raw import Raw, read_raw
from appraise.events.report import ImportReport, UnknownEmployee
from appraise.events.stage import NOT_COUNTED, is_read_once, run_stages, table_of
from appraise.events.store import ATTEMPTS_TO_COMMIT, EventStore, next_sequence
from appraise.events.watching import watched

MEMORY = "400MB"
"""What the engine may hold; what does not fit lies in the scratch directory. More makes no import noticeably faster."""
ErrorPolicy = Literal["reject-rows", "reject-file"]
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """What the caller knows of a file beyond its plan.

    `original` is the file as received, where the imported one is a delimited copy of it: its name and hash stand for
    the load, `first_row` is the number there of the first record, and `rejected_before` are rows that the copying
    refused. `at` is the time of the import, after which nothing can have happened. `known_references` are
    (namespace, value) of all employees. `rejected_csv` is
    where every rejected row is told of, and `on_rejected` is given the rows' numbers before anything is written.
    """

    adapter: str
    source: str
    at: datetime
    link_secret: bytes = field(repr=False)
    original: Path | None = None
    delimiter: str = ","
    first_row: int = 2
    dry_run: bool = False
    error_policy: ErrorPolicy = "reject-rows"
    known_references: Iterable[tuple[str, str]] = ()
    rejected_before: Sequence[RejectedRow] = ()
    rejected_csv: Path | None = None
    on_rejected: Callable[[Sequence[int]], None] | None = None
    scratch: Path | None = None


def import_events(
    store: EventStore,
    plan: EventPlan,
    path: Path,
    *,
    options: LoadOptions,
    progress: Progress = lambda _: None,
    watch: Watch = unwatched,
) -> ImportReport:
    """Import the events of a UTF-8 delimited file (or Parquet, by its suffix) under a plan.

    The same file under the same plan is the same load: repeating it does nothing, or finishes what was interrupted.
    Raises `InvalidInput` where the file as a whole cannot be read, `Retriable` where other imports stood in the way.
    """
    if options.at.tzinfo is None:
        raise ValueError("the time of an import must be aware")
    for stage in plan.stages:
        check_rules(stage)
    progress("fingerprint")
    origin = _origin(plan, path, options)
    done = _repeated(store, origin, plan)
    if done is not None and options.rejected_csv is None and options.on_rejected is None:
        return replace(done, dry_run=options.dry_run)
    with tempfile.TemporaryDirectory(dir=options.scratch, prefix="appraise-import-") as directory:
        scratch = Path(directory)
        with connect(scratch, options.link_secret) as connection:
            given = options if done is None else replace(options, dry_run=True)
            report = _Import(store, plan, origin, given, connection, scratch, progress, watch).run(path)
    return report if done is None else replace(done, dry_run=options.dry_run)


def connect(scratch: Path, link_secret: bytes) -> duckdb.DuckDBPyConnection:
    """An engine within the memory of imports, with the key of customers' links."""
    connection = duckdb.connect(config={"temp_directory": str(scratch / "spill"), "memory_limit": MEMORY})
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_progress_bar = true")  # known, and not printed
    connection.execute("SET enable_progress_bar_print = false")
    connection.execute(f"SET VARIABLE {LINK_SECRET} = $1", [link_secret])
    return connection


def _origin(plan: EventPlan, path: Path, options: LoadOptions) -> Origin:
    original = options.original or path
    sha256 = sha256_of(original)
    mapping = hashlib.sha256(json.dumps([asdict(stage) for stage in plan.stages], sort_keys=True).encode()).hexdigest()
    identity = json.dumps([sha256, mapping, options.adapter, options.source])
    load_id = hashlib.sha256(identity.encode()).hexdigest()[:24]
    return Origin(load_id, options.source, options.adapter, original.name, sha256, mapping)


def _kinds(plan: EventPlan) -> tuple[EventKind, ...]:
    return tuple(dict.fromkeys(stage.kind for stage in plan.stages))


def _repeated(store: EventStore, origin: Origin, plan: EventPlan) -> ImportReport | None:
    """The report of the load as it was, when it is there whole and so are those that it leans on."""
    loads = {load.id: load for load in store.loads()}
    load = loads.get(origin.load_id)
    if load is None or not load.complete or not loads.keys() >= set(load.leans_on):
        return None
    summary = load.summary
    return ImportReport(
        load_id=load.id,
        read=summary["read"],
        malformed=summary["malformed"],
        counts={kind: load.counts[kind] for kind in _kinds(plan)},
        skipped_by_reason=summary["skipped"],
        rejected_by_reason=summary["rejected"],
        overridden=summary["overridden"],
        unmapped_columns=tuple(summary["unmapped"]),
        warnings=plan.warnings,
        repeated=True,
    )


@dataclass(frozen=True, slots=True)
class _Import:
    store: EventStore
    plan: EventPlan
    origin: Origin
    options: LoadOptions
    connection: duckdb.DuckDBPyConnection
    scratch: Path
    progress: Progress
    watch: Watch

    def run(self, path: Path) -> ImportReport:
        kinds = _kinds(self.plan)
        self.progress("read")
        self._confine(path)
        raw = read_raw(
            self.connection,
            path,
            delimiter=self.options.delimiter,
            first_row=self.options.first_row,
            used=self.plan.used,
            once=is_read_once(self.plan.stages),
            watch=self.watch,
        )
        at = f"TIMESTAMPTZ {literal(self.options.at.isoformat())}"
        if raw.is_numbered:
            self.progress("check")
        for kind in kinds:
            with watched(self.connection, path, raw.lines, unwatched if raw.is_numbered else self.watch):
                run_stages(self.connection, kind, self._stages(kind), raw, at=at)
            if not raw.is_numbered:
                self.progress("check")
            drop_duplicates(self.connection, kind, self._stages(kind))
        rejected.gather(self.connection, kinds, file=self.origin.file, before=self.options.rejected_before)
        if self.options.rejected_csv is not None:
            rejected.write_rejected_csv(self.connection, self.scratch, self.options.rejected_csv)
        if self.options.on_rejected is not None:
            self.options.on_rejected(rejected.numbers(self.connection))
        report = self._report(raw)
        snapshot = self.store.snapshot()
        compared = {kind: compare(self.connection, snapshot.views[kind], source=self.origin.source) for kind in kinds}
        report = replace(
            report,
            counts={kind: one.counts for kind, one in compared.items()},
            unknown_employees=self._unknown(kinds),
        )
        refused = self.options.error_policy == "reject-file" and report.rejected > 0
        if self.options.dry_run or refused:
            return replace(report, dry_run=self.options.dry_run, refused=refused)
        return self._write(report)

    def _confine(self, path: Path) -> None:
        """The plan's expressions may see the events, this import's files and the file itself, nothing else."""
        allowed = ", ".join(literal(f"{one}/") for one in (self.store.root, self.scratch))
        self.connection.execute(f"SET allowed_directories = [{allowed}]")
        self.connection.execute(f"SET allowed_paths = [{literal(str(path))}]")
        self.connection.execute("SET enable_external_access = false")
        self.connection.execute("SET lock_configuration = true")

    def _stages(self, kind: EventKind) -> list[tuple[int, EventStage]]:
        return [(number, stage) for number, stage in enumerate(self.plan.stages) if stage.kind is kind]

    def _report(self, raw: Raw) -> ImportReport:
        kinds = _kinds(self.plan)
        malformed = self._number("SELECT count(*) FROM malformed") + len(self.options.rejected_before)
        counted = f"_skip <> {literal(NOT_COUNTED)}"
        skips = " UNION ALL ".join(f"SELECT _skip FROM {table_of(kind)} WHERE {counted}" for kind in kinds)
        skipped = self.connection.execute(
            f"SELECT _skip, count(*) FROM ({skips}) GROUP BY _skip ORDER BY _skip"
        ).fetchall()
        used = set(self.plan.used)
        rows = "raw" if raw.is_numbered else table_of(kinds[0])
        return ImportReport(
            load_id=self.origin.load_id,
            read=self._number(f"SELECT count(*) FROM {rows}") + malformed,
            malformed=malformed,
            counts={},
            skipped_by_reason=dict(skipped),
            rejected_by_reason=rejected.count_by_reason(self.connection),
            rejected_sample=rejected.sample(self.connection),
            overridden=sum(self._number(f"SELECT count(*) FROM dropped_{kind.value} WHERE NOT same") for kind in kinds),
            unmapped_columns=tuple(name for name in raw.columns if used and name not in used),
            warnings=(*self.plan.warnings, *self._kept(kinds)),
        )

    def _kept(self, kinds: Sequence[EventKind]) -> tuple[str, ...]:
        """A purchase of which the reversal is rejected counts in full."""
        if EventKind.PURCHASES not in kinds:
            return ()
        rejected_ones = f"{table_of(EventKind.PURCHASES)} WHERE kind = 'reversal' AND _problems IS NOT NULL"
        number = self._number(f"SELECT count(DISTINCT _row) FROM {rejected_ones}")
        if not number:
            return ()
        return (f"rejected rows that give money back: {number}; it counts as kept until they are mended and imported",)

    def _unknown(self, kinds: Sequence[EventKind]) -> tuple[UnknownEmployee, ...]:
        keys = " UNION ALL ".join(
            f"SELECT employee_namespace, employee_key FROM ({accepted(kind)}) WHERE employee_key IS NOT NULL"
            for kind in kinds
        )
        rows = self.connection.execute(
            f"SELECT employee_namespace, employee_key, count(*) FROM ({keys}) GROUP BY ALL "
            "ORDER BY count(*) DESC, employee_namespace, employee_key"
        ).fetchall()
        # Folded here and not in SQL: engines disagree with Python, and so with the records, on letters such as İ.
        known = {ExternalReference(namespace, value).normalised() for namespace, value in self.options.known_references}
        unknown = (row for row in rows if ExternalReference(row[0] or "", row[1]).normalised() not in known)
        return tuple(UnknownEmployee(*row) for row in unknown)

    def _write(self, report: ImportReport) -> ImportReport:
        kinds = _kinds(self.plan)
        summary = {
            "read": report.read,
            "malformed": report.malformed,
            "skipped": dict(report.skipped_by_reason),
            "rejected": dict(report.rejected_by_reason),
            "overridden": report.overridden,
            "unmapped": list(report.unmapped_columns),
        }
        attempt, present = self._attempt()
        counts = dict(report.counts)
        for kind in kinds:
            if kind in present:
                continue
            self.progress(f"write {kind.value}")
            draft = Commit("load", self.origin, self.options.at, attempt, 0, kinds, summary=summary)
            counts[kind] = self._commit(kind, draft).counts
        return replace(report, counts=counts, written=True)

    def _attempt(self) -> tuple[int, frozenset[EventKind]]:
        """The pass to make and the tables that it reached before it was interrupted."""
        history = self.store.commits(self.origin.load_id)
        last = max((commit.attempt for _, commit in history), default=0)
        present = frozenset(kind for kind, commit in history if commit.attempt == last and commit.action == "load")
        undone = any(commit.attempt == last and commit.action == "undo" for _, commit in history)
        if last == 0 or undone or present >= set(_kinds(self.plan)):
            return last + 1, frozenset()
        return last, present

    def _commit(self, kind: EventKind, draft: Commit) -> Compared:
        for _ in range(ATTEMPTS_TO_COMMIT):
            snapshot = self.store.snapshot()
            base = self.store.open_table(kind, version=snapshot.versions[kind])
            compared = compare(self.connection, snapshot.views[kind], source=self.origin.source)
            sequence = next_sequence(base, self.origin.source)
            commit = replace(
                draft, sequence=sequence, flagged=compared.flagged, leans_on=compared.leans_on, counts=compared.counts
            )
            rows = rows_to_write(
                kind,
                source=self.origin.source,
                load_id=self.origin.load_id,
                file=self.origin.file,
                sequence=sequence,
            )
            if self.store.append(base, write_files(self.connection, rows, kind, self.scratch), commit):
                return compared
        raise Retriable(f"Other imports of {self.origin.source!r} kept this one from being written; repeat it")

    def _number(self, sql: str) -> int:
        return int(self.connection.execute(sql).fetchall()[0][0])
