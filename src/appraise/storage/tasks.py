"""Sections in which somebody may owe something, light: without their items."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Float, String, cast, insert, select

from appraise.domain.access import Role
from appraise.domain.corrections import CorrectionState
from appraise.domain.cycles import Cycle, CycleState
from appraise.domain.employees import EmploymentStatus, ReportingKind
from appraise.domain.identifiers import CycleId, EmployeeId, SectionId
from appraise.domain.section_states import ALLOWED, Action, SectionState
from appraise.domain.sections import Section
from appraise.domain.tasks import Task
from appraise.storage import sections
from appraise.storage.access import Viewer, covers, reached
from appraise.storage.database import Session
from appraise.storage.tables import (
    CORRECTIONS,
    DISPUTES,
    EMPLOYEES,
    EMPLOYMENTS,
    ITEMS,
    REMINDERS,
    REPORTING_LINES,
    ROLE_GRANTS,
    SCORECARDS,
    SECTIONS,
)

RUNNING = frozenset(CycleState) - {CycleState.PLANNED, CycleState.ARCHIVED, CycleState.CANCELLED}
STILL = frozenset({SectionState.FINALISED, SectionState.EXEMPT, SectionState.VOID})
"""In these something is owed only where a notice or a proposal waits."""


def open_sections(session: Session, cycles: Iterable[Cycle], *, viewer: Viewer | None) -> list[tuple[Section, str]]:
    """With the employee's name, by it; those that the viewer reaches, or all where there is none."""
    running: list[CycleId] = [cycle.id for cycle in cycles if cycle.state in RUNNING]
    table = SECTIONS.c
    noticed = select(CORRECTIONS.c.section_id).where(CORRECTIONS.c.state == CorrectionState.OPEN.value)
    claimed = select(DISPUTES.c.section_id).where(DISPUTES.c.state == "OPEN")
    is_open = (
        table.state.not_in(sorted(STILL))
        | table.id.in_(noticed)
        | table.id.in_(claimed)
        | cast(table.course, String).like('%"reopening":%')  # quotes within values are escaped
    )
    statement = (
        select(SECTIONS, EMPLOYEES.c.display_name)
        .join(EMPLOYEES, EMPLOYEES.c.id == table.employee_id)
        .where(table.cycle_id.in_(running), is_open)
        .order_by(EMPLOYEES.c.sort_name, EMPLOYEES.c.id)
    )
    if viewer is None:
        rows = session.execute(statement)
    else:
        door = reached(viewer.sections, table.employee_id, state=table.state, section=table.id)
        rows = session.execute(statement.where(door), viewer.bound)
    return [(sections.without_items(row), row.display_name) for row in rows]


def with_nothing_to_rate(session: Session, cycles: Iterable[CycleId]) -> frozenset[SectionId]:
    """Sections that are still rated, in which no item that weighs has a figure."""
    return _still_rated_without(session, cycles, _WEIGHS & SCORECARDS.c.absence_kind.is_(None))


def without_grades(session: Session, cycles: Iterable[CycleId]) -> frozenset[SectionId]:
    """Sections that are still rated, in which no item is, and none has a level: see `Section.has_grades`."""
    return _still_rated_without(
        session, cycles, ITEMS.c.rating.is_not(None) | (_WEIGHS & SCORECARDS.c.level.is_not(None))
    )


_WEIGHS: Final = cast(ITEMS.c.weight, Float) > 0


def _still_rated_without(
    session: Session, cycles: Iterable[CycleId], such: ColumnElement[bool]
) -> frozenset[SectionId]:
    table, items, cards = SECTIONS.c, ITEMS.c, SCORECARDS.c
    item = (
        select(items.id)
        .join(SCORECARDS, cards.indicator == items.indicator)
        .where(cards.run_id == table.run_id, cards.employee_id == table.employee_id)
        .where(items.section_id == table.id, such)
    )
    rated = [state.value for state in ALLOWED[Action.RATE]]
    statement = select(table.id).where(table.cycle_id.in_(list(cycles)), table.state.in_(rated), ~item.exists())
    return frozenset(SectionId(key) for key in session.execute(statement).scalars())


def managers(session: Session, *, on: date) -> dict[EmployeeId, EmployeeId]:
    """The nearest manager of everybody in the solid line."""
    lines = REPORTING_LINES.c
    solid = (lines.kind == ReportingKind.SOLID.value, lines.manager_id.is_not(None), covers(REPORTING_LINES, on))
    # As `people.managers_of` does: of several lines the first manager in order of their ids comes first.
    rows = session.execute(select(lines.employee_id, lines.manager_id).where(*solid).order_by(lines.manager_id.desc()))
    return {EmployeeId(employee): EmployeeId(manager) for employee, manager in rows}


def has_reports(session: Session, manager: EmployeeId, *, on: date) -> bool:
    """In the solid line."""
    lines = REPORTING_LINES.c
    solid = (lines.kind == ReportingKind.SOLID.value, lines.manager_id == manager, covers(REPORTING_LINES, on))
    return session.execute(select(lines.id).where(*solid).limit(1)).first() is not None


def absent(session: Session, *, on: date) -> frozenset[EmployeeId]:
    """Whoever is on leave."""
    table = EMPLOYMENTS.c
    away = (table.status == EmploymentStatus.LEAVE.value, covers(EMPLOYMENTS, on))
    return frozenset(EmployeeId(row) for row in session.execute(select(table.employee_id).where(*away)).scalars())


def hr_administrators(session: Session) -> frozenset[EmployeeId]:
    """Those to whom the role was granted here; an identity provider may give it to more."""
    held = ROLE_GRANTS.c.role == Role.HR_ADMINISTRATOR.value
    return frozenset(
        EmployeeId(row) for row in session.execute(select(ROLE_GRANTS.c.employee_id).where(held)).scalars()
    )


def reminded(session: Session, *, since: date) -> set[tuple[str, str, str, date]]:
    """Which owner was reminded of what in which section, on which day."""
    table = REMINDERS.c
    rows = session.execute(
        select(table.owner_id, table.kind, table.section_id, table.reminded_on).where(table.reminded_on >= since)
    )
    return {(row.owner_id, row.kind, row.section_id, row.reminded_on) for row in rows}


def note_reminder(session: Session, task: Task, *, at: datetime) -> None:
    row: dict[str, Any] = {"owner_id": task.owner, "kind": task.kind.value, "section_id": task.section}
    session.execute(insert(REMINDERS), {**row, "reminded_on": at.date()})


def by_section(rows: Iterable[Any]) -> Mapping[SectionId, list[Any]]:
    found: dict[SectionId, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.section].append(row)
    return found
