"""Open an appraisal cycle."""

from datetime import datetime

from appraise.domain.cycles import Cycle
from appraise.domain.identifiers import CycleId
from appraise.domain.periods import Period
from appraise.errors import Conflict, InvalidInput
from appraise.storage import audit, cycles
from appraise.storage.database import Session, lock
from appraise.storage.identifiers import new_id
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.transactions import committed


def open_cycle(deployment: Deployment, name: str, period: Period, *, at: datetime) -> Cycle:
    """Raises `Conflict` where a cycle of this name exists, `InvalidInput` for a blank name or an open end."""
    if not name.strip():
        raise InvalidInput("the cycle has no name", hint='give it one that people will recognise, e.g. "2026"')
    if period.end is None:
        raise InvalidInput("the cycle has no end", expected="the first day that no longer belongs to it")
    cycle = Cycle(CycleId(new_id()), name.strip(), period)

    def work(session: Session) -> Cycle:
        lock(session, "cycles")
        known = cycles.named(session, cycle.name)
        if known is not None:
            raise Conflict(
                f"there is a cycle {known.name!r} already, from {known.period.start} to {known.period.end}",
                hint="use it, or choose another name",
            )
        cycles.add(session, cycle, at=at)
        details = [("name", cycle.name), ("period", str(period))]
        audit.append(
            session, at=at, actor="operator", action="cycle.open", subject=f"cycle:{cycle.id}", details=details
        )
        return cycle

    return committed(deployment, work)
