"""Open an appraisal cycle."""

from datetime import datetime

from appraise.domain.access import Principal, may_administer
from appraise.domain.cycles import Cycle, CycleRules, CycleState
from appraise.domain.employees import ExternalReference
from appraise.domain.identifiers import CycleId
from appraise.domain.periods import Period
from appraise.errors import Conflict, Forbidden, InvalidInput
from appraise.storage import audit, cycles
from appraise.storage.database import Session, lock
from appraise.storage.identifiers import new_id
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.section_view import OPERATOR, Actor
from appraise.use_cases.transactions import committed


class NameTaken(Conflict):
    """Another cycle is called so."""


def open_cycle(  # noqa: PLR0913  # what a cycle is, and by whom and when it is made
    deployment: Deployment,
    name: str,
    period: Period,
    *,
    state: CycleState = CycleState.OPEN,
    rules: CycleRules = CycleRules(),  # noqa: B008  # frozen
    reference: ExternalReference | None = None,
    by: Principal | None = None,
    at: datetime,
) -> Cycle:
    """A cycle in `state`, PLANNED or OPEN. `by` is None where whoever runs the deployment does it.

    `reference` is its id in the HR system.

    Raises `Forbidden` where `by` is no HR administrator, `NameTaken` where a cycle of this name exists,
    `InvalidInput` for a blank name, a blank id or an open end.
    """
    if by is not None and not may_administer(by):
        raise Forbidden("cycles are for HR administrators")
    if not name.strip():
        raise InvalidInput("the cycle has no name", hint='give it one that people will recognise, e.g. "2026"')
    if period.end is None:
        raise InvalidInput("the cycle has no end", expected="the first day that no longer belongs to it")
    if reference is not None and not (reference.namespace.strip() and reference.value.strip()):
        raise InvalidInput(
            "the cycle's id in the HR system is blank", hint="give the namespace and the id, or leave both out"
        )
    cycle = Cycle(CycleId(new_id()), name.strip(), period, reference, state, rules)

    def work(session: Session) -> Cycle:
        lock(session, "cycles")
        known = cycles.named(session, cycle.name)
        if known is not None:
            raise NameTaken(
                f"there is a cycle {known.name!r} already, from {known.period.start} to {known.period.end}",
                hint="use it, or choose another name",
            )
        cycles.add(session, cycle, at=at)
        actor = OPERATOR if by is None else Actor.of(by)
        details = [*actor.facts, ("cycle", cycle.name), ("period", str(period)), ("state", state.value)]
        if reference is not None:
            details.append(("reference", f"{reference.namespace}={reference.value}"))
        audit.append(session, at=at, actor=actor.id, action="cycle.open", subject=f"cycle:{cycle.id}", details=details)
        return cycle

    return committed(deployment, work)
