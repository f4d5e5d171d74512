"""Who reports to whom and when, through the reader's scope: a line belongs to the employee who reports."""

from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select

from appraise.domain.employees import ReportingKind
from appraise.domain.identifiers import EmployeeId
from appraise.domain.periods import Period
from appraise.domain.reading import ReportingLineRow
from appraise.storage.access import Door, Viewer, covers, reached
from appraise.storage.database import Session
from appraise.storage.nearest import ON
from appraise.storage.tables import EMPLOYEES, REPORTING_LINES
from appraise.storage.tables.columns import Key


def of_employee(session: Session, viewer: Viewer, employee: EmployeeId) -> list[ReportingLineRow]:
    """All that are known, the newest first; none where the viewer does not reach the employee."""
    return list(_rows(session, _of_employee(viewer.people), {**viewer.bound, "who": employee}))


def to_manager(session: Session, viewer: Viewer, manager: EmployeeId, *, on: date) -> list[ReportingLineRow]:
    """Of the day, by the name of whoever reports, as far as the viewer reaches them."""
    return list(_rows(session, _to_manager(viewer.people), {**viewer.bound, "who": manager, "on": on}))


def _rows(session: Session, statement: Select[Any], values: dict[str, Any]) -> Iterator[ReportingLineRow]:
    for row in session.execute(statement, values):
        yield ReportingLineRow(
            employee=EmployeeId(row.employee_id),
            employee_name=row.employee_name,
            manager=None if row.manager_id is None else EmployeeId(row.manager_id),
            manager_name=row.manager_name or row.reference_value,
            kind=ReportingKind(row.kind),
            period=Period(row.starts_on, row.ends_on),
            source=row.source,
        )


@cache
def _of_employee(door: Door) -> Select[Any]:
    lines = REPORTING_LINES.c
    statement = _lines(door).where(lines.employee_id == bindparam("who", type_=Key()))
    return statement.order_by(lines.starts_on.desc(), lines.kind.desc(), lines.id)


@cache
def _to_manager(door: Door) -> Select[Any]:
    statement = _lines(door).where(REPORTING_LINES.c.manager_id == bindparam("who", type_=Key()))
    statement = statement.where(covers(REPORTING_LINES, ON))
    return statement.order_by(EMPLOYEES.c.sort_name, EMPLOYEES.c.id, REPORTING_LINES.c.kind.desc())


def _lines(door: Door) -> Select[Any]:
    lines, manager = REPORTING_LINES.c, EMPLOYEES.alias("manager")
    return (
        select(
            lines.employee_id,
            EMPLOYEES.c.display_name.label("employee_name"),
            lines.manager_id,
            manager.c.display_name.label("manager_name"),
            lines.reference_value,
            lines.kind,
            lines.starts_on,
            lines.ends_on,
            lines.source,
        )
        .join(EMPLOYEES, EMPLOYEES.c.id == lines.employee_id)
        .outerjoin(manager, manager.c.id == lines.manager_id)
        .where(reached(door, lines.employee_id))
    )
