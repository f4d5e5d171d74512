"""Compaction moves rows and loses none: what was seen at any version that is needed is seen as before."""

import random
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
from deltalake import CommitProperties
from tests.events.conftest import AT, OPTIONS, orders, plan

from appraise.domain.events import EventKind
from appraise.errors import Conflict, InvalidInput
from appraise.events.compacting import Compacted, compact
from appraise.events.data_files import write_files
from appraise.events.erasing import count_customer, erase_customer, find_customer
from appraise.events.health import count_rows
from appraise.events.ingest import import_events
from appraise.events.report import ImportReport
from appraise.events.retained import gone
from appraise.events.rewriting import connect, replace_files, scan
from appraise.events.store import EventStore, Snapshot
from appraise.events.table_files import delete_abandoned, live_files

Load = Callable[..., ImportReport]
Rows = list[tuple[str, int]]
PURCHASES, CUSTOMERS = EventKind.PURCHASES, EventKind.CUSTOMERS
DAY = timedelta(days=1)

FIRST = orders("1,anna,a@x.org,2024-05-01,10,EUR,,,", "2,bert,b@x.org,2024-05-02,20,EUR,,,")
SECOND = orders("2,bert,b@x.org,2024-05-02,25,EUR,,,", "3,cleo,c@x.org,2024-05-03,30,EUR,,,")
THIRD = orders("4,dora,d@x.org,2024-05-04,40,EUR,,,")


def compacted(
    store: EventStore,
    scratch: Path,
    *,
    after: timedelta = DAY,
    runs: Sequence[Snapshot] = (),
    settle: timedelta | None = None,
) -> dict[EventKind, Compacted]:
    """`after` and `settle` are counted from the time of the imports."""
    return compact(
        store,
        runs=[run.versions for run in runs],
        settle_before=None if settle is None else AT + settle,
        scratch=scratch,
        at=AT + after,
        progress=lambda *_: None,
    )  # fmt: skip


def seen(snapshot: Snapshot) -> Rows:
    with duckdb.connect() as connection:
        query = f"SELECT event_id, amount FROM ({snapshot.query(PURCHASES)}) ORDER BY ALL"
        return connection.execute(query).fetchall()


def test_small_files_become_one_and_are_gone_a_day_later(store: EventStore, load: Load, tmp_path: Path) -> None:
    for number, text in enumerate([FIRST, SECOND, THIRD]):
        load(text, f"{number}.csv")
    before = seen(store.snapshot())

    first = compacted(store, tmp_path)[PURCHASES]
    again = compacted(store, tmp_path, after=DAY * 1.5)[PURCHASES]
    later = compacted(store, tmp_path, after=2.5 * DAY)[PURCHASES]

    assert (first.before.files, first.after.files, first.lying_after.files) == (3, 1, 4)
    assert (first.waiting.files, again.waiting.files, later.waiting.files) == (3, 3, 0)
    assert (later.before.files, later.after.files, later.lying_after.files) == (1, 1, 1)
    assert later.lying_after.bytes < first.lying_before.bytes
    assert seen(store.snapshot()) == before == [("1", 1000), ("2", 2500), ("3", 3000), ("4", 4000)]
    assert count_rows(store.snapshot(), PURCHASES) == 5  # the superseded one, too
    assert sorted(one.origin.file for one in store.loads()) == ["0.csv", "1.csv", "2.csv"]


def test_versions_of_runs_are_read_from_the_files_in_place_of_theirs(
    store: EventStore, load: Load, tmp_path: Path
) -> None:
    load(FIRST)
    run = store.snapshot()
    load(SECOND, "second.csv")
    load(THIRD, "third.csv")
    compacted(store, tmp_path, runs=[run])
    after = compacted(store, tmp_path, after=3 * DAY, runs=[run])

    assert after[PURCHASES].kept.files == 0
    assert not set(run.files(PURCHASES)) & set(map(str, Path(store.root).rglob("*.parquet")))
    assert gone(store, run.versions) == {}
    assert seen(store.snapshot(run.versions)) == [("1", 1000), ("2", 2000)]


