"""Send messages once more: one of them, or all from a time on."""

from datetime import datetime

from appraise.domain.access import Principal
from appraise.domain.identifiers import DeliveryId, WebhookId
from appraise.domain.webhooks import Delivery
from appraise.errors import NotFound
from appraise.storage import audit, deliveries, outbox
from appraise.storage.database import Session
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.read_webhooks import found, may_manage_webhooks
from appraise.use_cases.section_view import Actor
from appraise.use_cases.transactions import committed


def replay_delivery(deployment: Deployment, principal: Principal, delivery: DeliveryId, *, at: datetime) -> Delivery:
    """A message has the same id each time, by which the receiver knows it. Raises `Forbidden` and `NotFound`."""
    may_manage_webhooks(principal)

    def work(session: Session) -> Delivery:
        if deliveries.get(session, delivery) is None:
            raise NotFound("there is no such delivery", hint="`appraise webhook log` lists them")
        deliveries.again(session, delivery, at=at)
        again = deliveries.get(session, delivery)
        assert again is not None  # noqa: S101  # it was there a line ago, in the same transaction
        _note(session, principal, again.webhook, [("delivery", delivery)], at=at)
        return again

    return committed(deployment, work)


def replay_since(
    deployment: Deployment, principal: Principal, webhook: WebhookId, *, since: datetime, at: datetime
) -> int:
    """All messages from `since` on that the webhook wants, in their order; those too that came before it was made.

    Gives how many. Raises `Forbidden` and `NotFound`.
    """
    may_manage_webhooks(principal)

    def work(session: Session) -> int:
        notices = found(session, webhook, at=at).notices
        messages = [message for message in outbox.since(session, since) if message.notice in notices]
        count = deliveries.replay(session, webhook, messages, at=at)
        _note(session, principal, webhook, [("since", since.isoformat()), ("messages", str(count))], at=at)
        return count

    return committed(deployment, work)


def _note(
    session: Session, principal: Principal, webhook: WebhookId, details: list[tuple[str, str]], *, at: datetime
) -> None:
    actor = Actor.of(principal).id
    audit.append(session, at=at, actor=actor, action="webhook.replay", subject=f"webhook:{webhook}", details=details)
