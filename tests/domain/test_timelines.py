"""Laws of timelines: what a look at the source says is what is known of that day afterwards."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from appraise.domain.periods import Period
from appraise.domain.timelines import Segment, Timeline, closed, dated, observed, on_day

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


def test_a_hire_date_reaches_back_to_where_something_is_known() -> None:
    before = (Segment(Period(DAYS[1], DAYS[3]), "a"),)

    assert observed(before, ["b"], on=DAYS[8], since=DAYS[5])[1].period == Period(DAYS[5])
    assert observed(before, ["b"], on=DAYS[8], since=DAYS[2])[1].period == Period(DAYS[8])
    assert observed((), ["b"], on=DAYS[8], since=DAYS[2])[0].period == Period(DAYS[2])


def test_stored_rows_are_kept_where_a_segment_grows_backwards() -> None:
    stored = (Segment(Period(DAYS[5]), "a", row="r1"),)

    assert observed(stored, ["a"], on=DAYS[2]) == (Segment(Period(DAYS[2]), "a", row="r1"),)
    assert observed(stored, ["a"], on=DAYS[2])[0].row == "r1"
