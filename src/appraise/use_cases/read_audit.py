"""Read the audit log: all of it for HR and auditors; for everybody else who read what is kept of them."""

from collections.abc import Sequence
from datetime import datetime

from appraise.domain.access import AuditScope, Principal, audit_scope
from appraise.domain.audit import AuditEntry, AuditFilter
from appraise.domain.identifiers import EmployeeId, SectionId
from appraise.domain.reading import Page
from appraise.errors import Forbidden
from appraise.storage import audit_lines
from appraise.storage.access import Viewer
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.verify_audit import AuditVerdict, verify_audit


def list_audit(
    deployment: Deployment,
    principal: Principal,
    wanted: AuditFilter,
    *,
    at: datetime,
    first: int,
    after: str | None = None,
) -> Page[AuditEntry]:
    """The newest line first."""
    with deployment.database.reading() as session:
        return audit_lines.listed(session, Viewer(principal, at.date()), wanted, first=first, after=after)


def count_audit(deployment: Deployment, principal: Principal, wanted: AuditFilter, *, at: datetime) -> int:
    with deployment.database.reading() as session:
        return audit_lines.counted(session, Viewer(principal, at.date()), wanted)


def subjects_of_line(
    deployment: Deployment, principal: Principal, entry: AuditEntry, *, at: datetime
) -> tuple[str, ...]:
    """All that a line is about, which was read as the principal; theirs alone where they read no more."""
    with deployment.database.reading() as session:
        return audit_lines.subjects(session, Viewer(principal, at.date()), [entry])[0]


def subject_employees(deployment: Deployment, entries: Sequence[AuditEntry]) -> dict[int, EmployeeId]:
    """By sequence of a line that may be read: the one employee whom it is about, as a person or by their section."""
    subjects = {entry.sequence: entry.subject.partition(":") for entry in entries}
    wanted = {SectionId(key) for kind, _, key in subjects.values() if kind == "section"}
    with deployment.database.reading() as session:
        sections = audit_lines.employees_of(session, wanted) if wanted else {}
    people = {line: EmployeeId(key) for line, (kind, _, key) in subjects.items() if kind == "employee" and key}
    of_sections = {line: sections.get(SectionId(key)) for line, (kind, _, key) in subjects.items() if kind == "section"}
    return people | {line: employee for line, employee in of_sections.items() if employee is not None}


def check_chain(deployment: Deployment, principal: Principal) -> AuditVerdict:
    """Reads the whole log. Raises `Forbidden` for whoever does not read all of it."""
    if audit_scope(principal) is not AuditScope.EVERYTHING:
        raise Forbidden("the chain is checked by HR administrators and auditors, who read all of the log")
    return verify_audit(deployment)
