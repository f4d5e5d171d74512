"""How HR administrators say which host systems are told of what."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum
from typing import Annotated

import strawberry

from appraise.api.context import RequestContext
from appraise.api.global_ids import Kind, key_of
from appraise.api.permissions import Permission, Requires
from appraise.api.repeating import DONE_ALREADY, OnceInput, RepeatableInput, repeatable
from appraise.api.types.webhooks import DeliveryType, WebhookEvent, WebhookType
from appraise.domain.identifiers import DeliveryId, WebhookId
from appraise.domain.language import retold
from appraise.domain.webhooks import Notice, Webhook
from appraise.errors import InvalidInput, NotFound, Problem
from appraise.use_cases.create_webhook import create_webhook
from appraise.use_cases.delete_webhook import delete_webhook
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.read_webhooks import get_delivery, get_webhook
from appraise.use_cases.replay_deliveries import replay_delivery, replay_since
from appraise.use_cases.rotate_webhook_secret import rotate_webhook_secret
from appraise.use_cases.switch_webhook import switch_webhook


@strawberry.enum(description="Why nothing was changed. More may be added; treat unknown ones as BAD_INPUT.")
class WebhookErrorCode(Enum):
    BAD_INPUT = strawberry.enum_value(
        "BAD_INPUT", description="A URL to which nothing is sent, no event, or a length that cannot be."
    )
    NOT_FOUND = strawberry.enum_value("NOT_FOUND", description="There is no such webhook or delivery.")
    ALREADY_DONE = strawberry.enum_value(
        "ALREADY_DONE",
        description="Done under this idempotency key before; `webhook` says which it was, without `secret`.",
    )


@strawberry.type(description="Why nothing was changed, for whoever manages webhooks.")
class WebhookError:
    message: str = strawberry.field(description="What was found and what was expected.")
    path: list[str] = strawberry.field(description="What it is about: `input`.")
    code: WebhookErrorCode = strawberry.field(description="Stable, for programs.")


@strawberry.input(description="Where to tell of what.")
class CreateWebhookInput(OnceInput):
    url: str = strawberry.field(description="An https URL of a public host.")
    events: list[WebhookEvent] = strawberry.field(description="What to tell of.")


@strawberry.input(description="A new secret for a webhook.")
class RotateWebhookSecretInput(OnceInput):
    webhook_id: strawberry.ID = strawberry.field(description="The webhook.")
    overlap_hours: int = strawberry.field(
        default=24, description="Number of hours for which the old secret signs as well."
    )


@strawberry.input(description="Switches a webhook on or off.")
class SetWebhookActiveInput(RepeatableInput):
    webhook_id: strawberry.ID = strawberry.field(description="The webhook.")
    is_active: bool = strawberry.field(description="Whether messages are sent and queued.")


@strawberry.input(description="Forgets a webhook.")
class DeleteWebhookInput(RepeatableInput):
    webhook_id: strawberry.ID = strawberry.field(description="The webhook.")


@strawberry.input(description="Sends one message again.")
class ReplayWebhookDeliveryInput(RepeatableInput):
    delivery_id: strawberry.ID = strawberry.field(description="The delivery.")


@strawberry.input(description="Sends all messages again from a time on.")
class ReplayWebhookInput(RepeatableInput):
    webhook_id: strawberry.ID = strawberry.field(description="The webhook.")
    since: datetime = strawberry.field(description="Messages of what happened then or later are sent.")


@strawberry.type(description="What came of it.")
class WebhookPayload:
    webhook: WebhookType | None = strawberry.field(
        description="The webhook afterwards; null where nothing was changed."
    )
    user_errors: list[WebhookError] = strawberry.field(description="What stood in the way; empty where it is done.")


@strawberry.type(description="What came of forgetting a webhook.")
class DeleteWebhookPayload:
    is_deleted: bool = strawberry.field(description="Whether it is gone.")
    user_errors: list[WebhookError] = strawberry.field(description="What stood in the way; empty where it is done.")


@strawberry.type(description="What came of it, with the secret.")
class WebhookSecretPayload:
    webhook: WebhookType | None = strawberry.field(description="The webhook; null where nothing was changed.")
    secret: str | None = strawberry.field(description="By which messages are verified, `whsec_…`; shown once.")
    user_errors: list[WebhookError] = strawberry.field(description="What stood in the way; empty where it is done.")


@strawberry.type(description="What came of sending a message again.")
class ReplayWebhookDeliveryPayload:
    delivery: DeliveryType | None = strawberry.field(description="The delivery, which waits now; null where none was.")
    user_errors: list[WebhookError] = strawberry.field(description="What stood in the way; empty where it is done.")


@strawberry.type(description="What came of sending messages again.")
class ReplayWebhookPayload:
    messages: int | None = strawberry.field(
        description="Number of messages that wait now; null where nothing was changed."
    )
    user_errors: list[WebhookError] = strawberry.field(description="What stood in the way; empty where it is done.")


@strawberry.type
class WebhookMutation:
    @strawberry.mutation(
        description="Tell a host system of what happens from now on. For HR administrators.",
        extensions=[Requires(Permission.MANAGE_WEBHOOKS)],
    )
    def create_webhook(
        self,
        info: strawberry.Info,
        wanted: Annotated[CreateWebhookInput, strawberry.argument(name="input", description="Where, and what.")],
    ) -> WebhookSecretPayload | None:
        context: RequestContext = info.context
        notices = [Notice[event.name] for event in wanted.events]
        return _with_secret(
            info,
            wanted,
            lambda deployment: create_webhook(deployment, context.principal, wanted.url, notices, at=context.at),
        )

    @strawberry.mutation(
        description="Replace a webhook's secret; for a while messages are signed by both.",
        extensions=[Requires(Permission.MANAGE_WEBHOOKS)],
    )
    def rotate_webhook_secret(
        self,
        info: strawberry.Info,
        wanted: Annotated[RotateWebhookSecretInput, strawberry.argument(name="input", description="Whose secret.")],
    ) -> WebhookSecretPayload | None:
        context: RequestContext = info.context
        key = WebhookId(key_of(wanted.webhook_id, Kind.WEBHOOK))
        overlap = timedelta(hours=min(wanted.overlap_hours, 24 * 365))
        return _with_secret(
            info,
            wanted,
            lambda deployment: rotate_webhook_secret(
                deployment, context.principal, key, overlap=overlap, at=context.at
            ),
        )

    @strawberry.mutation(
        description="Switch a webhook off or on. What waits stays, what happens while it is off is not queued.",
        extensions=[Requires(Permission.MANAGE_WEBHOOKS)],
    )
    def set_webhook_active(
        self,
        info: strawberry.Info,
        wanted: Annotated[SetWebhookActiveInput, strawberry.argument(name="input", description="Which, and how.")],
    ) -> WebhookPayload | None:
        context: RequestContext = info.context
        key = WebhookId(key_of(wanted.webhook_id, Kind.WEBHOOK))
        try:
            webhook = repeatable(
                info,
                wanted,
                lambda deployment: switch_webhook(
                    deployment, context.principal, key, on=wanted.is_active, at=context.at
                ),
                again=_read_again(context),
            )
        except NotFound as error:
            return WebhookPayload(webhook=None, user_errors=[_error(error)])
        return WebhookPayload(webhook=WebhookType.of(webhook), user_errors=[])

    @strawberry.mutation(
        description="Forget a webhook with its secrets and deliveries; a message that is on its way arrives.",
        extensions=[Requires(Permission.MANAGE_WEBHOOKS)],
    )
    def delete_webhook(
        self,
        info: strawberry.Info,
        wanted: Annotated[DeleteWebhookInput, strawberry.argument(name="input", description="Which.")],
    ) -> DeleteWebhookPayload | None:
        context: RequestContext = info.context
        key = WebhookId(key_of(wanted.webhook_id, Kind.WEBHOOK))
        try:
            repeatable(
                info,
                wanted,
                lambda deployment: delete_webhook(deployment, context.principal, key, at=context.at),
                again=lambda _: None,
            )
        except NotFound as error:
            return DeleteWebhookPayload(is_deleted=False, user_errors=[_error(error)])
        return DeleteWebhookPayload(is_deleted=True, user_errors=[])

    @strawberry.mutation(
        description="Send one message again, delivered or dead.", extensions=[Requires(Permission.MANAGE_WEBHOOKS)]
    )
    def replay_webhook_delivery(
        self,
        info: strawberry.Info,
        wanted: Annotated[ReplayWebhookDeliveryInput, strawberry.argument(name="input", description="Which.")],
    ) -> ReplayWebhookDeliveryPayload | None:
        context: RequestContext = info.context
        key = DeliveryId(key_of(wanted.delivery_id, Kind.DELIVERY))
        try:
            delivery = repeatable(
                info,
                wanted,
                lambda deployment: replay_delivery(deployment, context.principal, key, at=context.at),
                again=lambda known: get_delivery(context.deployment, context.principal, DeliveryId(known)),
            )
        except NotFound as error:
            return ReplayWebhookDeliveryPayload(delivery=None, user_errors=[_error(error)])
        return ReplayWebhookDeliveryPayload(delivery=DeliveryType.of(delivery), user_errors=[])

    @strawberry.mutation(
        description="Send all messages again from a time on, those too that came before the webhook was made.",
        extensions=[Requires(Permission.MANAGE_WEBHOOKS)],
    )
    def replay_webhook(
        self,
        info: strawberry.Info,
        wanted: Annotated[ReplayWebhookInput, strawberry.argument(name="input", description="Whose, since when.")],
    ) -> ReplayWebhookPayload | None:
        context: RequestContext = info.context
        if wanted.since.tzinfo is None:
            raise InvalidInput("`since` has no time zone", expected="a moment as in 2026-03-31T08:15:00Z")
        key = WebhookId(key_of(wanted.webhook_id, Kind.WEBHOOK))
        try:
            count = repeatable(
                info,
                wanted,
                lambda deployment: replay_since(deployment, context.principal, key, since=wanted.since, at=context.at),
                told=lambda messages: messages,
                again=int,
            )
        except NotFound as error:
            return ReplayWebhookPayload(messages=None, user_errors=[_error(error)])
        return ReplayWebhookPayload(messages=count, user_errors=[])


def _with_secret(
    info: strawberry.Info, wanted: OnceInput, change: Callable[[Deployment], tuple[Webhook, str]]
) -> WebhookSecretPayload:
    try:
        made = repeatable(info, wanted, change, again=_read_again(info.context))
    except (InvalidInput, NotFound) as error:
        return WebhookSecretPayload(webhook=None, secret=None, user_errors=[_error(error)])
    if isinstance(made, Webhook):
        done = WebhookError(
            message=retold(DONE_ALREADY.message), path=["input", "idempotencyKey"], code=WebhookErrorCode.ALREADY_DONE
        )
        return WebhookSecretPayload(webhook=WebhookType.of(made), secret=None, user_errors=[done])
    webhook, secret = made
    return WebhookSecretPayload(webhook=WebhookType.of(webhook), secret=secret, user_errors=[])


def _read_again(context: RequestContext) -> Callable[[str], Webhook]:
    return lambda key: get_webhook(context.deployment, context.principal, WebhookId(key), at=context.at)


def _error(error: Problem) -> WebhookError:
    code = WebhookErrorCode.NOT_FOUND if isinstance(error, NotFound) else WebhookErrorCode.BAD_INPUT
    expected = "" if error.expected is None else f"; expected {error.expected}"
    return WebhookError(message=f"{error.found}{expected}", path=["input"], code=code)
