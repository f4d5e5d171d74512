"""What the readiness check of a cycle asks of the records. For HR administrators and auditors: it goes by no door."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

from sqlalchemy import func, or_, select

from appraise.domain.employees import ReportingKind
from appraise.domain.identifiers import CycleId, EmployeeId
from appraise.domain.readiness import SectionFacts
from appraise.domain.section_states import SectionState
from appraise.storage.access import covers
from appraise.storage.database import Session
from appraise.storage.tables import ITEMS, REPORTING_LINES, SCORECARDS, SECTIONS


def section_facts(session: Session, cycle: CycleId) -> dict[EmployeeId, SectionFacts]:
    table = SECTIONS.c
    observed: dict[str, Decimal] = defaultdict(Decimal)
    cards = (
        (SCORECARDS.c.run_id == table.run_id)
        & (SCORECARDS.c.employee_id == table.employee_id)
        & (SCORECARDS.c.indicator == ITEMS.c.indicator)
    )
    weights = (
        select(table.employee_id, ITEMS.c.weight)
        .join(ITEMS, ITEMS.c.section_id == table.id)
        .join(SCORECARDS, cards)
        .where(table.cycle_id == cycle, SCORECARDS.c.absence_kind.is_(None))
    )
    for employee, weight in session.execute(weights):
        observed[employee] += weight
    rows = session.execute(select(table.employee_id, table.state, table.floor).where(table.cycle_id == cycle))
    return {
        EmployeeId(row.employee_id): SectionFacts(SectionState(row.state), observed[row.employee_id], row.floor)
        for row in rows
    }


def waiting_managers(session: Session, *, on: date) -> dict[EmployeeId, str]:
    """How sources name the managers that no import has brought yet."""
    lines = REPORTING_LINES.c
    waiting = (lines.manager_id.is_(None), lines.kind == ReportingKind.SOLID.value, covers(REPORTING_LINES, on))
    rows = session.execute(select(lines.employee_id, lines.reference_value).where(*waiting).order_by(lines.id))
    return {EmployeeId(employee): name for employee, name in rows}


def section_counts(session: Session, cycle: CycleId) -> dict[SectionState, int]:
    table = SECTIONS.c
    statement = select(table.state, func.count()).where(table.cycle_id == cycle).group_by(table.state)
    return {SectionState(state): count for state, count in session.execute(statement)}


def told_sections(session: Session, cycle: CycleId) -> int:
    """How many sections of a cycle were ever shared with their employees, also in an earlier revision."""
    table = SECTIONS.c
    was_shared = or_(table.revision > 1, table.course["shared_at"].as_string().is_not(None))
    statement = select(func.count()).select_from(SECTIONS).where(table.cycle_id == cycle, was_shared)
    return int(session.execute(statement).scalar_one())
