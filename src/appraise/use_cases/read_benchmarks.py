"""Read where the peers of an employee lie. Everybody counts, not only those whom the reader may see."""

from collections import defaultdict
from collections.abc import Collection, Iterable
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
from appraise.storage.contributions import Measured, Member
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.group_figures import LIMITS, variance_of

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
        everybody = contributions.of_everybody(session, cycle, run)
        readable = sections.readable(session, Viewer(principal, at.date()), cycle)
        fewest = cycles.policy_of(session, run).minimum_group
    return Benchmarks(everybody, readable, fewest=fewest)


class Benchmarks:
    """Of one run, for one reader, who reads the figures of the `readable` themselves."""

    def __init__(self, everybody: Iterable[Member], readable: Collection[EmployeeId], *, fewest: int) -> None:
        self._readable, self._fewest = frozenset(readable), fewest
        self._groups: dict[_Key, dict[EmployeeId, Measured]] = defaultdict(dict)
        for member in everybody:
            if isinstance(member.result, Measured):
                self._groups[member.indicator, member.department_code][member.employee] = member.result
        self._hidden = self._too_small()
        self._known: dict[_Key, tuple[Decimal, Decimal, Decimal]] = {}

    def of(self, section: Section, indicator: IndicatorKey) -> Benchmark | Absence:
        """Withheld where few stand behind it, or where few are left when the reader takes away those whom they know."""
        key = (indicator, section.department_code)
        if section.department_code is None:
            return Absence(indicator, AbsenceKind.NOT_APPLICABLE, NO_DEPARTMENT)
        group = self._groups.get(key, {})
        unknown = len(group.keys() - self._readable)
        if len(group) < self._fewest or key in self._hidden or 0 < unknown < self._fewest:
            reason = (
                f"Fewer than {self._fewest} colleagues of the department have a figure that you do not know, or those "
                "of fewer could be had by subtraction."
            )
            return Absence(indicator, AbsenceKind.WITHHELD, reason)
        if key not in self._known:
            self._known[key] = _quartiles(indicator, list(group.values()))
        name = section.department or section.department_code
        return Benchmark(indicator, name, len(group) - (section.employee in group), *self._known[key])

    def _too_small(self) -> frozenset[_Key]:
        """Departments that are too small, and those that keep them company."""
        found: set[_Key] = set()
        for indicator in {indicator for indicator, _ in self._groups}:
            keys = [key for key in self._groups if key[0] == indicator]
            labels = np.repeat(np.arange(len(keys)), [len(self._groups[key]) for key in keys])
            (hidden,) = hidden_across(labels[:, None], fewest=self._fewest)
            found.update(keys[number] for number in hidden)
        return frozenset(found)


def _quartiles(indicator: IndicatorKey, group: list[Measured]) -> tuple[Decimal, Decimal, Decimal]:
    unit = definition_of(indicator).unit
    found = quartiles([float(one.unshrunk) for one in group], [variance_of(one) for one in group])
    low, high = LIMITS[unit] if unit else (-np.inf, np.inf)
    step = TENTH if unit in {Unit.POINTS, Unit.PERCENT} else HUNDREDTH
    lower, middle, upper = (
        Decimal(repr(float(np.clip(part, low, high)))).quantize(step, ROUND_HALF_UP)
        for part in (found.lower, found.middle, found.upper)
    )
    return lower, middle, upper
