"""The ledger of write-back: one line for each revision of a section and host. For whoever read the section."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, Select, and_, exists, insert, or_, select, tuple_, update

from appraise.domain.identifiers import CycleId, SectionId
from appraise.domain.section_states import SectionState
from appraise.domain.write_back import DUE, WriteBack, WriteBackState
from appraise.storage.database import Session, lock
from appraise.storage.tables import SECTIONS, WRITE_BACKS

CLAIMED_FOR: Final = timedelta(minutes=10)
"""After this another worker takes a line over; twice as long as a try can take, with the longest timeout of a host."""
BATCH: Final = 500


def due_sections(
    session: Session, host: str, *, cycle: CycleId | None = None, since: datetime | None = None
) -> list[tuple[SectionId, int]]:
    """Final sections, with their revision, of which this host has no line yet.

    Of one cycle, or of all cycles those that became final from `since` on.
    """
    mine = SECTIONS.c
    known = exists().where(
        WRITE_BACKS.c.section_id == mine.id, WRITE_BACKS.c.host == host, WRITE_BACKS.c.revision == mine.revision
    )
    statement = select(mine.id, mine.revision, mine.course).where(mine.state == SectionState.FINALISED.value, ~known)
    if cycle is not None:
        statement = statement.where(mine.cycle_id == cycle)
    rows = session.execute(statement.order_by(mine.id)).all()
    return [(SectionId(row.id), row.revision) for row in rows if since is None or _final_since(row.course, since)]


def _final_since(course: Any, since: datetime) -> bool:
    at = course.get("finalised_at")
    return at is not None and datetime.fromisoformat(at) >= since


def add(session: Session, lines: Sequence[WriteBack]) -> None:
    if lines:
        session.execute(insert(WRITE_BACKS), [_row(line) for line in lines])


def of(session: Session, sections: Iterable[SectionId]) -> dict[SectionId, list[WriteBack]]:
    """All lines of each section: by host, the latest revision first."""
    wanted = sorted(set(sections))
    found: dict[SectionId, list[WriteBack]] = {section: [] for section in wanted}
    table = WRITE_BACKS.c
    for start in range(0, len(wanted), BATCH):
        some = table.section_id.in_(wanted[start : start + BATCH])
        for row in session.execute(select(WRITE_BACKS).where(some).order_by(table.host, table.revision.desc())):
            found[SectionId(row.section_id)].append(_line(row))
    return found


def claim(
    session: Session, host: str, *, at: datetime, most: int, only: Iterable[SectionId] | None = None
) -> list[WriteBack]:
    """At most `most` lines that are due, in this worker's hands for `CLAIMED_FOR`; those of `only` whether due or not.

    Of a section only the line of its latest revision.
    """
    lock(session, "write_backs")
    mine, later = WRITE_BACKS.c, WRITE_BACKS.alias("later")
    overtaken = exists().where(
        later.c.section_id == mine.section_id, later.c.host == mine.host, later.c.revision > mine.revision
    )
    statement = (
        select(WRITE_BACKS)
        .where(
            mine.host == host,
            mine.state.in_([state.value for state in DUE]),
            or_(mine.claimed_until.is_(None), mine.claimed_until <= at),
            ~overtaken,
        )
        .order_by(mine.next_try_at, mine.section_id)
        .limit(most)
    )
    if only is None:
        found = session.execute(statement.where(mine.next_try_at <= at)).all()
    else:
        found = _first_of(session, statement, sorted(only))
    lines = [_line(row) for row in found]
    keys = tuple_(mine.section_id, mine.host, mine.revision).in_(
        [(line.section, line.host, line.revision) for line in lines]
    )
    if lines:
        session.execute(update(WRITE_BACKS).where(keys).values(claimed_until=at + CLAIMED_FOR))
    return lines


def _first_of(session: Session, statement: Select[Any], wanted: Sequence[SectionId]) -> Sequence[Row[Any]]:
    """The rows of the first `BATCH` sections of which there are any: another worker may hold those before."""
    for start in range(0, len(wanted), BATCH):
        some = WRITE_BACKS.c.section_id.in_(wanted[start : start + BATCH])
        rows = session.execute(statement.where(some)).all()
        if rows:
            return rows
    return ()


def has_due(session: Session, host: str, *, at: datetime) -> bool:
    """Whether `claim` may find something."""
    table = WRITE_BACKS.c
    return (
        session.execute(select(table.host).where(table.host == host, table.next_try_at <= at).limit(1)).first()
        is not None
    )


def let_go(session: Session, lines: Iterable[WriteBack]) -> None:
    """Those that were claimed and not tried, because their host turned out to be out of reach."""
    for line in lines:
        session.execute(update(WRITE_BACKS).where(_is(line)).values(claimed_until=None))


def settle(session: Session, line: WriteBack, *, claimed_at: datetime) -> bool:
    """Write how a claimed line went. False where the claim had run out and it is another's now."""
    statement = update(WRITE_BACKS).where(_is(line), WRITE_BACKS.c.claimed_until == claimed_at + CLAIMED_FOR)
    return session.execute(statement.values({**_row(line), "claimed_until": None})).rowcount == 1


def save(session: Session, line: WriteBack) -> None:
    """What a person or a file decided. A worker that is at it goes on, unless nothing is due any more."""
    is_over = {} if line.state in DUE else {"claimed_until": None}
    session.execute(update(WRITE_BACKS).where(_is(line)).values({**_row(line), **is_over}))


def latest(session: Session, section: SectionId, host: str) -> WriteBack | None:
    """The line of the latest revision; kept from others until the transaction ends."""
    table = WRITE_BACKS.c
    statement = select(WRITE_BACKS).where(table.section_id == section, table.host == host)
    row = session.execute(statement.order_by(table.revision.desc()).limit(1).with_for_update()).first()
    return None if row is None else _line(row)


def _is(line: WriteBack) -> Any:
    table = WRITE_BACKS.c
    return and_(table.section_id == line.section, table.host == line.host, table.revision == line.revision)


def _row(line: WriteBack) -> dict[str, Any]:
    return {
        "section_id": line.section,
        "host": line.host,
        "revision": line.revision,
        "state": line.state.value,
        "changed_at": line.changed_at,
        "place": line.place,
        "sent": None if line.sent is None else dict(line.sent),
        "found": None if line.found is None else dict(line.found),
        "earlier": None if line.earlier is None else dict(line.earlier),
        "tries": line.tries,
        "next_try_at": line.next_try_at,
        "checked_at": line.checked_at,
        "confirmed_at": line.confirmed_at,
        "problem": line.problem,
        "overwrites": line.overwrites,
    }


def _line(row: Any) -> WriteBack:
    return WriteBack(
        section=SectionId(row.section_id),
        revision=row.revision,
        host=row.host,
        state=WriteBackState(row.state),
        changed_at=row.changed_at,
        place=row.place,
        sent=row.sent,
        found=row.found,
        earlier=row.earlier,
        tries=row.tries,
        next_try_at=row.next_try_at,
        checked_at=row.checked_at,
        confirmed_at=row.confirmed_at,
        problem=row.problem,
        overwrites=row.overwrites,
    )