def test_files_of_an_undone_load_stay_while_a_run_needs_them(store: EventStore, load: Load, tmp_path: Path) -> None:
    first = load(FIRST)
    load(THIRD, "third.csv")
    run = store.snapshot()
    store.undo(first.load_id, at=AT)
    needed = compacted(store, tmp_path, after=3 * DAY, runs=[run])[PURCHASES]

    assert needed.kept.files > 0
    assert seen(store.snapshot(run.versions)) == [("1", 1000), ("2", 2000), ("4", 4000)]
    compacted(store, tmp_path, after=4 * DAY)
    assert set(gone(store, run.versions)) == {PURCHASES, CUSTOMERS}
    assert seen(store.snapshot()) == [("4", 4000)]


def test_a_load_can_be_undone_after_compaction_and_what_it_superseded_comes_back(
    store: EventStore, load: Load, tmp_path: Path
) -> None:
    load(FIRST)
    second = load(SECOND, "second.csv")
    compacted(store, tmp_path)

    undone = store.undo(second.load_id, at=AT + DAY)

    assert undone.rows == {PURCHASES: 2, CUSTOMERS: 1}
    assert seen(store.snapshot()) == [("1", 1000), ("2", 2000)]


def test_what_settled_loads_superseded_is_gone_for_good_and_they_cannot_be_undone(
    store: EventStore, load: Load, tmp_path: Path
) -> None:
    first = load(FIRST)
    before = store.snapshot()
    second = load(SECOND, "second.csv")
    after = store.snapshot()
    load(orders("1,anna,a@x.org,2024-05-01,11,EUR,,,"), "third.csv", at=AT + 5 * DAY)

    found = compacted(store, tmp_path, after=9 * DAY, settle=4 * DAY, runs=[after])
    compacted(store, tmp_path, after=11 * DAY, runs=[after])

    assert found[PURCHASES].superseded == 1  # not anna's, whose correction is younger
    assert seen(store.snapshot()) == [("1", 1100), ("2", 2500), ("3", 3000)]
    assert seen(store.snapshot(after.versions)) == [("1", 1000), ("2", 2500), ("3", 3000)]
    assert "loads were settled by compactions on 2025-01-10" in gone(store, before.versions)[PURCHASES]
    with pytest.raises(Conflict, match="is settled"):
        store.undo(second.load_id, at=AT + 12 * DAY)
    store.undo(first.load_id, at=AT + 12 * DAY)
    assert seen(store.snapshot()) == [("1", 1100), ("2", 2500), ("3", 3000)]


