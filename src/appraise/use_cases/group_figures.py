"""From what was measured of each employee to figures of groups: pooled, summed, and hidden where few stand behind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

import numpy as np

from appraise.domain.contributions import TOTALS, Cover, Dimension, Figure, Group, Total, TotalUnit
from appraise.domain.identifiers import IndicatorKey
from appraise.domain.indicators import Unit, definition_of
from appraise.domain.language import say
from appraise.domain.scorecards import Absence, AbsenceKind
from appraise.statistics.pooling import Pooled, by_precision, total
from appraise.statistics.suppression import distinct_rows, hidden_across
from appraise.storage.contributions import Member, Placed
from appraise.use_cases.result_columns import Coded, Column, FloatArray, IntArray

NOBODY: Final = "Nobody in this group has a figure."
PLACES: Final = Decimal("0.000001")
STEPS: Final = 1e6
SMALLEST_ERROR: Final = 5e-7
"""Standard errors are stored with six places; one that rounds to 0 is taken as half of the last."""
LIMITS: Final[Mapping[Unit | None, tuple[float, float]]] = {
    Unit.POINTS: (0.0, 100.0),
    Unit.PERCENT: (0.0, 100.0),
    Unit.RATIO: (0.0, float("inf")),
}
TABLES: Final = (Dimension.DEPARTMENT, Dimension.UNIT, Dimension.PROFILE)
"""Ways of cutting everybody into groups, whose tables are protected together; coarse ones first, and the last give way
to the others: departments and units are shown as if there were no profiles."""


def group_of(place: Placed, dimension: Dimension) -> Group:
    """Named in the language that holds."""
    match dimension:
        case Dimension.ORGANISATION:
            return Group(dimension, None, say("Everybody"), "")
        case Dimension.DEPARTMENT:
            name = place.department or place.department_code or say("No department")
            return Group(dimension, place.department_code, name, name.casefold())
        case Dimension.UNIT:
            name = place.manager_name or say("No manager")
            return Group(dimension, place.manager, name, name.casefold())
        case Dimension.PROFILE:
            name = place.profile or say("No role profile")
            return Group(dimension, place.profile, name, name.casefold())
        case Dimension.EMPLOYEE:
            return Group(dimension, place.employee, place.name, place.sort_name)


class Groups:
    """The groups of some employees, who are numbered as in `places`."""

    def __init__(self, places: Sequence[Placed]) -> None:
        self.places = places
        self._parts = {
            Dimension.DEPARTMENT: Coded.of([place.department_code for place in places]),
            Dimension.UNIT: Coded.of([place.manager for place in places]),
            Dimension.PROFILE: Coded.of([place.profile for place in places]),
        }
        self.labels = np.array([part.codes for part in self._parts.values()]).T.reshape(len(places), len(TABLES))

    def label(self, dimension: Dimension) -> IntArray:
        """Of each employee, the number of their group."""
        part = self._parts.get(dimension)
        return np.zeros(len(self.places), dtype=np.int64) if part is None else part.codes

    def hidden(self, parts: Sequence[frozenset[int]], *, everybody: bool) -> "Hidden":
        groups = {(d, self._parts[d].names[n]) for d, away in zip(TABLES, parts, strict=True) for n in away}
        return Hidden(frozenset(groups), everybody)


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


def hidden_groups(groups: Groups, now: Column, finalised: Column, *, fewest: int) -> tuple[Hidden, Hidden]:
    """Of two readings of one indicator: which groups to hide in the one, and in the other where both can be read.

    Every sum and difference of what is shown is about nobody or at least `fewest` people: between departments, units
    and the whole, and between the two readings, where it is about those whose figures differ.
    """
    now, finalised = now.measured, finalised.measured
    nothing: tuple[frozenset[int], ...] = tuple(frozenset() for _ in TABLES)
    first = _hidden(groups.labels[now.people], fewest, nothing)
    telling = _telling(groups, now, finalised, first)
    second = _hidden(groups.labels[telling], fewest, first)
    few_now, few_then = (0 < len(some) < fewest for some in (now.people, telling))
    return groups.hidden(first, everybody=few_now), groups.hidden(second, everybody=few_now or few_then)


def _hidden(labels: IntArray, fewest: int, known: Sequence[frozenset[int]]) -> tuple[frozenset[int], ...]:
    """Of each table, the last one decided after the others."""
    others = hidden_across(labels[:, :-1], fewest=fewest, hidden=known[:-1])
    return hidden_across(labels, fewest=fewest, hidden=(*others, known[-1]))


def _telling(groups: Groups, now: Column, finalised: Column, hidden: Sequence[frozenset[int]]) -> IntArray:
    """As many of each cell of the first table as the second could tell of by subtraction.

    They are the fewer of those whose figures differ and those whom the second has: nobody where the two readings
    are the same, or where only one of them has anybody.
    """
    figures = np.full((2, 2, len(groups.places)), np.nan)
    for side, column in enumerate((now, finalised)):
        figures[side][:, column.people] = column.unshrunk, column.standard_error
    is_there = ~np.isnan(figures[:, 0])
    people = np.flatnonzero(is_there.any(axis=0))
    differ = ((figures[0] != figures[1]) & ~(np.isnan(figures[0]) & np.isnan(figures[1]))).any(axis=0)[people]
    labels = groups.labels[people]
    shown = np.array([np.isin(column, list(away), invert=True) for column, away in zip(labels.T, hidden, strict=True)])
    _, cell, _ = distinct_rows(np.where(shown.T, labels, -1))
    told = np.minimum(np.bincount(cell, differ), np.bincount(cell, is_there[1][people]))
    order = np.argsort(cell, kind="stable")
    place = np.arange(people.size) - np.searchsorted(cell[order], cell[order])  # within the cell
    return people[order][place < told[cell[order]]]


def withheld(indicator: IndicatorKey, *, fewest: int) -> Absence:
    reason = f"Fewer than {fewest} employees stand behind this figure, or one of fewer could be had by subtraction."
    return Absence(indicator, AbsenceKind.WITHHELD, reason)


def cover(column: Column) -> Cover:
    absent = column.absent()
    return Cover(len(column.people), len(column.people) - sum(absent.values()), tuple(sorted(absent.items())))


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


def pooled(indicator: IndicatorKey, column: Column) -> Figure | Absence:
    """The unshrunk figures by precision; those without a figure are not in it."""
    measured = column.measured
    if not measured.people.size:
        return Absence(indicator, AbsenceKind.NOT_OBSERVED, NOBODY)
    variance = variances(measured)
    together = by_precision(measured.unshrunk, variance, overlap=_overlap(measured))
    weight = 1.0 / variance
    expected = float(weight @ measured.expected) / float(weight.sum())
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


def summed(indicator: IndicatorKey, column: Column) -> Total | None:
    """What was credited beyond expectation; None of an indicator that does not add up, or where nothing was counted."""
    definition = TOTALS.get(indicator)
    measured = column.measured
    if definition is None or not measured.people.size:
        return None
    currencies = measured.currency.present
    basis = measured.foretold if definition.unit is TotalUnit.MONEY else measured.expected_events
    if np.isnan(basis).any() or len(currencies) > 1:
        return None
    # In whole steps of the last stored place, so that the difference of two decimals is theirs.
    surplus = definition.sign * np.rint((measured.unshrunk - measured.expected) * STEPS) / STEPS
    variance = basis**2 * variances(measured)
    whole = total(basis * surplus, variance, overlap=_overlap(measured))
    return _told(definition.unit, whole, currencies[0])


def _told(unit: TotalUnit, whole: Pooled, currency: str | None) -> Total:
    places = Decimal(1) if unit is TotalUnit.MONEY else PLACES
    lower, upper = whole.interval()
    amount, low, high = (_exactly(part).quantize(places, ROUND_HALF_EVEN) for part in (whole.value, lower, upper))
    return Total(unit, amount, low, high, currency if unit is TotalUnit.MONEY else None)


def variances(measured: Column) -> FloatArray:
    """(N,) of sampling, never 0."""
    errors: FloatArray = np.maximum(measured.standard_error, SMALLEST_ERROR)
    return errors**2


def _overlap(measured: Column) -> FloatArray:
    """(N,) Σw/Σw²; where the credit was not kept, all of it is taken as shared with the whole group."""
    is_known = ~np.isnan(measured.credit) & (measured.effective > 0)
    ratio = np.divide(
        measured.credit, measured.effective, out=np.full(is_known.size, float(is_known.size)), where=is_known
    )
    overlap: FloatArray = np.maximum(ratio, 1.0)
    return overlap


def _exactly(value: float) -> Decimal:
    return Decimal(repr(float(value))).quantize(PLACES, ROUND_HALF_EVEN) + 0
