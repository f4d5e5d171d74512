"""What employees contributed, one by one and in groups: figures that are pooled, and totals that add up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from appraise.domain.cycles import Cycle
from appraise.domain.identifiers import CycleId, EmployeeId, IndicatorKey
from appraise.domain.indicators import ATTRITION, LIFETIME_VALUE, REPEAT_PURCHASE, Direction, definition_of
from appraise.domain.scorecards import Absence, AbsenceKind
from appraise.errors import InvalidInput

MOST_CYCLES: Final = 12
"""In one answer; the newest where none are named."""


class Dimension(StrEnum):
    """What the rows are: a UNIT is whoever reports to one manager directly."""

    ORGANISATION = "organisation"
    DEPARTMENT = "department"
    UNIT = "unit"
    EMPLOYEE = "employee"


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
    """`key` is a department's code, a manager's or an employee's id; None for the whole and for who has none."""

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
class ContributionQuery:
    """What is asked for. A filter chooses among rows and never cuts a group down: else groups could be subtracted."""

    dimension: Dimension
    indicators: tuple[IndicatorKey, ...] | None = None
    cycles: tuple[CycleId, ...] | None = None
    departments: frozenset[str] | None = None
    managers: frozenset[EmployeeId] | None = None
    employees: frozenset[EmployeeId] | None = None
    order: RowOrder = RowOrder.NEWEST_FIRST

    def __post_init__(self) -> None:
        fitting = {
            "departments": {Dimension.DEPARTMENT, Dimension.EMPLOYEE},
            "managers": {Dimension.UNIT, Dimension.EMPLOYEE},
            "employees": {Dimension.EMPLOYEE},
        }
        for name, dimensions in fitting.items():
            if getattr(self, name) is not None and self.dimension not in dimensions:
                raise InvalidInput(
                    f"{name} is no filter of rows by {self.dimension}",
                    expected=f"it with rows by {' or '.join(sorted(dimensions))}",
                    hint="a filter chooses rows; it does not choose who is counted in them",
                )
        if self.cycles is not None and not 1 <= len(self.cycles) <= MOST_CYCLES:
            raise InvalidInput(f"{len(self.cycles)} cycles", expected=f"1 to {MOST_CYCLES}")
