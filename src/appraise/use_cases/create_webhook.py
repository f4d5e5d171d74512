"""Tell a host system of what happens, from now on."""

from collections.abc import Iterable
from datetime import datetime

from appraise.domain.access import Principal
from appraise.domain.identifiers import WebhookId
from appraise.domain.webhooks import Notice, Webhook
from appraise.errors import InvalidInput
from appraise.storage import audit, webhooks
from appraise.storage.database import Session
from appraise.storage.identifiers import new_id
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.read_webhooks import may_manage_webhooks
from appraise.use_cases.section_view import Actor
from appraise.use_cases.transactions import committed
from appraise.use_cases.webhook_secrets import new_secret, secret_text
from appraise.use_cases.webhook_targets import target_of


def create_webhook(
    deployment: Deployment, principal: Principal, url: str, notices: Iterable[Notice], *, at: datetime
) -> tuple[Webhook, str]:
    """The webhook, and its secret, which is not shown again.

    Raises `Forbidden` where the principal may not, `InvalidInput` for a URL to which nothing is sent.
    """
    may_manage_webhooks(principal)
    wanted = frozenset(notices)
    if not wanted:
        raise InvalidInput("no event is named", expected="at least one of: " + ", ".join(Notice))
    target = target_of(url, deployment.webhook_networks)
    secret = new_secret(at=at)
    webhook = Webhook(WebhookId(new_id()), url, wanted, is_active=True, created_at=at, secrets=(secret,))
    details = [("host", target.authority), ("events", " ".join(sorted(wanted)))]

    def work(session: Session) -> Webhook:
        webhooks.add(session, webhook)
        actor = Actor.of(principal).id
        audit.append(
            session, at=at, actor=actor, action="webhook.create", subject=f"webhook:{webhook.id}", details=details
        )
        return webhook

    return committed(deployment, work), secret_text(deployment, secret)
