from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from tests.events.conftest import AT, orders, rows_of

from appraise.domain.events import COLUMNS, EventKind
from appraise.errors import Conflict, InvalidInput, NotFound
from appraise.events.data_files import DataFile, write_files
from appraise.events.engine import open_engine
from appraise.events.log import Commit, KindCounts, Origin
from appraise.events.report import ImportReport
from appraise.events.schema import arrow_schema
from appraise.events.store import EventStore, Undone

Load = Callable[..., ImportReport]

FIRST = orders("1,anna,,2024-05-01,10,EUR,,,", "2,bert,,2024-05-01,20,EUR,,,")
SECOND = orders("2,bert,,2024-05-01,25,EUR,,,", "3,cleo,,2024-05-01,30,EUR,,,")
AMOUNTS = (EventKind.PURCHASES, "event_id", "amount")


def test_an_empty_store_has_every_table_with_its_columns(store: EventStore) -> None:
    tables = store.snapshot().tables(open_engine())

    assert {kind: table.columns for kind, table in tables.items()} == {
        kind: (*(column.name for column in COLUMNS[kind]), "source", "load_id", "file", "row") for kind in EventKind
    }
    assert tables[EventKind.PURCHASES].count().to_pyarrow().as_py() == 0


def test_an_empty_table_has_the_types_of_a_full_one(store: EventStore, load: Load) -> None:
    empty = store.snapshot().tables(open_engine())[EventKind.PURCHASES].schema()
    load(FIRST)

    assert store.snapshot().tables(open_engine())[EventKind.PURCHASES].schema() == empty


def test_all_rows_of_a_table_without_files_are_none(store: EventStore) -> None:
    for view in store.snapshot().views.values():
        with duckdb.connect() as connection:
            assert connection.sql(f"SELECT * FROM {view.scan()}").fetchall() == []


def test_initialising_again_keeps_what_is_there(store: EventStore, load: Load) -> None:
    load(FIRST)

    store.initialise()

    assert rows_of(store, *AMOUNTS) == [("1", 1000), ("2", 2000)]


def test_a_store_that_was_not_initialised_says_so(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="There are no event tables under"):
        EventStore(tmp_path / "nowhere").snapshot()


def test_a_directory_that_the_engines_misread_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot hold the events"):
        EventStore(tmp_path / "100%20")


def test_an_address_that_is_neither_a_directory_nor_a_bucket_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="expected: a directory, or s3://bucket/prefix"):
        EventStore("file:///tmp/events")
    with pytest.raises(InvalidInput, match="expected: a directory, or s3://bucket/prefix"):
        EventStore(tmp_path, bucket="gs://bucket/events")


def test_blanks_and_umlauts_in_the_directory_do_no_harm(tmp_path: Path) -> None:
    store = EventStore(tmp_path / "Müller & Söhne")
    store.initialise()
    base = store.open_table(EventKind.PURCHASES)

    assert store.append(base, _files(tmp_path, _purchase("x")), _commit("x", EventKind.PURCHASES))
    assert store.snapshot().tables(open_engine())[EventKind.PURCHASES].count().to_pyarrow().as_py() == 1


def test_a_snapshot_gives_the_same_rows_after_later_loads_and_undoings(store: EventStore, load: Load) -> None:
    first = load(FIRST)
    versions = store.snapshot().versions
    load(SECOND, "second.csv")
    store.undo(first.load_id, at=AT)

    table = store.snapshot(versions).tables(open_engine())[EventKind.PURCHASES]

    assert sorted(table.amount.to_pyarrow().to_pylist()) == [1000, 2000]


def test_the_later_load_of_an_event_wins(store: EventStore, load: Load) -> None:
    load(FIRST)

    report = load(SECOND, "second.csv")

    assert (report.accepted, report.superseding, report.unchanged) == (4 - 1, 1, 1)  # bert himself is unchanged
    assert rows_of(store, *AMOUNTS) == [("1", 1000), ("2", 2500), ("3", 3000)]


def test_the_same_event_id_in_two_sources_is_two_events(store: EventStore, load: Load) -> None:
    load(FIRST)
    load(SECOND, "second.csv", source="other shop")

    assert rows_of(store, *AMOUNTS) == [("1", 1000), ("2", 2000), ("2", 2500), ("3", 3000)]


def test_undoing_brings_superseded_rows_back(store: EventStore, load: Load) -> None:
    load(FIRST)
    second = load(SECOND, "second.csv")

    undone = store.undo(second.load_id, at=AT)

    assert undone == Undone(second.load_id, {EventKind.CUSTOMERS: 1, EventKind.PURCHASES: 2}, ())
    assert rows_of(store, *AMOUNTS) == [("1", 1000), ("2", 2000)]


def test_undoing_the_earlier_load_leaves_the_later_row(store: EventStore, load: Load) -> None:
    first = load(FIRST)
    load(SECOND, "second.csv")

    store.undo(first.load_id, at=AT)

    assert rows_of(store, *AMOUNTS) == [("2", 2500), ("3", 3000)]


def test_an_undone_load_can_be_loaded_again(store: EventStore, load: Load) -> None:
    first = load(FIRST)
    store.undo(first.load_id, at=AT)

    again = load(FIRST)

    assert (again.load_id, again.written, again.repeated) == (first.load_id, True, False)
    assert rows_of(store, *AMOUNTS) == [("1", 1000), ("2", 2000)]


