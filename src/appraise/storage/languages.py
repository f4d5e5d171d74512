"""Which language people chose."""

from sqlalchemy import delete, insert, select

from appraise.domain.identifiers import EmployeeId
from appraise.storage.database import Session
from appraise.storage.tables import LANGUAGES


def choose(session: Session, employee: EmployeeId, tag: str) -> None:
    session.execute(delete(LANGUAGES).where(LANGUAGES.c.employee_id == employee))
    session.execute(insert(LANGUAGES).values(employee_id=employee, tag=tag))


def chosen(session: Session, employee: EmployeeId) -> str | None:
    """None of whoever chose none."""
    return session.execute(select(LANGUAGES.c.tag).where(LANGUAGES.c.employee_id == employee)).scalar()
