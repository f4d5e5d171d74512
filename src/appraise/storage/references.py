"""What the sources call employees, whoever asks."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import select

from appraise.domain.employees import Employee, ExternalReference
from appraise.domain.identifiers import EmployeeId
from appraise.storage.database import Session
from appraise.storage.tables import EMPLOYEES, EXTERNAL_REFERENCES

BATCH: Final = 500


def references_of(
    session: Session, ids: Sequence[EmployeeId] | None
) -> dict[EmployeeId, tuple[ExternalReference, ...]]:
    table = EXTERNAL_REFERENCES.c
    statement = select(table.employee_id, table.namespace, table.value).order_by(table.namespace, table.value)
    if ids is not None:
        statement = statement.where(table.employee_id.in_(ids))
    found: dict[EmployeeId, list[ExternalReference]] = defaultdict(list)
    for employee, namespace, value in session.execute(statement):
        found[EmployeeId(employee)].append(ExternalReference(namespace, value))
    return {employee: tuple(references) for employee, references in found.items()}


def employees(session: Session, ids: Iterable[EmployeeId]) -> dict[EmployeeId, Employee]:
    """With all their references, whoever asks: for what is written into HR systems."""
    wanted = sorted(set(ids))
    table = EMPLOYEES.c
    found: dict[EmployeeId, Employee] = {}
    for start in range(0, len(wanted), BATCH):
        some = wanted[start : start + BATCH]
        references = references_of(session, some)
        for row in session.execute(select(table.id, table.display_name, table.email).where(table.id.in_(some))):
            key = EmployeeId(row.id)
            found[key] = Employee(key, row.display_name, row.email, references.get(key, ()))
    return found
