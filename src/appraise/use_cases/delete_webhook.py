"""Forget a host system: nothing is sent there any more, and what was is not kept."""

from datetime import datetime

from appraise.domain.access import Principal
from appraise.domain.identifiers import WebhookId
from appraise.domain.webhooks import Webhook
from appraise.storage import audit, webhooks
from appraise.storage.database import Session, lock
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.read_webhooks import found, may_manage_webhooks
from appraise.use_cases.section_view import Actor
from appraise.use_cases.transactions import committed


def delete_webhook(deployment: Deployment, principal: Principal, webhook: WebhookId, *, at: datetime) -> Webhook:
    """With its secrets and deliveries; a message that is on its way arrives. Raises `Forbidden` and `NotFound`."""
    may_manage_webhooks(principal)

    def work(session: Session) -> Webhook:
        lock(session, "outbox")  # whoever queues a message for it meanwhile
        known = found(session, webhook, at=at)
        webhooks.delete_all_of(session, webhook)
        actor = Actor.of(principal)
        details = [*actor.facts, ("url", known.url)]
        audit.append(
            session, at=at, actor=actor.id, action="webhook.delete", subject=f"webhook:{webhook}", details=details
        )
        return known

    return committed(deployment, work)
