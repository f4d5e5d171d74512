"""HR takes a cycle to its next stage."""

from datetime import datetime

from appraise.domain.access import Principal
from appraise.domain.cycle_steps import advance
from appraise.domain.cycles import Cycle, CycleState
from appraise.domain.identifiers import CycleId
from appraise.domain.sections import Refusal
from appraise.storage.readiness import section_counts
from appraise.use_cases.cycle_change import change_cycle
from appraise.use_cases.deployment import Deployment


def advance_cycle(
    deployment: Deployment, principal: Principal, cycle: CycleId, *, expected_state: CycleState, at: datetime
) -> Cycle | Refusal:
    """Errors as for every change of a cycle: see `change_cycle`."""
    return change_cycle(
        deployment,
        principal,
        cycle,
        lambda session, before: advance(before, section_counts(session, cycle)),
        action="advance",
        expected_state=expected_state,
        at=at,
    )
