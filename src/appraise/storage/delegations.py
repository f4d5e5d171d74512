"""Who acts for which manager, and until when."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, bindparam, insert, select, update

from appraise.domain.delegations import Delegation, NamedDelegation
from appraise.domain.identifiers import DelegationId, EmployeeId
from appraise.domain.periods import Period
from appraise.storage.access import covers
from appraise.storage.database import Session
from appraise.storage.nearest import ON
from appraise.storage.tables import DELEGATIONS, EMPLOYEES
from appraise.storage.tables.columns import Key

TABLE = DELEGATIONS.c


def add(session: Session, new: Delegation) -> None:
    row = {
        "id": new.id,
        "manager_id": new.manager,
        "delegate_id": new.delegate,
        "starts_on": new.period.start,
        "ends_on": new.period.end,
        "may_submit": new.may_submit,
        "named_by": new.named_by,
        "named_at": new.named_at,
        "reason": new.reason,
        "ended_at": None,
    }
    session.execute(insert(DELEGATIONS), row)


def end(session: Session, delegation: DelegationId, *, at: datetime) -> None:
    session.execute(update(DELEGATIONS).where(TABLE.id == delegation).values(ended_at=at))


def get(session: Session, delegation: DelegationId) -> NamedDelegation | None:
    found = _named(session, TABLE.id == delegation)
    return found[0] if found else None


def of_manager(session: Session, manager: EmployeeId) -> list[NamedDelegation]:
    return _read(session, _of_manager(), {"manager": manager})


def of_delegate(session: Session, delegate: EmployeeId, *, on: date) -> list[NamedDelegation]:
    """Those that are live on the day."""
    return _named(session, TABLE.delegate_id == delegate, *_live(on))


def live(session: Session, *, on: date) -> list[NamedDelegation]:
    """Everybody's."""
    return _named(session, *_live(on))


def not_over(session: Session, *, on: date, about: EmployeeId | None) -> list[NamedDelegation]:
    """Those that are live or begin later: of one person, as manager or delegate, or everybody's."""
    mine = [] if about is None else [(TABLE.manager_id == about) | (TABLE.delegate_id == about)]
    return _named(session, TABLE.ended_at.is_(None), TABLE.ends_on > on, *mine)


def live_delegation(delegate: ColumnElement[Any]) -> ScalarSelect[Any]:
    """The id of one that makes a delegate of the employee in a column on the day `on`; NULL where there is none."""
    is_live = (TABLE.ended_at.is_(None), covers(DELEGATIONS, ON))
    return select(TABLE.id).where(TABLE.delegate_id == delegate, *is_live).limit(1).scalar_subquery()


def _live(on: date) -> Sequence[ColumnElement[bool]]:
    return TABLE.ended_at.is_(None), covers(DELEGATIONS, on)


@cache
def _of_manager() -> Select[Any]:
    return _with_names(TABLE.manager_id == bindparam("manager", type_=Key()))


def _named(session: Session, *conditions: ColumnElement[bool]) -> list[NamedDelegation]:
    return _read(session, _with_names(*conditions), {})


def _with_names(*conditions: ColumnElement[bool]) -> Select[Any]:
    manager, delegate = EMPLOYEES.alias("manager"), EMPLOYEES.alias("delegate")
    names = (manager.c.display_name.label("manager_name"), delegate.c.display_name.label("delegate_name"))
    return (
        select(DELEGATIONS, *names)
        .join(manager, manager.c.id == TABLE.manager_id)
        .join(delegate, delegate.c.id == TABLE.delegate_id)
        .where(*conditions)
        .order_by(TABLE.starts_on, TABLE.id)
    )


def _read(session: Session, statement: Select[Any], values: dict[str, Any]) -> list[NamedDelegation]:
    return [
        NamedDelegation(
            Delegation(
                id=DelegationId(row.id),
                manager=EmployeeId(row.manager_id),
                delegate=EmployeeId(row.delegate_id),
                period=Period(row.starts_on, row.ends_on),
                may_submit=row.may_submit,
                named_by=EmployeeId(row.named_by),
                named_at=row.named_at,
                reason=row.reason,
                ended_at=row.ended_at,
            ),
            row.manager_name,
            row.delegate_name,
        )
        for row in session.execute(statement, values)
    ]
