"""The audit log: appended in the transaction of what it tells of."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, func, insert, select

from appraise.domain.audit import AuditEntry, ListRead, chained, list_entries
from appraise.storage import audit_lists
from appraise.storage.database import Session, lock
from appraise.storage.tables import AUDIT_LOG

CHUNK: Final = 5_000
LOCK: Final = "audit"
"""Of whoever appends, until their transaction ends."""


def append(
    session: Session, *, at: datetime, actor: str, action: str, subject: str, details: Iterable[tuple[str, str]] = ()
) -> AuditEntry:
    """Add a line to the chain. Others who append wait until this transaction ends, so append late in it."""
    [entry] = append_all(session, [Line(actor, action, subject, tuple(details))], at=at)
    return entry


class Line(NamedTuple):
    """What a line says beside its time and its place in the chain."""

    actor: str
    action: str
    subject: str
    details: tuple[tuple[str, str], ...] = ()


def append_all(session: Session, lines: Iterable[Line], *, at: datetime) -> list[AuditEntry]:
    """The same for several lines, in their order."""
    lock(session, LOCK)
    last, entries = _last(session), []
    for line in lines:
        last = chained(last, at=at.astimezone(UTC), **line._asdict())
        entries.append(last)
    if entries:
        session.execute(insert(AUDIT_LOG), [columns_of(entry) for entry in entries])
    return entries


def append_lists(session: Session, read: Sequence[ListRead]) -> list[AuditEntry]:
    """The same for lists that were read, each of which is stored under its name where it is new."""
    if not read:
        return []
    lock(session, LOCK)
    for one in read:
        audit_lists.named(session, one.subjects)
    entries = list_entries(_last(session), read)
    session.execute(insert(AUDIT_LOG), [columns_of(entry) for entry in entries])
    return entries


def _last(session: Session) -> AuditEntry | None:
    row = session.execute(select(AUDIT_LOG).order_by(AUDIT_LOG.c.sequence.desc()).limit(1)).first()
    return None if row is None else entry_from(row)


def columns_of(entry: AuditEntry) -> dict[str, Any]:
    return {
        "sequence": entry.sequence,
        "at": entry.at,
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "details": [list(fact) for fact in entry.details],
        "previous_hash": entry.previous_hash,
        "hash": entry.hash,
    }


def entries(session: Session) -> Iterator[AuditEntry]:
    """The whole log in its order."""
    for found in pages(session, since=None, until=None, size=CHUNK):
        yield from found


def pages(
    session: Session, *, since: datetime | None, until: datetime | None, size: int
) -> Iterator[tuple[AuditEntry, ...]]:
    """The lines of a time in their order, `until` not included, at most `size` at once."""
    last = 0
    while True:
        within = _within(since, until)
        statement = select(AUDIT_LOG).where(AUDIT_LOG.c.sequence > last, *within).order_by(AUDIT_LOG.c.sequence)
        rows = session.execute(statement.limit(size)).all()
        if rows:
            yield tuple(entry_from(row) for row in rows)
        if len(rows) < size:
            return
        last = rows[-1].sequence


def count(session: Session, *, since: datetime | None, until: datetime | None) -> int:
    statement = select(func.count()).select_from(AUDIT_LOG).where(*_within(since, until))
    return int(session.execute(statement).scalar_one())


def _within(since: datetime | None, until: datetime | None) -> list[ColumnElement[bool]]:
    table = AUDIT_LOG.c
    first = [] if since is None else [table.at >= since]
    return first if until is None else [*first, table.at < until]


def latest(session: Session) -> int:
    """The sequence of the newest line; 0 where there is none."""
    return int(session.execute(select(func.coalesce(func.max(AUDIT_LOG.c.sequence), 0))).scalar_one())


def since(session: Session, sequence: int, actions: Iterable[str]) -> list[AuditEntry]:
    """At most `CHUNK` lines after `sequence` that tell of these actions.

    Lines are numbered in the order in which they are committed: none turns up later before one that was read.
    """
    table = AUDIT_LOG.c
    wanted = select(AUDIT_LOG).where(table.sequence > sequence, table.action.in_(sorted(actions)))
    return [entry_from(row) for row in session.execute(wanted.order_by(table.sequence).limit(CHUNK))]


def about(session: Session, subject: str) -> list[AuditEntry]:
    """The lines that name it, alone or in a list."""
    is_meant = AUDIT_LOG.c.subject.in_(audit_lists.about_one(subject))
    statement = select(AUDIT_LOG).where(is_meant).order_by(AUDIT_LOG.c.sequence)
    return [entry_from(row) for row in session.execute(statement)]


def entry_from(row: Any) -> AuditEntry:
    """The line in a row of the log."""
    return AuditEntry(
        sequence=row.sequence,
        at=row.at,
        actor=row.actor,
        action=row.action,
        subject=row.subject,
        details=tuple((name, value) for name, value in row.details),
        previous_hash=row.previous_hash,
        hash=row.hash,
    )
