"""What all changes of a cycle share: permission, the stage that the caller saw, audit, and the message to hosts."""

from collections.abc import Callable, Iterable
from datetime import datetime

from appraise.domain.access import Principal, may_administer
from appraise.domain.cycles import Cycle, CycleState
from appraise.domain.global_ids import Kind, encoded
from appraise.domain.identifiers import CycleId
from appraise.domain.sections import Refusal
from appraise.domain.webhooks import Notice
from appraise.errors import Forbidden
from appraise.storage import audit, cycles, outbox
from appraise.storage.database import Session, lock
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.section_view import Actor
from appraise.use_cases.transactions import committed


def change_cycle(  # noqa: PLR0913  # who does what to which cycle, as they saw it, with which facts, and when
    deployment: Deployment,
    principal: Principal,
    cycle_id: CycleId,
    step: Callable[[Session, Cycle], Cycle | Refusal],
    *,
    action: str,
    expected_state: CycleState,
    facts: Iterable[tuple[str, str]] = (),
    at: datetime,
) -> Cycle | Refusal:
    """Carry out `step`. A repeated request finds another state than it expects, and changes nothing.

    Raises `Forbidden`, `NotFound`.
    """
    if not may_administer(principal):
        raise Forbidden("cycles are for HR administrators")

    def work(session: Session) -> Cycle | Refusal:
        lock(session, f"cycle:{cycle_id}")
        before = cycles.get(session, cycle_id)
        if before.state is not expected_state:
            found = f"the cycle is {before.state} by now, not {expected_state}; look at it again"
            return Refusal("VERSION_CONFLICT", found, "expectedState")
        after = step(session, before)
        if isinstance(after, Refusal):
            return after
        cycles.save(session, after)
        actor = Actor.of(principal)
        if after.state is not before.state:
            told = {"cycleId": encoded(Kind.CYCLE, cycle_id), "state": after.state.value}
            told["stateBefore"] = before.state.value
            outbox.append(session, Notice.CYCLE_STATE_CHANGED, cycle_id, facts=told, at=at)
        details = [*actor.facts, ("state", after.state.value), *facts]
        audit.append(
            session, at=at, actor=actor.id, action=f"cycle.{action}", subject=f"cycle:{cycle_id}", details=details
        )
        return after

    return committed(deployment, work)