def test_what_was_loaded_just_now_cannot_be_settled(store: EventStore, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be settled yet"):
        compacted(store, tmp_path, after=DAY, settle=DAY)


def test_a_customer_is_erased_from_compacted_files_and_from_those_that_wait(
    store: EventStore, load: Load, tmp_path: Path
) -> None:
    load(FIRST)
    load(THIRD, "third.csv")
    run = store.snapshot()
    compacted(store, tmp_path)
    customer = find_customer(store, keys=[("corner-shop", "anna")], links=[])

    erase_customer(store, customer, scratch=tmp_path, at=AT + DAY)

    assert sum(count_customer(store, customer).values()) == 0
    assert seen(store.snapshot()) == [("2", 2000), ("4", 4000)]
    assert "customers were erased on 2025-01-02" in gone(store, run.versions)[PURCHASES]


def test_a_writer_who_began_before_a_compaction_appends_after_it(store: EventStore, load: Load, tmp_path: Path) -> None:
    load(FIRST)
    load(SECOND, "second.csv")
    base = store.open_table(PURCHASES)
    compacted(store, tmp_path)
    (commit,) = [commit for kind, commit in store.commits(store.loads()[0].id) if kind is PURCHASES]
    with connect() as connection:
        rows = f"SELECT * REPLACE ('9' AS event_id, 'late' AS load_id) FROM {scan(PURCHASES, store.snapshot().files(PURCHASES))} WHERE event_id = '1'"
        files = write_files(connection, rows, PURCHASES, tmp_path)

    assert store.append(
        base,
        files,
        replace(commit, origin=replace(commit.origin, load_id="late", source="other shop"), kinds=(PURCHASES,)),
    )
    assert {row for row in seen(store.snapshot()) if row[0] == "9"} == {("9", 1000)}


def test_of_two_who_replace_one_file_the_second_changes_nothing(store: EventStore, load: Load, tmp_path: Path) -> None:
    load(FIRST)
    ours, theirs = store.open_table(PURCHASES), store.open_table(PURCHASES)
    files, names = store.files(PURCHASES), live_files(ours)

    def replaced(table: object) -> bool:
        with connect() as connection:
            written = write_files(
                connection, f"SELECT * FROM {scan(PURCHASES, files.uris(names))}", PURCHASES, tmp_path
            )
        return replace_files(table, files, names, written, at=AT, properties=CommitProperties())

    assert (replaced(ours), replaced(theirs)) == (True, False)
    assert seen(store.snapshot()) == [("1", 1000), ("2", 2000)]
    assert len(files.lying()) == 2


def test_what_is_being_written_is_left_alone_and_what_was_left_behind_is_deleted(
    store: EventStore, load: Load, tmp_path: Path
) -> None:
    load(FIRST)
    files = store.files(PURCHASES)
    left = Path(shutil.copy(store.snapshot().files(PURCHASES)[0], files.directory / "left-behind.parquet"))
    half = files.directory / "half.copying"
    half.write_bytes(b"PAR1")
    with connect() as connection:
        written = write_files(connection, f"SELECT * FROM {scan(PURCHASES, [str(left)])}", PURCHASES, tmp_path)

    with files.put(written):
        delete_abandoned(files, at=AT)
        assert not left.exists()
        assert not half.exists()
        assert len(files.lying()) == 2
    delete_abandoned(files, at=AT)

    assert seen(store.snapshot()) == [("1", 1000), ("2", 2000)]
    assert len(files.lying()) == 1


@dataclass
class Walk:
    """A history of loads, undoings and compactions by chance, with what was seen after each."""

    store: EventStore
    scratch: Path
    chance: random.Random
    days: int = 0
    seen: list[tuple[int, Snapshot, Rows]] = field(default_factory=list)
    counted: dict[str, int] = field(default_factory=dict)

    def step(self) -> None:
        self.days += 1
        deed = self.chance.choice([self.load, self.load, self.undo, self.compact, self.settle])
        before = seen(self.store.snapshot())
        deed()
        self.counted[deed.__name__] = self.counted.get(deed.__name__, 0) + 1
        now = self.store.snapshot()
        if deed in {self.compact, self.settle}:
            assert seen(now) == before
        self.seen.append((self.days, now, seen(now)))

    def load(self) -> None:
        lines = [
            f"{no},c{no},,2024-05-01,{self.chance.randrange(1, 9)},EUR,,," for no in self.chance.sample(range(6), 3)
        ]
        path = self.scratch / f"{self.days}.csv"
        path.write_text(orders(*lines))
        import_events(self.store, plan(), path, options=replace(OPTIONS, at=AT + self.days * DAY))

    def undo(self) -> None:
        loads = self.store.loads()
        if loads:
            try:
                self.store.undo(self.chance.choice(loads).id, at=AT + self.days * DAY)
            except Conflict:
                self.counted["refused"] = self.counted.get("refused", 0) + 1

    def compact(self) -> None:
        compacted(self.store, self.scratch, after=self.days * DAY, runs=[run for _, run, _ in self.seen])
        for _, run, rows in self.seen:
            assert gone(self.store, run.versions) or seen(self.store.snapshot(run.versions)) == rows

    def settle(self) -> None:
        limit = self.days - 4
        needed = [one for one in self.seen if one[0] >= limit]
        compacted(
            self.store, self.scratch, after=self.days * DAY, settle=limit * DAY, runs=[run for _, run, _ in needed]
        )  # fmt: skip
        for day, run, rows in self.seen:
            missing: Mapping[EventKind, str] = gone(self.store, run.versions)
            assert not (missing and day >= limit)
            assert missing or seen(self.store.snapshot(run.versions)) == rows


@pytest.mark.parametrize(
    "seed", [1, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(2, 40))]
)  # fmt: skip
def test_whatever_happens_every_version_is_seen_as_it_was_or_said_to_be_gone(
    empty_store: Path, tmp_path: Path, seed: int
) -> None:
    store = EventStore(shutil.copytree(empty_store, tmp_path / "events"))
    walk = Walk(store, tmp_path, random.Random(seed))  # noqa: S311  # a history, no secret
    for _ in range(7 if seed == 1 else 30):
        walk.step()
    assert len({name for name in walk.counted if walk.counted[name]}) >= 3
