"""Webhooks and their deliveries."""

from datetime import datetime
from enum import Enum
from typing import Annotated, Self

import strawberry

from appraise.api.context import RequestContext
from appraise.api.global_ids import Kind, key_of, to_global
from appraise.api.types.connections import LARGEST_PAGE, PageInfoType, Window
from appraise.api.types.node import Node
from appraise.domain.cursors import cursor
from appraise.domain.identifiers import WebhookId
from appraise.domain.reading import Page
from appraise.domain.webhooks import Delivery, DeliveryState, Notice, Try, Webhook
from appraise.use_cases.read_webhooks import count_deliveries, list_deliveries


@strawberry.enum(name="WebhookEvent", description="What a webhook may tell of; the message's `type` is in brackets.")
class WebhookEvent(Enum):
    SECTION_STATE_CHANGED = strawberry.enum_value(
        Notice.SECTION_STATE_CHANGED, description="A section passed into another state (`section.state_changed`)."
    )
    SECTION_CORRECTED = strawberry.enum_value(
        Notice.SECTION_CORRECTED,
        description="The data say otherwise than when a section was handed in (`section.corrected`).",
    )
    CYCLE_STATE_CHANGED = strawberry.enum_value(
        Notice.CYCLE_STATE_CHANGED, description="A cycle passed into another stage (`cycle.state_changed`)."
    )
    DISPUTE_STATE_CHANGED = strawberry.enum_value(
        Notice.DISPUTE_STATE_CHANGED, description="A dispute was filed or ended (`dispute.state_changed`)."
    )
    TASK_DUE = strawberry.enum_value(
        Notice.TASK_DUE, description="Somebody has 30, 10, 3 days or 1 day left for a task (`task.due`)."
    )
    RUN_FINISHED = strawberry.enum_value(
        Notice.RUN_FINISHED, description="A cycle was scored; sections were opened or rescored (`run.finished`)."
    )


@strawberry.enum(name="WebhookDeliveryState", description="How far a delivery is.")
class DeliveryStateValue(Enum):
    WAITING = strawberry.enum_value(DeliveryState.WAITING, description="To be sent, or to be tried again.")
    DELIVERED = strawberry.enum_value(DeliveryState.DELIVERED, description="The host answered with 2xx.")
    DEAD = strawberry.enum_value(DeliveryState.DEAD, description="Given up; it can be sent again by hand.")


@strawberry.type(name="WebhookTry", description="One try to deliver.")
class TryType:
    at: datetime = strawberry.field(description="When it began.")
    milliseconds: int = strawberry.field(description="Number of milliseconds that it took.")
    status: int | None = strawberry.field(description="HTTP status of the answer; null without one.")
    problem: str | None = strawberry.field(description="What was wrong; null where it was good.")

    @classmethod
    def of(cls, one: Try) -> Self:
        return cls(at=one.at, milliseconds=one.milliseconds, status=one.status, problem=one.problem)


@strawberry.type(name="WebhookDelivery", description="One message on its way to one webhook.")
class DeliveryType(Node):
    message_id: str = strawberry.field(description="The header `webhook-id`, the same at every try.")
    event: WebhookEvent = strawberry.field(description="What it tells of.")
    state: DeliveryStateValue = strawberry.field(description="How far it is.")
    happened_at: datetime = strawberry.field(description="When what it tells of happened.")
    next_try_at: datetime | None = strawberry.field(description="When it is tried next; null where it is not.")
    finished_at: datetime | None = strawberry.field(description="When it was delivered or given up.")
    tries: list[TryType] = strawberry.field(description="The latest tries, at most 20, the oldest first.")

    @classmethod
    def of(cls, delivery: Delivery) -> Self:
        return cls(
            id=to_global(Kind.DELIVERY, delivery.id),
            message_id=delivery.message.id,
            event=WebhookEvent(delivery.message.notice),
            state=DeliveryStateValue(delivery.state),
            happened_at=delivery.message.created_at,
            next_try_at=delivery.next_try_at,
            finished_at=delivery.finished_at,
            tries=[TryType.of(one) for one in delivery.log],
        )


@strawberry.type(name="WebhookDeliveryEdge", description="One delivery of a page.")
class DeliveryEdge:
    node: DeliveryType = strawberry.field(description="The delivery.")
    cursor: str = strawberry.field(description="Pass it as `after` to read on from here.")


@strawberry.type(name="WebhookDeliveryConnection", description="A page of deliveries, the newest message first.")
class DeliveryConnection:
    webhook_key: strawberry.Private[WebhookId]
    in_state: strawberry.Private[DeliveryState | None]
    nodes: list[DeliveryType] = strawberry.field(description="The deliveries of the page.")
    keys: strawberry.Private[tuple[tuple[str, ...], ...]]
    page_info: PageInfoType = strawberry.field(description="Whether more follow.")

    @strawberry.field(description="The same deliveries, one wrapper each.")
    def edges(self) -> list[DeliveryEdge]:
        return [DeliveryEdge(node=node, cursor=cursor(*key)) for node, key in zip(self.nodes, self.keys, strict=True)]

    @strawberry.field(description="Number of entries in all, with the same filter. Counted only when asked.")
    def total_count(self, info: strawberry.Info) -> int:
        context: RequestContext = info.context
        return count_deliveries(context.deployment, context.principal, self.webhook_key, state=self.in_state)

    @classmethod
    def of(cls, page: Page[Delivery], window: Window, webhook: WebhookId, state: DeliveryState | None) -> Self:
        return cls(
            webhook_key=webhook,
            in_state=state,
            nodes=[DeliveryType.of(delivery) for delivery in page.items],
            keys=page.keys,
            page_info=PageInfoType.of(page, window),
        )


@strawberry.type(name="Webhook", description="A host system that is told of what happens.")
class WebhookType(Node):
    url: str = strawberry.field(description="Where messages are sent.")
    events: list[WebhookEvent] = strawberry.field(description="What it is told of.")
    is_active: bool = strawberry.field(description="Whether messages are sent and queued.")
    created_at: datetime = strawberry.field(description="When it was made.")
    secrets: int = strawberry.field(
        description="Number of secrets that sign its messages now; two while one is replaced."
    )

    @strawberry.field(description="Its deliveries, the newest message first.")
    def deliveries(
        self,
        info: strawberry.Info,
        first: Annotated[int, strawberry.argument(description=f"How many, 1 to {LARGEST_PAGE}.")],
        after: Annotated[
            str | None, strawberry.argument(description="`pageInfo.endCursor` of the page before.")
        ] = None,
        state: Annotated[
            DeliveryStateValue | None, strawberry.argument(description="Only those in this state.")
        ] = None,
    ) -> DeliveryConnection:
        context: RequestContext = info.context
        window = Window(first, after)
        key = WebhookId(key_of(self.id, Kind.WEBHOOK))
        wanted = None if state is None else DeliveryState(state.name)
        page = list_deliveries(context.deployment, context.principal, key, state=wanted, first=first, after=after)
        return DeliveryConnection.of(page, window, key, wanted)

    @classmethod
    def of(cls, webhook: Webhook) -> Self:
        return cls(
            id=to_global(Kind.WEBHOOK, webhook.id),
            url=webhook.url,
            events=[WebhookEvent(notice) for notice in sorted(webhook.notices)],
            is_active=webhook.is_active,
            created_at=webhook.created_at,
            secrets=len(webhook.secrets),
        )
