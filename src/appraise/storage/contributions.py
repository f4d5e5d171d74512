"""What is measured of employees, for tables over many of them: without the documents that take time to read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, bindparam, or_, select

from appraise.domain.access import Scope
from appraise.domain.identifiers import CycleId, EmployeeId, IndicatorKey, RunId
from appraise.domain.scorecards import Absence, AbsenceKind, Evidence
from appraise.domain.section_states import SectionState
from appraise.storage.access import Door, Viewer, reached
from appraise.storage.database import BATCH, Session
from appraise.storage.documents import evidence_from
from appraise.storage.tables import EMPLOYEES, SCORECARDS, SECTIONS
from appraise.storage.tables.columns import Key

_NUMBERS: Final = (
    "value", "lower", "upper", "lower_90", "upper_90", "expected", "unshrunk", "standard_error"
)  # fmt: skip
_COLUMNS: Final = (*_NUMBERS, "money_foretold", "money_currency", "absence_kind", "absence_reason", "evidence")

OUT_OF_THE_CYCLE: Final = (SectionState.EXEMPT, SectionState.VOID)


@dataclass(frozen=True, slots=True)
class Measured:
    """An estimate as far as pooling needs it, in the indicator's unit; `foretold` as in `scorecards.Money`."""

    value: Decimal
    lower: Decimal
    upper: Decimal
    lower_90: Decimal
    upper_90: Decimal
    expected: Decimal
    unshrunk: Decimal
    standard_error: Decimal
    evidence: Evidence
    foretold: int | None
    currency: str | None


@dataclass(frozen=True, slots=True)
class Member:
    """One employee's result on one indicator in one run, and where they stood by their section of the cycle."""

    employee: EmployeeId
    name: str
    sort_name: str
    department_code: str | None
    department: str | None
    manager: EmployeeId | None
    manager_name: str | None
    run: RunId
    indicator: IndicatorKey
    result: Measured | Absence


@dataclass(frozen=True, slots=True)
class Placed:
    """An employee of whom something is measured, and where they stood by their section of the cycle."""

    employee: EmployeeId
    name: str
    sort_name: str
    department_code: str | None
    manager: EmployeeId | None


def measured(
    session: Session, viewer: Viewer, cycle: CycleId, run: RunId, indicators: Iterable[IndicatorKey] | None = None
) -> list[Placed]:
    """Of whom there is a line `in_run` or `finalised`, on any of the indicators."""
    values = {**viewer.bound, "cycle": cycle, "run": run, "state": SectionState.FINALISED.value}
    some = {} if indicators is None else {"indicators": sorted(set(indicators))}
    rows = session.execute(_measured(viewer.sections, is_some=indicators is not None), values | some)
    return [
        Placed(
            EmployeeId(row.employee_id),
            row.display_name,
            row.sort_name,
            row.department_code,
            None if row.manager_id is None else EmployeeId(row.manager_id),
        )
        for row in rows
    ]


def in_run(
    session: Session, viewer: Viewer, cycle: CycleId, run: RunId, employees: Iterable[EmployeeId] | None = None
) -> list[Member]:
    """By the run, of all whose section of the cycle the viewer reaches, or of those `employees` among them."""
    return list(_members(session, viewer.sections, viewer.bound, cycle, employees, {"run": run}))


def finalised(
    session: Session, viewer: Viewer, cycle: CycleId, employees: Iterable[EmployeeId] | None = None
) -> list[Member]:
    """By the run with which each section was finalised, of all whose final section the viewer reaches."""
    final = {"state": SectionState.FINALISED.value}
    return list(_members(session, viewer.sections, viewer.bound, cycle, employees, final))


def of_everybody(session: Session, cycle: CycleId, run: RunId) -> list[Member]:
    """By the run, whoever asks: to be told of in groups only, and never of one employee."""
    return list(_members(session, Door(Scope(everyone=True), is_employee=False), {}, cycle, None, {"run": run}))


