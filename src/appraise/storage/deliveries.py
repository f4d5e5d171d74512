"""Each message's way to each webhook: claimed by one worker at a time, and in order within what it is about."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import and_, delete, exists, func, insert, or_, select, update

from appraise.domain.cursors import position
from appraise.domain.identifiers import DeliveryId, WebhookId
from appraise.domain.reading import Page
from appraise.domain.webhooks import Delivery, DeliveryState, Message, Try
from appraise.storage.cursors import checked_size, page
from appraise.storage.database import Session, lock
from appraise.storage.outbox import delivery_row, message_of
from appraise.storage.tables import DELIVERIES, OUTBOX, WEBHOOKS

MOST_LOGGED: Final = 20
"""Tries that are kept of one delivery."""
WAITING: Final = DeliveryState.WAITING.value


def claim(session: Session, webhook: WebhookId, *, at: datetime, until: datetime, most: int) -> list[Delivery]:
    """At most `most` deliveries to an active webhook that are due, which no other worker gets before `until`.

    Of what is about one section only the first that waits is due, and none while another is in hand.
    """
    lock(session, "deliveries")
    mine, other = DELIVERIES.c, DELIVERIES.alias("other")
    before = or_(
        and_(other.c.state == WAITING, other.c.sequence < mine.sequence),
        and_(other.c.claimed_until > at, other.c.id != mine.id),
    )
    held_up = exists().where(other.c.webhook_id == mine.webhook_id, other.c.stream == mine.stream, before)
    due = (
        _joined()
        .join(WEBHOOKS, WEBHOOKS.c.id == mine.webhook_id)
        .where(
            mine.webhook_id == webhook,
            mine.state == WAITING,
            mine.next_try_at <= at,
            or_(mine.claimed_until.is_(None), mine.claimed_until <= at),
            WEBHOOKS.c.is_active,
            or_(WEBHOOKS.c.hold_until.is_(None), WEBHOOKS.c.hold_until <= at),
            ~held_up,
        )
        .order_by(mine.next_try_at, mine.sequence)
        .limit(most)
    )
    found = [_delivery(row) for row in session.execute(due)]
    ids = [delivery.id for delivery in found]
    session.execute(update(DELIVERIES).where(mine.id.in_(ids)).values(claimed_until=until))
    return found


def forget(session: Session, *, delivered_before: datetime, dead_before: datetime) -> int:
    """Removes deliveries that ended before, and messages of that age on their way to nobody. Gives how many deliveries.

    The newest message stays, from which the next one is counted.
    """
    mine, message = DELIVERIES.c, OUTBOX.c
    delivered = and_(mine.state == DeliveryState.DELIVERED.value, mine.finished_at < delivered_before)
    dead = and_(mine.state == DeliveryState.DEAD.value, mine.finished_at < dead_before)
    gone = session.execute(delete(DELIVERIES).where(or_(delivered, dead))).rowcount
    newest = select(func.max(message.sequence)).scalar_subquery()
    is_needed = exists().where(mine.message_id == message.id)
    old = (message.created_at < delivered_before, message.sequence < newest, ~is_needed)
    session.execute(delete(OUTBOX).where(*old))
    return gone


def has_due(session: Session, webhook: WebhookId, *, at: datetime) -> bool:
    """Whether `claim` may find something."""
    table = DELIVERIES.c
    due = (table.webhook_id == webhook, table.state == WAITING, table.next_try_at <= at)
    return session.execute(select(table.id).where(*due).limit(1)).first() is not None


def settle(session: Session, delivery: Delivery, *, claimed_until: datetime) -> bool:
    """Write how a claimed delivery went. False where the claim had run out and it is another's now."""
    log = [_row(each) for each in delivery.log[-MOST_LOGGED:]]
    table = DELIVERIES.c
    statement = update(DELIVERIES).where(table.id == delivery.id, table.claimed_until == claimed_until)
    values = {
        "state": delivery.state.value,
        "tries": delivery.tries,
        "next_try_at": delivery.next_try_at,
        "finished_at": delivery.finished_at,
        "claimed_until": None,
        "log": log,
    }
    return session.execute(statement.values(values)).rowcount == 1


def get(session: Session, delivery: DeliveryId) -> Delivery | None:
    row = session.execute(_joined().where(DELIVERIES.c.id == delivery)).first()
    return None if row is None else _delivery(row)


def again(session: Session, delivery: DeliveryId, *, at: datetime) -> None:
    """Send it once more, from the first try on."""
    session.execute(update(DELIVERIES).where(DELIVERIES.c.id == delivery).values(_anew(at)))


def replay(session: Session, webhook: WebhookId, messages: Sequence[Message], *, at: datetime) -> int:
    """Send all these messages, also those that were never meant for the webhook. Gives how many."""
    table = DELIVERIES.c
    known = set(session.execute(select(table.message_id).where(table.webhook_id == webhook)).scalars())
    ids = [message.id for message in messages if message.id in known]
    for start in range(0, len(ids), 500):
        some = table.message_id.in_(ids[start : start + 500])
        session.execute(update(DELIVERIES).where(table.webhook_id == webhook, some).values(_anew(at)))
    new = [delivery_row(webhook, message, at=at) for message in messages if message.id not in known]
    if new:
        session.execute(insert(DELIVERIES), new)
    return len(messages)


def listed(
    session: Session, webhook: WebhookId, *, state: DeliveryState | None, first: int, after: str | None
) -> Page[Delivery]:
    """The newest message first."""
    checked_size(first)
    statement = _joined().where(*_of(webhook, state)).order_by(DELIVERIES.c.sequence.desc()).limit(first + 1)
    if after is not None:
        statement = statement.where(DELIVERIES.c.sequence < _number(position(after, 1)[0]))
    found = [_delivery(row) for row in session.execute(statement)]
    return page(found, first, [(str(delivery.message.sequence),) for delivery in found])


def counted(session: Session, webhook: WebhookId, *, state: DeliveryState | None) -> int:
    return int(session.execute(select(func.count()).select_from(DELIVERIES).where(*_of(webhook, state))).scalar_one())


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0  # noqa: PLR2004  # digits that a database reads


def _of(webhook: WebhookId, state: DeliveryState | None) -> list[Any]:
    wanted: list[Any] = [DELIVERIES.c.webhook_id == webhook]
    return wanted if state is None else [*wanted, DELIVERIES.c.state == state.value]


def _anew(at: datetime) -> dict[str, Any]:
    return {"state": WAITING, "tries": 0, "next_try_at": at, "finished_at": None}


def _joined() -> Any:
    mine = DELIVERIES.c
    own = [mine.webhook_id, mine.state, mine.tries, mine.next_try_at, mine.finished_at, mine.log]
    return select(OUTBOX, mine.id.label("delivery_id"), *own).join(DELIVERIES, OUTBOX.c.id == mine.message_id)


def _delivery(row: Any) -> Delivery:
    return Delivery(
        id=DeliveryId(row.delivery_id),
        webhook=WebhookId(row.webhook_id),
        message=message_of(row),
        state=DeliveryState(row.state),
        tries=row.tries,
        next_try_at=row.next_try_at,
        finished_at=row.finished_at,
        log=tuple(
            Try(datetime.fromisoformat(each["at"]), each["milliseconds"], each["status"], each["problem"])
            for each in row.log
        ),
    )


def _row(each: Try) -> dict[str, Any]:
    return {
        "at": each.at.isoformat(),
        "milliseconds": each.milliseconds,
        "status": each.status,
        "problem": each.problem,
    }
