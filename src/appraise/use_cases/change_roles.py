"""Grant roles to employees and take them away, as HR administrators do it through the API; and who has which."""

from datetime import datetime

from appraise.domain.access import GRANTED, Principal, Role, may_change_roles_of, may_grant_roles
from appraise.domain.identifiers import EmployeeId
from appraise.domain.sections import Refusal
from appraise.errors import Forbidden
from appraise.storage import role_grants
from appraise.storage.role_grants import RoleGrant
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.grant_role import grant_role
from appraise.use_cases.list_roles import list_roles
from appraise.use_cases.revoke_role import revoke_role
from appraise.use_cases.section_view import Actor


def list_role_grants(deployment: Deployment, principal: Principal, role: Role | None = None) -> list[RoleGrant]:
    """As `list_roles`. Raises `Forbidden`."""
    _check(principal)
    return list_roles(deployment, role)


def get_role_grant(deployment: Deployment, principal: Principal, employee: EmployeeId, role: Role) -> RoleGrant:
    """Raises `Forbidden` and `NotFound`."""
    _check(principal)
    with deployment.database.reading() as session:
        return role_grants.found(session, employee, role)


def grant_role_by(
    deployment: Deployment, principal: Principal, employee: EmployeeId, role: Role, *, at: datetime
) -> RoleGrant | Refusal:
    """As `grant_role`, by whoever may. Raises `Forbidden`, too."""
    refusal, actor = _refusal(principal, employee, role), Actor.of(principal)
    return refusal or grant_role(deployment, employee, role, at=at, by=actor.id, facts=actor.facts)


def revoke_role_by(
    deployment: Deployment, principal: Principal, employee: EmployeeId, role: Role, *, at: datetime
) -> RoleGrant | Refusal:
    """As `revoke_role`, by whoever may. Raises `Forbidden`, too."""
    refusal, actor = _refusal(principal, employee, role), Actor.of(principal)
    return refusal or revoke_role(deployment, employee, role, at=at, by=actor.id, facts=actor.facts)


def _refusal(principal: Principal, employee: EmployeeId, role: Role) -> Refusal | None:
    _check(principal)
    if role not in GRANTED:
        return Refusal("NOT_GRANTED", "services have tokens with scopes; no employee is one", "role")
    if not may_change_roles_of(principal, employee):
        return Refusal("OWN_ROLE", "nobody changes their own roles; another HR administrator does it", "employee")
    return None


def _check(principal: Principal) -> None:
    if not may_grant_roles(principal):
        raise Forbidden("roles are granted by HR administrators", hint="ask one of them")
