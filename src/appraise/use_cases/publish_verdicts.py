"""Leave verdicts about groups for the pages of HR, and read them there. Nothing here reaches protected attributes."""

from datetime import datetime

from appraise.domain.access import Principal, may_administer
from appraise.domain.fairness import FairnessVerdicts, NamedVerdicts
from appraise.errors import Forbidden
from appraise.storage import audit, fairness
from appraise.storage.database import Session
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.section_view import Actor
from appraise.use_cases.transactions import committed


def publish_verdicts(deployment: Deployment, principal: Principal, found: FairnessVerdicts, *, at: datetime) -> None:
    """In the place of what was published of the cycle. Raises `Forbidden` unless an HR administrator does it."""
    actor = _administrator(principal)

    def work(session: Session) -> None:
        fairness.save(session, found)
        details = [*actor.facts, ("attributes", ", ".join(one.attribute for one in found.attributes))]
        subject = f"cycle:{found.cycle}"
        audit.append(session, at=at, actor=actor.id, action="fairness.publish", subject=subject, details=details)

    committed(deployment, work)


def read_verdicts(deployment: Deployment, principal: Principal, *, at: datetime) -> list[NamedVerdicts]:
    """The newest cycle first; each reading leaves a line. Raises `Forbidden` unless an HR administrator asks."""
    actor = _administrator(principal)

    def work(session: Session) -> list[NamedVerdicts]:
        found = fairness.all_of_them(session)
        if found:
            details = [*actor.facts, ("cycles", ", ".join(one.cycle_name for one in found))]
            audit.append(
                session, at=at, actor=actor.id, action="fairness.read", subject="fairness verdicts", details=details
            )
        return found

    return committed(deployment, work)


def _administrator(principal: Principal) -> Actor:
    if not may_administer(principal):
        raise Forbidden("only HR administrators may read or publish verdicts about groups")
    return Actor.of(principal)
