"""Take a hat from an employee."""

from collections.abc import Sequence
from datetime import datetime

from appraise.domain.access import Role, may_sign_in
from appraise.domain.identifiers import EmployeeId
from appraise.domain.sections import Refusal
from appraise.storage import audit, people, role_grants
from appraise.storage.database import Session, lock
from appraise.storage.role_grants import RoleGrant
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.transactions import committed


def revoke_role(
    deployment: Deployment,
    employee: EmployeeId,
    role: Role,
    *,
    at: datetime,
    by: str,
    facts: Sequence[tuple[str, str]] = (),
) -> RoleGrant | Refusal:
    """What was taken away; it ends with the next request. `facts` say in the audit log who `by` is.

    Refused for the last HR administrator who may sign in: nobody could grant anything any more in the API. Raises
    `NotFound` where it was not granted.
    """

    def work(session: Session) -> RoleGrant | Refusal:
        lock(session, role_grants.LOCK)
        known = role_grants.found(session, employee, role)
        if role is Role.HR_ADMINISTRATOR and not _is_another(session, employee, at=at):
            sentence = "nobody else is HR administrator and may sign in; grant the role to somebody first"
            return Refusal("LAST_ADMINISTRATOR", sentence, "employee")
        role_grants.remove(session, employee, role)
        about = f"employee:{employee}"
        details = [*facts, ("role", role.value)]
        audit.append(session, at=at, actor=by, action="role.revoke", subject=about, details=details)
        return known

    return committed(deployment, work)


def _is_another(session: Session, employee: EmployeeId, *, at: datetime) -> bool:
    others = (one.employee for one in role_grants.listed(session, Role.HR_ADMINISTRATOR) if one.employee != employee)
    return any(may_sign_in(people.status_of(session, other, on=at.date())) for other in others)
