"""Read cycles and their scoring runs. A cycle is no personal data: whoever is signed in may read it."""

from datetime import datetime

from appraise.domain.access import Principal, may_administer, may_read_audit, section_scope
from appraise.domain.cycles import Cycle
from appraise.domain.identifiers import CycleId, RunId
from appraise.domain.reading import RunState, ScoringRun
from appraise.errors import NotFound
from appraise.storage import cycles
from appraise.use_cases.deployment import Deployment


def list_cycles(deployment: Deployment, principal: Principal) -> tuple[Cycle, ...]:
    """The latest first."""
    del principal
    with deployment.database.reading() as session:
        return cycles.all_of_them(session)


def get_cycle(deployment: Deployment, principal: Principal, cycle: CycleId) -> Cycle:
    """Raises `NotFound`."""
    del principal
    with deployment.database.reading() as session:
        return cycles.get(session, cycle)


def latest_run(deployment: Deployment, principal: Principal, cycle: CycleId) -> ScoringRun | None:
    """The newest finished run; None where there is none or the principal may read no section at all."""
    if section_scope(principal).is_empty:
        return None
    with deployment.database.reading() as session:
        return cycles.latest_run(session, cycle)


def get_run(deployment: Deployment, principal: Principal, run: RunId, *, at: datetime) -> ScoringRun:
    """A run in any state. Raises `NotFound` alike where there is none and where the principal may not watch runs."""
    found = None
    if may_administer(principal) or may_read_audit(principal):
        with deployment.database.reading() as session:
            found = cycles.find_run(session, run)
    if found is None:
        raise NotFound("there is no such scoring run, or it is not yours to see")
    return found.as_of(at)


def run_going_on(deployment: Deployment, principal: Principal, cycle: CycleId, *, at: datetime) -> ScoringRun | None:
    """The latest run of a cycle that has begun and not ended."""
    if not (may_administer(principal) or may_read_audit(principal)):
        return None
    with deployment.database.reading() as session:
        found = cycles.runs_going_on(session, cycle)
    return next((run for run in found if run.as_of(at).state is RunState.RUNNING), None)
