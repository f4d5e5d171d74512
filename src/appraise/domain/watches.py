"""Thresholds that somebody keeps: which groups lie beyond one, told only where the interval bears it out."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from math import hypot
from typing import Final

from appraise.domain.contributions import Dimension, Figure, Group
from appraise.domain.cycles import Cycle
from appraise.domain.identifiers import EmployeeId, IndicatorKey, WatchId
from appraise.domain.indicators import Unit, definition_of
from appraise.domain.sections import Refusal

MOST_WATCHES: Final = 20
PLACES: Final = Decimal("0.000001")
HIGHEST: Final[Mapping[Unit, Decimal]] = {
    Unit.POINTS: Decimal(100),
    Unit.PERCENT: Decimal(100),
    Unit.RATIO: Decimal(10),
}
"""Of a level; a change may be as much below 0, too."""


class Measure(StrEnum):
    """The figure itself, or its change since the cycle before."""

    LEVEL = "level"
    CHANGE = "change"


class Side(StrEnum):
    BELOW = "below"
    ABOVE = "above"


class Answer(StrEnum):
    """CANNOT_TELL: the figure lies beyond the threshold, and its interval reaches back over it."""

    BEYOND = "beyond"
    CANNOT_TELL = "cannot_tell"
    WITHIN = "within"


@dataclass(frozen=True, slots=True)
class Rule:
    """`threshold` in the indicator's unit; of a CHANGE in points or percentage points, or of the ratio itself."""

    indicator: IndicatorKey
    dimension: Dimension
    measure: Measure
    side: Side
    threshold: Decimal


@dataclass(frozen=True, slots=True)
class Watch:
    id: WatchId
    owner: EmployeeId
    rule: Rule
    version: int


@dataclass(frozen=True, slots=True)
class Bounded:
    """A value with its 95 % interval."""

    value: Decimal
    lower: Decimal
    upper: Decimal


@dataclass(frozen=True, slots=True)
class Finding:
    """A group beyond the threshold. `is_new` until the owner says that they have seen it."""

    group: Group
    found: Bounded
    is_new: bool


@dataclass(frozen=True, slots=True)
class WatchReading:
    """By name, never by figure. `unsure` lie beyond with a figure that does not bear it out; `compared` have one.

    `why_not` says in a sentence why nothing could be compared.
    """

    watch: Watch
    findings: tuple[Finding, ...]
    unsure: int
    compared: int
    why_not: str | None = None


@dataclass(frozen=True, slots=True)
class WatchList:
    """`cycle` is the newest that was scored, `before` the one scored before it."""

    watches: tuple[WatchReading, ...]
    cycle: Cycle | None
    before: Cycle | None
    allows_individuals: bool


def answer(rule: Rule, found: Bounded) -> Answer:
    """BEYOND only where the whole 95 % interval lies there."""
    if rule.side is Side.BELOW:
        value, nearest = found.value < rule.threshold, found.upper < rule.threshold
    else:
        value, nearest = found.value > rule.threshold, found.lower > rule.threshold
    if value and nearest:
        return Answer.BEYOND
    return Answer.CANNOT_TELL if value else Answer.WITHIN


def level(figure: Figure) -> Bounded:
    return Bounded(figure.value, figure.lower, figure.upper)


def difference(before: Figure, after: Figure) -> Bounded:
    """Of two groups' figures from cycles that share no day, with its 95 % interval from theirs.

    The limits are recovered from those of both (MOVER: Zou & Donner 2008, Stat. Med. 27:1693, equation 8).
    """
    value = after.value - before.value
    below = hypot(float(after.value - after.lower), float(before.upper - before.value))
    above = hypot(float(after.upper - after.value), float(before.value - before.lower))
    return Bounded(value, _rounded(float(value) - below), _rounded(float(value) + above))


def _rounded(number: float) -> Decimal:
    return Decimal(repr(number)).quantize(PLACES)


def hindrance_to_watch(
    rule: Rule, others: Collection[Rule], *, allows_individuals: bool, is_further: bool
) -> Refusal | None:
    """`others` are what the owner keeps beside it; `is_further` where it adds one to them.

    Indicators have units wherever their package is installed.
    """
    highest = HIGHEST[definition_of(rule.indicator).unit or Unit.RATIO]
    lowest = -highest if rule.measure is Measure.CHANGE else Decimal(0)
    refusal = None
    if rule.dimension is Dimension.ORGANISATION:
        refusal = "OUT_OF_RANGE", "choose departments, units or single employees", "groupBy"
    elif rule.dimension is Dimension.EMPLOYEE and not allows_individuals:
        sentence = "the policy allows watch-lists of groups only; its key watch_lists allows individuals"
        refusal = "WRONG_STATE", sentence, "groupBy"
    elif not (rule.threshold.is_finite() and lowest <= rule.threshold <= highest):
        refusal = "OUT_OF_RANGE", f"a number from {lowest} to {highest}", "threshold"
    elif rule in others:
        refusal = "ALREADY_DONE", "this threshold is on the list already", "threshold"
    elif is_further and len(others) >= MOST_WATCHES:
        refusal = "TOO_MANY", f"at most {MOST_WATCHES} thresholds; take one away first", "threshold"
    return None if refusal is None else Refusal(*refusal)


def sorted_by_words(readings: Iterable[WatchReading]) -> tuple[WatchReading, ...]:
    """What has something new first, then by indicator and threshold."""

    def key(one: WatchReading) -> tuple[bool, str, str, Decimal, str]:
        rule = one.watch.rule
        is_new = any(found.is_new for found in one.findings)
        return not is_new, definition_of(rule.indicator).name, rule.dimension, rule.threshold, one.watch.id

    return tuple(sorted(readings, key=key))
