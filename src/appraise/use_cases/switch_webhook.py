"""Stop telling a host system, or go on."""

from datetime import datetime

from appraise.domain.access import Principal
from appraise.domain.identifiers import WebhookId
from appraise.domain.webhooks import Webhook
from appraise.storage import audit, webhooks
from appraise.storage.database import Session
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.read_webhooks import found, may_manage_webhooks
from appraise.use_cases.section_view import Actor
from appraise.use_cases.transactions import committed


def switch_webhook(
    deployment: Deployment, principal: Principal, webhook: WebhookId, *, on: bool, at: datetime
) -> Webhook:
    """While it is off, nothing is sent and nothing new is queued; what waits goes on when it is on again.

    Raises `Forbidden` and `NotFound`.
    """
    may_manage_webhooks(principal)

    def work(session: Session) -> Webhook:
        found(session, webhook, at=at)
        webhooks.switch(session, webhook, on=on)
        action = "webhook.enable" if on else "webhook.disable"
        audit.append(session, at=at, actor=Actor.of(principal).id, action=action, subject=f"webhook:{webhook}")
        return found(session, webhook, at=at)

    return committed(deployment, work)