def test_a_load_cannot_be_undone_twice(store: EventStore, load: Load) -> None:
    first = load(FIRST)
    store.undo(first.load_id, at=AT)

    with pytest.raises(Conflict, match="is undone already"):
        store.undo(first.load_id, at=AT)


def test_a_load_that_never_was_cannot_be_undone(store: EventStore) -> None:
    with pytest.raises(NotFound, match="There is no load nonsense"):
        store.undo("nonsense", at=AT)


def test_undoing_names_the_loads_that_left_rows_to_it_and_repeating_them_brings_the_rows(
    store: EventStore, load: Load
) -> None:
    first = load(FIRST)
    both = orders("1,anna,,2024-05-01,10,EUR,,,", "9,zoe,,2024-05-01,90,EUR,,,")
    second = load(both, "both.csv")

    undone = store.undo(first.load_id, at=AT)
    assert undone.repeat == (second.load_id,)
    assert rows_of(store, *AMOUNTS) == [("9", 9000)]

    again = load(both, "both.csv")
    assert (again.repeated, again.written, again.accepted) == (False, True, 2)
    assert rows_of(store, *AMOUNTS) == [("1", 1000), ("9", 9000)]
    assert load(both, "both.csv").repeated


def test_a_topped_up_load_does_not_outrank_what_came_between(store: EventStore, load: Load) -> None:
    first = load(FIRST)
    lean = orders("1,anna,,2024-05-01,10,EUR,,,", "9,zoe,,2024-05-01,90,EUR,,,")
    load(lean, "lean.csv")
    load(orders("9,zoe,,2024-05-01,99,EUR,,,"), "correction.csv")
    store.undo(first.load_id, at=AT)

    load(orders("1,anna,,2024-05-01,10,EUR,,,"), "only-anna.csv")

    assert rows_of(store, *AMOUNTS) == [("1", 1000), ("9", 9900)]


def test_loads_are_read_from_the_log_oldest_first(store: EventStore, load: Load) -> None:
    first = load(FIRST)
    second = load(SECOND, "second.csv", at=AT + timedelta(days=1))

    loads = store.loads()

    assert [(one.id, one.origin.file, one.complete) for one in loads] == [
        (first.load_id, "orders.csv", True),
        (second.load_id, "second.csv", True),
    ]
    assert loads[0].counts == first.counts


def test_a_load_that_did_not_reach_all_its_tables_is_not_seen(store: EventStore, load: Load, tmp_path: Path) -> None:
    load(FIRST)
    _append_purchase(store, tmp_path, "interrupted", kinds=(EventKind.PURCHASES, EventKind.CUSTOMERS))

    assert rows_of(store, *AMOUNTS) == [("1", 1000), ("2", 2000)]
    assert [(one.id, one.complete) for one in store.loads() if one.id == "interrupted"] == [("interrupted", False)]


def test_rows_of_an_interrupted_load_do_not_count_twice_when_it_is_finished_later(
    store: EventStore, load: Load, tmp_path: Path
) -> None:
    _append_purchase(store, tmp_path, "interrupted", kinds=(EventKind.PURCHASES, EventKind.CUSTOMERS))
    load(orders("7,gil,,2024-05-01,70,EUR,,,"))

    base = store.open_table(EventKind.CUSTOMERS)
    late = _commit("interrupted", EventKind.PURCHASES, EventKind.CUSTOMERS)
    assert store.append(base, (), replace(late, sequence=2))

    assert rows_of(store, *AMOUNTS) == [("7", 7000)]


def test_two_writers_of_one_source_cannot_overlook_each_other(store: EventStore) -> None:
    ours, theirs = (store.open_table(EventKind.PURCHASES) for _ in range(2))

    assert store.append(ours, (), _commit("ours", EventKind.PURCHASES))
    assert not store.append(theirs, (), _commit("theirs", EventKind.PURCHASES))


def test_writers_of_two_sources_do_not_disturb_each_other(store: EventStore) -> None:
    ours, theirs = (store.open_table(EventKind.PURCHASES) for _ in range(2))
    other = _commit("theirs", EventKind.PURCHASES)

    assert store.append(ours, (), _commit("ours", EventKind.PURCHASES))
    assert store.append(theirs, (), replace(other, origin=replace(other.origin, source="help desk")))


def _commit(load_id: str, *kinds: EventKind) -> Commit:
    origin = Origin(load_id, "corner-shop", "corner-shop", "orders.csv", "00", "00")
    return Commit("load", origin, AT, 1, 1, kinds, counts=KindCounts(considered=1, accepted=1))


def _append_purchase(store: EventStore, directory: Path, load_id: str, *, kinds: tuple[EventKind, ...]) -> None:
    files = _files(directory, _purchase(load_id))
    assert store.append(store.open_table(EventKind.PURCHASES), files, _commit(load_id, *kinds))


def _purchase(load_id: str) -> pa.Table:
    given = {"event_id": "7", "occurred_at": AT, "customer_key": "gil", "order_id": "7", "kind": "purchase"}
    given |= {"amount": 6000, "currency": "EUR", "source": "corner-shop", "load_id": load_id, "file": "orders.csv"}
    given |= {"row": 2, "sequence": 1, "supersedes": False, "withdrawn": False}
    return pa.Table.from_pylist([given], schema=arrow_schema(EventKind.PURCHASES))


def _files(directory: Path, rows: pa.Table) -> tuple[DataFile, ...]:
    with duckdb.connect() as connection:
        connection.register("rows", rows)
        return write_files(connection, "SELECT * FROM rows", EventKind.PURCHASES, directory)
