"""What a file leaves out takes back what an earlier load of the source counted under the same id, until it is undone."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tests.events.conftest import AT, orders, plan, rows_of
from tests.events.test_store import _append_purchase, _commit

from appraise.adapters.contract import EventSource, ImportOptions
from appraise.adapters.discovery import adapter_named
from appraise.domain.events import EventKind
from appraise.domain.mapping import EventPlan, Skip
from appraise.events.compacting import compact
from appraise.events.erasing import count_customer, erase_customer, find_customer
from appraise.events.report import ImportReport
from appraise.events.store import EventStore

Load = Callable[..., ImportReport]
PURCHASES = EventKind.PURCHASES
AMOUNTS = (PURCHASES, "event_id", "amount")

FIRST = orders("1,anna,a@x.org,2024-05-01,10,EUR,,,", "2,bert,b@x.org,2024-05-02,20,EUR,,,")
TAKEN_BACK = orders("1,anna,a@x.org,2024-05-01,10,EUR,,test,", "9,zoe,z@x.org,2024-05-09,90,EUR,,test,")
LATER = orders("1,anna,a@x.org,2024-05-01,12,EUR,,,")


def test_an_event_that_a_later_file_leaves_out_counts_no_longer_until_that_is_undone(
    store: EventStore, load: Load
) -> None:
    load(FIRST)
    foreseen = load(TAKEN_BACK, "later.csv", dry_run=True)

    taken_back = load(TAKEN_BACK, "later.csv")

    counts = taken_back.counts[PURCHASES]
    assert (counts.considered, counts.accepted, counts.skipped, counts.withdrawn) == (2, 0, 2, 1)
    assert foreseen.withdrawn == taken_back.withdrawn == store.loads()[-1].counts[PURCHASES].withdrawn == 1
    assert rows_of(store, *AMOUNTS) == [("2", 2000)]
    store.undo(taken_back.load_id, at=AT)
    assert rows_of(store, *AMOUNTS) == [("1", 1000), ("2", 2000)]


def test_the_last_load_counts_whether_it_brings_or_withdraws_an_event(store: EventStore, load: Load) -> None:
    load(FIRST)
    taken_back = load(TAKEN_BACK, "later.csv")
    back = load(LATER, "back.csv")

    assert (back.accepted, back.superseding, back.withdrawn) == (1, 0, 0)  # the other is the customer, who stays
    assert rows_of(store, *AMOUNTS) == [("1", 1200), ("2", 2000)]
    assert load(FIRST).repeated
    store.undo(taken_back.load_id, at=AT)
    assert rows_of(store, *AMOUNTS) == [("1", 1200), ("2", 2000)]
    store.undo(back.load_id, at=AT)
    assert rows_of(store, *AMOUNTS) == [("1", 1000), ("2", 2000)]


def test_a_file_that_leaves_out_what_was_withdrawn_leans_on_the_load_that_did(store: EventStore, load: Load) -> None:
    load(FIRST)
    taken_back = load(TAKEN_BACK, "later.csv")
    again = load(TAKEN_BACK + "5,eve,,2024-05-05,50,EUR,,,\n", "again.csv")

    assert (again.withdrawn, store.loads()[-1].leans_on[-1:]) == (0, (taken_back.load_id,))
    undone = store.undo(taken_back.load_id, at=AT)
    assert again.load_id in undone.repeat
    assert load(TAKEN_BACK + "5,eve,,2024-05-05,50,EUR,,,\n", "again.csv").withdrawn == 1
    assert rows_of(store, *AMOUNTS) == [("2", 2000), ("5", 5000)]


def test_within_a_file_the_last_row_of_an_event_counts_whether_it_is_taken_or_left_out(
    store: EventStore, load: Load, tmp_path: Path
) -> None:
    stands, left = "1,anna,,2024-05-01,10,EUR,,,", "1,anna,,2024-05-01,10,EUR,,test,"
    told = tmp_path / "rejected.csv"

    gone = load(orders(stands, left), rejected_csv=told).counts[PURCHASES]
    assert (gone.accepted, gone.duplicates, gone.skipped, gone.withdrawn) == (0, 1, 1, 0)
    assert "the same event stands in row 3, which is left out; that one counts" in told.read_text()
    assert rows_of(store, *AMOUNTS) == []
    load(orders(left, stands), "other.csv")
    assert rows_of(store, *AMOUNTS) == [("1", 1000)]


def test_events_of_other_sources_stay(store: EventStore, load: Load) -> None:
    load(FIRST)

    assert load(TAKEN_BACK, "later.csv", source="other shop").withdrawn == 0
    assert rows_of(store, *AMOUNTS) == [("1", 1000), ("2", 2000)]


def under(*skips: Skip) -> EventPlan:
    (purchases, customers) = plan().stages
    return replace(plan(), stages=(replace(purchases, skips=skips), customers))


def test_rows_that_speak_of_another_event_withdraw_none_whatever_else_is_said_of_them(
    store: EventStore, load: Load
) -> None:
    load(FIRST)
    skips = (Skip("state = 'test'", "test order"), Skip("no = '1'", "of another shop", withdraws=False))

    report = load(TAKEN_BACK, "later.csv", under(*skips))

    assert (report.skipped_by_reason, report.withdrawn) == ({"of another shop": 1, "test order": 1}, 0)
    assert rows_of(store, *AMOUNTS) == [("1", 1000), ("2", 2000)]


def test_rows_of_which_another_stage_tells_withdraw_and_are_not_counted(store: EventStore, load: Load) -> None:
    load(FIRST)

    report = load(TAKEN_BACK, "later.csv", under(Skip("state = 'test'", None)))

    counts = report.counts[PURCHASES]
    assert (report.skipped_by_reason, counts.considered, counts.skipped, counts.withdrawn) == ({}, 0, 0, 1)
    assert rows_of(store, *AMOUNTS) == [("2", 2000)]


def test_what_an_interrupted_load_holds_is_withdrawn_before_it_is_finished(
    store: EventStore, load: Load, tmp_path: Path
) -> None:
    _append_purchase(store, tmp_path, "interrupted", kinds=(PURCHASES, EventKind.CUSTOMERS))
    assert load(orders("7,gil,,2024-05-01,70,EUR,,test,"), "later.csv").withdrawn == 0  # nobody had seen it

    late = _commit("interrupted", PURCHASES, EventKind.CUSTOMERS)
    assert store.append(store.open_table(EventKind.CUSTOMERS), (), replace(late, sequence=2))

    assert rows_of(store, *AMOUNTS) == []


def test_a_withdrawn_event_is_compacted_and_erased_as_others_are(store: EventStore, load: Load, tmp_path: Path) -> None:
    load(FIRST)
    load(TAKEN_BACK, "later.csv")

    later = AT.replace(year=2026)
    compact(store, runs=(), settle_before=AT.replace(month=6), scratch=tmp_path, at=later, progress=lambda *_: None)
    assert rows_of(store, *AMOUNTS) == [("2", 2000)]
    load(LATER, "back.csv")
    assert rows_of(store, *AMOUNTS) == [("1", 1200), ("2", 2000)]

    customer = find_customer(store, keys=[("corner-shop", "anna")], links=[])
    assert count_customer(store, customer)[PURCHASES] > 1  # the withdrawal too
    erase_customer(store, customer, scratch=tmp_path, at=later)
    assert sum(count_customer(store, customer).values()) == 0


def test_rows_without_an_id_withdraw_nothing(store: EventStore, load: Load) -> None:
    load(FIRST)

    assert load(orders(",anna,,2024-05-01,10,EUR,,test,"), "later.csv").withdrawn == 0


def test_a_refund_of_square_that_was_imported_under_an_id_without_its_time_is_not_counted_twice(
    store: EventStore, load: Load, tmp_path: Path
) -> None:
    """Imports of before called it so: the same export, read again, takes that one back."""
    header = "Date,Time,Time Zone,Net Sales,Transaction ID,Payment ID,Staff ID,Event Type,Customer ID"
    text = f"{header}\n2024-03-09,10:00:00,Eastern Time (US & Canada),($10.00),T1,P1,S1,Refund,C1\n"
    path = tmp_path / "transactions.csv"
    path.write_text(text, encoding="utf-8")
    square = adapter_named("square")
    assert isinstance(square, EventSource)
    options = ImportOptions("square", settings={"currency": "USD"})
    now = square.plan_events(header.split(","), path, options)
    before = replace(now, stages=(replace(now.stages[1], skips=()),))

    load(text, "transactions.csv", before)
    assert rows_of(store, *AMOUNTS) == [("T1/refund/P1", -1000)]
    assert load(text, "transactions.csv", now).withdrawn == 1

    assert rows_of(store, *AMOUNTS) == [("T1/refund/P1/2024-03-09 15:00:00+00", -1000)]
