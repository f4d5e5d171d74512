"""Grant roles to employees and take them away, as HR administrators do it through the API; and who has which."""

from datetime import datetime

from appraise.domain.access import GRANTED, Principal, Role, may_change_roles_of, may_grant_roles, may_sign_in
from appraise.domain.identifiers import EmployeeId
from appraise.domain.sections import Refusal
from appraise.errors import Forbidden, NotFound
from appraise.storage import audit, people, role_grants, tokens
from appraise.storage.database import Session, lock
from appraise.storage.role_grants import RoleGrant
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.section_view import Actor
from appraise.use_cases.transactions import committed


def list_role_grants(deployment: Deployment, principal: Principal, role: Role | None = None) -> list[RoleGrant]:
    """By the employee's name; those by an identity provider's claim are not among them. Raises `Forbidden`."""
    _check(principal)
    with deployment.database.reading() as session:
        return role_grants.listed(session, role)


def get_role_grant(deployment: Deployment, principal: Principal, employee: EmployeeId, role: Role) -> RoleGrant:
    """Raises `Forbidden` and `NotFound`."""
    _check(principal)
    with deployment.database.reading() as session:
        return _found(session, employee, role)


def grant_role_by(
    deployment: Deployment, principal: Principal, employee: EmployeeId, role: Role, *, at: datetime
) -> RoleGrant | Refusal:
    """Granting again changes nothing. Raises `Forbidden`, and `NotFound` for an unknown employee."""
    refusal = _refusal(principal, employee, role)
    if refusal is not None:
        return refusal

    def work(session: Session) -> RoleGrant:
        lock(session, "roles")
        if tokens.name_of(session, employee) is None:
            raise NotFound("there is no such employee")
        if role not in tokens.roles_of(session, employee):
            actor = Actor.of(principal)
            tokens.grant(session, employee, role, at=at, by=actor.id)
            details = [*actor.facts, ("role", role.value)]
            about = f"employee:{employee}"
            audit.append(session, at=at, actor=actor.id, action="role.grant", subject=about, details=details)
        return _found(session, employee, role)

    return committed(deployment, work)


def revoke_role(
    deployment: Deployment, principal: Principal, employee: EmployeeId, role: Role, *, at: datetime
) -> RoleGrant | Refusal:
    """What was taken away; it ends with the next request. Raises `Forbidden`, and `NotFound` where it was not granted.

    Refused for the last HR administrator who may sign in: nobody could grant anything any more.
    """
    refusal = _refusal(principal, employee, role)
    if refusal is not None:
        return refusal

    def work(session: Session) -> RoleGrant | Refusal:
        lock(session, "roles")
        known = _found(session, employee, role)
        if role is Role.HR_ADMINISTRATOR and not _is_another(session, employee, at=at):
            sentence = "nobody else is HR administrator and may sign in; grant the role to somebody first"
            return Refusal("LAST_ADMINISTRATOR", sentence, "employee")
        role_grants.remove(session, employee, role)
        actor = Actor.of(principal)
        details = [*actor.facts, ("role", role.value)]
        about = f"employee:{employee}"
        audit.append(session, at=at, actor=actor.id, action="role.revoke", subject=about, details=details)
        return known

    return committed(deployment, work)


def _is_another(session: Session, employee: EmployeeId, *, at: datetime) -> bool:
    others = (one.employee for one in role_grants.listed(session, Role.HR_ADMINISTRATOR) if one.employee != employee)
    return any(may_sign_in(people.status_of(session, other, on=at.date())) for other in others)


def _refusal(principal: Principal, employee: EmployeeId, role: Role) -> Refusal | None:
    _check(principal)
    if role not in GRANTED:
        return Refusal("NOT_GRANTED", "services have tokens with scopes; no employee is one", "role")
    if not may_change_roles_of(principal, employee):
        return Refusal("OWN_ROLE", "nobody changes their own roles; another HR administrator does it", "employee")
    return None


def _found(session: Session, employee: EmployeeId, role: Role) -> RoleGrant:
    known = role_grants.get(session, employee, role)
    if known is None:
        raise NotFound("this employee was not granted this role", hint="`roleGrants` lists what was")
    return known


def _check(principal: Principal) -> None:
    if not may_grant_roles(principal):
        raise Forbidden("roles are granted by HR administrators", hint="ask one of them")
