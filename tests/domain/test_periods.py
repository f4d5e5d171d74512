"""Laws of half-open periods, against the days that they hold one by one."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appraise.domain.periods import Period, in_words
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


def test_a_period_is_told_by_its_days() -> None:
    assert [str(Period(FIRST)), str(Period(FIRST, DAYS[3]))] == ["2026-01-01 – open", "2026-01-01 – 2026-01-04"]


def test_days_are_written_out() -> None:
    assert [in_words(date(2026, month, 9)).split()[1][:3] for month in range(1, 13)] == [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]  # fmt: skip
