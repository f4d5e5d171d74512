"""Read where the peers of an employee lie. Everybody counts, not only those whom the reader may see."""

from collections.abc import Collection
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
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
from appraise.use_cases.data_version import current_data_version
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.group_figures import LIMITS, variances
from appraise.use_cases.result_columns import REMEMBERED, Coded, Column, RunResults, results_of

NO_DEPARTMENT: Final = "The section names no department, so that there are no peers."
TENTH: Final = Decimal("0.1")
HUNDREDTH: Final = Decimal("0.01")
_Key = tuple[IndicatorKey, str | None]
_Places = tuple[tuple[EmployeeId, str | None], ...]
"""Employees, each with their department's code."""


def read_benchmarks(
    deployment: Deployment, principal: Principal, cycle: CycleId, run: RunId, *, at: datetime
) -> "Benchmarks":
    """Of all who were scored in a run of the cycle. Raises `Forbidden` for whoever reads none."""
    if not may_read_benchmarks(principal):
        raise Forbidden("where the peers lie is for people, not for programs")
    minute = int(at.timestamp() // 60)  # somebody may have changed the database by hand
    everybody = _peers(deployment, cycle, run, (current_data_version(deployment), minute))
    with deployment.database.reading() as session:
        readable = sections.readable(session, Viewer(principal, at.date()), cycle)
    return Benchmarks(everybody, readable)


class Peers:
    """Of one run, whoever asks: numbered as in `places`, by department and indicator."""

    def __init__(self, places: _Places, results: RunResults, *, fewest: int) -> None:
        self.fewest = fewest
        self.numbers = {employee: number for number, (employee, _) in enumerate(places)}
        departments = Coded.of([department for _, department in places])
        self.groups: dict[_Key, Column] = {}
        self.hidden: set[_Key] = set()
        for indicator, column in results.numbered(self.numbers).items():
            measured = column.measured
            labels = departments.codes[measured.people]
            (hidden,) = hidden_across(labels[:, None], fewest=fewest)
            self.hidden.update((indicator, departments.names[number]) for number in hidden)
            for number, rows in measured.by(departments.codes).items():
                self.groups[indicator, departments.names[number]] = measured.at(rows)
        self._quartiles: dict[_Key, tuple[Decimal, Decimal, Decimal]] = {}

    def quartiles(self, key: _Key) -> tuple[Decimal, Decimal, Decimal]:
        """The lower one, the median and the upper one, in the indicator's unit, as `Benchmark` has them."""
        if key not in self._quartiles:
            self._quartiles[key] = _quartiles(key[0], self.groups[key])
        return self._quartiles[key]


@lru_cache(REMEMBERED)
def _peers(deployment: Deployment, cycle: CycleId, run: RunId, state: tuple[int, int]) -> Peers:
    """Remembered while records are as they were; after changes of anything but places these alone are read again."""
    del state
    with deployment.database.reading() as session:
        places = contributions.places_of_everybody(session, cycle)
    return _among(deployment, run, tuple((place.employee, place.department_code) for place in places))


@lru_cache(REMEMBERED)
def _among(deployment: Deployment, run: RunId, places: _Places) -> Peers:
    """Remembered, as it is a fifth of a second for 10,000 people, and each section asks."""
    with deployment.database.reading() as session:
        fewest = cycles.policy_of(session, run).minimum_group
    return Peers(places, results_of(deployment, run), fewest=fewest)


class Benchmarks:
    """For one reader, who reads the figures of the `readable` themselves."""

    def __init__(self, peers: Peers, readable: Collection[EmployeeId]) -> None:
        self._peers = peers
        self._is_known = np.array([employee in readable for employee in peers.numbers], dtype=np.bool_)

    def of(self, section: Section, indicator: IndicatorKey) -> Benchmark | Absence:
        """Withheld where few stand behind it, or where few are left when the reader takes away those whom they know."""
        peers, key = self._peers, (indicator, section.department_code)
        if section.department_code is None:
            return Absence(indicator, AbsenceKind.NOT_APPLICABLE, NO_DEPARTMENT)
        group = peers.groups.get(key)
        unknown = 0 if group is None else int((~self._is_known[group.people]).sum())
        if group is None or group.people.size < peers.fewest or key in peers.hidden or 0 < unknown < peers.fewest:
            reason = (
                f"Fewer than {peers.fewest} colleagues of the department have a figure that you do not know, or those "
                "of fewer could be had by subtraction."
            )
            return Absence(indicator, AbsenceKind.WITHHELD, reason)
        name = section.department or section.department_code
        others = group.people.size - int(np.isin(peers.numbers.get(section.employee, -1), group.people))
        return Benchmark(indicator, name, others, *peers.quartiles(key))


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
