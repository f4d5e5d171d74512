"""What somebody says of an employee who is not, or not alone, their manager now: former managers and dotted lines.

A part is never applied to the section: whoever signs reads it beside their own judgement.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

from appraise.domain.cycles import Cycle
from appraise.domain.employees import ReportingKind, ReportingLine
from appraise.domain.identifiers import EmployeeId, IndicatorKey, SectionId
from appraise.domain.indicators import definition_of
from appraise.domain.language import counted
from appraise.domain.periods import Period
from appraise.domain.sections import (
    HIGHEST_RATING,
    LOWEST_RATING,
    UNKNOWN_ITEM,
    Refusal,
    Section,
    wrong_rating,
)

FEWEST_DAYS: Final = 30
"""Whoever was manager for less time in a cycle is not asked."""
TENTH: Final = Decimal("0.1")


class PartKind(StrEnum):
    """FORMER counts by days in what is proposed; DOTTED and KEPT are read and count for nothing.

    KEPT was given and is asked for no more, as where its author is the manager again and signs the whole.
    """

    FORMER = "FORMER"
    DOTTED = "DOTTED"
    KEPT = "KEPT"


@dataclass(frozen=True, slots=True)
class Expected:
    """Who is asked for a part, and for which of the cycle's days: `days` of them, the first and the last day named."""

    author: EmployeeId
    kind: PartKind
    days: int
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Mark:
    indicator: IndicatorKey
    rating: int | None
    comment: str | None


@dataclass(frozen=True, slots=True)
class Part:
    section: SectionId
    author: EmployeeId
    marks: tuple[Mark, ...]
    given_at: datetime


@dataclass(frozen=True, slots=True)
class NamedPart:
    """`part` is None while it is not given. `can_give`: the author is still there and not on leave."""

    expected: Expected
    author_name: str
    part: Part | None
    can_give: bool = True


def expected_parts(
    cycle: Cycle, lines: Iterable[ReportingLine], *, manager: EmployeeId | None, on: date
) -> list[Expected]:
    """Of one employee's lines, the earliest first. `manager` is the nearest one on the day `on`.

    A solid line that goes on is no former one, though another source names the nearest manager.
    """
    until_now = _until(on, cycle)
    if until_now is None:
        return []
    kinds = {ReportingKind.SOLID: PartKind.FORMER}
    if cycle.rules.dotted_parts:
        kinds[ReportingKind.DOTTED] = PartKind.DOTTED
    spans: dict[tuple[EmployeeId, PartKind], list[Period]] = defaultdict(list)
    for line in lines:
        span = line.period.intersection(until_now)
        goes_on = line.kind is ReportingKind.SOLID and on in line.period
        if span is not None and line.kind in kinds and line.manager != manager and not goes_on:
            spans[line.manager, kinds[line.kind]].append(span)
    found = [_expected(author, kind, periods) for (author, kind), periods in spans.items()]
    formers = [one for one in found if one.kind is PartKind.FORMER and one.days >= FEWEST_DAYS]
    once = {one.author for one in formers}
    dotted = [one for one in found if one.kind is PartKind.DOTTED and one.author not in once]
    return sorted([*formers, *dotted], key=lambda one: (one.first, one.kind, one.author))


def kept_parts(
    cycle: Cycle, lines: Sequence[ReportingLine], given: Mapping[EmployeeId, Part], asked: Iterable[Expected]
) -> list[Expected]:
    """Of parts that were given and are asked for no more: for which days of the cycle until then they were given.

    A line that is gone from the HR system leaves 0 days, of the day on which the part was given.
    """
    found = []
    for author in sorted(given.keys() - {one.author for one in asked}):
        day = given[author].given_at.date()
        until_then = _until(day, cycle)
        own = [line.period for line in lines if line.manager == author]
        within = [cut for one in own if until_then is not None and (cut := one.intersection(until_then)) is not None]
        found.append(
            _expected(author, PartKind.KEPT, within) if within else Expected(author, PartKind.KEPT, 0, day, day)
        )
    return found


def _expected(author: EmployeeId, kind: PartKind, periods: Sequence[Period]) -> Expected:
    days = _days(periods)
    return Expected(author, kind, len(days), min(days), max(days))


def days_of(cycle: Cycle, lines: Iterable[ReportingLine], manager: EmployeeId, *, on: date) -> int:
    """For how many of the cycle's days until `on` somebody was the manager in the solid line."""
    until_now = _until(on, cycle)
    mine = [line.period for line in lines if line.kind is ReportingKind.SOLID and line.manager == manager]
    return len(_days(span for period in mine if until_now is not None and (span := period.intersection(until_now))))


def _until(on: date, cycle: Cycle) -> Period | None:
    return cycle.period.intersection(Period(date.min, on + timedelta(days=1)))


def _days(spans: Iterable[Period]) -> set[date]:
    """Each once, where spans overlap."""
    return {span.start + timedelta(days=n) for span in spans for n in range(span.days or 0)}


def hindrance_to_giving(section: Section, marks: Sequence[Mark]) -> Refusal | None:
    """What stands in the way, the section's state left aside. Marks that say nothing are left out before."""
    if not marks:
        return Refusal("NOTHING_TO_HAND_IN", "write something beside an item first")
    if len({mark.indicator for mark in marks}) < len(marks):
        return Refusal("OUT_OF_RANGE", "an item is marked more than once; say each once")
    for mark in marks:
        item = next((one for one in section.items if one.indicator == mark.indicator), None)
        if item is None:
            return UNKNOWN_ITEM
        refusal = None if mark.rating is None else wrong_rating(item, mark.rating)
        if refusal is not None:
            return refusal
        if mark.rating in {LOWEST_RATING, HIGHEST_RATING} and mark.comment is None:
            name = definition_of(mark.indicator).name
            return Refusal("COMMENT_MISSING", f"a rating of {mark.rating} needs a comment ({name})", item.id)
    return None


def missing(parts: Iterable[NamedPart], *, days_of_manager: int, rate_by: date | None, on: date) -> Refusal | None:
    """Whoever was manager for as long as the current one or longer is waited for, until the day `rate_by`."""
    if rate_by is None or on > rate_by:
        return None
    for one in parts:
        is_waited_for = one.expected.kind is PartKind.FORMER and one.expected.days >= days_of_manager
        if is_waited_for and one.part is None and one.can_give:
            return Refusal(
                "PART_MISSING",
                f"{one.author_name} was their manager for {counted(one.expected.days, 'day', 'days')} of the cycle and "
                f"has not given a part yet; from the day after {rate_by} on it can be handed in without",
            )
    return None


def by_days(section: Section, parts: Iterable[NamedPart], *, days_of_manager: int) -> Mapping[IndicatorKey, Decimal]:
    """The mean of the ratings of former managers and of the section's own, weighted by days, to one place.

    Only of items that a former manager rated; where the section's own rating is not there yet, theirs alone.
    """
    given: dict[IndicatorKey, list[tuple[int, int]]] = defaultdict(list)
    for one in parts:
        if one.expected.kind is PartKind.FORMER and one.part is not None:
            for mark in one.part.marks:
                if mark.rating is not None:
                    given[mark.indicator].append((one.expected.days, mark.rating))
    for item in section.items:
        if item.indicator in given and item.rating is not None and days_of_manager:
            given[item.indicator].append((days_of_manager, item.rating))
    return {indicator: _mean(weighted).quantize(TENTH, ROUND_HALF_UP) for indicator, weighted in given.items()}


def _mean(weighted: Collection[tuple[int, int]]) -> Decimal:
    return Decimal(sum(days * rating for days, rating in weighted)) / sum(days for days, _ in weighted)
