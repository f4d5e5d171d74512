"""Parts of sections, and the reporting lines by which they are asked for."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import and_, delete, insert, or_, select

from appraise.domain.cycles import Cycle
from appraise.domain.employees import ReportingKind, ReportingLine
from appraise.domain.identifiers import EmployeeId, IndicatorKey, SectionId
from appraise.domain.parts import Mark, Part
from appraise.domain.periods import Period
from appraise.domain.section_states import ALLOWED, Action
from appraise.domain.sections import Section
from appraise.storage import sections
from appraise.storage.access import covers
from appraise.storage.database import Session, in_batches
from appraise.storage.tables import EMPLOYEES, REPORTING_LINES, SECTION_PARTS, SECTIONS

TABLE = SECTION_PARTS.c


def save(session: Session, part: Part) -> None:
    """In the place of the author's earlier one."""
    is_mine = (TABLE.section_id == part.section, TABLE.author_id == part.author)
    session.execute(delete(SECTION_PARTS).where(*is_mine))
    row = {
        "section_id": part.section,
        "author_id": part.author,
        "marks": [[mark.indicator, mark.rating, mark.comment] for mark in part.marks],
        "given_at": part.given_at,
    }
    session.execute(insert(SECTION_PARTS), row)


def of_sections(session: Session, wanted: Iterable[SectionId]) -> dict[SectionId, dict[EmployeeId, Part]]:
    """By section and author."""
    found: dict[SectionId, dict[EmployeeId, Part]] = {section: {} for section in wanted}
    for ids in in_batches(found):
        for row in session.execute(select(SECTION_PARTS).where(TABLE.section_id.in_(ids))):
            found[SectionId(row.section_id)][EmployeeId(row.author_id)] = _part(row)
    return found


def by_author(session: Session, author: EmployeeId) -> list[Part]:
    """All that somebody gave, the earliest first."""
    rows = session.execute(select(SECTION_PARTS).where(TABLE.author_id == author).order_by(TABLE.given_at))
    return [_part(row) for row in rows]


def given(session: Session) -> set[tuple[SectionId, EmployeeId]]:
    """Which there are, of everybody."""
    return {
        (SectionId(row[0]), EmployeeId(row[1])) for row in session.execute(select(TABLE.section_id, TABLE.author_id))
    }


def lines_of_all(session: Session, employees: Iterable[EmployeeId]) -> dict[EmployeeId, list[ReportingLine]]:
    """All of each whose manager is known."""
    lines = REPORTING_LINES.c
    found: dict[EmployeeId, list[ReportingLine]] = {employee: [] for employee in employees}
    for ids in in_batches(found):
        wanted = (lines.employee_id.in_(ids), lines.manager_id.is_not(None))
        for row in session.execute(select(REPORTING_LINES).where(*wanted).order_by(lines.id)):
            found[EmployeeId(row.employee_id)].append(_line(row))
    return found


def candidates(
    session: Session, cycles: Iterable[Cycle], *, author: EmployeeId | None, on: date
) -> list[tuple[Section, str, list[ReportingLine]]]:
    """Sections that are still rated, with the employee's name and the lines that ended or are dotted.

    Of one author, or of all where there is none.
    """
    lines, table = REPORTING_LINES.c, SECTIONS.c
    wanted = [cycle.id for cycle in cycles]
    may_matter = or_(lines.ends_on.is_not(None), and_(lines.kind == "dotted", covers(REPORTING_LINES, on)))
    statement = (
        select(SECTIONS, EMPLOYEES.c.display_name, lines.manager_id.label("author"), lines.kind)
        .add_columns(lines.starts_on.label("line_from"), lines.ends_on.label("line_to"))
        .join(EMPLOYEES, EMPLOYEES.c.id == table.employee_id)
        .join(REPORTING_LINES, lines.employee_id == table.employee_id)
        .where(table.cycle_id.in_(wanted), table.state.in_(sorted(ALLOWED[Action.RATE])))
        .where(lines.manager_id.is_not(None), may_matter)
        .order_by(EMPLOYEES.c.sort_name, table.id, lines.starts_on, lines.id)
    )
    if author is not None:
        statement = statement.where(lines.manager_id == author)
    found: dict[SectionId, tuple[Section, str, list[ReportingLine]]] = {}
    of_section: dict[SectionId, list[ReportingLine]] = defaultdict(list)
    for row in session.execute(statement):
        section = sections.without_items(row)
        period, kind = Period(row.line_from, row.line_to), ReportingKind(row.kind)
        of_section[section.id].append(ReportingLine(section.employee, EmployeeId(row.author), period, kind))
        found[section.id] = section, row.display_name, of_section[section.id]
    return list(found.values())


def _line(row: Any) -> ReportingLine:
    period = Period(row.starts_on, row.ends_on)
    return ReportingLine(EmployeeId(row.employee_id), EmployeeId(row.manager_id), period, ReportingKind(row.kind))


def _part(row: Any) -> Part:
    marks = tuple(Mark(IndicatorKey(indicator), rating, comment) for indicator, rating, comment in row.marks)
    return Part(SectionId(row.section_id), EmployeeId(row.author_id), marks, row.given_at)
