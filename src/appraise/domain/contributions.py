"""What employees contributed, one by one and in groups: figures that are pooled, and totals that add up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, date, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Final

from appraise.domain.cycles import Cycle
from appraise.domain.identifiers import CycleId, EmployeeId, IndicatorKey
from appraise.domain.indicators import ATTRITION, LIFETIME_VALUE, REPEAT_PURCHASE, Direction, definition_of
from appraise.domain.language import counted
from appraise.domain.periods import Period
from appraise.domain.scorecards import Absence, AbsenceKind
from appraise.errors import InvalidInput

MOST_CYCLES: Final = 12
"""In one answer; the newest where none are named."""


class Dimension(StrEnum):
    """What the rows are: a UNIT is whoever reports to one manager directly, a PROFILE whoever has one role profile."""

    ORGANISATION = "organisation"
    DEPARTMENT = "department"
    UNIT = "unit"
    PROFILE = "profile"
    EMPLOYEE = "employee"


class Grain(StrEnum):
    """Which time a row is about: one cycle, or all cycles that lie within a calendar quarter or year."""

    CYCLE = "cycle"
    QUARTER = "quarter"
    YEAR = "year"


class RowOrder(StrEnum):
    NEWEST_FIRST = "newest_first"
    OLDEST_FIRST = "oldest_first"
    BY_GROUP = "by_group"


class TotalUnit(StrEnum):
    MONEY = "money"
    PURCHASES = "purchases"
    CUSTOMERS = "customers"


@dataclass(frozen=True, slots=True)
class TotalDefinition:
    """What may be summed of an indicator; `sign` is −1 where fewer of its events are better."""

    unit: TotalUnit
    meaning: str
    sign: int = 1


TOTALS: Final[Mapping[IndicatorKey, TotalDefinition]] = {
    REPEAT_PURCHASE: TotalDefinition(TotalUnit.PURCHASES, "purchases credited beyond those expected"),
    LIFETIME_VALUE: TotalDefinition(TotalUnit.MONEY, "money credited beyond what was foretold"),
    ATTRITION: TotalDefinition(TotalUnit.CUSTOMERS, "customers kept beyond those expected", sign=-1),
}
"""Sums over outcomes. Every other figure is a mean or a ratio, which is pooled and never added."""


@dataclass(frozen=True, slots=True)
class Figure:
    """In the indicator's unit. `lower`/`upper` bound the 95 % interval, `lower_90`/`upper_90` the 90 % one.

    One employee's is the published estimate. A group's is `is_pooled`: the mean of its members' unshrunk figures, each
    weighted by its precision; its interval is that of sampling.
    """

    indicator: IndicatorKey
    value: Decimal
    lower: Decimal
    upper: Decimal
    lower_90: Decimal
    upper_90: Decimal
    expected: Decimal
    is_pooled: bool

    @property
    def is_better(self) -> bool | None:
        """True or False where the 90 % interval lies on the good or the bad side of `expected`, else None."""
        direction = definition_of(self.indicator).direction
        if direction is None or self.lower_90 <= self.expected <= self.upper_90:
            return None
        return (self.lower_90 > self.expected) is (direction is Direction.HIGHER_IS_BETTER)


@dataclass(frozen=True, slots=True)
class Total:
    """What was credited beyond expectation, before shrinkage, with its 95 % interval: it adds up over employees.

    Money in minor units of `currency`; positive is good.
    """

    unit: TotalUnit
    amount: Decimal
    lower: Decimal
    upper: Decimal
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Cover:
    """Of `employees` in a group, `measured` have a figure; `absent` counts the others by kind of absence."""

    employees: int
    measured: int
    absent: tuple[tuple[AbsenceKind, int], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """`cover` is None where the group is too small to be told of. `data_as_of` is the first day without data."""

    result: Figure | Absence
    total: Total | None
    cover: Cover | None
    data_as_of: date


@dataclass(frozen=True, slots=True)
class Contribution:
    """By the newest run of the cycle, and by the runs with which sections were finalised; None where there is none."""

    indicator: IndicatorKey
    now: Reading | None
    finalised: Reading | None


@dataclass(frozen=True, slots=True)
class Group:
    """`key` is a department's code, a manager's or an employee's id, or a role profile's name.

    None for the whole and for who has none.
    """

    dimension: Dimension
    key: str | None
    name: str
    sort_name: str


@dataclass(frozen=True, slots=True)
class ContributionRow:
    cycle: Cycle
    group: Group
    contributions: tuple[Contribution, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """The time of a row: `key` tells it from others of the same grain."""

    grain: Grain
    key: str
    name: str
    period: Period


@dataclass(frozen=True, slots=True)
class ContributionsOfStretch:
    """`cycles` lie within it and do not overlap."""

    stretch: Stretch
    cycles: tuple[Cycle, ...]
    group: Group
    contributions: tuple[Contribution, ...]


@dataclass(frozen=True, slots=True)
class ContributionQuery:
    """What is asked for. A filter chooses among rows and never cuts a group down: else groups could be subtracted."""

    dimension: Dimension
    grain: Grain = Grain.CYCLE
    indicators: tuple[IndicatorKey, ...] | None = None
    cycles: tuple[CycleId, ...] | None = None
    departments: frozenset[str] | None = None
    managers: frozenset[EmployeeId] | None = None
    employees: frozenset[EmployeeId] | None = None
    profiles: frozenset[str] | None = None
    order: RowOrder = RowOrder.NEWEST_FIRST

    def __post_init__(self) -> None:
        fitting = {
            "departments": {Dimension.DEPARTMENT, Dimension.EMPLOYEE},
            "managers": {Dimension.UNIT, Dimension.EMPLOYEE},
            "employees": {Dimension.EMPLOYEE},
            "profiles": {Dimension.PROFILE, Dimension.EMPLOYEE},
        }
        for name, dimensions in fitting.items():
            if getattr(self, name) is not None and self.dimension not in dimensions:
                raise InvalidInput(
                    f"{name} is no filter of rows by {self.dimension}",
                    expected=f"it with rows by {' or '.join(sorted(dimensions))}",
                    hint="a filter chooses rows; it does not choose who is counted in them",
                )
        if self.cycles is not None and not 1 <= len(self.cycles) <= MOST_CYCLES:
            raise InvalidInput(counted(len(self.cycles), "cycle", "cycles"), expected=f"1 to {MOST_CYCLES}")


def stretch_of(cycle: Cycle, grain: Grain) -> Stretch:
    """The calendar quarter or year within which the cycle lies, or its own time.

    Raises `InvalidInput` where it lies within none: what a cycle tells cannot be divided.
    """
    if grain is Grain.CYCLE:
        return Stretch(grain, cycle.id, cycle.name, cycle.period)
    start = cycle.period.start
    last = None if cycle.period.end is None else cycle.period.end - timedelta(days=1)
    months = 3 if grain is Grain.QUARTER else 12
    number = (start.month - 1) // months
    if last is None or (last.year, (last.month - 1) // months) != (start.year, number):
        raise InvalidInput(
            f"the cycle {cycle.name} ({cycle.period}) does not lie within one {grain.value}",
            expected=f"cycles of which each lies within a calendar {grain.value}",
            hint="ask by a coarser grain or by CYCLE, or choose cycles with `where`",
        )
    name = f"{start.year:04d}" if grain is Grain.YEAR else f"{start.year:04d} Q{number + 1}"
    following = start.year * 12 + (number + 1) * months
    end = None if following // 12 > MAXYEAR else date(following // 12, following % 12 + 1, 1)
    return Stretch(grain, name, name, Period(date(start.year, number * months + 1, 1), end))


def taken_together(stretch: Stretch, rows: Sequence[ContributionRow]) -> ContributionsOfStretch:
    """The rows of one group in the cycles of one stretch; those of one cycle alone stay as they are.

    Totals are added. Figures are not taken together over cycles, each of which compares with the colleagues of its own.
    Raises `InvalidInput` where cycles overlap: the same outcomes would be counted twice.
    """
    ordered = sorted(rows, key=lambda row: row.cycle.period.start)
    for earlier, later in pairwise(ordered):
        if earlier.cycle.period.overlaps(later.cycle.period):
            raise InvalidInput(
                f"the cycles {earlier.cycle.name} and {later.cycle.name} overlap in {stretch.name}",
                expected="cycles of which no two share a day",
                hint="choose cycles with `where`, or ask by CYCLE",
            )
    if len(ordered) == 1:
        contributions = ordered[0].contributions
    else:
        parts: dict[IndicatorKey, list[tuple[Reading | None, Reading | None]]] = {}
        for row in ordered:
            for one in row.contributions:
                parts.setdefault(one.indicator, []).append((one.now, one.finalised))
        contributions = tuple(
            Contribution(key, _together(key, [now for now, _ in ones]), _together(key, [final for _, final in ones]))
            for key, ones in parts.items()
        )
    return ContributionsOfStretch(stretch, tuple(row.cycle for row in ordered), ordered[-1].group, contributions)


def _together(indicator: IndicatorKey, readings: Sequence[Reading | None]) -> Reading | None:
    """Where one part is withheld all is, as a sum would tell of it."""
    found = [one for one in readings if one is not None]
    if not found:
        return None
    as_of = min(one.data_as_of for one in found)
    covers = [one.cover for one in found if one.cover is not None]
    if len(covers) < len(found):
        withheld = next(one.result for one in found if one.cover is None)
        return Reading(withheld, None, None, as_of)
    absent: dict[AbsenceKind, int] = {}
    for cover in covers:
        for kind, number in cover.absent:
            absent[kind] = absent.get(kind, 0) + number
    whole = Cover(
        sum(one.employees for one in covers), sum(one.measured for one in covers), tuple(sorted(absent.items()))
    )
    return Reading(Absence(indicator, AbsenceKind.NOT_APPLICABLE, SEVERAL), _added(found), whole, as_of)


SEVERAL: Final = "Figures of several cycles are not taken together; only totals add up."


def _added(readings: Sequence[Reading]) -> Total | None:
    """The limits lie as far off as all together: what chance did in one cycle may reach into the next.

    None where a part that has figures has no total, or where currencies differ.
    """
    parts = [one.total for one in readings if one.cover is None or one.cover.measured]
    known = [one for one in parts if one is not None]
    if not known or len(known) < len(parts) or len({(one.unit, one.currency) for one in known}) > 1:
        return None
    amount, lower, upper = (Decimal(sum(getattr(one, name) for one in known)) for name in ("amount", "lower", "upper"))
    return Total(known[0].unit, amount, lower, upper, known[0].currency)