def _members(  # whose rows of what
    session: Session,
    door: Door,
    bound: dict[str, Any],
    cycle: CycleId,
    employees: Iterable[EmployeeId] | None,
    chosen: dict[str, str],
) -> Iterator[Member]:
    statement = _statement(door, is_final="state" in chosen, is_some=employees is not None)
    values = {**bound, **chosen, "cycle": cycle}
    wanted = None if employees is None else sorted(set(employees))
    for start in range(0, 1 if wanted is None else len(wanted), BATCH):
        some = {} if wanted is None else {"ids": wanted[start : start + BATCH]}
        for row in session.execute(statement, {**values, **some}):
            yield _member(row)


@cache
def _measured(door: Door, *, is_some: bool) -> Select[Any]:
    section, card = SECTIONS.c, SCORECARDS.c
    lines = select(card.employee_id).where(card.employee_id == section.employee_id)
    if is_some:
        lines = lines.where(card.indicator.in_(bindparam("indicators", expanding=True)))
    is_final = and_(section.state == bindparam("state"), lines.where(card.run_id == section.run_id).exists())
    statement = select(
        section.employee_id,
        EMPLOYEES.c.display_name,
        EMPLOYEES.c.sort_name,
        section.department_code,
        section.manager_id,
    ).join(EMPLOYEES, EMPLOYEES.c.id == section.employee_id)
    in_the_run = lines.where(card.run_id == bindparam("run", type_=Key())).exists()
    return statement.where(*_of_cycle(door), or_(in_the_run, is_final))


def _of_cycle(door: Door) -> tuple[ColumnElement[bool], ...]:
    section = SECTIONS.c
    return (
        section.cycle_id == bindparam("cycle", type_=Key()),
        section.state.not_in([state.value for state in OUT_OF_THE_CYCLE]),
        reached(door, section.employee_id, state=section.state, section=section.id),
    )


@cache
def _statement(door: Door, *, is_final: bool, is_some: bool) -> Select[Any]:
    manager = EMPLOYEES.alias("manager")
    statement = (
        select(
            SECTIONS.c.employee_id,
            EMPLOYEES.c.display_name,
            EMPLOYEES.c.sort_name,
            SECTIONS.c.department_code,
            SECTIONS.c.department,
            SECTIONS.c.manager_id,
            manager.c.display_name.label("manager_name"),
            SCORECARDS.c.run_id,
            SCORECARDS.c.indicator,
            *(SCORECARDS.c[name] for name in _COLUMNS),
        )
        .join(EMPLOYEES, EMPLOYEES.c.id == SECTIONS.c.employee_id)
        .outerjoin(manager, manager.c.id == SECTIONS.c.manager_id)
        .join(SCORECARDS, SCORECARDS.c.employee_id == SECTIONS.c.employee_id)
        .where(*_of_cycle(door))
        .order_by(EMPLOYEES.c.sort_name, SECTIONS.c.employee_id, SCORECARDS.c.position)
    )
    if is_some:
        statement = statement.where(SECTIONS.c.employee_id.in_(bindparam("ids", expanding=True)))
    if is_final:
        own = (SCORECARDS.c.run_id == SECTIONS.c.run_id, SECTIONS.c.state == bindparam("state"))
        return statement.where(*own)
    return statement.where(SCORECARDS.c.run_id == bindparam("run", type_=Key()))


def _member(row: Any) -> Member:
    indicator = IndicatorKey(row.indicator)
    return Member(
        employee=EmployeeId(row.employee_id),
        name=row.display_name,
        sort_name=row.sort_name,
        department_code=row.department_code,
        department=row.department,
        manager=None if row.manager_id is None else EmployeeId(row.manager_id),
        manager_name=row.manager_name,
        run=RunId(row.run_id),
        indicator=indicator,
        result=_result(indicator, row),
    )


def _result(indicator: IndicatorKey, row: Any) -> Measured | Absence:
    if row.absence_kind is not None:
        return Absence(indicator, AbsenceKind(row.absence_kind), row.absence_reason)
    numbers = {name: getattr(row, name) for name in _NUMBERS}
    evidence = evidence_from(row.evidence)
    return Measured(**numbers, evidence=evidence, foretold=row.money_foretold, currency=row.money_currency)
