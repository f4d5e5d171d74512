"""What all indicators of an employee say together, by scoring run."""

from collections.abc import Iterable
from dataclasses import fields
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import insert, select

from appraise.domain.identifiers import EmployeeId, IndicatorKey, RunId
from appraise.domain.indicators import COMPOSITE
from appraise.domain.scorecards import Absence, AbsenceKind, Composite, Scorecard
from appraise.storage.database import Session, in_batches
from appraise.storage.tables import COMPOSITES

NUMBERS: Final = tuple(field.name for field in fields(Composite) if field.type is Decimal)


def add(session: Session, run: RunId, scorecards: Iterable[Scorecard]) -> None:
    rows = [
        {"run_id": run, "employee_id": scorecard.employee, "document": document_of(scorecard.composite)}
        for scorecard in scorecards
        if scorecard.composite is not None
    ]
    if rows:
        session.execute(insert(COMPOSITES), rows)


def of(session: Session, run: RunId, employee: EmployeeId) -> Composite | Absence | None:
    table = COMPOSITES.c
    statement = select(table.document).where(table.run_id == run, table.employee_id == employee)
    document = session.execute(statement).scalar()
    return None if document is None else _composite(document)


def of_all(session: Session, run: RunId, employees: Iterable[EmployeeId]) -> dict[EmployeeId, Composite | Absence]:
    """Of those of the employees who have one."""
    table = COMPOSITES.c
    return {
        EmployeeId(row.employee_id): _composite(row.document)
        for ids in in_batches(employees)
        for row in session.execute(select(COMPOSITES).where(table.run_id == run, table.employee_id.in_(ids)))
    }


def of_run(session: Session, run: RunId) -> dict[EmployeeId, Composite | Absence]:
    rows = session.execute(select(COMPOSITES).where(COMPOSITES.c.run_id == run))
    return {EmployeeId(row.employee_id): _composite(row.document) for row in rows}


def document_of(composite: Composite | Absence) -> dict[str, Any]:
    if isinstance(composite, Absence):
        return {"absence_kind": composite.kind.value, "absence_reason": composite.reason}
    return {
        **{name: str(getattr(composite, name)) for name in NUMBERS},
        "consequence": composite.consequence,
        "level": composite.level,
        "flagged": composite.flagged,
        "parts": [[key, str(part)] for key, part in composite.parts],
    }


def _composite(document: dict[str, Any]) -> Composite | Absence:
    if "absence_kind" in document:
        return Absence(COMPOSITE, AbsenceKind(document["absence_kind"]), document["absence_reason"])
    return Composite(
        **{name: Decimal(document[name]) for name in NUMBERS},
        consequence=document["consequence"],
        level=document["level"],
        flagged=document["flagged"],
        parts=tuple((IndicatorKey(key), Decimal(part)) for key, part in document["parts"]),
    )
