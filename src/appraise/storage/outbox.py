"""What host systems have to be told: written with the change itself, sent later, at least once and in order."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select

from appraise.domain.identifiers import CycleId, MessageId, SectionId
from appraise.domain.webhooks import DeliveryState, Message, Notice
from appraise.storage.database import Session, lock
from appraise.storage.identifiers import new_id
from appraise.storage.tables import DELIVERIES, OUTBOX, WEBHOOKS


def append(
    session: Session, notice: Notice, about: SectionId | CycleId, *, facts: dict[str, Any], at: datetime
) -> Message:
    """Also puts it on its way to every active webhook that wants it.

    Messages about the same thing are sent in their order. Others who append wait until this transaction ends, so
    append late in it, and before the audit log: two locks must be had in one order.
    """
    lock(session, "outbox")
    latest = select(func.coalesce(func.max(OUTBOX.c.sequence), 0))
    sequence = int(session.execute(latest).scalar_one()) + 1
    message = Message(MessageId(new_id()), sequence, about, notice, facts, at)
    session.execute(
        insert(OUTBOX),
        {
            "id": message.id,
            "sequence": sequence,
            "stream": about,
            "notice": notice.value,
            "facts": facts,
            "created_at": at,
        },
    )
    wanting = session.execute(select(WEBHOOKS.c.id, WEBHOOKS.c.notices).where(WEBHOOKS.c.is_active)).all()
    rows = [delivery_row(webhook, message, at=at) for webhook, notices in wanting if notice in notices]
    if rows:
        session.execute(insert(DELIVERIES), rows)
    return message


def since(session: Session, at: datetime) -> list[Message]:
    """All messages from a time on, in their order."""
    rows = session.execute(select(OUTBOX).where(OUTBOX.c.created_at >= at).order_by(OUTBOX.c.sequence))
    return [message_of(row) for row in rows]


def message_of(row: Any) -> Message:
    return Message(MessageId(row.id), row.sequence, row.stream, Notice(row.notice), row.facts, row.created_at)


def delivery_row(webhook: str, message: Message, *, at: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "webhook_id": webhook,
        "message_id": message.id,
        "stream": message.stream,
        "sequence": message.sequence,
        "state": DeliveryState.WAITING.value,
        "tries": 0,
        "next_try_at": at,
        "claimed_until": None,
        "finished_at": None,
        "log": [],
    }
