"""What host systems have to be told: written with the change itself, sent later, at least once and in order."""

from collections.abc import Iterable
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
    """As `append_all` does with one."""
    [message] = append_all(session, notice, [(about, facts)], at=at)
    return message


def append_all(
    session: Session, notice: Notice, told: Iterable[tuple[SectionId | CycleId, dict[str, Any]]], *, at: datetime
) -> list[Message]:
    """What is told, and about what. Also puts each on its way to every active webhook that wants it.

    Messages about the same thing are sent in their order. Others who append wait until this transaction ends, so
    append late in it, and before the audit log: two locks must be had in one order.
    """
    lock(session, "outbox")
    latest = select(func.coalesce(func.max(OUTBOX.c.sequence), 0))
    first = int(session.execute(latest).scalar_one()) + 1
    messages = [
        Message(MessageId(new_id()), sequence, about, notice, facts, at)
        for sequence, (about, facts) in enumerate(told, start=first)
    ]
    if not messages:
        return []
    session.execute(insert(OUTBOX), [_row(message) for message in messages])
    wanting = session.execute(select(WEBHOOKS.c.id, WEBHOOKS.c.notices).where(WEBHOOKS.c.is_active)).all()
    wanted = [webhook for webhook, notices in wanting if notice in notices]
    rows = [delivery_row(webhook, message, at=at) for message in messages for webhook in wanted]
    if rows:
        session.execute(insert(DELIVERIES), rows)
    return messages


def _row(message: Message) -> dict[str, Any]:
    return {
        "id": message.id,
        "sequence": message.sequence,
        "stream": message.stream,
        "notice": message.notice.value,
        "facts": message.facts,
        "created_at": message.created_at,
    }


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
