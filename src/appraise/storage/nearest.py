"""With which job, manager and department an employee is shown on a day, as parts of statements about employees."""

from typing import Any, Final

from sqlalchemy import ColumnElement, Date, FromClause, ScalarSelect, Select, bindparam, case, select

from appraise.domain.employees import ReportingKind
from appraise.storage.access import covers
from appraise.storage.tables import DEPARTMENTS, EMPLOYEES, EMPLOYMENTS, REPORTING_LINES

ON: Final = bindparam("on", type_=Date)
"""The day shown."""


def nearest_job() -> ScalarSelect[Any]:
    """The job held on the day; else the one that ended last before it; else the first one after it."""
    job = EMPLOYMENTS.alias()
    return _nearest(select(job.c.id), job).scalar_subquery()


def nearest_job_row() -> FromClause:
    """The same with its columns, for PostgreSQL, which so looks it up once and not twice."""
    job = EMPLOYMENTS.alias()
    shown = job.c.status, job.c.starts_on, job.c.ends_on, job.c.ended_as, job.c.job_title, job.c.department
    return _nearest(select(*shown), job).lateral("job")


def _nearest(statement: Select[Any], job: Any) -> Select[Any]:
    nearness = case((covers(job, ON), 0), (job.c.ends_on <= ON, 1), else_=2)
    last_end = case((job.c.ends_on <= ON, job.c.ends_on))
    statement = statement.where(job.c.employee_id == EMPLOYEES.c.id)
    return statement.order_by(nearness, last_end.desc(), job.c.starts_on, job.c.id).limit(1)


def solid_line() -> ScalarSelect[Any]:
    line = REPORTING_LINES.alias()
    return _solid_lines(select(line.c.id), line).scalar_subquery()


def _solid_lines(statement: Select[Any], line: Any) -> Select[Any]:
    """The one that an employee is shown with."""
    is_meant = (line.c.employee_id == EMPLOYEES.c.id, line.c.kind == ReportingKind.SOLID.value)
    statement = statement.where(*is_meant, line.c.manager_id.is_not(None), covers(line, ON))
    return statement.order_by(line.c.manager_id).limit(1)


def manager_name() -> ScalarSelect[Any]:
    """Of whom an employee reports to on the day."""
    line, manager = REPORTING_LINES.alias(), EMPLOYEES.alias()
    statement = _solid_lines(select(manager.c.display_name).join(line, line.c.manager_id == manager.c.id), line)
    return statement.scalar_subquery()


def department_name(code: ColumnElement[Any]) -> ScalarSelect[Any]:
    department = DEPARTMENTS.alias()
    return _departments(select(department.c.name), department, code).scalar_subquery()


def nearest_department(code: ColumnElement[Any]) -> ScalarSelect[Any]:
    department = DEPARTMENTS.alias()
    return _departments(select(department.c.id), department, code).scalar_subquery()


def _departments(statement: Select[Any], department: Any, code: ColumnElement[Any]) -> Select[Any]:
    nearness = case((covers(department, ON), 0), else_=1)
    statement = statement.where(department.c.code == code)
    return statement.order_by(nearness, department.c.starts_on.desc(), department.c.id).limit(1)
