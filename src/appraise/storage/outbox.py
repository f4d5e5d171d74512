"""What host systems have to be told: written with the change itself, sent later, at least once and in order."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select

from appraise.domain.identifiers import SectionId
from appraise.storage.database import Session
from appraise.storage.identifiers import new_id
from appraise.storage.tables import OUTBOX


def append(session: Session, section: SectionId, *, kind: str, payload: dict[str, Any], at: datetime) -> int:
    """The message's place among those of its section, which the caller has locked."""
    latest = select(func.coalesce(func.max(OUTBOX.c.sequence), 0)).where(OUTBOX.c.section_id == section)
    sequence = int(session.execute(latest).scalar_one()) + 1
    session.execute(
        insert(OUTBOX),
        {
            "id": new_id(),
            "section_id": section,
            "sequence": sequence,
            "kind": kind,
            "payload": payload,
            "created_at": at,
            "delivered_at": None,
        },
    )
    return sequence


def waiting(session: Session, section: SectionId) -> list[tuple[int, str, dict[str, Any]]]:
    """Messages of a section that were not delivered yet, in their order: sequence, kind, payload."""
    table = OUTBOX.c
    statement = (
        select(table.sequence, table.kind, table.payload)
        .where(table.section_id == section, table.delivered_at.is_(None))
        .order_by(table.sequence)
    )
    return [(sequence, kind, payload) for sequence, kind, payload in session.execute(statement)]
