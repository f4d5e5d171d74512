"""Reading people: always through the principal's scope, always as of a day."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, bindparam, cast, func, literal, select, tuple_

from appraise.domain.cursors import position
from appraise.domain.employees import (
    Department,
    Employee,
    Employment,
    EmploymentStatus,
    ExternalReference,
    ReportingKind,
    ReportingLine,
)
from appraise.domain.identifiers import EmployeeId
from appraise.domain.people import PeopleSnapshot
from appraise.domain.periods import Period
from appraise.domain.reading import Page, PeopleOrder, PersonRow
from appraise.storage.access import Door, Viewer, covers, reached
from appraise.storage.cursors import checked_size, page
from appraise.storage.database import BATCH, Session
from appraise.storage.nearest import ON, nearest_department, nearest_job, solid_line
from appraise.storage.references import references_of
from appraise.storage.tables import DEPARTMENTS, EMPLOYEES, EMPLOYMENTS, EXTERNAL_REFERENCES, REPORTING_LINES
from appraise.storage.tables.columns import Key

DEEPEST: Final = 64
ESCAPE: Final = "/"
Asked = frozenset[str]
AFTER: Final = {
    PeopleOrder.NAME: ("after_name", "after_id"),
    PeopleOrder.DEPARTMENT: ("after_department", "after_name", "after_id"),
}
"""Parameters for the parts of a cursor."""


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """`on` is the day shown; `search` is part of a name or e-mail address; `department` a department's code.

    `manager` is whom they report to in the solid line on that day.
    """

    on: date
    search: str | None = None
    department: str | None = None
    manager: EmployeeId | None = None
    order: PeopleOrder = PeopleOrder.NAME

    @property
    def bound(self) -> dict[str, Any]:
        """The parameters of statements about it: those of filters that were asked for, and the day."""
        values: dict[str, Any] = {"on": self.on}
        if self.department is not None:
            values["department"] = self.department
        if self.manager is not None:
            values["manager"] = self.manager
        if (part := search_pattern(self.search)) is not None:
            values["search"] = part
        return values

    @property
    def asked(self) -> Asked:
        return frozenset(self.bound)


def search_pattern(search: str | None) -> str | None:
    """For LIKE with `ESCAPE` on `search_text`; None where nothing is searched."""
    if search is None or not search.strip():
        return None
    part = re.sub(r"([/%_])", rf"{ESCAPE}\1", search.strip().casefold())
    return f"%{part}%"


def listed(session: Session, viewer: Viewer, wanted: PeopleFilter, *, first: int, after: str | None) -> Page[PersonRow]:
    """Who is employed on the day, in the order wanted."""
    checked_size(first)
    statement = _page(viewer.people, wanted.asked, wanted.order, is_first=after is None)
    values = {**viewer.bound, **wanted.bound, "rows": first + 1}
    if after is not None:
        names = AFTER[wanted.order]
        values |= dict(zip(names, position(after, len(names)), strict=True))
    rows = session.execute(statement, values).all()
    shown = rows[:first]
    people = _with_references(session, [_person(row, wanted.on) for row in shown])
    if wanted.order is PeopleOrder.DEPARTMENT:
        return page(people, first, [(row.department or "", row.sort_name, row.id) for row in rows])
    return page(people, first, [(row.sort_name, row.id) for row in rows])


def counted(session: Session, viewer: Viewer, wanted: PeopleFilter) -> int:
    statement = _count(viewer.people, wanted.asked)
    return int(session.execute(statement, {**viewer.bound, **wanted.bound}).scalar_one())


def by_id(session: Session, viewer: Viewer, ids: Iterable[EmployeeId], *, on: date) -> dict[EmployeeId, PersonRow]:
    """Those of `ids` whom the viewer reaches, leavers included."""
    found: dict[EmployeeId, PersonRow] = {}
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), BATCH):
        values = {**viewer.bound, "on": on, "ids": wanted[start : start + BATCH]}
        people = [_person(row, on) for row in session.execute(_with_ids(viewer.people), values)]
        found.update({person.employee.id: person for person in _with_references(session, people)})
    return found


def by_reference(session: Session, viewer: Viewer, reference: ExternalReference, *, on: date) -> list[PersonRow]:
    """All whom the viewer reaches and a source names so; names and e-mail addresses may give several."""
    normalised = reference.normalised()
    values = {**viewer.bound, "on": on, "namespace": normalised.namespace, "name": normalised.value}
    rows = session.execute(_named(viewer.people), values)
    return _with_references(session, [_person(row, on) for row in rows])


def by_references(
    session: Session, viewer: Viewer, references: Iterable[ExternalReference], *, on: date
) -> dict[ExternalReference, PersonRow]:
    """Whoever each normalised reference names, where it names one person whom the viewer reaches; leavers included."""
    table = EXTERNAL_REFERENCES.c
    by_namespace: dict[str, list[str]] = defaultdict(list)
    for reference in sorted(set(references)):
        by_namespace[reference.namespace].append(reference.value)
    named: dict[ExternalReference, set[EmployeeId]] = defaultdict(set)
    for namespace, values in by_namespace.items():
        for start in range(0, len(values), BATCH):
            is_meant = (table.namespace == namespace, table.normalised.in_(values[start : start + BATCH]))
            for value, employee in session.execute(select(table.normalised, table.employee_id).where(*is_meant)):
                named[ExternalReference(namespace, value)].add(EmployeeId(employee))
    people = by_id(session, viewer, {key for keys in named.values() for key in keys}, on=on)
    return {
        reference: people[key] for reference, keys in named.items() for key in keys if len(keys) == 1 and key in people
    }


def departments(session: Session, on: date) -> tuple[Department, ...]:
    table = DEPARTMENTS.c
    statement = select(table.code, table.name, table.parent).where(covers(DEPARTMENTS, on))
    rows = session.execute(statement.order_by(table.code, table.source))
    found: dict[str, Department] = {}
    for code, name, parent in rows:
        found.setdefault(code, Department(code, name, parent))
    return tuple(found.values())


def working_in(session: Session, department: str, *, on: date) -> list[EmployeeId]:
    """All with a job in it on the day, whoever asks: for what holds of all together, never to be listed."""
    table = EMPLOYMENTS.c
    statement = select(table.employee_id).where(table.department == department, covers(EMPLOYMENTS, on)).distinct()
    return [EmployeeId(key) for key in session.execute(statement.order_by(table.employee_id)).scalars()]


def managers_of(session: Session, employee: EmployeeId, *, on: date) -> tuple[EmployeeId, ...]:
    """The managers of `employee` in the solid line on that day, from the nearest up."""
    return managers_of_all(session, [employee], on=on)[employee]


def managers_of_all(
    session: Session, employees: Iterable[EmployeeId], *, on: date
) -> dict[EmployeeId, tuple[EmployeeId, ...]]:
    """Of each of them the managers as `managers_of` gives them."""
    wanted = sorted(set(employees))
    found: dict[str, dict[EmployeeId, None]] = {employee: {} for employee in wanted}
    for start in range(0, len(wanted), BATCH):
        for employee, manager in session.execute(_chains(), {"ids": wanted[start : start + BATCH], "on": on}):
            if manager != employee:
                found[employee][EmployeeId(manager)] = None
    return {employee: tuple(found[employee]) for employee in wanted}


def status_of(session: Session, employee: EmployeeId, *, on: date) -> EmploymentStatus:
    """UNKNOWN where no source tells of any job of theirs."""
    row = session.execute(_standing(), {"employee": employee, "on": on}).first()
    return EmploymentStatus.UNKNOWN if row is None else status_in(row, on)


def leave(session: Session, employee: EmployeeId | None = None) -> dict[EmployeeId, list[Period]]:
    """The periods in which people were or are on leave; of one of them, or of everybody."""
    table = EMPLOYMENTS.c
    away = select(table.employee_id, table.starts_on, table.ends_on).where(table.status == EmploymentStatus.LEAVE.value)
    if employee is not None:
        away = away.where(table.employee_id == employee)
    found: dict[EmployeeId, list[Period]] = defaultdict(list)
    for row in session.execute(away.order_by(table.starts_on, table.id)):
        found[EmployeeId(row.employee_id)].append(Period(row.starts_on, row.ends_on))
    return found


def employments_of(session: Session, employee: EmployeeId) -> list[Employment]:
    """The oldest first."""
    table = EMPLOYMENTS.c
    statement = select(EMPLOYMENTS).where(table.employee_id == employee).order_by(table.starts_on, table.id)
    return [_employment(row) for row in session.execute(statement)]


def snapshot(session: Session) -> PeopleSnapshot:
    """Everything known of everybody, for scoring; never shown to anybody as it is."""
    people = [
        Employee(EmployeeId(row.id), row.display_name, row.email)
        for row in session.execute(select(EMPLOYEES).order_by(EMPLOYEES.c.id))
    ]
    references = references_of(session, None)
    jobs = session.execute(
        select(EMPLOYMENTS).order_by(EMPLOYMENTS.c.employee_id, EMPLOYMENTS.c.starts_on, EMPLOYMENTS.c.id)
    )
    lines = REPORTING_LINES.c
    reports = session.execute(
        select(REPORTING_LINES)
        .where(lines.manager_id.is_not(None))
        .order_by(lines.employee_id, lines.starts_on, lines.kind, lines.manager_id)
    )
    newest = select(DEPARTMENTS).where(DEPARTMENTS.c.ends_on.is_(None)).order_by(DEPARTMENTS.c.code)
    return PeopleSnapshot(
        employees=tuple(replace(person, references=references.get(person.id, ())) for person in people),
        employments=tuple(_employment(row) for row in jobs),
        reporting_lines=tuple(
            ReportingLine(
                EmployeeId(row.employee_id),
                EmployeeId(row.manager_id),
                Period(row.starts_on, row.ends_on),
                ReportingKind(row.kind),
            )
            for row in reports
        ),
        departments=tuple(Department(row.code, row.name, row.parent) for row in session.execute(newest)),
    )


def _employment(row: Any) -> Employment:
    return Employment(
        EmployeeId(row.employee_id),
        Period(row.starts_on, row.ends_on),
        EmploymentStatus(row.status),
        row.job_title,
        row.department,
        dict(row.attributes).get("profile"),
    )


@cache
def _chains() -> Select[Any]:
    lines = REPORTING_LINES.c
    solid = (lines.kind == ReportingKind.SOLID.value, covers(REPORTING_LINES, ON), lines.manager_id.is_not(None))
    start = select(lines.employee_id.label("below"), lines.manager_id, literal(1).label("depth"))
    start = start.where(lines.employee_id.in_(bindparam("ids", expanding=True)), *solid)
    chain = start.cte("chain", recursive=True)
    higher = (
        select(chain.c.below, lines.manager_id, chain.c.depth + 1)
        .join(chain, lines.employee_id == chain.c.manager_id)
        .where(*solid, chain.c.depth < DEEPEST)
    )
    chain = chain.union(higher)
    return select(chain.c.below, chain.c.manager_id).order_by(chain.c.below, chain.c.depth, chain.c.manager_id)


@cache
def _standing() -> Select[Any]:
    job = EMPLOYMENTS.alias("job")
    statement = select(job.c.status, job.c.ended_as, job.c.starts_on, job.c.ends_on)
    statement = statement.select_from(EMPLOYEES.join(job, job.c.id == nearest_job()))
    return statement.where(EMPLOYEES.c.id == bindparam("employee", type_=Key()))


@cache
def _page(door: Door, asked: Asked, order: PeopleOrder, *, is_first: bool) -> Select[Any]:
    table, statement = EMPLOYEES.c, filtered(_people(), door, asked)
    columns: list[ColumnElement[Any]] = [table.sort_name, table.id]
    if order is PeopleOrder.DEPARTMENT:
        columns.insert(0, cast(func.coalesce(statement.selected_columns["department"], ""), Key()))
    statement = statement.order_by(*columns).limit(bindparam("rows"))
    if is_first:
        return statement
    return statement.where(tuple_(*columns) > tuple_(*(bindparam(name, type_=Key()) for name in AFTER[order])))


@cache
def _count(door: Door, asked: Asked) -> Select[Any]:
    return filtered(select(func.count()).select_from(EMPLOYEES), door, asked)


@cache
def _with_ids(door: Door) -> Select[Any]:
    return _visible(_people(), door).where(EMPLOYEES.c.id.in_(bindparam("ids", expanding=True)))


@cache
def _named(door: Door) -> Select[Any]:
    table = EXTERNAL_REFERENCES.c
    is_meant = (table.namespace == bindparam("namespace"), table.normalised == bindparam("name"))
    named = select(table.employee_id).where(*is_meant)
    return _visible(_people(), door).where(EMPLOYEES.c.id.in_(named)).order_by(EMPLOYEES.c.id)


def _people() -> Select[Any]:
    """One row per employee with the job, department and manager of the day; outside any job the nearest one."""
    job, line = EMPLOYMENTS.alias("job"), REPORTING_LINES.alias("line")
    manager, department = EMPLOYEES.alias("manager"), DEPARTMENTS.alias("department")
    tables = (
        EMPLOYEES.outerjoin(job, job.c.id == nearest_job())
        .outerjoin(department, department.c.id == nearest_department(job.c.department))
        .outerjoin(line, line.c.id == solid_line())
        .outerjoin(manager, manager.c.id == line.c.manager_id)
    )
    return select(
        EMPLOYEES.c.id,
        EMPLOYEES.c.display_name,
        EMPLOYEES.c.sort_name,
        EMPLOYEES.c.email,
        job.c.status,
        job.c.ended_as,
        job.c.starts_on,
        job.c.ends_on,
        job.c.job_title,
        job.c.department,
        job.c.attributes,
        department.c.name.label("department_name"),
        manager.c.id.label("manager_id"),
        manager.c.display_name.label("manager_name"),
    ).select_from(tables)


def _visible(statement: Select[Any], door: Door) -> Select[Any]:
    return statement.where(reached(door, EMPLOYEES.c.id))


def filtered(statement: Select[Any], door: Door, asked: Asked, job: Any = None) -> Select[Any]:
    """Who is employed on the day. `job` is the nearest one where the statement reads it anyway."""
    statement = _visible(statement, door)
    if job is not None and "department" not in asked:
        statement = statement.where(covers(job, ON))
    else:
        employed = EMPLOYMENTS.alias()
        held = select(employed.c.id).where(employed.c.employee_id == EMPLOYEES.c.id, covers(employed, ON))
        if "department" in asked:
            held = held.where(employed.c.department == bindparam("department"))
        statement = statement.where(held.exists())
    if "manager" in asked:
        line = REPORTING_LINES.alias()
        is_meant = (line.c.employee_id == EMPLOYEES.c.id, line.c.manager_id == bindparam("manager", type_=Key()))
        reports = select(line.c.id).where(*is_meant, line.c.kind == ReportingKind.SOLID.value, covers(line, ON))
        statement = statement.where(reports.exists())
    if "search" in asked:
        statement = statement.where(EMPLOYEES.c.search_text.like(bindparam("search"), escape=ESCAPE))
    return statement


def _person(row: Any, on: date) -> PersonRow:
    return PersonRow(
        employee=Employee(EmployeeId(row.id), row.display_name, row.email),
        status=status_in(row, on),
        job_title=row.job_title,
        department_code=row.department,
        department_name=row.department_name or row.department,
        level=dict(row.attributes or ()).get("level"),
        manager=None if row.manager_id is None else EmployeeId(row.manager_id),
        manager_name=row.manager_name,
        since=row.starts_on,
    )


def status_in(row: Any, on: date) -> EmploymentStatus:
    """Of a row with status, end and days of the job that is nearest to the day."""
    if row.status is None:
        return EmploymentStatus.UNKNOWN
    if on < row.starts_on:
        return EmploymentStatus.PREHIRE
    if row.ends_on is not None and row.ends_on <= on:
        return EmploymentStatus(row.ended_as or EmploymentStatus.TERMINATED)
    return EmploymentStatus(row.status)


def _with_references(session: Session, people: Sequence[PersonRow]) -> list[PersonRow]:
    if not people:
        return []
    found = references_of(session, [person.employee.id for person in people])
    return [
        replace(person, employee=replace(person.employee, references=found.get(person.employee.id, ())))
        for person in people
    ]
