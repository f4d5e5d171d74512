"""One scoring run: all indicators of all employees in one cycle."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

import ibis

from appraise.domain.employees import OUT_OF_SERVICE, Employee, Employment
from appraise.domain.events import EventKind
from appraise.domain.exchange_rates import ExchangeRates
from appraise.domain.exclusions import left_out
from appraise.domain.identifiers import EmployeeId, IndicatorKey
from appraise.domain.in_place import InPlace
from appraise.domain.indicators import COMPOSITE
from appraise.domain.people import PeopleSnapshot
from appraise.domain.periods import Period
from appraise.domain.policies import Policy
from appraise.domain.profiles import Shares, shares_of
from appraise.domain.progress import Advance
from appraise.domain.scorecards import (
    Absence,
    Composite,
    Coverage,
    Estimate,
    Manifest,
    RunSummary,
    Scorecard,
    ScoringResult,
)
from appraise.errors import AppraiseError, InvalidInput
from appraise.scoring.absences import excluded, not_in_service
from appraise.scoring.error_correlations import ErrorCorrelations, with_error_correlations
from appraise.scoring.findings import Findings
from appraise.scoring.floors import above_floors
from appraise.scoring.indicator import Indicator, Shared
from appraise.scoring.installed import OWN_PACKAGE, indicator_named, installed
from appraise.scoring.levels import Pooled
from appraise.scoring.lists import listed
from appraise.scoring.manifest import Versions, manifest
from appraise.scoring.prepared import prepare
from appraise.scoring.references import directory
from appraise.scoring.source_ends import source_ends, with_early_ends
from appraise.scoring.together import SEED, Together, composites, nothing_together


@dataclass(frozen=True, slots=True)
class Measurement:
    """What the events say of everybody before it is put together; `findings` are by position in `employees`.

    `errors` say how far chance does the same to indicators that weigh. `spared` gives the policy's reason for everybody
    whom it leaves out, `shares` the profiles by position of those who held a job on a day there are data of.
    """

    employees: tuple[Employee, ...]
    findings: Mapping[IndicatorKey, Findings]
    errors: ErrorCorrelations
    serving: frozenset[EmployeeId]
    spared: Mapping[EmployeeId, str] = field(default_factory=dict)
    shares: Mapping[int, Shares] = field(default_factory=dict)


def score(  # noqa: PLR0913  # what a run is computed from, each part named
    events: Mapping[EventKind, ibis.Table],
    people: PeopleSnapshot,
    policy: Policy,
    cycle: Period,
    *,
    data_as_of: date,
    event_versions: Mapping[EventKind, int],
    code_version: str,
    in_place: tuple[InPlace, ...] = (),
    rates: ExchangeRates | None = None,
    seed: int = SEED,
    progress: Advance,
) -> ScoringResult:
    """Score every employee on every indicator of the policy.

    `events` are tables of one Ibis backend whose session thinks in UTC; a kind or column may be missing, which gives
    absences that say so. `in_place` tells of those that are not of the event tables. Without `rates` money in other
    currencies than that of most purchases is left out. Events from `data_as_of` on are not seen. The same arguments
    give the same digits.
    Leavers count towards what is expected of the others; who was in service on no day of the cycle gets an absence.

    Raises `InvalidInput` for a policy that asks for what cannot be computed.
    """
    measured = measure(events, people, policy, cycle, data_as_of=data_as_of, rates=rates, progress=progress)
    engine = next((table.get_backend().name for table in events.values()), "duckdb")
    known_rates = None if rates is None else rates.hash
    versions = Versions(event_versions, code_version, seed, engine, in_place, known_rates)
    made_of = manifest(people, policy, cycle, data_as_of=data_as_of, versions=versions)
    return concluded(measured, policy, made_of)


def measure(  # noqa: PLR0913  # as `score`
    events: Mapping[EventKind, ibis.Table],
    people: PeopleSnapshot,
    policy: Policy,
    cycle: Period,
    *,
    data_as_of: date,
    rates: ExchangeRates | None = None,
    progress: Advance,
) -> Measurement:
    """Every indicator of the policy; arguments and errors as of `score`."""
    employees = sorted(people.employees, key=lambda employee: employee.id)
    chosen = [indicator_named(key) for key, _ in policy.indicators]
    steps = _Steps(progress, len(chosen) + 1)
    steps.next("reading events")
    people_known = directory(employees, people.employments)
    prepared = prepare(
        events,
        people_known,
        cycle=cycle,
        data_as_of=data_as_of,
        exclusions=policy.exclusions,
        rates=rates,
        reads=_reads(chosen, policy),
    )
    shared = Shared(prepared)
    findings: dict[IndicatorKey, Findings] = {}
    for indicator in chosen:
        steps.next(f"scoring {indicator.definition.name.lower()}")
        findings[indicator.definition.key] = _measured(indicator, shared, policy)
    findings = with_early_ends(
        above_floors(findings, shared.prepared, policy), source_ends(events, data_as_of=data_as_of), policy
    )
    spared = left_out_employees(people, policy, cycle)
    told, errors = with_error_correlations(findings, [key for key, _ in policy.indicators if policy.weighs(key)])
    steps.done()
    profiles = shares_of(people.employments, policy.profiles, cycle=cycle, data_as_of=data_as_of)
    shares = {at: profiles[employee.id] for at, employee in enumerate(employees) if employee.id in profiles}
    return Measurement(tuple(employees), told, errors, in_service(people, cycle), spared, shares)


def _reads(chosen: Sequence[Indicator], policy: Policy) -> frozenset[str] | None:
    """Which columns of contacts are needed; None is all of them. What nobody reads is not kept for all the events."""
    wanted = {"topic", "segment"} if policy.exclusions else set()
    for indicator in chosen:
        if indicator.reads is None:
            return None
        wanted |= set(indicator.reads)
        if indicator.of_contacts:
            wanted |= set(policy.of(indicator.definition.key).case_mix)
    return frozenset(wanted)


def _measured(indicator: Indicator, shared: Shared, policy: Policy) -> Findings:
    """Raises `InvalidInput` that names the package of an indicator that failed, unless it is our own."""
    try:
        return indicator.measure(shared, policy)
    except AppraiseError:
        raise
    except Exception as error:
        key = indicator.definition.key
        package = installed().packages[key]
        if package == OWN_PACKAGE:
            raise
        raise InvalidInput(
            f"the indicator {key!r} of {package} failed: {type(error).__name__}: {error}",
            hint="take it out of the policy, or tell its makers; --debug shows where it failed",
        ) from error


def concluded(measured: Measurement, policy: Policy, made_of: Manifest) -> ScoringResult:
    """What is made of the measurement: results, composites, flags and standings."""
    findings, serving, spared = measured.findings, measured.serving, measured.spared
    indicators = [key for key, _ in policy.indicators]
    together = composites(findings, policy, shares=measured.shares, errors=measured.errors, seed=made_of.seed)
    cards = [
        Scorecard(
            employee.id,
            tuple(_result(key, findings[key], position, employee.id, spared, serving) for key in indicators),
            _composite(together.said.get(position), employee.id, spared, serving),
        )
        for position, employee in enumerate(measured.employees)
    ]
    scorecards, flags = listed(cards, _pooled(findings, together), policy, made_of)
    return ScoringResult(
        scorecards=scorecards,
        coverage=tuple(_covered(findings[key].coverage, spared) for key in indicators),
        manifest=made_of,
        summary=RunSummary(Decimal(repr(policy.attributable_share)), flags),
    )


def _pooled(findings: Mapping[IndicatorKey, Findings], together: Together) -> dict[IndicatorKey, Sequence[Pooled]]:
    """Whatever is judged: indicators that weigh and could be compared, then all of them together."""
    measured = {key: found.results.measured for key, found in findings.items()}
    judged: dict[IndicatorKey, Sequence[Pooled]] = {
        key: one.pooled for key, one in measured.items() if one and one.pooled
    }
    return {**judged, COMPOSITE: together.pooled} if together.pooled else judged


def in_service(people: PeopleSnapshot, cycle: Period) -> frozenset[EmployeeId]:
    """Who was employed on any day of the cycle; somebody of whom no employment is recorded counts as employed."""
    recorded = {employment.employee for employment in people.employments}
    serving = {
        employment.employee
        for employment in people.employments
        if employment.status not in OUT_OF_SERVICE and employment.period.overlaps(cycle)
    }
    return frozenset(employee.id for employee in people.employees if employee.id not in recorded) | frozenset(serving)


def left_out_employees(people: PeopleSnapshot, policy: Policy, cycle: Period) -> dict[EmployeeId, str]:
    """Who is excluded by job or department in every job in service of the cycle, with the policy's reason.

    Somebody who held another job for a part of it is scored: that is when the customers were served.
    """
    jobs: dict[EmployeeId, list[Employment]] = {}
    for job in people.employments:
        if job.status not in OUT_OF_SERVICE and job.period.overlaps(cycle):
            jobs.setdefault(job.employee, []).append(job)
    reasons = {employee: left_out(some, policy.exclusions) for employee, some in jobs.items()}
    return {employee: reason for employee, reason in reasons.items() if reason is not None}


def _result(  # what is said of one employee, from most to least particular
    key: IndicatorKey,
    found: Findings,
    position: int,
    employee: EmployeeId,
    spared: Mapping[EmployeeId, str],
    serving: frozenset[EmployeeId],
) -> Estimate | Absence:
    if employee not in serving:
        return not_in_service(key)
    if employee in spared:
        return excluded(key, spared[employee])
    return found.results.said.get(position, found.otherwise)


def _composite(
    together: Composite | Absence | None,
    employee: EmployeeId,
    spared: Mapping[EmployeeId, str],
    serving: frozenset[EmployeeId],
) -> Composite | Absence:
    if employee not in serving:
        return not_in_service(COMPOSITE)
    return excluded(COMPOSITE, spared[employee]) if employee in spared else together or nothing_together()


def _covered(coverage: Coverage, spared: Mapping[EmployeeId, str]) -> Coverage:
    """With how many employees each reason leaves out."""
    counts = Counter(spared.values())
    told = [
        f"{n:,} {'employee gets' if n == 1 else 'employees get'} no figure: {reason}"
        for reason, n in sorted(counts.items())
    ]
    return replace(coverage, notes=(*coverage.notes, *told))


class _Steps:
    def __init__(self, progress: Advance, total: int) -> None:
        self._progress, self._total, self._reached = progress, total, 0

    def next(self, name: str) -> None:
        self._progress(name, self._reached, self._total)
        self._reached += 1

    def done(self) -> None:
        self._progress("done", self._total, self._total)
