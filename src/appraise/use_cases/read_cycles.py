"""Read cycles and their scoring runs. A cycle is no personal data: whoever is signed in may read it."""

from appraise.domain.access import Principal, section_scope
from appraise.domain.cycles import Cycle
from appraise.domain.identifiers import CycleId
from appraise.domain.reading import ScoringRun
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
