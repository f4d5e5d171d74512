"""Laws of half-open periods, against the days that they hold one by one."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appraise.domain.periods import Period, in_words, stretches
from appraise.errors import InvalidInput

FIRST = date(2026, 1, 1)
DAYS = [FIRST + timedelta(days=number) for number in range(30)]
"""A window that holds every start and end drawn below."""


@st.composite
def periods(draw: st.DrawFn) -> Period:
    start = draw(st.integers(0, 20))
    length = draw(st.none() | st.integers(1, 9))
    return Period(DAYS[start], None if length is None else DAYS[start + length])


def days(period: Period | None) -> set[date]:
    return set() if period is None else {day for day in DAYS if day in period}


@given(periods(), periods())
def test_an_intersection_holds_the_days_of_both(one: Period, other: Period) -> None:
    assert days(one.intersection(other)) == days(one) & days(other)


@given(periods(), periods())
def test_intersection_and_overlap_do_not_depend_on_order(one: Period, other: Period) -> None:
    assert one.intersection(other) == other.intersection(one)
    assert one.overlaps(other) == bool(days(one) & days(other))


@given(periods())
def test_a_closed_period_counts_its_days(period: Period) -> None:
    assert period.days == (None if period.end is None else len(days(period)))


@given(periods(), st.sampled_from(DAYS))
def test_an_ended_period_holds_the_days_before_its_end(period: Period, day: date) -> None:
    if day <= period.start:
        with pytest.raises(InvalidInput):
            period.ended(day)
    else:
        open_ended = Period(period.start)
        assert days(open_ended.ended(day)) == {held for held in days(open_ended) if held < day}


@pytest.mark.parametrize("end", [FIRST, FIRST - timedelta(days=1)])
def test_a_period_without_a_day_is_refused(end: date) -> None:
    with pytest.raises(InvalidInput) as refusal:
        Period(FIRST, end)

    assert str(refusal.value) == (
        f"a period from 2026-01-01 to {end} holds no day\n"
        "  expected: an end after the start (the end is the first day that no longer belongs)"
    )


@given(st.lists(periods(), max_size=4))
def test_stretches_are_cut_where_anything_changes(given_: list[Period]) -> None:
    cuts = stretches(iter(given_))

    assert cuts == sorted(cuts)
    assert set().union(*map(days, cuts)) == set().union(*map(days, given_))
    for cut in cuts:
        assert len({tuple(day in period for period in given_) for day in days(cut)}) == 1


TEN = Period(DAYS[10], DAYS[20])


@pytest.mark.parametrize(
    ("period", "first", "last", "is_about"),
    [
        pytest.param(TEN, 10, 19, True, id="the same days"),
        pytest.param(TEN, 6, 14, True, id="the middle is its first day"),
        pytest.param(TEN, 5, 14, False, id="the middle is the day before"),
        pytest.param(TEN, 15, 24, True, id="the middle is its last day"),
        pytest.param(TEN, 15, 25, False, id="the middle is the day after"),
        pytest.param(TEN, 5, 24, True, id="not twice as long"),
        pytest.param(TEN, 5, 25, False, id="more than twice as long"),
        pytest.param(TEN, 4, 24, False, id="one day more on both sides"),
        pytest.param(Period(DAYS[10]), 0, 29, True, id="open: the middle is in it"),
        pytest.param(Period(DAYS[10]), 0, 10, False, id="open: the middle is before"),
    ],
)
def test_days_are_about_a_period_that_holds_their_middle(
    period: Period, first: int, last: int, *, is_about: bool
) -> None:
    assert period.is_about(DAYS[first], DAYS[last]) is is_about


@given(st.integers(0, 29), st.integers(0, 9))
def test_days_are_about_one_of_several_periods_in_a_row(first: int, length: int) -> None:
    row = [Period(FIRST + timedelta(days=10 * n), FIRST + timedelta(days=10 * (n + 1))) for n in range(4)]
    begin = FIRST + timedelta(days=first)

    assert sum(one.is_about(begin, begin + timedelta(days=length)) for one in row) == 1


def test_a_period_is_told_by_its_days() -> None:
    assert [str(Period(FIRST)), str(Period(FIRST, DAYS[3]))] == ["2026-01-01 – open", "2026-01-01 – 2026-01-04"]


def test_days_are_written_out() -> None:
    assert [in_words(date(2026, month, 9)).split()[1][:3] for month in range(1, 13)] == [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]  # fmt: skip
