"""What the tables' logs say of loads: the log is the truth, everything else follows it.

A load is one file under one mapping. It commits once per event kind that it touches, so that between two of these
commits it is incomplete and its rows must not be seen. Every commit carries, as the application transaction of the
load, how often the load was written there or undone (odd: it is there), and, as that of the source, an ordinal, which
makes two simultaneous writers of one source collide instead of overlooking each other's events.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

from deltalake import DeltaTable

from appraise.domain.events import EventKind
from appraise.errors import InvalidInput

METADATA_KEY = "appraise"
ERASURE_KEY = "appraise-erasure"
COMPACTION_KEY = "appraise-compaction"
FORMAT_KEY = "appraise-format"
FORMAT = 2
"""Raised with every stored column that is added or means something else; a program refuses tables of a later one."""

Pass = tuple[str, int]
"""A load's id and the ordinal of one of its passes within its source: they stand in every row."""


@dataclass(frozen=True, slots=True)
class KindCounts:
    """What became of the rows of a file that speak of one event kind.

    `considered` = `accepted` + `unchanged` + `duplicates` + `skipped` + `rejected`; `superseding` are those of the
    accepted that replace an earlier event. `withdrawn` events were counted by an earlier load and are left out by the
    file. `money` sums the accepted amounts per currency in minor units.
    """

    considered: int = 0
    accepted: int = 0
    superseding: int = 0
    unchanged: int = 0
    duplicates: int = 0
    skipped: int = 0
    rejected: int = 0
    withdrawn: int = 0
    first: datetime | None = None
    last: datetime | None = None
    money: Mapping[str, int] = field(default_factory=dict)

    def balances(self) -> bool:
        return self.considered == self.accepted + self.unchanged + self.duplicates + self.skipped + self.rejected


@dataclass(frozen=True, slots=True)
class Origin:
    """What identifies a load, apart from when it was made."""

    load_id: str
    source: str
    adapter: str
    file: str
    sha256: str
    mapping: str


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit of a load, or of its undoing, in one table; `sequence` is the ordinal within its source.

    `kinds` are all tables that the load touches; `attempt` tells the passes of one load apart: a load that was undone
    or topped up is made again. `flagged` counts rows whose event any earlier row holds, seen or unseen.
    """

    action: Literal["load", "undo"]
    origin: Origin
    at: datetime
    attempt: int
    sequence: int
    kinds: tuple[EventKind, ...]
    flagged: int = 0
    leans_on: tuple[str, ...] = ()
    counts: KindCounts = KindCounts()
    summary: Mapping[str, Any] = field(default_factory=dict)

    @property
    def row_pass(self) -> Pass:
        return self.origin.load_id, self.sequence

    def to_metadata(self) -> dict[str, str]:
        return {METADATA_KEY: json.dumps(asdict(self), default=datetime.isoformat, sort_keys=True)}

    @classmethod
    def from_metadata(cls, text: str) -> "Commit":
        value = json.loads(text)
        counts = value["counts"]
        for name in ("first", "last"):
            counts[name] = None if counts[name] is None else datetime.fromisoformat(counts[name])
        return cls(
            action=value["action"],
            origin=Origin(**value["origin"]),
            at=datetime.fromisoformat(value["at"]),
            attempt=value["attempt"],
            sequence=value["sequence"],
            kinds=tuple(map(EventKind, value["kinds"])),
            flagged=value["flagged"],
            leans_on=tuple(value["leans_on"]),
            counts=KindCounts(**counts),
            summary=value["summary"],
        )


@dataclass(frozen=True, slots=True)
class Load:
    """A load as the logs show it; `leans_on` are loads whose rows it found unchanged and did not write again."""

    origin: Origin
    at: datetime
    attempt: int
    kinds: tuple[EventKind, ...]
    complete: bool
    leans_on: tuple[str, ...]
    counts: Mapping[EventKind, KindCounts]
    summary: Mapping[str, Any]

    @property
    def id(self) -> str:
        return self.origin.load_id


Logs = Mapping[EventKind, Sequence[Commit]]


@dataclass(frozen=True, slots=True)
class Removal:
    """Rows taken out for good, of an erased customer or by a compaction, and not by an undoing.

    `loads` are those whose rows an erasure took, None where it was not told; `settled` are passes whose rows stay while
    all that they superseded is gone.
    """

    version: int
    at: datetime
    is_erasure: bool
    loads: frozenset[str] | None = frozenset()
    settled: frozenset[Pass] = frozenset()

    def changes(self, seen: Collection[Pass]) -> bool:
        """Whether it took rows that were to be seen where the passes seen were these."""
        erased = self.loads is None or any(load_id in self.loads for load_id, _ in seen)
        return erased or not self.settled <= set(seen)


@dataclass(frozen=True, slots=True)
class TableLog:
    """One table's history; the commits of loads and undoings each with the version that it made, oldest first."""

    version: int
    commits: tuple[tuple[int, Commit], ...]
    removals: tuple[Removal, ...]

    def until(self, version: int) -> tuple[Commit, ...]:
        return tuple(commit for number, commit in self.commits if number <= version)

    @property
    def settled(self) -> frozenset[Pass]:
        return frozenset[Pass]().union(*(removal.settled for removal in self.removals))

    def last_version_with(self, version: int, seen: Collection[Pass]) -> int:
        """The newest version whose files hold every row that was seen at another, where the passes seen were these."""
        loads = {load_id for load_id, _ in seen}
        ends = [
            number
            for number, commit in self.commits
            if number > version and commit.action == "undo" and commit.origin.load_id in loads
        ]
        ends += [removal.version for removal in self.removals if removal.version > version and removal.changes(seen)]
        return min(ends, default=self.version + 1) - 1


