"""First and last days, told anew: cases of each rule."""

from datetime import date, timedelta

import pytest

from appraise.domain.employment_days import (
    DatedRow,
    Moved,
    end_at_work,
    end_of_leaver,
    start_to_come,
    told_jobs,
    with_end,
    with_start,
    without_foretold,
)
from appraise.domain.periods import Period
from appraise.domain.timelines import Segment, Timeline

FIRST = date(2026, 1, 1)


def day(number: int | None) -> date | None:
    return None if number is None else FIRST + timedelta(days=number)


def on(number: int) -> date:
    return FIRST + timedelta(days=number)


def held(start: int, end: int | None = None, value: str = "a", **more: str) -> Segment[str]:
    return Segment(Period(on(start), day(end)), value, **more)


def row(start: int, end: int | None = None, last: int | None = None, left: str | None = None) -> DatedRow:
    return DatedRow(on(start), day(end), day(last), left)


@pytest.mark.parametrize(
    ("rows", "jobs"),
    [
        ([row(1)], [(0, 1, None, None)]),
        ([row(1), row(5)], [(0, 1, 5, None), (1, 5, None, None)]),
        ([row(5), row(1)], [(1, 1, 5, None), (0, 5, None, None)]),
        ([row(1, end=3), row(5)], [(0, 1, 3, None), (1, 5, None, None)]),
        ([row(1, last=7, left="gone"), row(5, last=7, left="gone")], [(0, 1, 5, None), (1, 5, 8, "gone")]),
        ([row(1, last=7)], [(0, 1, 8, None)]),
        ([row(5, last=2)], [(0, 5, None, None)]),
        ([row(1), row(5, left="gone")], [(0, 1, 5, "gone")]),
        ([row(1), row(5, last=4, left="gone")], [(0, 1, 5, "gone")]),
        ([row(1), row(5, last=2, left="gone")], [(0, 1, 3, "gone")]),
        ([row(1), row(5, last=5, left="gone")], [(0, 1, 5, None), (1, 5, 6, "gone")]),
        ([row(1, end=3), row(5, left="gone")], [(0, 1, 3, None)]),
        ([row(1), row(3), row(5, last=2, left="gone")], [(0, 1, 3, None), (1, 3, 5, "gone")]),
        ([row(1, last=2, left="gone"), row(6)], [(0, 1, 3, "gone"), (1, 6, None, None)]),
        ([row(1), row(1, left="gone")], []),
        ([row(4, left="gone")], []),
        ([row(4, last=2, left="gone")], []),
        ([row(1), row(3, left="gone"), row(6)], [(0, 1, 3, "gone"), (2, 6, None, None)]),
        ([row(5, last=4)], [(0, 5, None, None)]),
    ],
    ids=[
        "one job",
        "until the next",
        "in any order",
        "until its own end",
        "a leaver's last job, whose rows all have the last day",
        "a last day to come",
        "a last day of an earlier employment",
        "a row that says no more than gone",
        "a row after the last day",
        "a row long after the last day",
        "a row on the last day",
        "gone after a gap",
        "a last day that another row belies",
        "a return",
        "gone on the first day",
        "nothing but gone",
        "nothing but gone with its day",
        "gone and back",
        "a last day right before",
    ],
)
def test_a_row_tells_a_job_until_the_next_its_end_or_the_last_day(
    rows: list[DatedRow], jobs: list[tuple[int, int, int | None, str | None]]
) -> None:
    told = [(one.value, one.period.start, one.period.end, one.ended_as) for one in told_jobs(rows)]

    assert told == [(number, on(start), day(end), word) for number, start, end, word in jobs]


@pytest.mark.parametrize(
    ("known", "end", "moved"),
    [
        ((held(1),), 5, None),
        ((), 5, None),
        ((held(1, 5),), 5, None),
        ((held(1, 3),), 5, (3, 5)),
        ((held(1, 7),), 5, (7, 5)),
        ((held(1, 2), held(2, 3), held(20)), 5, (3, 5)),
        ((held(1, 3), held(10, 12)), 5, (12, 5)),
    ],
    ids=["at work until now", "unknown", "the same", "later", "earlier", "the last one of those begun", "begun today"],
)
def test_the_last_day_of_a_leaver_may_be_told_anew(
    known: Timeline[str], end: int, moved: tuple[int, int] | None
) -> None:
    assert end_of_leaver(known, on=on(10), end=on(end)) == (moved and Moved(on(moved[0]), on(moved[1])))


