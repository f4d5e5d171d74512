"""From two runs' unshrunk figures to each employee's change, or why it cannot be told."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from appraise.domain.changes import Change, PopulationChange, Unshrunk
from appraise.domain.identifiers import EmployeeId, IndicatorKey
from appraise.domain.indicators import Direction, definition_of
from appraise.domain.language import counted
from appraise.domain.scorecards import Absence, AbsenceKind
from appraise.scoring.working import exactly
from appraise.statistics.change import FEWEST_EMPLOYEES, between_periods

Figures = Mapping[EmployeeId, Unshrunk | Absence]
_Pair = tuple[Unshrunk, Unshrunk]


@dataclass(frozen=True, slots=True)
class IndicatorChange:
    """Of everybody with a result in both runs; an absence of `population` is everybody's."""

    population: PopulationChange | Absence
    results: Mapping[EmployeeId, Change | Absence]


def changes(indicator: IndicatorKey, before: Figures, after: Figures, *, names: tuple[str, str]) -> IndicatorChange:
    """Bivariate shrinkage over all employees with a figure in both cycles, which `names` name.

    The sampling errors of the two are taken to be independent, which holds where the cycles share no outcome.
    """
    if definition_of(indicator).direction is None:
        gone = Absence(indicator, AbsenceKind.EXCLUDED, "the package that says which way is better is not installed")
        return IndicatorChange(gone, dict.fromkeys({*before, *after}, gone))
    found: dict[EmployeeId, Change | Absence] = {}
    pairs: dict[EmployeeId, _Pair] = {}
    for employee in sorted({*before, *after}):
        pair = _pair(indicator, (before.get(employee), after.get(employee)), names)
        if isinstance(pair, Absence):
            found[employee] = pair
        else:
            pairs[employee] = pair
    if len(pairs) < FEWEST_EMPLOYEES:
        few = _too_few(indicator, len(pairs), names)
        return IndicatorChange(few, {**found, **dict.fromkeys(pairs, few)})
    told, population = _compared(indicator, tuple(pairs.values()))
    return IndicatorChange(population, {**found, **dict(zip(pairs, told, strict=True))})


def _pair(
    indicator: IndicatorKey,
    figures: tuple[Unshrunk | Absence | None, Unshrunk | Absence | None],
    names: tuple[str, str],
) -> _Pair | Absence:
    for figure, name in zip(figures, names, strict=True):
        if figure is None:
            return Absence(indicator, AbsenceKind.NOT_OBSERVED, f"this employee was not scored in {name}")
        if isinstance(figure, Absence):
            return Absence(indicator, figure.kind, f"there is no figure for {name}: {figure.reason}")
        if not figure.standard_error:
            return Absence(
                indicator,
                AbsenceKind.INSUFFICIENT_EVIDENCE,
                f"how far chance moves the figure of {name} is not known to six decimal places",
            )
    before, after = figures
    assert isinstance(before, Unshrunk)  # noqa: S101  # the loop has returned otherwise
    assert isinstance(after, Unshrunk)  # noqa: S101
    return before, after


def _too_few(indicator: IndicatorKey, employees: int, names: tuple[str, str]) -> Absence:
    have = counted(employees, "employee has", "employees have") if employees else "no employees have"
    return Absence(
        indicator,
        AbsenceKind.INSUFFICIENT_EVIDENCE,
        f"{have} a figure in both {names[0]} and {names[1]}; at least {FEWEST_EMPLOYEES} are needed to tell change "
        "from chance",
    )


@lru_cache(maxsize=64)
def _compared(indicator: IndicatorKey, pairs: tuple[_Pair, ...]) -> tuple[tuple[Change, ...], PopulationChange]:
    """Remembered, because a page of sections asks once for each of them and thousands of employees take seconds."""
    y1, y2 = (np.array([float(pair[k].value) for pair in pairs]) for k in (0, 1))
    v1, v2 = (np.array([float(pair[k].standard_error) ** 2 for pair in pairs]) for k in (0, 1))
    result = between_periods(y1, v1, y2, v2)
    rises = result.probability_above()
    improved = rises if definition_of(indicator).direction is Direction.HIGHER_IS_BETTER else 1.0 - rises
    lower_90, upper_90 = (result.posterior.quantile(p) for p in (0.05, 0.95))
    told = tuple(
        Change(
            indicator=indicator,
            value=exactly(result.mean[row]),
            lower=exactly(result.lower[row]),
            upper=exactly(result.upper[row]),
            lower_90=exactly(lower_90[row]),
            upper_90=exactly(upper_90[row]),
            unshrunk=after.value - before.value,
            probability_improved=exactly(np.clip(improved[row], 0.0, 1.0)),
        )
        for row, (before, after) in enumerate(pairs)
    )
    return told, PopulationChange(indicator, len(pairs), exactly(result.population_change), exactly(result.correlation))
