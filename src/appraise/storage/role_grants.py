"""Roles that were granted to employees, by whom and when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, delete, func, literal, select

from appraise.domain.access import Role
from appraise.domain.identifiers import EmployeeId
from appraise.errors import NotFound
from appraise.storage.database import Session
from appraise.storage.tables import EMPLOYEES, ROLE_GRANTS

LOCK: Final = "roles"
"""Of whoever changes them, until their transaction ends."""


@dataclass(frozen=True, slots=True)
class RoleGrant:
    """`by` is an actor as in the audit log, `employee:` and an id or what else granted it, and `by_name` for people."""

    employee: EmployeeId
    name: str
    role: Role
    granted_at: datetime
    by: str
    by_name: str


def listed(session: Session, role: Role | None = None) -> list[RoleGrant]:
    """By the employee's name, then by the role."""
    statement = _statement().order_by(EMPLOYEES.c.sort_name, EMPLOYEES.c.id, ROLE_GRANTS.c.role)
    if role is not None:
        statement = statement.where(ROLE_GRANTS.c.role == role.value)
    return [_grant(row) for row in session.execute(statement)]


def get(session: Session, employee: EmployeeId, role: Role) -> RoleGrant | None:
    row = session.execute(_statement().where(*_is(employee, role))).first()
    return None if row is None else _grant(row)


def found(session: Session, employee: EmployeeId, role: Role) -> RoleGrant:
    """As `get`. Raises `NotFound` where it was not granted."""
    known = get(session, employee, role)
    if known is None:
        raise NotFound("this employee was not granted this role", hint="`roleGrants` lists what was")
    return known


def remove(session: Session, employee: EmployeeId, role: Role) -> None:
    session.execute(delete(ROLE_GRANTS).where(*_is(employee, role)))


def _is(employee: EmployeeId, role: Role) -> tuple[Any, Any]:
    return ROLE_GRANTS.c.employee_id == employee, ROLE_GRANTS.c.role == role.value


def _statement() -> Select[Any]:
    grant, granter = ROLE_GRANTS.c, EMPLOYEES.alias("granter")
    statement = select(grant.employee_id, EMPLOYEES.c.display_name, grant.role, grant.granted_at, grant.granted_by)
    return (
        statement.add_columns(func.coalesce(granter.c.display_name, grant.granted_by).label("by_name"))
        .join(EMPLOYEES, EMPLOYEES.c.id == grant.employee_id)
        .outerjoin(granter, literal("employee:") + granter.c.id == grant.granted_by)
    )


def _grant(row: Any) -> RoleGrant:
    employee, role = EmployeeId(row.employee_id), Role(row.role)
    return RoleGrant(employee, row.display_name, role, row.granted_at, row.granted_by, row.by_name)
