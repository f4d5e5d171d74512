"""Pages of the audit log, the newest line first, through the reader's scope."""

from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, literal, select, union_all

from appraise.domain.access import AuditScope, audit_scope
from appraise.domain.audit import AuditEntry, AuditFilter
from appraise.domain.cursors import position
from appraise.domain.identifiers import EmployeeId, SectionId
from appraise.domain.reading import Page
from appraise.domain.section_states import WITH_THE_EMPLOYEE
from appraise.errors import InvalidInput
from appraise.storage import audit_lists
from appraise.storage.access import Viewer
from appraise.storage.audit import entry_from
from appraise.storage.cursors import checked_size, page
from appraise.storage.database import Session
from appraise.storage.tables import AUDIT_LOG, SECTIONS

MOST_DIGITS: Final = 9
"""Of a sequence: a thousand million lines."""


def listed(session: Session, viewer: Viewer, wanted: AuditFilter, *, first: int, after: str | None) -> Page[AuditEntry]:
    checked_size(first)
    table = AUDIT_LOG.c
    statement = select(AUDIT_LOG).where(*_conditions(viewer, wanted)).order_by(table.sequence.desc()).limit(first + 1)
    if after is not None:
        statement = statement.where(table.sequence < _sequence(after))
    entries = [entry_from(row) for row in session.execute(statement)]
    return page(entries, first, [(str(entry.sequence),) for entry in entries])


def counted(session: Session, viewer: Viewer, wanted: AuditFilter) -> int:
    statement = select(func.count()).select_from(AUDIT_LOG).where(*_conditions(viewer, wanted))
    return int(session.execute(statement).scalar_one())


def subjects(session: Session, viewer: Viewer, entries: Sequence[AuditEntry]) -> list[tuple[str, ...]]:
    """All that each line is about; to those who read what is kept of them, no more of a list than that."""
    found = audit_lists.subjects_of(session, entries)
    me = viewer.principal.employee
    if audit_scope(viewer.principal) is AuditScope.EVERYTHING or me is None:
        return found
    own = set(session.execute(union_all(*_subjects(me))).scalars())
    return [tuple(one for one in each if one in own) for each in found]


def _conditions(viewer: Viewer, wanted: AuditFilter) -> list[ColumnElement[bool]]:
    table = AUDIT_LOG.c
    found = [_reached(viewer)]
    if wanted.subject is not None:
        found.append(table.subject.in_(audit_lists.about_one(wanted.subject)))
    if wanted.employee is not None:
        found.append(_record_of(wanted.employee))
    if wanted.actor is not None:
        found.append(table.actor == f"employee:{wanted.actor}")
    if wanted.action is not None:
        found.append(table.action == wanted.action)
    if wanted.since is not None:
        found.append(table.at >= wanted.since)
    if wanted.until is not None:
        found.append(table.at < wanted.until)
    return found


def _reached(viewer: Viewer) -> ColumnElement[bool]:
    """What `audit_scope` says, of all lines at once."""
    table, me = AUDIT_LOG.c, viewer.principal.employee
    match audit_scope(viewer.principal):
        case AuditScope.EVERYTHING if me is not None:
            return table.subject.not_in(_withheld(me)) | table.action.like("%.read") | (table.actor == f"employee:{me}")
        case AuditScope.OWN_RECORD if me is not None:
            return _record_of(me) & table.action.like("%.read") & (table.actor != f"employee:{me}")
        case _:
            return literal(value=False)


def _withheld(employee: EmployeeId) -> Select[Any]:
    """Sections of the reader whose ratings they do not read yet: lines tell who rated them, how, and why."""
    table, is_told = SECTIONS.c, SECTIONS.c.state.in_(sorted(state.value for state in WITH_THE_EMPLOYEE))
    return select(literal("section:") + table.id).where(table.employee_id == employee, ~is_told)


def withheld_from(session: Session, employee: EmployeeId) -> frozenset[str]:
    """Of which of their own sections somebody reads only who read them, as the log names them."""
    return frozenset(session.execute(_withheld(employee)).scalars())


def _record_of(employee: EmployeeId) -> ColumnElement[bool]:
    return AUDIT_LOG.c.subject.in_(audit_lists.about(*_subjects(employee)))


def _subjects(employee: EmployeeId) -> tuple[Select[Any], Select[Any]]:
    sections = select(literal("section:") + SECTIONS.c.id).where(SECTIONS.c.employee_id == employee)
    return select(literal(f"employee:{employee}")), sections


def _sequence(after: str) -> int:
    (text,) = position(after, 1)
    if not text.isdecimal() or len(text) > MOST_DIGITS:
        raise InvalidInput("the cursor is not one of the audit log", hint="use `endCursor` of the page before as it is")
    return int(text)


def employees_of(session: Session, sections: Collection[SectionId]) -> dict[SectionId, EmployeeId]:
    """Whose the sections are that readable lines name."""
    rows = session.execute(select(SECTIONS.c.id, SECTIONS.c.employee_id).where(SECTIONS.c.id.in_(sorted(sections))))
    return {SectionId(key): EmployeeId(employee) for key, employee in rows}
