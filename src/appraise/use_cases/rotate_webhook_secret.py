"""Replace a webhook's secret by a new one; for a while messages are signed by both."""

from datetime import datetime, timedelta

from appraise.domain.access import Principal
from appraise.domain.identifiers import WebhookId
from appraise.domain.webhooks import Webhook
from appraise.errors import InvalidInput
from appraise.storage import audit, webhooks
from appraise.storage.database import Session
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.read_webhooks import found, may_manage_webhooks
from appraise.use_cases.section_view import Actor
from appraise.use_cases.transactions import committed
from appraise.use_cases.webhook_secrets import new_secret, secret_text


def rotate_webhook_secret(
    deployment: Deployment, principal: Principal, webhook: WebhookId, *, overlap: timedelta, at: datetime
) -> tuple[Webhook, str]:
    """The webhook and its new secret. The ones before sign until `overlap` is over.

    Raises `Forbidden`, `NotFound`, and `InvalidInput` for a negative overlap.
    """
    may_manage_webhooks(principal)
    if overlap < timedelta(0):
        raise InvalidInput("the overlap is negative", expected="no time, or some")
    secret = new_secret(at=at)

    def work(session: Session) -> Webhook:
        found(session, webhook, at=at)
        webhooks.end_secrets(session, webhook, by=at + overlap)
        webhooks.add_secret(session, webhook, secret)
        rotated = found(session, webhook, at=at)
        actor, details = Actor.of(principal).id, [("overlap", str(overlap))]
        audit.append(
            session, at=at, actor=actor, action="webhook.rotate", subject=f"webhook:{webhook}", details=details
        )
        return rotated

    return committed(deployment, work), secret_text(deployment, secret)
