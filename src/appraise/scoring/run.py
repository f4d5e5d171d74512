"""One scoring run: all indicators of all employees in one cycle."""

from collections.abc import Mapping
from datetime import date

import ibis

from appraise.domain.employees import EmploymentStatus
from appraise.domain.events import EventKind
from appraise.domain.identifiers import EmployeeId, IndicatorKey
from appraise.domain.indicators import COMPOSITE
from appraise.domain.people import PeopleSnapshot
from appraise.domain.periods import Period
from appraise.domain.policies import Policy
from appraise.domain.progress import Advance
from appraise.domain.scorecards import Absence, Estimate, Scorecard, ScoringResult
from appraise.scoring.absences import not_in_service
from appraise.scoring.findings import Findings
from appraise.scoring.indicator import Shared
from appraise.scoring.installed import indicator_named
from appraise.scoring.manifest import Versions, manifest
from appraise.scoring.prepared import prepare
from appraise.scoring.references import directory
from appraise.scoring.together import SEED, composites, nothing_together

_OUT_OF_SERVICE = frozenset(
    {
        EmploymentStatus.PREHIRE,
        EmploymentStatus.TERMINATED,
        EmploymentStatus.RETIRED,
        EmploymentStatus.DECEASED,
    }
)


def score(  # noqa: PLR0913  # what a run is computed from, each part named
    events: Mapping[EventKind, ibis.Table],
    people: PeopleSnapshot,
    policy: Policy,
    cycle: Period,
    *,
    data_as_of: date,
    event_versions: Mapping[EventKind, int],
    code_version: str,
    seed: int = SEED,
    progress: Advance,
) -> ScoringResult:
    """Score every employee on every indicator of the policy.

    `events` are tables of one Ibis backend whose session thinks in UTC; a kind or column may be missing, which gives
    absences that say so. Events from `data_as_of` on are not seen. The same arguments give the same digits.
    Leavers count towards what is expected of the others; who was in service on no day of the cycle gets an absence.

    Raises `InvalidInput` for a policy that asks for what cannot be computed.
    """
    employees = sorted(people.employees, key=lambda employee: employee.id)
    indicators = [key for key, _ in policy.indicators]
    chosen = [indicator_named(key) for key in indicators]
    steps = _Steps(progress, len(chosen) + 1)
    steps.next("reading events")
    people_known = directory(employees, people.employments)
    shared = Shared(prepare(events, people_known, cycle=cycle, data_as_of=data_as_of))
    findings: dict[IndicatorKey, Findings] = {}
    for indicator in chosen:
        steps.next(f"scoring {indicator.definition.name.lower()}")
        findings[indicator.definition.key] = indicator.measure(shared, policy)
    steps.done()
    serving = in_service(people, cycle)
    together = composites(findings, policy, seed=seed)
    return ScoringResult(
        scorecards=tuple(
            Scorecard(
                employee.id,
                tuple(_result(key, findings[key], position, serving=employee.id in serving) for key in indicators),
                together.get(position, nothing_together()) if employee.id in serving else not_in_service(COMPOSITE),
            )
            for position, employee in enumerate(employees)
        ),
        coverage=tuple(findings[key].coverage for key in indicators),
        manifest=manifest(
            people, policy, cycle, data_as_of=data_as_of, versions=Versions(event_versions, code_version, seed)
        ),
    )


def in_service(people: PeopleSnapshot, cycle: Period) -> frozenset[EmployeeId]:
    """Who was employed on any day of the cycle; somebody of whom no employment is recorded counts as employed."""
    recorded = {employment.employee for employment in people.employments}
    serving = {
        employment.employee
        for employment in people.employments
        if employment.status not in _OUT_OF_SERVICE and employment.period.overlaps(cycle)
    }
    return frozenset(employee.id for employee in people.employees if employee.id not in recorded) | frozenset(serving)


def _result(key: IndicatorKey, found: Findings, position: int, *, serving: bool) -> Estimate | Absence:
    return found.results.said.get(position, found.otherwise) if serving else not_in_service(key)


class _Steps:
    def __init__(self, progress: Advance, total: int) -> None:
        self._progress, self._total, self._reached = progress, total, 0

    def next(self, name: str) -> None:
        self._progress(name, self._reached, self._total)
        self._reached += 1

    def done(self) -> None:
        self._progress("done", self._total, self._total)
