"""From what was measured of each employee to figures of groups: pooled, summed, and hidden where few stand behind."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

import numpy as np

from appraise.domain.contributions import TOTALS, Cover, Dimension, Figure, Group, Total, TotalUnit
from appraise.domain.identifiers import EmployeeId, IndicatorKey
from appraise.domain.indicators import Unit, definition_of
from appraise.domain.scorecards import Absence, AbsenceKind
from appraise.statistics.pooling import Pooled, by_precision, total
from appraise.statistics.suppression import hidden_across
from appraise.storage.contributions import Measured, Member

NOBODY: Final = "Nobody in this group has a figure."
PLACES: Final = Decimal("0.000001")
SMALLEST_ERROR: Final = 5e-7
"""Standard errors are stored with six places; one that rounds to 0 is taken as half of the last."""
LIMITS: Final[Mapping[Unit | None, tuple[float, float]]] = {
    Unit.POINTS: (0.0, 100.0),
    Unit.PERCENT: (0.0, 100.0),
    Unit.RATIO: (0.0, float("inf")),
}
TABLES: Final = (Dimension.DEPARTMENT, Dimension.UNIT)
"""Ways of cutting everybody into groups, whose tables are protected together; coarse ones first."""


def group_of(member: Member, dimension: Dimension) -> Group:
    match dimension:
        case Dimension.ORGANISATION:
            return Group(dimension, None, "Everybody", "")
        case Dimension.DEPARTMENT:
            code = member.department_code
            name = member.department or code or "No department"
            return Group(dimension, code, name, name.casefold())
        case Dimension.UNIT:
            name = member.manager_name or "No manager"
            return Group(dimension, member.manager, name, name.casefold())
        case Dimension.EMPLOYEE:
            return Group(dimension, member.employee, member.name, member.sort_name)


@dataclass(frozen=True, slots=True)
class Hidden:
    """The groups of which nothing may be shown on one indicator, by (dimension, key); `everybody` is the whole."""

    groups: frozenset[tuple[Dimension, str | None]]
    everybody: bool

    def hides(self, group: Group) -> bool:
        if group.dimension is Dimension.EMPLOYEE:
            return False
        return (
            self.everybody if group.dimension is Dimension.ORGANISATION else (group.dimension, group.key) in self.groups
        )


def hidden_groups(now: Sequence[Member], finalised: Sequence[Member], *, fewest: int) -> tuple[Hidden, Hidden]:
    """Of two readings of one indicator: which groups to hide in the one, and in the other where both can be read.

    Every sum and difference of what is shown is about nobody or at least `fewest` people: between departments, units
    and the whole, and between the two readings, where it is about those whose figures differ.
    """
    people = _People(now, finalised)
    first = hidden_across(people.labels(people.in_now), fewest=fewest, hidden=people.nothing)
    telling = people.telling(first)
    second = hidden_across(people.labels(telling), fewest=fewest, hidden=first)
    few_now, few_then = (0 < len(some) < fewest for some in (people.in_now, telling))
    return people.hidden(first, everybody=few_now), people.hidden(second, everybody=few_now or few_then)


class _People:
    """Everybody who is measured in either reading, and their groups by number."""

    def __init__(self, now: Sequence[Member], finalised: Sequence[Member]) -> None:
        self.in_now = _figures(now)
        self.in_final = _figures(finalised)
        self.places = {
            member.employee: tuple(group_of(member, dimension).key for dimension in TABLES)
            for member in (*finalised, *now)
            if isinstance(member.result, Measured)
        }
        self.names = [sorted({keys[d] for keys in self.places.values()}, key=str) for d in range(len(TABLES))]
        self.numbers = [{key: number for number, key in enumerate(names)} for names in self.names]
        self.nothing: tuple[frozenset[int], ...] = tuple(frozenset() for _ in TABLES)

    def labels(self, employees: Iterable[EmployeeId]) -> np.ndarray:
        rows = [self._numbered(employee) for employee in employees]
        return np.array(rows, dtype=np.int64).reshape(len(rows), len(TABLES))

    def _numbered(self, employee: EmployeeId) -> tuple[int, ...]:
        keys = self.places[employee]
        return tuple(numbers[key] for numbers, key in zip(self.numbers, keys, strict=True))

    def telling(self, hidden: Sequence[frozenset[int]]) -> list[EmployeeId]:
        """As many of each cell of the first table as the second could tell of by subtraction.

        They are the fewer of those whose figures differ and those whom the second has: nobody where the two readings
        are the same, or where only one of them has anybody.
        """
        cells: dict[tuple[int, ...], list[EmployeeId]] = defaultdict(list)
        for employee in sorted(self.places):
            numbers = self._numbered(employee)
            cells[tuple(-1 if n in away else n for n, away in zip(numbers, hidden, strict=True))].append(employee)
        found: list[EmployeeId] = []
        for members in cells.values():
            differ = sum(self.in_now.get(one) != self.in_final.get(one) for one in members)
            second = sum(one in self.in_final for one in members)
            found += members[: min(differ, second)]
        return found

    def hidden(self, parts: Sequence[frozenset[int]], *, everybody: bool) -> Hidden:
        groups = {
            (dimension, names[n])
            for dimension, names, away in zip(TABLES, self.names, parts, strict=True)
            for n in away
        }
        return Hidden(frozenset(groups), everybody)


def _figures(members: Sequence[Member]) -> dict[EmployeeId, tuple[Decimal, Decimal]]:
    return {
        member.employee: (member.result.unshrunk, member.result.standard_error)
        for member in members
        if isinstance(member.result, Measured)
    }


def withheld(indicator: IndicatorKey, *, fewest: int) -> Absence:
    reason = f"Fewer than {fewest} employees stand behind this figure, or one of fewer could be had by subtraction."
    return Absence(indicator, AbsenceKind.WITHHELD, reason)


def cover(members: Sequence[Member]) -> Cover:
    kinds = Counter(member.result.kind for member in members if isinstance(member.result, Absence))
    return Cover(len(members), len(members) - kinds.total(), tuple(sorted(kinds.items())))


def published(member: Member) -> Figure | Absence:
    """One employee's figure as their section has it."""
    result = member.result
    if isinstance(result, Absence):
        return result
    return Figure(
        member.indicator,
        value=result.value,
        lower=result.lower,
        upper=result.upper,
        lower_90=result.lower_90,
        upper_90=result.upper_90,
        expected=result.expected,
        is_pooled=False,
    )


