"""Webhooks and their secrets."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, or_, select, update

from appraise.domain.identifiers import WebhookId
from appraise.domain.webhooks import Notice, Webhook, WebhookSecret
from appraise.storage.database import Session
from appraise.storage.tables import DELIVERIES, WEBHOOK_SECRETS, WEBHOOKS


def add(session: Session, webhook: Webhook) -> None:
    row = {"id": webhook.id, "url": webhook.url, "notices": sorted(webhook.notices), "is_active": webhook.is_active}
    session.execute(insert(WEBHOOKS), {**row, "created_at": webhook.created_at})
    for secret in webhook.secrets:
        add_secret(session, webhook.id, secret)


def add_secret(session: Session, webhook: WebhookId, secret: WebhookSecret) -> None:
    row = {"id": secret.id, "webhook_id": webhook, "created_at": secret.created_at, "expires_at": secret.expires_at}
    session.execute(insert(WEBHOOK_SECRETS), row)


def end_secrets(session: Session, webhook: WebhookId, *, by: datetime) -> None:
    """Those that sign now, and would longer than `by`, sign until then."""
    table = WEBHOOK_SECRETS.c
    longer = or_(table.expires_at.is_(None), table.expires_at > by)
    session.execute(update(WEBHOOK_SECRETS).where(table.webhook_id == webhook, longer).values(expires_at=by))


def switch(session: Session, webhook: WebhookId, *, on: bool) -> None:
    session.execute(update(WEBHOOKS).where(WEBHOOKS.c.id == webhook).values(is_active=on, hold_until=None))


def hold(session: Session, webhook: WebhookId, *, until: datetime) -> None:
    """Nothing is sent there before `until`."""
    session.execute(update(WEBHOOKS).where(WEBHOOKS.c.id == webhook).values(hold_until=until))


def delete_all_of(session: Session, webhook: WebhookId) -> None:
    """With its secrets and deliveries."""
    for table in (DELIVERIES, WEBHOOK_SECRETS):
        session.execute(delete(table).where(table.c.webhook_id == webhook))
    session.execute(delete(WEBHOOKS).where(WEBHOOKS.c.id == webhook))


def get(session: Session, webhook: WebhookId, *, at: datetime) -> Webhook | None:
    return next(iter(_found(session, select(WEBHOOKS).where(WEBHOOKS.c.id == webhook), at)), None)


def all_of_them(session: Session, *, at: datetime) -> list[Webhook]:
    """The oldest first, with the secrets that sign at `at`."""
    return _found(session, select(WEBHOOKS).order_by(WEBHOOKS.c.created_at, WEBHOOKS.c.id), at)


def _found(session: Session, statement: Any, at: datetime) -> list[Webhook]:
    rows = session.execute(statement).all()
    secrets = _secrets(session, (row.id for row in rows), at)
    return [
        Webhook(
            WebhookId(row.id),
            row.url,
            frozenset(Notice(notice) for notice in row.notices),
            row.is_active,
            row.created_at,
            secrets.get(row.id, ()),
        )
        for row in rows
    ]


def _secrets(session: Session, of: Iterable[str], at: datetime) -> dict[str, tuple[WebhookSecret, ...]]:
    table = WEBHOOK_SECRETS.c
    signing = or_(table.expires_at.is_(None), table.expires_at > at)
    statement = select(WEBHOOK_SECRETS).where(table.webhook_id.in_(sorted(of)), signing)
    found: dict[str, tuple[WebhookSecret, ...]] = {}
    for row in session.execute(statement.order_by(table.created_at.desc(), table.id)):
        secret = WebhookSecret(row.id, row.created_at, row.expires_at)
        found[row.webhook_id] = (*found.get(row.webhook_id, ()), secret)
    return found
