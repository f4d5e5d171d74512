"""Messages to people who have something to do, and what they were told of."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from appraise.domain.identifiers import EmployeeId, MailId
from appraise.domain.mails import Mail, MailState, Told
from appraise.domain.tasks import TaskKind
from appraise.storage.database import Session
from appraise.storage.identifiers import new_id
from appraise.storage.tables import MAILS, TOLD_TASKS


def told(session: Session) -> set[Told]:
    rows = session.execute(select(TOLD_TASKS))
    return {(EmployeeId(row.owner_id), TaskKind(row.kind), row.about) for row in rows}


def tell(session: Session, new: Iterable[Told]) -> None:
    rows = [_told_row(one) for one in new]
    if rows:
        session.execute(insert(TOLD_TASKS), rows)


def untell(session: Session, gone: Iterable[Told]) -> None:
    table = TOLD_TASKS.c
    for owner, kind, about in gone:
        is_it = (table.owner_id == owner, table.kind == kind.value, table.about == about)
        session.execute(delete(TOLD_TASKS).where(*is_it))


def _told_row(one: Told) -> dict[str, Any]:
    owner, kind, about = one
    return {"owner_id": owner, "kind": kind.value, "about": about}


def queue(session: Session, owners: Iterable[EmployeeId], *, at: datetime) -> int:
    """One message for each, on its way from `at`."""
    rows = [
        {
            "id": new_id(),
            "owner_id": owner,
            "written_on": at.date(),
            "state": MailState.WAITING.value,
            "tries": 0,
            "next_try_at": at,
            "problem": None,
        }
        for owner in owners
    ]
    if rows:
        session.execute(insert(MAILS), rows)
    return len(rows)


def written_to(session: Session, *, on: date) -> set[EmployeeId]:
    return {
        EmployeeId(row) for row in session.execute(select(MAILS.c.owner_id).where(MAILS.c.written_on == on)).scalars()
    }


def has_due(session: Session, *, at: datetime) -> bool:
    return session.execute(_due(at).limit(1)).first() is not None


def claim(session: Session, *, at: datetime, until: datetime, most: int) -> list[Mail]:
    """The oldest that are due; another may have them from `until` on. The caller holds the lock `mails`."""
    found = [_mail(row) for row in session.execute(_due(at).order_by(MAILS.c.next_try_at, MAILS.c.id).limit(most))]
    keys: list[str] = [mail.id for mail in found]
    session.execute(update(MAILS).where(MAILS.c.id.in_(keys)).values(next_try_at=until))
    return found


def settle(session: Session, mail: Mail) -> None:
    session.execute(
        update(MAILS)
        .where(MAILS.c.id == mail.id)
        .values(state=mail.state.value, tries=mail.tries, next_try_at=mail.next_try_at, problem=mail.problem)
    )


def latest(session: Session, *, states: Collection[MailState], most: int) -> list[Mail]:
    """The newest day first."""
    wanted = MAILS.c.state.in_(sorted(states))
    order = (MAILS.c.written_on.desc(), MAILS.c.id)
    return [_mail(row) for row in session.execute(select(MAILS).where(wanted).order_by(*order).limit(most))]


def forget(session: Session, *, before: date) -> None:
    session.execute(delete(MAILS).where(MAILS.c.written_on < before))


def _due(at: datetime) -> Any:
    return select(MAILS).where(MAILS.c.state == MailState.WAITING.value, MAILS.c.next_try_at <= at)


def _mail(row: Any) -> Mail:
    return Mail(
        MailId(row.id),
        EmployeeId(row.owner_id),
        row.written_on,
        MailState(row.state),
        row.tries,
        row.next_try_at,
        row.problem,
    )
