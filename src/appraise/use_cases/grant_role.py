"""Give an employee a hat: HR administrator, executive or auditor."""

from collections.abc import Sequence
from datetime import datetime

from appraise.domain.access import Role
from appraise.domain.identifiers import EmployeeId
from appraise.errors import InvalidInput, NotFound
from appraise.storage import audit, role_grants, tokens
from appraise.storage.database import Session, lock
from appraise.storage.role_grants import RoleGrant
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.transactions import committed


def grant_role(
    deployment: Deployment,
    employee: EmployeeId,
    role: Role,
    *,
    at: datetime,
    by: str,
    facts: Sequence[tuple[str, str]] = (),
) -> RoleGrant:
    """Granting again changes nothing; `facts` say in the audit log who `by` is.

    Raises `NotFound`, and `InvalidInput` for the role of services.
    """
    if role is Role.SERVICE:
        raise InvalidInput("an employee cannot be a service", hint="mint a token with this role instead")

    def work(session: Session) -> RoleGrant:
        lock(session, role_grants.LOCK)
        if tokens.name_of(session, employee) is None:
            raise NotFound("there is no such employee")
        known = role_grants.get(session, employee, role)
        if known is not None:
            return known
        tokens.grant(session, employee, role, at=at, by=by)
        about = f"employee:{employee}"
        details = [*facts, ("role", role.value)]
        audit.append(session, at=at, actor=by, action="role.grant", subject=about, details=details)
        return role_grants.found(session, employee, role)

    return committed(deployment, work)
