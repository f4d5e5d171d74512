"""Who is asked for a part, for how many days, and what ratings come to by days, against examples counted by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from tests.domain.test_sections import item, section

from appraise.domain.cycles import Cycle, CycleRules
from appraise.domain.employees import ReportingKind, ReportingLine
from appraise.domain.identifiers import CycleId, EmployeeId, IndicatorKey, ItemId, SectionId
from appraise.domain.parts import (
    Expected,
    Mark,
    NamedPart,
    Part,
    PartKind,
    by_days,
    days_of,
    expected_parts,
    hindrance_to_giving,
    kept_parts,
    missing,
)
from appraise.domain.periods import Period
from appraise.domain.sections import UNKNOWN_ITEM, Refusal, Section, wrong_rating

ANN, MAX, DORA, EVE = (EmployeeId(name) for name in ("ann", "max", "dora", "eve"))
CYCLE = Cycle(CycleId("c"), "2025", Period(date(2025, 1, 1), date(2026, 1, 1)))
AFTER = date(2026, 2, 1)


def line(manager: EmployeeId, start: date, end: date | None = None, *, dotted: bool = False) -> ReportingLine:
    return ReportingLine(ANN, manager, Period(start, end), ReportingKind.DOTTED if dotted else ReportingKind.SOLID)


# Max until 30 April (31 + 28 + 31 + 30 = 120 days), Dora since.
LINES = [line(MAX, date(2020, 1, 1), date(2025, 5, 1)), line(DORA, date(2025, 5, 1))]
MAX_S = Expected(MAX, PartKind.FORMER, 120, date(2025, 1, 1), date(2025, 4, 30))


@pytest.mark.parametrize(
    ("lines", "on", "asked"),
    [
        (LINES, AFTER, [MAX_S]),
        (LINES, date(2025, 5, 1), [MAX_S]),
        (LINES, date(2024, 12, 31), []),
        (LINES[1:], AFTER, []),
        ([line(MAX, date(2020, 1, 1), date(2025, 1, 1)), LINES[1]], AFTER, []),  # before the cycle
        ([line(MAX, date(2025, 1, 1), date(2025, 1, 30)), LINES[1]], AFTER, []),  # 29 days
        (
            [line(MAX, date(2025, 1, 1), date(2025, 1, 31)), LINES[1]],
            AFTER,
            [Expected(MAX, PartKind.FORMER, 30, date(2025, 1, 1), date(2025, 1, 30))],
        ),
        # Another source has Eve as manager to this day: she is none of before.
        ([*LINES, line(EVE, date(2020, 1, 1)), line(EVE, date(2025, 3, 1), date(2026, 3, 1))], AFTER, [MAX_S]),
        # Max twice, with Eve's 20 days between: asked for both times, and counted once where lines overlap.
        (
            [
                line(MAX, date(2025, 1, 1), date(2025, 2, 1)),
                line(MAX, date(2025, 1, 15), date(2025, 2, 1)),
                line(EVE, date(2025, 2, 1), date(2025, 2, 21)),
                line(MAX, date(2025, 2, 21), date(2025, 3, 1)),
                line(DORA, date(2025, 3, 1)),
            ],
            AFTER,
            [Expected(MAX, PartKind.FORMER, 39, date(2025, 1, 1), date(2025, 2, 28))],
        ),
    ],
)
def test_former_managers_are_asked_for_their_days(lines: list[ReportingLine], on: date, asked: list[Expected]) -> None:
    assert expected_parts(CYCLE, lines, manager=DORA, on=on) == asked


def test_dotted_managers_are_asked_where_the_cycle_says_so_and_once() -> None:
    lines = [*LINES, line(EVE, date(2025, 12, 30), dotted=True), line(MAX, date(2025, 5, 1), dotted=True)]
    dotted = replace(CYCLE, rules=CycleRules(dotted_parts=True))

    assert expected_parts(CYCLE, lines, manager=DORA, on=AFTER) == [MAX_S]
    assert expected_parts(dotted, lines, manager=DORA, on=AFTER) == [
        MAX_S,
        Expected(EVE, PartKind.DOTTED, 2, date(2025, 12, 30), date(2025, 12, 31)),
    ]
    assert expected_parts(dotted, lines, manager=DORA, on=date(2025, 12, 30))[1:] == [
        Expected(EVE, PartKind.DOTTED, 1, date(2025, 12, 30), date(2025, 12, 30)),  # of the days until now
    ]


def test_whoever_was_manager_too_briefly_is_still_asked_for_their_dotted_line() -> None:
    brief = [line(EVE, date(2025, 1, 1), date(2025, 1, 20)), line(EVE, date(2025, 1, 20), dotted=True)]
    dotted = replace(CYCLE, rules=CycleRules(dotted_parts=True))

    expected = Expected(EVE, PartKind.DOTTED, 346, date(2025, 1, 20), date(2025, 12, 31))
    assert expected_parts(dotted, [*LINES[1:], *brief], manager=DORA, on=AFTER) == [expected]


def test_a_part_that_is_asked_for_no_more_is_kept_with_the_days_until_it_was_given() -> None:
    def given(author: EmployeeId, day: date) -> Part:
        return Part(SectionId("s"), author, (), datetime(day.year, day.month, day.day, 12, tzinfo=UTC))

    march, before = date(2025, 3, 1), date(2024, 12, 31)
    parts = {one.author: one for one in (given(MAX, march), given(DORA, march), given(EVE, march))}

    # 31 + 28 + 1 days of Max; Dora's line began later, and Eve's is gone from the HR system.
    kept = Expected(MAX, PartKind.KEPT, 60, date(2025, 1, 1), march)
    gone = [Expected(author, PartKind.KEPT, 0, march, march) for author in (DORA, EVE)]
    assert kept_parts(CYCLE, LINES, parts, []) == [*gone, kept]
    assert kept_parts(CYCLE, LINES, parts, [MAX_S]) == gone
    assert kept_parts(CYCLE, LINES, {MAX: given(MAX, before)}, []) == [Expected(MAX, PartKind.KEPT, 0, before, before)]


def test_days_of_the_present_manager_are_counted_until_today() -> None:
    assert days_of(CYCLE, LINES, DORA, on=AFTER) == 245
    assert days_of(CYCLE, LINES, DORA, on=date(2025, 5, 1)) == 1
    assert days_of(CYCLE, LINES, EVE, on=AFTER) == 0


def rated(*ratings: int | None) -> Section:
    return section(*(item(name, rating=rating) for name, rating in zip("abc", ratings, strict=False)))


def part(expected: Expected, *marks: tuple[IndicatorKey, int | None]) -> NamedPart:
    said = tuple(Mark(indicator, rating, "so it was") for indicator, rating in marks)
    given = Part(SectionId("s"), expected.author, said, datetime(2025, 6, 1, tzinfo=UTC)) if marks else None
    return NamedPart(expected, "Max", given)


def test_ratings_are_weighed_by_days_and_dotted_ones_not_at_all() -> None:
    one = rated(4)
    a = one.items[0].indicator
    dotted = replace(MAX_S, kind=PartKind.DOTTED)

    # (120 * 3 + 245 * 4) / 365 = 3.671
    assert by_days(one, [part(MAX_S, (a, 3))], days_of_manager=245) == {a: Decimal("3.7")}
    assert by_days(one, [part(MAX_S, (a, 3)), part(dotted, (a, 1))], days_of_manager=245) == {a: Decimal("3.7")}
    assert by_days(rated(None), [part(MAX_S, (a, 3))], days_of_manager=245) == {a: Decimal("3.0")}
    assert by_days(one, [part(MAX_S, (a, None))], days_of_manager=245) == {}
    # (100 * 3 + 20 * 4.35…): half-way goes up: (60 * 3 + 60 * 4 + 0) / 120 = 3.5, and 3.25 is 3.3
    quarter = replace(MAX_S, days=90)
    assert by_days(one, [part(quarter, (a, 3))], days_of_manager=30) == {a: Decimal("3.3")}


def test_a_part_says_something_within_the_scale_of_what_can_be_rated() -> None:
    one = rated(4)
    a = one.items[0].indicator

    def refusal(*marks: Mark) -> Refusal | None:
        return hindrance_to_giving(one, marks)

    assert refusal(Mark(a, 3, None)) is None
    assert refusal(Mark(a, None, "calm")) is None
    assert refusal() == Refusal("NOTHING_TO_HAND_IN", "write something beside an item first")
    assert refusal(Mark(a, 6, "x")) == wrong_rating(one.items[0], 6)
    assert refusal(Mark(a, 5, None)) == Refusal("COMMENT_MISSING", "a rating of 5 needs a comment (A)", ItemId("a"))
    assert refusal(Mark(a, 1, "x")) is None
    assert refusal(Mark(IndicatorKey("none"), 3, None)) == UNKNOWN_ITEM
    assert refusal(Mark(a, 2, None), Mark(a, 4, None)) == Refusal(
        "OUT_OF_RANGE", "an item is marked more than once; say each once"
    )


def test_a_former_manager_of_as_many_days_is_waited_for_until_the_last_day() -> None:
    by, last = date(2026, 2, 10), date(2026, 2, 10)
    owed, given = part(MAX_S), part(MAX_S, (IndicatorKey("a"), 3))

    def waits(one: NamedPart, days: int = 120, rate_by: date | None = by, on: date = last) -> bool:
        return missing([one], days_of_manager=days, rate_by=rate_by, on=on) is not None

    assert missing([owed], days_of_manager=120, rate_by=by, on=last) == Refusal(
        "PART_MISSING",
        "Max was their manager for 120 days of the cycle and has not given a part yet; from the day after 2026-02-10 "
        "on it can be handed in without",
    )
    one_day = missing([part(replace(MAX_S, days=1))], days_of_manager=1, rate_by=by, on=last)
    assert one_day is not None
    assert one_day.message.startswith("Max was their manager for 1 day of the cycle and")
    assert not waits(owed, days=121)
    assert not waits(given)
    assert not waits(owed, on=date(2026, 2, 11))
    assert not waits(owed, rate_by=None)
    assert not waits(replace(owed, can_give=False))
    assert not waits(replace(owed, expected=replace(MAX_S, kind=PartKind.DOTTED)))
