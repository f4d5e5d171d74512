"""A customer who is erased is in no file any more, whatever the version, and nobody else is touched."""

import fcntl
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.events.conftest import AT, orders, rows_of

from appraise.domain.events import EventKind
from appraise.errors import Retriable
from appraise.events.erasing import count_customer, erase_customer, find_customer
from appraise.events.health import count_rows
from appraise.events.report import ImportReport
from appraise.events.retained import gone
from appraise.events.store import EventStore

Load = Callable[..., ImportReport]

FIRST = orders("1,anna-7341,a@x.org,2024-05-01,10,EUR,,,", "2,bert,b@x.org,2024-05-02,20,EUR,,,")
LATER = orders("1,anna-7341,a@x.org,2024-05-01,11,EUR,,,", "3,cleo,c@x.org,2024-05-03,30,EUR,,,")
ELSEWHERE = orders("9,member-99,a@x.org,2024-06-01,90,EUR,,,", "8,dora,d@x.org,2024-06-02,80,EUR,,,")


def test_an_erased_customer_is_in_no_file_of_any_version_and_others_stay(
    store: EventStore, load: Load, tmp_path: Path
) -> None:
    load(FIRST)
    versions = store.snapshot().versions
    later = load(LATER, "later.csv")
    load(ELSEWHERE, "elsewhere.csv", source="other shop")
    store.undo(later.load_id, at=AT)

    customer = find_customer(store, keys=[("corner-shop", "anna-7341")], links=[])
    before = count_customer(store, customer)
    erased = erase_customer(store, customer, scratch=tmp_path, at=AT)

    assert customer.keys == {("corner-shop", "anna-7341"), ("other shop", "member-99")}
    assert (before[EventKind.PURCHASES], erased.rows[EventKind.PURCHASES]) == (3, 2)  # one of an undone load
    assert sum(count_customer(store, customer).values()) == 0
    assert rows_of(store, EventKind.PURCHASES, "event_id", "amount") == [("2", 2000), ("8", 8000)]
    assert [path for path in Path(store.root).rglob("*") if path.is_file() and b"anna-7341" in path.read_bytes()] == []
    assert "customers were erased on 2025-01-01" in gone(store, versions)[EventKind.PURCHASES]
    assert load(FIRST).repeated  # the same file does not bring the customer back


def test_a_file_of_an_import_under_way_stops_an_erasure_and_one_that_was_left_behind_does_not(
    store: EventStore, load: Load, tmp_path: Path
) -> None:
    load(FIRST)
    (file,) = store.snapshot().files(EventKind.PURCHASES)
    left = Path(shutil.copy(file, Path(file).with_name("left-behind.parquet")))
    customer = find_customer(store, keys=[("corner-shop", "anna-7341")], links=[])

    with left.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # as whoever writes does until it is committed
        with pytest.raises(Retriable, match=r"left-behind\.parquet of purchases holds the customer"):
            erase_customer(store, customer, scratch=tmp_path, at=AT)
        assert left.exists()
    erase_customer(store, customer, scratch=tmp_path, at=AT)

    assert sum(count_customer(store, customer).values()) == 0
    assert rows_of(store, EventKind.PURCHASES, "event_id") == [("2",)]


def test_a_damaged_file_is_told_with_the_load_that_it_held(store: EventStore, load: Load) -> None:
    report = load(FIRST)
    (file,) = store.snapshot().files(EventKind.PURCHASES)
    Path(file).unlink()

    told = count_rows(store.snapshot(), EventKind.PURCHASES)

    assert isinstance(told, str)
    assert told.endswith(f"it held rows of the load {report.load_id}")


def test_what_an_event_of_the_customer_was_under_another_key_does_not_come_back(
    store: EventStore, load: Load, tmp_path: Path
) -> None:
    load(orders("1,old@x.org,old@x.org,2024-05-01,10,EUR,,,", "2,bert,b@x.org,2024-05-02,20,EUR,,,"))
    load(orders("1,new@x.org,new@x.org,2024-05-01,10,EUR,,,"), "later.csv")
    load(orders("2,anna,a@x.org,2024-05-02,20,EUR,,,"), "moved.csv")
    load(orders("2,anna,a@x.org,2024-05-02,20,EUR,,test,"), "withdrawn.csv")

    for key in ("new@x.org", "anna"):
        customer = find_customer(store, keys=[("corner-shop", key)], links=[])
        erase_customer(store, customer, scratch=tmp_path, at=AT)

    assert rows_of(store, EventKind.PURCHASES, "event_id", "customer_key") == []
    assert rows_of(store, EventKind.CUSTOMERS, "event_id") == [("bert",), ("old@x.org",)]
