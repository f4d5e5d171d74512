"""Forget the protected attributes of one employee, or of everybody."""

from datetime import datetime

from appraise.domain.access import Principal, may_administer
from appraise.domain.identifiers import EmployeeId
from appraise.errors import Forbidden
from appraise.storage import audit, fairness
from appraise.storage.database import Session
from appraise.storage.protected import ProtectedStore
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.section_view import Actor
from appraise.use_cases.transactions import committed


def erase_protected_attributes(
    deployment: Deployment, store: ProtectedStore, principal: Principal, employee: EmployeeId | None, *, at: datetime
) -> int:
    """The number of categories erased; `employee` None means everybody's, with the verdicts that were published.

    Erasing again erases nothing.

    Raises `Forbidden` unless an HR administrator asks, `NotFound` where nothing was ever imported.
    """
    if not may_administer(principal):
        raise Forbidden("only HR administrators may erase protected attributes")
    erased = store.erase(employee)
    actor = Actor.of(principal)

    def record(session: Session) -> None:
        if employee is None:
            fairness.forget(session)
        subject = "protected attributes" if employee is None else f"employee:{employee}"
        details = [*actor.facts, ("categories", str(erased))]
        audit.append(session, at=at, actor=actor.id, action="protected.erase", subject=subject, details=details)

    committed(deployment, record)
    return erased