def read_log(table: DeltaTable) -> TableLog:
    """The log up to the table's version. Raises `InvalidInput` where a later program has written to the table.

    deltalake numbers `history()` downwards from the version of the table object, which is wrong for an older version
    or when somebody commits meanwhile; since our logs are never cleaned up, counting upwards from creation is right.
    """
    version = table.version()
    entries = list(enumerate(reversed(table.history())))[: version + 1]
    written = max((int(entry[FORMAT_KEY]) for _, entry in entries if FORMAT_KEY in entry), default=FORMAT)
    if written > FORMAT:
        raise InvalidInput(
            f"the event table {table.metadata().name} was written by a later version of Appraise",
            expected=f"tables of format {FORMAT} or before; this one has {written}",
            hint="install the version that wrote it, or a later one",
        )
    return TableLog(
        version,
        tuple(
            (number, Commit.from_metadata(entry[METADATA_KEY])) for number, entry in entries if METADATA_KEY in entry
        ),
        tuple(
            _removal(number, json.loads(entry[key]), is_erasure=key == ERASURE_KEY)
            for number, entry in entries
            for key in (ERASURE_KEY, COMPACTION_KEY)
            if key in entry
        ),
    )


def _removal(version: int, told: Mapping[str, Any], *, is_erasure: bool) -> Removal:
    loads = told.get("loads") if is_erasure else ()
    return Removal(
        version,
        datetime.fromisoformat(told["at"]),
        is_erasure,
        None if loads is None else frozenset(loads),
        frozenset((load_id, sequence) for load_id, sequence in told.get("settled", ())),
    )


def live_commits(commits: Sequence[Commit]) -> tuple[Commit, ...]:
    """The load commits of one table whose rows are in it."""
    alive: list[Commit] = []
    for commit in commits:
        if commit.action == "undo":
            alive = [other for other in alive if other.origin.load_id != commit.origin.load_id]
        else:
            alive.append(commit)
    return tuple(alive)


def complete_attempts(logs: Logs) -> frozenset[tuple[str, int]]:
    """The passes of loads that reached every table they touch: the only ones whose rows may be seen."""
    reached: dict[tuple[str, int], set[EventKind]] = {}
    wanted: dict[tuple[str, int], set[EventKind]] = {}
    for kind, commits in logs.items():
        for commit in live_commits(commits):
            key = (commit.origin.load_id, commit.attempt)
            reached.setdefault(key, set()).add(kind)
            wanted[key] = set(commit.kinds)
    return frozenset(key for key, kinds in reached.items() if wanted[key] <= kinds)


def loads_of(logs: Logs) -> list[Load]:
    """All loads that are in some table, by time; one whose undoing was interrupted counts as incomplete."""
    complete = complete_attempts(logs)
    latest: dict[str, dict[EventKind, Commit]] = {}
    for kind, commits in logs.items():
        for commit in live_commits(commits):
            latest.setdefault(commit.origin.load_id, {})[kind] = commit
    loads = []
    for load_id, by_kind in latest.items():
        last = max(by_kind.values(), key=lambda commit: commit.attempt)
        leans = {other for commit in by_kind.values() if commit.attempt == last.attempt for other in commit.leans_on}
        loads.append(
            Load(
                origin=last.origin,
                at=last.at,
                attempt=last.attempt,
                kinds=last.kinds,
                complete=(load_id, last.attempt) in complete,
                leans_on=tuple(sorted(leans - {load_id})),
                counts={kind: commit.counts for kind, commit in by_kind.items()},
                summary=last.summary,
            )
        )
    return sorted(loads, key=lambda load: (load.at, load.id))
