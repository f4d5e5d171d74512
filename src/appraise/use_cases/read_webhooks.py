"""Which host systems are told of what, and how that goes."""

from datetime import datetime

from appraise.domain.access import Principal, may_administer
from appraise.domain.identifiers import DeliveryId, WebhookId
from appraise.domain.reading import Page
from appraise.domain.webhooks import Delivery, DeliveryState, Webhook
from appraise.errors import Forbidden, NotFound
from appraise.storage import deliveries, webhooks
from appraise.storage.database import Session
from appraise.use_cases.deployment import Deployment


def may_manage_webhooks(principal: Principal) -> None:
    """Raises `Forbidden`."""
    if not may_administer(principal):
        raise Forbidden("webhooks are for HR administrators", hint="ask one of them")


def found(session: Session, webhook: WebhookId, *, at: datetime) -> Webhook:
    """Raises `NotFound`."""
    known = webhooks.get(session, webhook, at=at)
    if known is None:
        raise NotFound("there is no such webhook", hint="`appraise webhook list` shows them")
    return known


def get_webhook(deployment: Deployment, principal: Principal, webhook: WebhookId, *, at: datetime) -> Webhook:
    """Raises `Forbidden` and `NotFound`."""
    may_manage_webhooks(principal)
    with deployment.database.reading() as session:
        return found(session, webhook, at=at)


def list_webhooks(deployment: Deployment, principal: Principal, *, at: datetime) -> list[Webhook]:
    """The oldest first, those that are off included. Raises `Forbidden`."""
    may_manage_webhooks(principal)
    with deployment.database.reading() as session:
        return webhooks.all_of_them(session, at=at)


def get_delivery(deployment: Deployment, principal: Principal, delivery: DeliveryId) -> Delivery:
    """Raises `Forbidden` and `NotFound`."""
    may_manage_webhooks(principal)
    with deployment.database.reading() as session:
        known = deliveries.get(session, delivery)
    if known is None:
        raise NotFound("there is no such delivery", hint="`appraise webhook log` shows them")
    return known


def list_deliveries(  # the filters of one list
    deployment: Deployment,
    principal: Principal,
    webhook: WebhookId,
    *,
    state: DeliveryState | None,
    first: int,
    after: str | None,
) -> Page[Delivery]:
    """The newest message first. Raises `Forbidden`."""
    may_manage_webhooks(principal)
    with deployment.database.reading() as session:
        return deliveries.listed(session, webhook, state=state, first=first, after=after)


def count_deliveries(
    deployment: Deployment, principal: Principal, webhook: WebhookId, *, state: DeliveryState | None
) -> int:
    may_manage_webhooks(principal)
    with deployment.database.reading() as session:
        return deliveries.counted(session, webhook, state=state)