@pytest.mark.parametrize(
    ("known", "until", "since", "looked", "moved"),
    [
        ((held(1),), 15, 1, 5, None),
        ((held(1, 12),), 12, 1, 5, None),
        ((held(1, 12),), 15, 1, 5, (12, 15)),
        ((held(1, 15),), 12, 1, 5, (15, 12)),
        ((held(1, 12),), None, 1, 5, (12, None)),
        ((held(1, 12), held(12, value="b")), None, 1, 5, None),
        ((held(1, 12), held(14, value="b")), None, 1, 5, (12, 14)),
        ((held(1, 12), held(1, 13)), None, 1, 5, (13, None)),
        ((held(1, 8),), None, 1, 5, (8, None)),
        ((held(1, 8),), 15, None, 5, (8, 15)),
        ((held(1, 8),), None, 8, 5, None),
        ((held(1, 8),), None, 7, 5, (8, None)),
        ((held(1, 8),), None, 1, 8, None),
        ((held(1, 8),), None, 1, None, None),
        ((held(1, 10),), None, 1, 9, (10, None)),
        ((), None, 1, 5, None),
        ((held(12),), None, 12, 5, None),
        ((held(1, 12), held(10, value="b")), None, 1, 5, (12, None)),
    ],
    ids=[
        "none was known",
        "the same",
        "postponed",
        "brought forward",
        "withdrawn",
        "a change of job is no end",
        "until a known return",
        "the later of two",
        "passed unseen",
        "passed unseen and postponed",
        "a return",
        "hired before the end",
        "seen gone",
        "never looked",
        "of today",
        "unknown",
        "to come",
        "beside a job of today",
    ],
)
def test_the_last_day_of_somebody_at_work_may_be_told_anew(
    known: Timeline[str],
    until: int | None,
    since: int | None,
    looked: int | None,
    moved: tuple[int, int | None] | None,
) -> None:
    found = end_at_work(known, on=on(10), until=day(until), since=day(since), looked=day(looked))

    assert found == (moved and Moved(on(moved[0]), day(moved[1])))


@pytest.mark.parametrize(
    ("known", "since", "looked", "moved"),
    [
        ((held(12),), 15, 5, (12, 15)),
        ((held(12),), 7, 5, (12, 7)),
        ((held(12),), 12, 5, (12, 12)),
        ((held(12),), None, 5, None),
        ((held(12),), 15, None, None),
        ((held(5),), 15, 5, None),
        ((), 15, 5, None),
        ((held(1), held(12, value="b")), 15, 5, None),
        ((held(1, 12), held(12, value="b")), 15, 5, None),
        ((held(1, 4), held(12, value="b")), 15, 5, (12, 15)),
        ((held(1, 4), held(12, value="b")), 4, 5, (12, 4)),
        ((held(1, 4), held(12, value="b")), 3, 5, None),
        ((held(5, 9), held(12, value="b")), 7, 5, None),
        ((held(5, 9), held(12, value="b")), 15, 5, (12, 15)),
        ((held(1, 11), held(12, value="b")), 15, 5, (12, 15)),
    ],
    ids=[
        "postponed",
        "brought forward",
        "the same",
        "not told",
        "never looked",
        "seen at work",
        "nobody to come",
        "beside another job",
        "a change of job",
        "a return",
        "a return right after",
        "into an earlier employment",
        "into one begun on the day of the look",
        "after one begun on the day of the look",
        "a day after an earlier one",
    ],
)
def test_a_hire_to_come_may_be_told_anew(
    known: Timeline[str], since: int | None, looked: int | None, moved: tuple[int, int] | None
) -> None:
    found = start_to_come(known, since=day(since), looked=day(looked))

    assert found == (moved and Moved(on(moved[0]), on(moved[1])))


def test_what_ends_with_the_employment_is_moved_and_the_rest_stays() -> None:
    known = (held(1, 3, "x"), held(2, 8, ended_as="gone", row="r"), held(6, 8, "c"))

    later = with_end(known, Moved(on(8), on(9)), "left")
    assert later == (held(1, 3, "x"), held(2, 9, ended_as="left"), held(6, 9, "c", ended_as="left"))
    assert later[1].row == "r"
    assert with_end(known, Moved(on(8), on(6))) == (held(1, 3, "x"), held(2, 6), held(6, 8, "c"))
    assert with_end(known, Moved(on(8), None)) == (held(1, 3, "x"), held(2), held(6, value="c"))
    assert with_end(known, None) == known


def test_what_starts_with_the_employment_is_moved_and_the_rest_stays() -> None:
    known = (held(1, 3, "x"), held(5, 8, row="r"), held(8, value="b"))

    assert with_start(known, Moved(on(5), on(6)), None) == (held(1, 3, "x"), held(6, 8), held(8, value="b"))
    assert with_start(known, Moved(on(5), on(4)), None)[1].row == "r"
    assert with_start(known, Moved(on(5), on(8)), None) == (held(1, 3, "x"), held(8, value="b"))
    assert with_start(known, Moved(on(5), on(9)), None) == (held(1, 3, "x"), held(9, value="b"))
    assert with_start(known, Moved(on(5), on(4)), ["a"]) == (held(1, 3, "x"), held(4, 8), held(8, value="b"))
    assert with_start(known, Moved(on(5), on(5)), ["b"]) == (held(1, 3, "x"), held(8, value="b"))
    assert with_start(known, None, []) == known


def test_what_is_to_come_after_a_day_can_be_taken_out() -> None:
    assert without_foretold((held(1, 5), held(5, 6), held(6)), on=on(5)) == (held(1, 5), held(5, 6))
