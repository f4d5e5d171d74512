"""What an import of people reads and writes: identities and effective-dated timelines of one source."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, TypeVar

import orjson
from sqlalchemy import Table, bindparam, delete, func, insert, select, text, union, update

from appraise.domain.employees import Employee, EmploymentStatus, ExternalReference, ReportingKind
from appraise.domain.identifiers import EmployeeId
from appraise.domain.periods import Period
from appraise.domain.timelines import Segment, Timeline, ordered
from appraise.storage.database import BATCH, Session
from appraise.storage.identifiers import new_id
from appraise.storage.tables import (
    AUDIT_LOG,
    DEPARTMENTS,
    EMPLOYEES,
    EMPLOYMENTS,
    EXTERNAL_REFERENCES,
    REPORTING_LINES,
)

V = TypeVar("V")
Owner = TypeVar("Owner", bound=str)

NOT_UNIQUE: Final = frozenset({"email", "name"})
"""Namespaces of attributes that people share or change; all others are ids."""

IMPORTED: Final = "people.import"
"""What the audit log calls an import of people."""

AT_ONCE: Final = 5_000
"""Rows of one document."""


@dataclass(frozen=True, slots=True)
class Job:
    status: EmploymentStatus
    job_title: str | None
    department: str | None
    attributes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DepartmentFacts:
    name: str
    parent: str | None = None


Manager = EmployeeId | ExternalReference
"""Who somebody reports to: an employee, or, while nobody is known by it, the reference that waits."""


def references(session: Session) -> dict[ExternalReference, tuple[EmployeeId, ...]]:
    """Every normalised reference and whom it names."""
    table = EXTERNAL_REFERENCES.c
    found: dict[ExternalReference, list[EmployeeId]] = defaultdict(list)
    statement = select(table.namespace, table.normalised, table.employee_id).order_by(table.employee_id)
    for namespace, value, employee in session.execute(statement):
        found[ExternalReference(namespace, value)].append(EmployeeId(employee))
    return {reference: tuple(employees) for reference, employees in found.items()}


def newest_look(session: Session, source: str) -> date | None:
    """The latest day that an imported export of a source showed, as the audit log has it."""
    table = AUDIT_LOG.c
    statement = select(table.details).where(table.subject == subject_of(source), table.action == IMPORTED)
    return max((date.fromisoformat(dict(details)["as_of"]) for (details,) in session.execute(statement)), default=None)


def sources(session: Session) -> list[str]:
    """Those of which an export of people was imported."""
    table = AUDIT_LOG.c
    subjects = session.execute(select(table.subject).where(table.action == IMPORTED).distinct()).scalars()
    return sorted(subject.removeprefix("source:") for subject in subjects)


def told_of(session: Session, source: str) -> int:
    """Of how many people the source tells: a job, a manager, or at least an id of its own."""
    own = EXTERNAL_REFERENCES.c.namespace
    told = union(
        *(select(table.c.employee_id).where(table.c.source == source) for table in (EMPLOYMENTS, REPORTING_LINES)),
        select(EXTERNAL_REFERENCES.c.employee_id).where(own > f"{source}:", own < f"{source};"),  # what follows `:`
    )
    return int(session.execute(select(func.count()).select_from(told.subquery())).scalar_one())


def subject_of(source: str) -> str:
    return f"source:{source}"


def employees(session: Session) -> dict[EmployeeId, Employee]:
    """All employees, without their references."""
    table = EMPLOYEES.c
    rows = session.execute(select(table.id, table.display_name, table.email))
    return {EmployeeId(row.id): Employee(EmployeeId(row.id), row.display_name, row.email) for row in rows}


def jobs(session: Session, source: str) -> dict[EmployeeId, Timeline[Job]]:
    table = EMPLOYMENTS.c
    rows = session.execute(select(EMPLOYMENTS).where(table.source == source).order_by(table.starts_on, table.id))
    return _timelines(
        rows,
        owner=lambda row: EmployeeId(row.employee_id),
        value=lambda row: Job(
            EmploymentStatus(row.status), row.job_title, row.department, tuple(map(tuple, row.attributes))
        ),
    )


def lines(session: Session, source: str, kind: ReportingKind) -> dict[EmployeeId, Timeline[Manager]]:
    table = REPORTING_LINES.c
    statement = select(REPORTING_LINES).where(table.source == source, table.kind == kind)
    rows = session.execute(statement.order_by(table.starts_on, table.id))
    return _timelines(rows, owner=lambda row: EmployeeId(row.employee_id), value=_manager)


def waiting(session: Session) -> list[tuple[str, ReportingKind]]:
    """Sources and kinds of line that have lines whose manager nobody was known by."""
    table = REPORTING_LINES.c
    statement = select(table.source, table.kind).where(table.manager_id.is_(None)).distinct()
    return [(source, ReportingKind(kind)) for source, kind in session.execute(statement.order_by("source", "kind"))]


def departments(session: Session, source: str) -> dict[str, Timeline[DepartmentFacts]]:
    table = DEPARTMENTS.c
    rows = session.execute(select(DEPARTMENTS).where(table.source == source).order_by(table.starts_on, table.id))
    return _timelines(rows, owner=lambda row: str(row.code), value=lambda row: DepartmentFacts(row.name, row.parent))


def add_employees(session: Session, new: Iterable[Employee], *, at: datetime) -> None:
    _insert(session, EMPLOYEES, [{**_attributes(employee), "created_at": at} for employee in new])


def change_employees(session: Session, changed: Iterable[Employee]) -> None:
    _update(session, EMPLOYEES, [_attributes(employee) for employee in changed])


def add_references(session: Session, new: Iterable[tuple[EmployeeId, ExternalReference]]) -> None:
    _insert(
        session,
        EXTERNAL_REFERENCES,
        [
            {
                "employee_id": employee,
                "namespace": reference.namespace,
                "normalised": reference.normalised().value,
                "value": reference.value,
            }
            for employee, reference in new
        ],
    )


def save_jobs(
    session: Session,
    source: str,
    *,
    before: Mapping[EmployeeId, Timeline[Job]],
    after: Mapping[EmployeeId, Timeline[Job]],
) -> None:
    def columns(employee: EmployeeId, segment: Segment[Job]) -> dict[str, Any]:
        job = segment.value
        return {
            "employee_id": employee,
            "source": source,
            "status": job.status.value,
            "ended_as": segment.ended_as,
            "job_title": job.job_title,
            "department": job.department,
            "attributes": [list(pair) for pair in job.attributes],
        }

    _save(session, EMPLOYMENTS, before, after, columns)


def save_lines(
    session: Session,
    source: str,
    kind: ReportingKind,
    *,
    before: Mapping[EmployeeId, Timeline[Manager]],
    after: Mapping[EmployeeId, Timeline[Manager]],
) -> None:
    def columns(employee: EmployeeId, segment: Segment[Manager]) -> dict[str, Any]:
        waiting = segment.value if isinstance(segment.value, ExternalReference) else None
        return {
            "employee_id": employee,
            "source": source,
            "kind": kind.value,
            "manager_id": segment.value if waiting is None else None,
            "reference_namespace": None if waiting is None else waiting.namespace,
            "reference_value": None if waiting is None else waiting.value,
        }

    _save(session, REPORTING_LINES, before, after, columns)


def save_departments(
    session: Session,
    source: str,
    *,
    before: Mapping[str, Timeline[DepartmentFacts]],
    after: Mapping[str, Timeline[DepartmentFacts]],
) -> None:
    def columns(code: str, segment: Segment[DepartmentFacts]) -> dict[str, Any]:
        return {"source": source, "code": code, "name": segment.value.name, "parent": segment.value.parent}

    _save(session, DEPARTMENTS, before, after, columns)


def _attributes(employee: Employee) -> dict[str, Any]:
    sort_name = employee.display_name.casefold()
    return {
        "id": employee.id,
        "display_name": employee.display_name,
        "sort_name": sort_name,
        "search_text": f"{sort_name} {(employee.email or '').casefold()}".strip(),
        "email": employee.email,
    }


def _manager(row: Any) -> Manager:
    if row.manager_id is not None:
        return EmployeeId(row.manager_id)
    return ExternalReference(row.reference_namespace, row.reference_value)


def _timelines(
    rows: Iterable[Any], *, owner: Callable[[Any], Owner], value: Callable[[Any], V]
) -> dict[Owner, Timeline[V]]:
    found: dict[Owner, list[Segment[V]]] = defaultdict(list)
    for row in rows:
        ended_as = getattr(row, "ended_as", None)
        found[owner(row)].append(Segment(Period(row.starts_on, row.ends_on), value(row), ended_as, row.id))
    return {name: ordered(segments) for name, segments in found.items()}


def _save(
    session: Session,
    table: Table,
    before: Mapping[Owner, Timeline[V]],
    after: Mapping[Owner, Timeline[V]],
    columns: Callable[[Owner, Segment[V]], dict[str, Any]],
) -> None:
    """Write what differs. Removals go first: an open line must be closed before the next one opens."""
    gone: list[str] = []
    changed: list[dict[str, Any]] = []
    new: list[dict[str, Any]] = []
    for owner, timeline in after.items():
        old = {segment.row: segment for segment in before.get(owner, ())}
        for segment in timeline:
            period = {"starts_on": segment.period.start, "ends_on": segment.period.end}
            if segment.row is None:
                new.append({"id": new_id(), **columns(owner, segment), **period})
            elif old.pop(segment.row) != segment:
                changed.append({"id": segment.row, **columns(owner, segment), **period})
        gone += [row for row in old if row is not None]
    for start in range(0, len(gone), BATCH):
        session.execute(delete(table).where(table.c.id.in_(gone[start : start + BATCH])))
    _update(session, table, changed)
    _insert(session, table, new)


def _insert(session: Session, table: Table, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    if session.dialect.name == "sqlite":
        session.execute(insert(table), rows)
        return
    names = ", ".join(rows[0])
    _at_once(session, table, f"INSERT INTO {table.name} ({names}) SELECT {names} FROM", "", rows)  # names of ours


def _update(session: Session, table: Table, rows: list[dict[str, Any]]) -> None:
    """By id. Rows have the same columns."""
    if not rows:
        return
    names = [name for name in rows[0] if name != "id"]
    if session.dialect.name == "sqlite":
        statement = update(table).where(table.c.id == bindparam("old_id"))
        statement = statement.values({name: bindparam(f"new_{name}") for name in names})
        given = [{"old_id": row["id"], **{f"new_{name}": row[name] for name in names}} for row in rows]
        session.execute(statement, given)
        return
    values = ", ".join(f"{name} = new.{name}" for name in names)
    _at_once(session, table, f"UPDATE {table.name} SET {values} FROM", f"WHERE {table.name}.id = new.id", rows)  # noqa: S608  # names of ours


def _at_once(session: Session, table: Table, start: str, end: str, rows: list[dict[str, Any]]) -> None:
    """A statement for PostgreSQL over many rows: it would else send and plan each of them alone."""
    statement = text(f"{start} json_populate_recordset(NULL::{table.name}, :rows) AS new {end}")
    for first in range(0, len(rows), AT_ONCE):
        session.execute(statement, {"rows": orjson.dumps(rows[first : first + AT_ONCE]).decode()})
