"""Read where the peers of an employee lie. Everybody counts, not only those whom the reader may see."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

import numpy as np

from appraise.domain.access import Principal, may_read_benchmarks
from appraise.domain.benchmarks import Benchmark
from appraise.domain.identifiers import CycleId, EmployeeId, IndicatorKey, RunId
from appraise.domain.indicators import Unit, definition_of
from appraise.domain.scorecards import Absence, AbsenceKind
from appraise.domain.sections import Section
from appraise.errors import Forbidden
from appraise.statistics.pooling import quartiles
from appraise.statistics.suppression import hidden_across
from appraise.storage import contributions, cycles, sections
from appraise.storage.access import Viewer
from appraise.storage.contributions import Placed
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.group_figures import LIMITS, variances
from appraise.use_cases.result_columns import Coded, Column, results_of

NO_DEPARTMENT: Final = "The section names no department, so that there are no peers."
TENTH: Final = Decimal("0.1")
HUNDREDTH: Final = Decimal("0.01")
_Key = tuple[IndicatorKey, str | None]


def read_benchmarks(
    deployment: Deployment, principal: Principal, cycle: CycleId, run: RunId, *, at: datetime
) -> "Benchmarks":
    """Of all who were scored in a run of the cycle. Raises `Forbidden` for whoever reads none."""
    if not may_read_benchmarks(principal):
        raise Forbidden("where the peers lie is for people, not for programs")
    with deployment.database.reading() as session:
        places = contributions.places_of_everybody(session, cycle)
        readable = sections.readable(session, Viewer(principal, at.date()), cycle)
        fewest = cycles.policy_of(session, run).minimum_group
    return Benchmarks(places, results_of(deployment, run).of(places), readable, fewest=fewest)


class Benchmarks:
    """Of one run, for one reader, who reads the figures of the `readable` themselves."""

    def __init__(
        self,
        places: Sequence[Placed],
        everybody: Mapping[IndicatorKey, Column],
        readable: Collection[EmployeeId],
        *,
        fewest: int,
    ) -> None:
        self._fewest = fewest
        self._numbers = {place.employee: number for number, place in enumerate(places)}
        self._is_known = np.array([place.employee in readable for place in places], dtype=np.bool_)
        departments = Coded.of([place.department_code for place in places])
        self._groups: dict[_Key, Column] = {}
        self._hidden: set[_Key] = set()
        for indicator, column in everybody.items():
            measured = column.measured
            labels = departments.codes[measured.people]
            (hidden,) = hidden_across(labels[:, None], fewest=fewest)
            self._hidden.update((indicator, departments.names[number]) for number in hidden)
            for number, rows in measured.by(departments.codes).items():
                self._groups[indicator, departments.names[number]] = measured.at(rows)
        self._known: dict[_Key, tuple[Decimal, Decimal, Decimal]] = {}

    def of(self, section: Section, indicator: IndicatorKey) -> Benchmark | Absence:
        """Withheld where few stand behind it, or where few are left when the reader takes away those whom they know."""
        key = (indicator, section.department_code)
        if section.department_code is None:
            return Absence(indicator, AbsenceKind.NOT_APPLICABLE, NO_DEPARTMENT)
        group = self._groups.get(key)
        unknown = 0 if group is None else int((~self._is_known[group.people]).sum())
        if group is None or group.people.size < self._fewest or key in self._hidden or 0 < unknown < self._fewest:
            reason = (
                f"Fewer than {self._fewest} colleagues of the department have a figure that you do not know, or those "
                "of fewer could be had by subtraction."
            )
            return Absence(indicator, AbsenceKind.WITHHELD, reason)
        if key not in self._known:
            self._known[key] = _quartiles(indicator, group)
        name = section.department or section.department_code
        peers = group.people.size - int(np.isin(self._numbers.get(section.employee, -1), group.people))
        return Benchmark(indicator, name, peers, *self._known[key])


def _quartiles(indicator: IndicatorKey, group: Column) -> tuple[Decimal, Decimal, Decimal]:
    unit = definition_of(indicator).unit
    found = quartiles(group.unshrunk, variances(group))
    low, high = LIMITS[unit] if unit else (-np.inf, np.inf)
    step = TENTH if unit in {Unit.POINTS, Unit.PERCENT} else HUNDREDTH
    lower, middle, upper = (
        Decimal(repr(float(np.clip(part, low, high)))).quantize(step, ROUND_HALF_UP)
        for part in (found.lower, found.middle, found.upper)
    )
    return lower, middle, upper