def pooled(indicator: IndicatorKey, members: Sequence[Member]) -> Figure | Absence:
    """The members' unshrunk figures by precision; those without a figure are not in it."""
    measured = [member.result for member in members if isinstance(member.result, Measured)]
    if not measured:
        return Absence(indicator, AbsenceKind.NOT_OBSERVED, NOBODY)
    variance = np.array([variance_of(one) for one in measured])
    together = by_precision([float(one.unshrunk) for one in measured], variance, overlap=_overlap(measured))
    weight = 1.0 / variance
    expected = float(weight @ [float(one.expected) for one in measured]) / float(weight.sum())
    low, high = LIMITS[definition_of(indicator).unit] if definition_of(indicator).unit else (-np.inf, np.inf)
    lower, upper = np.clip(together.interval(), low, high)
    lower_90, upper_90 = np.clip(together.interval(0.90), low, high)
    return Figure(
        indicator,
        value=_exactly(together.value),
        lower=_exactly(lower),
        upper=_exactly(upper),
        lower_90=_exactly(lower_90),
        upper_90=_exactly(upper_90),
        expected=_exactly(expected),
        is_pooled=True,
    )


def summed(indicator: IndicatorKey, members: Sequence[Member]) -> Total | None:
    """What was credited beyond expectation; None of an indicator that does not add up, or where nothing was counted."""
    definition = TOTALS.get(indicator)
    measured = [member.result for member in members if isinstance(member.result, Measured)]
    bases = [_basis(one, definition.unit) for one in measured] if definition is not None else []
    currencies = {one.currency for one in measured}
    known = [base for base in bases if base is not None]
    if definition is None or not known or len(known) < len(bases) or len(currencies) > 1:
        return None
    foretold = np.array(known)
    surplus = [definition.sign * float(one.unshrunk - one.expected) for one in measured]
    variance = foretold**2 * [variance_of(one) for one in measured]
    whole = total(foretold * surplus, variance, overlap=_overlap(measured))
    return _told(definition.unit, whole, currencies.pop())


def _told(unit: TotalUnit, whole: Pooled, currency: str | None) -> Total:
    places = Decimal(1) if unit is TotalUnit.MONEY else PLACES
    lower, upper = whole.interval()
    amount, low, high = (_exactly(part).quantize(places, ROUND_HALF_EVEN) for part in (whole.value, lower, upper))
    return Total(unit, amount, low, high, currency if unit is TotalUnit.MONEY else None)


def _basis(one: Measured, unit: TotalUnit) -> float | None:
    """What the unshrunk ratio is a multiple of."""
    base = one.foretold if unit is TotalUnit.MONEY else one.evidence.expected_events
    return None if base is None else float(base)


def variance_of(one: Measured) -> float:
    """Of sampling, never 0."""
    return max(float(one.standard_error), SMALLEST_ERROR) ** 2


def _overlap(measured: Sequence[Measured]) -> list[float]:
    """Σw/Σw²; where the credit was not kept, all of it is taken as shared with the whole group."""
    found = []
    for one in measured:
        credit, effective = one.evidence.credit, one.evidence.effective
        known = credit is not None and effective > 0
        found.append(max(1.0, float(credit / effective)) if known and credit is not None else float(len(measured)))
    return found


def _exactly(value: float) -> Decimal:
    return Decimal(repr(float(value))).quantize(PLACES, ROUND_HALF_EVEN) + 0
