"""Read how figures changed between two cycles, as far as the principal may read the sections of both."""

from datetime import datetime

from appraise.domain.access import Principal, read_is_audited
from appraise.domain.changes import (
    Changes,
    EmployeeChanges,
    PopulationChange,
    check_order,
    incomparable,
)
from appraise.domain.cycles import Cycle
from appraise.domain.identifiers import CycleId, EmployeeId, IndicatorKey
from appraise.domain.policies import Policy
from appraise.domain.reading import ScoringRun
from appraise.domain.scorecards import Absence, AbsenceKind
from appraise.errors import NotFound
from appraise.scoring.changes import IndicatorChange, changes
from appraise.storage import audit, cycles, scorecards, sections
from appraise.storage.access import Viewer
from appraise.storage.database import Session
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.section_view import Actor
from appraise.use_cases.transactions import committed


def list_changes(
    deployment: Deployment, principal: Principal, before: CycleId, after: CycleId, *, at: datetime
) -> Changes:
    """Of everybody whose section of the later cycle the principal may read, by name and never by figure.

    Raises `NotFound` where a cycle does not exist or was not scored, `InvalidInput` where the cycles overlap.
    """
    with deployment.database.reading() as session:
        return _read(session, Viewer(principal, at.date()), before, after, only=None)


def read_change(
    deployment: Deployment,
    principal: Principal,
    employee: EmployeeId,
    before: CycleId,
    after: CycleId,
    *,
    at: datetime,
) -> Changes:
    """One employee's changes; reading somebody else's leaves a line in the audit log. Raises as `list_changes`.

    Raises `NotFound` alike where the later cycle has no section of theirs and where it is not the principal's to see.
    """
    with deployment.database.reading() as session:
        found = _read(session, Viewer(principal, at.date()), before, after, only=employee)
        section = sections.id_of(session, employee, after)
    if not found.employees:
        raise NotFound(f"there is no section of this employee in {found.after.name}, or it is not yours to see")
    if read_is_audited(principal, employee):
        actor = Actor.of(principal)
        details = [*actor.facts, ("from", found.before.name), ("to", found.after.name)]

        def record(session: Session) -> None:
            subject = f"section:{section}"
            audit.append(session, at=at, actor=actor.id, action="change.read", subject=subject, details=details)

        committed(deployment, record)
    return found


def _read(session: Session, viewer: Viewer, before: CycleId, after: CycleId, *, only: EmployeeId | None) -> Changes:
    both = cycles.get(session, before), cycles.get(session, after)
    check_order(*both)
    runs = _latest(session, both[0]), _latest(session, both[1])
    compared = _compare(session, both, runs)
    earlier, later = (sections.readable(session, viewer, cycle.id) for cycle in both)
    missing = f"there is no section for {both[0].name} to compare with, or it is not yours to see"
    employees = tuple(
        EmployeeChanges(
            employee,
            name,
            tuple(
                found.results[employee]
                if employee in earlier and employee in found.results
                else _nothing(indicator, found.population, missing)
                for indicator, found in compared.items()
            ),
        )
        for employee, name in later.items()
        if only is None or employee == only
    )
    population = tuple(found.population for found in compared.values())
    return Changes(*both, runs=(runs[0].id, runs[1].id), population=population, employees=employees)


def _compare(
    session: Session, both: tuple[Cycle, Cycle], runs: tuple[ScoringRun, ScoringRun]
) -> dict[IndicatorKey, IndicatorChange]:
    """Everybody's changes by indicator, whoever asks: to be handed on through the reader's scope only."""
    policies: tuple[Policy, Policy] = (
        cycles.policy_of(session, runs[0].id),
        cycles.policy_of(session, runs[1].id),
    )
    before, after = (scorecards.unshrunk_of_run(session, run.id) for run in runs)
    names = both[0].name, both[1].name
    result = {}
    for indicator in dict.fromkeys(key for policy in reversed(policies) for key, _ in policy.indicators):
        reason = incomparable(indicator, both, policies)
        if reason is None:
            result[indicator] = changes(indicator, before.get(indicator, {}), after.get(indicator, {}), names=names)
        else:
            result[indicator] = IndicatorChange(Absence(indicator, AbsenceKind.EXCLUDED, reason), {})
    return result


def _latest(session: Session, cycle: Cycle) -> ScoringRun:
    run = cycles.latest_run(session, cycle.id)
    if run is None:
        raise NotFound(f"{cycle.name} has not been scored", hint=f"run `appraise score {cycle.name}` first")
    return run


def _nothing(indicator: IndicatorKey, population: PopulationChange | Absence, missing: str) -> Absence:
    """What makes the whole indicator incomparable is told before what one employee lacks."""
    if isinstance(population, Absence):
        return population
    return Absence(indicator, AbsenceKind.NOT_OBSERVED, missing)
