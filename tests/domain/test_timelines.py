"""Laws of timelines: what a look at the source says is what is known of that day afterwards."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appraise.domain.periods import Period
from appraise.domain.timelines import Segment, Timeline, closed, dated, during, joined, observed, on_day

FIRST = date(2026, 1, 1)
DAYS = [FIRST + timedelta(days=number) for number in range(12)]
days = st.sampled_from(DAYS[1:10])
values = st.lists(st.sampled_from("abc"), max_size=2, unique=True)


@st.composite
def timelines(draw: st.DrawFn) -> Timeline[str]:
    """What some snapshots, in any order, left behind."""
    timeline: Timeline[str] = ()
    for day, shown in draw(st.lists(st.tuples(days, values), max_size=5)):
        timeline = observed(timeline, shown, on=day)
    return timeline


def known(timeline: Timeline[str]) -> list[list[str]]:
    return [sorted(on_day(timeline, day)) for day in DAYS]


@given(timelines(), days, values)
def test_what_a_snapshot_shows_is_what_held_on_its_day(timeline: Timeline[str], day: date, shown: list[str]) -> None:
    assert sorted(on_day(observed(timeline, shown, on=day), day)) == sorted(shown)


@given(timelines(), days, values, st.none() | days)
def test_the_same_snapshot_again_changes_nothing(
    timeline: Timeline[str], day: date, shown: list[str], since: date | None
) -> None:
    once = observed(timeline, shown, on=day, since=since)

    assert observed(once, shown, on=day, since=since) == once


@given(timelines(), days, values)
def test_a_snapshot_changes_no_day_before_it(timeline: Timeline[str], day: date, shown: list[str]) -> None:
    after = observed(timeline, shown, on=day)

    assert [on_day(after, before) for before in DAYS if before < day] == [
        on_day(timeline, before) for before in DAYS if before < day
    ]


@given(st.lists(st.tuples(days, st.sampled_from("abc")), max_size=5, unique_by=lambda seen: seen[0]))
def test_single_snapshots_agree_with_the_last_one_seen_on_every_day(seen: list[tuple[date, str]]) -> None:
    timeline: Timeline[str] = ()
    for day, value in sorted(seen):
        timeline = observed(timeline, [value], on=day)

    assert known(timeline) == [[value for at, value in sorted(seen) if at <= day][-1:] for day in DAYS]


@given(timelines(), days, days)
def test_nothing_of_the_past_holds_after_a_closing(timeline: Timeline[str], end: date, on: date) -> None:
    after = closed(timeline, end=end, on=on, ended_as="left")

    for day, held in zip(DAYS, known(after), strict=True):
        past = sorted(s.value for s in timeline if day in s.period and s.period.start <= on)
        later = sorted(s.value for s in timeline if day in s.period and s.period.start > on)
        assert held == (sorted(past + later) if day < end else later)


@given(timelines(), days, st.sampled_from("abc"))
def test_a_dated_export_replaces_all_from_its_first_day_on(timeline: Timeline[str], first: date, value: str) -> None:
    after = dated(timeline, [Segment(Period(first), value)], first=first)

    assert known(after) == [[value] if day >= first else held for day, held in zip(DAYS, known(timeline), strict=True)]


def held(value: str, start: int, end: int | None = None, **known: str) -> Segment[str]:
    """`value` from day number `start` to before day number `end`."""
    return Segment(Period(DAYS[start], None if end is None else DAYS[end]), value, **known)


@pytest.mark.parametrize(
    ("known", "since", "start"),
    [
        ((), 2, 2),
        ((held("a", 1, 3),), 5, 5),
        ((held("a", 1, 3),), 3, 3),
        ((held("a", 1, 3),), 2, 8),
        ((held("a", 1, 8),), 3, 8),
        ((held("c", 9, 10),), 2, 2),
    ],
    ids=[
        "nothing is known",
        "after",
        "next to",
        "into what is known",
        "into what ends today",
        "before what is to come",
    ],
)
def test_a_hire_date_reaches_back_to_where_something_is_known(known: Timeline[str], since: int, start: int) -> None:
    after = observed(known, ["b"], on=DAYS[8], since=DAYS[since])

    assert [segment.period.start for segment in after if segment.value == "b"] == [DAYS[start]]


def test_a_hire_date_tells_nothing_of_a_second_job_or_of_one_that_replaces_another() -> None:
    assert observed((held("a", 4),), ["a", "b"], on=DAYS[6], since=DAYS[2]) == (held("a", 4), held("b", 6))
    assert observed((held("a", 4),), ["b"], on=DAYS[6], since=DAYS[2]) == (held("a", 4, 6), held("b", 6))


def test_what_replaces_something_lasts_as_long_as_that_would_have() -> None:
    known = (held("a", 1, 5), held("c", 7))

    assert observed(known, ["b"], on=DAYS[3]) == (held("a", 1, 3), held("b", 3, 5), held("c", 7))


def test_a_known_last_day_ends_what_is_shown() -> None:
    assert observed((held("a", 1),), ["a", "b"], on=DAYS[3], until=DAYS[6]) == (held("a", 1, 6), held("b", 3, 6))
    assert observed((held("a", 1),), ["a"], on=DAYS[3], until=DAYS[6]) == (held("a", 1, 6),)
    assert observed((held("a", 1, 5),), ["a"], on=DAYS[3], until=DAYS[6]) == (held("a", 1, 5),)


def test_what_is_known_to_hold_on_a_coming_hire_date_is_not_begun_again() -> None:
    assert observed((held("a", 5, 8),), ["a"], on=DAYS[2], since=DAYS[6]) == (held("a", 5, 8),)


def test_a_job_that_is_to_start_no_earlier_than_it_ends_is_none() -> None:
    assert observed((), ["a"], on=DAYS[1], since=DAYS[5], until=DAYS[5]) == ()


def test_what_is_known_to_start_on_a_coming_hire_date_stays_alone() -> None:
    assert observed((held("c", 5),), ["a"], on=DAYS[1], since=DAYS[5]) == (held("c", 5),)


def test_a_closing_gives_its_word_to_what_it_ends_and_to_nothing_else() -> None:
    known = (held("a", 1, 3, ended_as="MOVED"), held("b", 2, 5, ended_as="MOVED"), held("c", 4), held("d", 9))

    assert closed(known, end=DAYS[5], on=DAYS[6], ended_as="TERMINATED") == (
        held("a", 1, 3, ended_as="MOVED"),
        held("b", 2, 5, ended_as="MOVED"),
        held("c", 4, 5, ended_as="TERMINATED"),
        held("d", 9),
    )


def test_a_dated_export_keeps_the_stored_rows_of_what_it_tells_again() -> None:
    known = (held("a", 2, 4, row="r1"), held("b", 4, 6, row="r2"), held("c", 6, row="r3"))

    after = dated(known, [held("b", 4), held("d", 6)], first=DAYS[4])

    assert after == (held("a", 2, 4), held("b", 4), held("d", 6))
    assert [segment.row for segment in after] == ["r1", "r2", None]


def test_segments_that_touch_become_one_with_the_end_of_the_later() -> None:
    after = joined([held("a", 4, 6, ended_as="TERMINATED", row="r2"), held("b", 2, 4), held("a", 1, 4, row="r1")])

    assert after == (held("a", 1, 6, ended_as="TERMINATED"), held("b", 2, 4))
    assert after[0].row == "r1"


def test_stored_rows_are_kept_where_a_segment_grows_backwards() -> None:
    after = observed((held("a", 5, row="r1"),), ["a"], on=DAYS[2])

    assert after == (held("a", 2),)
    assert after[0].row == "r1"


@st.composite
def periods(draw: st.DrawFn) -> Period:
    start, end = draw(st.sampled_from(DAYS[:-1])), draw(st.none() | st.sampled_from(DAYS[1:]))
    return Period(start, None if end is None or end <= start else end)


@given(st.lists(st.tuples(periods(), st.sampled_from("ab")), max_size=5))
def test_joined_segments_hold_the_same_days_and_no_two_of_one_value_meet(told: list[tuple[Period, str]]) -> None:
    timeline = joined(Segment(period, value) for period, value in told)

    held = [sorted({value for period, value in told if day in period}) for day in DAYS]
    assert known(timeline) == held
    ends = {(one.value, one.period.end) for one in timeline}
    assert not any((one.value, one.period.start) in ends for one in timeline)


@given(timelines(), st.lists(periods(), max_size=3))
def test_what_lies_in_periods_is_what_holds_on_their_days(timeline: Timeline[str], inside: list[Period]) -> None:
    kept = during(timeline, inside)

    for day in DAYS:
        assert on_day(kept, day) == (on_day(timeline, day) if any(day in period for period in inside) else [])


def test_a_stored_row_goes_with_the_first_of_the_pieces_that_lie_in_periods() -> None:
    pieces = during(
        (held("a", 1, 9, row="r1"), held("b", 9, row="r2")),
        [Period(DAYS[2], DAYS[4]), Period(DAYS[6], DAYS[8]), Period(DAYS[10])],
    )

    assert pieces == (held("a", 2, 4), held("a", 6, 8), held("b", 10))
    assert [segment.row for segment in pieces] == ["r1", None, "r2"]


@pytest.mark.parametrize(
    ("whole", "inside", "kept"),
    [
        (held("a", 2), Period(DAYS[1], DAYS[4]), (held("a", 2, 4),)),
        (held("a", 2, 6), Period(DAYS[1], DAYS[4]), (held("a", 2, 4),)),
        (held("a", 2, 6), Period(DAYS[3]), (held("a", 3, 6),)),
        (held("a", 2, 6), Period(DAYS[2], DAYS[6]), (held("a", 2, 6),)),
        (held("a", 2), Period(DAYS[2]), (held("a", 2),)),
        (held("a", 2), Period(DAYS[0], DAYS[2]), ()),
    ],
)
def test_a_segment_is_cut_where_its_period_ends(whole: Segment[str], inside: Period, kept: Timeline[str]) -> None:
    assert during((whole,), [inside]) == kept
