"""Give an employee a hat: HR administrator, executive or auditor."""

from datetime import datetime

from appraise.domain.access import Role
from appraise.domain.identifiers import EmployeeId
from appraise.errors import InvalidInput, NotFound
from appraise.storage import audit, tokens
from appraise.storage.database import Session, lock
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.transactions import committed


def grant_role(deployment: Deployment, employee: EmployeeId, role: Role, *, at: datetime, by: str) -> None:
    """Granting again changes nothing. Raises `NotFound`, and `InvalidInput` for the role of services."""
    if role is Role.SERVICE:
        raise InvalidInput("an employee cannot be a service", hint="mint a token with this role instead")

    def work(session: Session) -> None:
        lock(session, "roles")
        if tokens.name_of(session, employee) is None:
            raise NotFound("there is no such employee")
        if role in tokens.roles_of(session, employee):
            return
        tokens.grant(session, employee, role, at=at, by=by)
        details = [("role", role.value)]
        audit.append(session, at=at, actor=by, action="role.grant", subject=f"employee:{employee}", details=details)

    committed(deployment, work)
