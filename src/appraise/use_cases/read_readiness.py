"""Who is missing from a cycle and why, for HR administrators and auditors."""

from datetime import datetime

from appraise.domain.access import Principal, may_administer, may_read_audit
from appraise.domain.cycle_steps import advance, next_state
from appraise.domain.cycles import CycleState
from appraise.domain.identifiers import CycleId
from appraise.domain.readiness import Readiness, readiness
from appraise.domain.section_states import SectionState
from appraise.domain.sections import Refusal
from appraise.errors import Forbidden
from appraise.storage import cycles, people
from appraise.storage import readiness as records
from appraise.use_cases.deployment import Deployment


def read_readiness(deployment: Deployment, principal: Principal, cycle: CycleId, *, at: datetime) -> Readiness:
    """As of the day of `at`. Raises `Forbidden`, `NotFound`."""
    _check(principal)
    with deployment.database.reading() as session:
        return readiness(
            people.snapshot(session),
            cycles.get(session, cycle).period,
            records.section_facts(session, cycle),
            waiting=records.waiting_managers(session, on=at.date()),
            on=at.date(),
        )


def count_by_state(deployment: Deployment, principal: Principal, cycle: CycleId) -> dict[SectionState, int]:
    """How many sections of a cycle stand where. Raises `Forbidden`."""
    _check(principal)
    with deployment.database.reading() as session:
        return records.section_counts(session, cycle)


def next_stage(deployment: Deployment, principal: Principal, cycle: CycleId) -> tuple[CycleState, str | None] | None:
    """The stage that follows and what stands in the way of it, in a sentence; None at the end. Raises as above."""
    _check(principal)
    with deployment.database.reading() as session:
        known = cycles.get(session, cycle)
        following = next_state(known)
        if following is None:
            return None
        outcome = advance(known, records.section_counts(session, cycle))
    return following, outcome.message if isinstance(outcome, Refusal) else None


def _check(principal: Principal) -> None:
    if not (may_administer(principal) or may_read_audit(principal)):
        raise Forbidden("who is missing from a cycle is for HR administrators and auditors")
