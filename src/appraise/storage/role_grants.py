"""Roles that were granted to employees, by whom and when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, select

from appraise.domain.access import Role
from appraise.domain.identifiers import EmployeeId
from appraise.storage.database import Session
from appraise.storage.tables import EMPLOYEES, ROLE_GRANTS


@dataclass(frozen=True, slots=True)
class RoleGrant:
    """`by` is an actor as in the audit log: `employee:` and an id, or what else granted it."""

    employee: EmployeeId
    name: str
    role: Role
    granted_at: datetime
    by: str


def listed(session: Session, role: Role | None = None) -> list[RoleGrant]:
    """By the employee's name, then by the role."""
    statement = _statement().order_by(EMPLOYEES.c.sort_name, EMPLOYEES.c.id, ROLE_GRANTS.c.role)
    if role is not None:
        statement = statement.where(ROLE_GRANTS.c.role == role.value)
    return [_grant(row) for row in session.execute(statement)]


def get(session: Session, employee: EmployeeId, role: Role) -> RoleGrant | None:
    row = session.execute(_statement().where(*_is(employee, role))).first()
    return None if row is None else _grant(row)


def remove(session: Session, employee: EmployeeId, role: Role) -> None:
    session.execute(delete(ROLE_GRANTS).where(*_is(employee, role)))


def _is(employee: EmployeeId, role: Role) -> tuple[Any, Any]:
    return ROLE_GRANTS.c.employee_id == employee, ROLE_GRANTS.c.role == role.value


def _statement() -> Select[Any]:
    grant = ROLE_GRANTS.c
    statement = select(grant.employee_id, EMPLOYEES.c.display_name, grant.role, grant.granted_at, grant.granted_by)
    return statement.join(EMPLOYEES, EMPLOYEES.c.id == grant.employee_id)


def _grant(row: Any) -> RoleGrant:
    return RoleGrant(EmployeeId(row.employee_id), row.display_name, Role(row.role), row.granted_at, row.granted_by)
