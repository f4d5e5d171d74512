"""HR cancels a cycle of which nothing was shared yet."""

from datetime import datetime

from appraise.domain.access import Principal
from appraise.domain.cycle_steps import cancel
from appraise.domain.cycles import Cycle, CycleState
from appraise.domain.identifiers import CycleId
from appraise.domain.sections import Refusal
from appraise.storage.readiness import told_sections
from appraise.use_cases.cycle_change import change_cycle
from appraise.use_cases.deployment import Deployment


def cancel_cycle(
    deployment: Deployment,
    principal: Principal,
    cycle: CycleId,
    *,
    reason: str,
    expected_state: CycleState,
    at: datetime,
) -> Cycle | Refusal:
    """Errors as for every change of a cycle: see `change_cycle`."""
    return change_cycle(
        deployment,
        principal,
        cycle,
        lambda session, before: cancel(before, told=told_sections(session, cycle), reason=reason),
        action="cancel",
        expected_state=expected_state,
        facts=[("reason", reason.strip())],
        at=at,
    )
