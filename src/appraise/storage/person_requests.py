"""Requests about everything that is kept of a person, and legal holds."""

from sqlalchemy import delete, insert, select, update

from appraise.domain.identifiers import EmployeeId, PersonRequestId
from appraise.domain.person_requests import LegalHold, PersonRequest, RequestKind, RequestState
from appraise.storage.database import Session, lock
from appraise.storage.tables import LEGAL_HOLDS, PERSON_REQUESTS

TABLE = PERSON_REQUESTS.c
ERASURES = "erasures"
"""The lock of whoever erases a person, and of whoever must not write what an erasure takes out."""


def add(session: Session, new: PersonRequest) -> None:
    row = {"id": new.id, "employee_id": new.employee, "kind": new.kind.value, "reason": new.reason}
    asked = {"proposed_by": new.proposed_by, "proposed_at": new.proposed_at, "state": new.state.value}
    session.execute(insert(PERSON_REQUESTS), row | asked)


def decide(session: Session, request: PersonRequest) -> None:
    decided = {"state": request.state.value, "decided_by": request.decided_by, "decided_at": request.decided_at}
    session.execute(update(PERSON_REQUESTS).where(TABLE.id == request.id).values(**decided))


def get(session: Session, request: PersonRequestId) -> PersonRequest | None:
    found = _all(session, TABLE.id == request)
    return found[0] if found else None


def of_employee(session: Session, employee: EmployeeId) -> list[PersonRequest]:
    return _all(session, TABLE.employee_id == employee)


def everybody_s(session: Session) -> list[PersonRequest]:
    """The newest first."""
    return _all(session)


def is_erased(session: Session, employee: EmployeeId) -> bool:
    return any(
        one.kind is RequestKind.ERASURE and one.state is RequestState.DONE for one in of_employee(session, employee)
    )


def erased(session: Session) -> set[EmployeeId]:
    """Whoever was erased; nobody is while the transaction lasts."""
    lock(session, ERASURES)
    wanted = (TABLE.kind == RequestKind.ERASURE.value, TABLE.state == RequestState.DONE.value)
    return {EmployeeId(row.employee_id) for row in session.execute(select(TABLE.employee_id).where(*wanted))}


def hold_of(session: Session, employee: EmployeeId) -> LegalHold | None:
    return next((one for one in holds(session) if one.employee == employee), None)


def holds(session: Session) -> list[LegalHold]:
    """The oldest first."""
    rows = session.execute(select(LEGAL_HOLDS).order_by(LEGAL_HOLDS.c.set_at, LEGAL_HOLDS.c.employee_id))
    return [LegalHold(EmployeeId(row.employee_id), row.reason, EmployeeId(row.set_by), row.set_at) for row in rows]


def set_hold(session: Session, hold: LegalHold) -> None:
    lift_hold(session, hold.employee)
    row = {"employee_id": hold.employee, "reason": hold.reason, "set_by": hold.set_by, "set_at": hold.set_at}
    session.execute(insert(LEGAL_HOLDS), row)


def lift_hold(session: Session, employee: EmployeeId) -> bool:
    """False where there was none."""
    return bool(session.execute(delete(LEGAL_HOLDS).where(LEGAL_HOLDS.c.employee_id == employee)).rowcount)


def _all(session: Session, *conditions: object) -> list[PersonRequest]:
    statement = select(PERSON_REQUESTS).where(*conditions)  # type: ignore[arg-type]  # conditions of this table
    return [
        PersonRequest(
            id=PersonRequestId(row.id),
            employee=EmployeeId(row.employee_id),
            kind=RequestKind(row.kind),
            reason=row.reason,
            proposed_by=EmployeeId(row.proposed_by),
            proposed_at=row.proposed_at,
            state=RequestState(row.state),
            decided_by=None if row.decided_by is None else EmployeeId(row.decided_by),
            decided_at=row.decided_at,
        )
        for row in session.execute(statement.order_by(TABLE.proposed_at.desc(), TABLE.id))
    ]
