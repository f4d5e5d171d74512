"""HR moves a cycle to other days; figures follow with the next scoring run, where nothing was handed in."""

from datetime import datetime

from appraise.domain.access import Principal
from appraise.domain.cycle_steps import move
from appraise.domain.cycles import Cycle, CycleState
from appraise.domain.identifiers import CycleId
from appraise.domain.periods import Period
from appraise.domain.sections import Refusal
from appraise.use_cases.cycle_change import change_cycle
from appraise.use_cases.deployment import Deployment


def move_cycle(
    deployment: Deployment,
    principal: Principal,
    cycle: CycleId,
    *,
    period: Period,
    expected_state: CycleState,
    at: datetime,
) -> Cycle | Refusal:
    """Errors as for every change of a cycle: see `change_cycle`."""
    return change_cycle(
        deployment,
        principal,
        cycle,
        lambda _, before: move(before, period),
        action="move",
        expected_state=expected_state,
        facts=[("period", str(period))],
        at=at,
    )
