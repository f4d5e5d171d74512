"""What `appraise webhook` and `appraise deliver` do and print."""

import asyncio
import signal
from datetime import datetime, timedelta

from rich.table import Table

from appraise.bootstrap import open_deployment, utc_now
from appraise.cli.deployment import AT_THE_MACHINE
from appraise.cli.output import console, print_json
from appraise.domain.identifiers import DeliveryId, WebhookId
from appraise.domain.webhooks import Delivery, DeliveryState, Notice, Webhook
from appraise.errors import InvalidInput
from appraise.settings import Settings
from appraise.use_cases.create_webhook import create_webhook
from appraise.use_cases.deliver import Worker
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.read_webhooks import get_webhook, list_deliveries, list_webhooks
from appraise.use_cases.replay_deliveries import replay_delivery, replay_since
from appraise.use_cases.rotate_webhook_secret import rotate_webhook_secret
from appraise.use_cases.switch_webhook import switch_webhook


def create_and_print(url: str, events: list[str], *, json: bool) -> None:
    notices = [Notice(event) for event in events]
    webhook, secret = create_webhook(_deployment(), AT_THE_MACHINE, url, notices, at=utc_now())
    _print_secret(webhook, secret, json=json)


def rotate_and_print(webhook: str, overlap: timedelta, *, json: bool) -> None:
    rotated, secret = rotate_webhook_secret(
        _deployment(), AT_THE_MACHINE, WebhookId(webhook), overlap=overlap, at=utc_now()
    )
    _print_secret(rotated, secret, json=json)


def _print_secret(webhook: Webhook, secret: str, *, json: bool) -> None:
    if json:
        print_json({"id": webhook.id, "secret": secret})
        return
    console.print(f"{webhook.id}  {webhook.url}", soft_wrap=True, highlight=False)
    console.print(secret, soft_wrap=True, highlight=False)
    console.print("The secret is not shown again. The receiver verifies messages with it.", style="dim")


def switch_and_print(webhook: str, *, on: bool) -> None:
    switch_webhook(_deployment(), AT_THE_MACHINE, WebhookId(webhook), on=on, at=utc_now())
    console.print("On." if on else "Off: nothing is sent, and nothing new is queued.")


def print_webhooks(*, json: bool) -> None:
    known = list_webhooks(_deployment(), AT_THE_MACHINE, at=utc_now())
    if json:
        print_json(
            [
                {"id": each.id, "url": each.url, "events": sorted(each.notices), "active": each.is_active}
                for each in known
            ]
        )
        return
    if not known:
        console.print("There is no webhook. `appraise webhook create` makes one.")
        return
    table = Table("id", "URL", "tells of", "is", "secrets", box=None, header_style="bold", pad_edge=False)
    for each in known:
        state = "on" if each.is_active else "off"
        table.add_row(each.id, each.url, ", ".join(sorted(each.notices)), state, str(len(each.secrets)))
    console.print(table)


def print_log(webhook: str, state: str | None, last: int, *, json: bool) -> None:
    deployment, key = _deployment(), WebhookId(webhook)
    get_webhook(deployment, AT_THE_MACHINE, key, at=utc_now())
    page = list_deliveries(deployment, AT_THE_MACHINE, key, state=_state(state), first=last, after=None)
    if json:
        print_json(list(page.items))
        return
    if not page.items:
        console.print("Nothing.")
        return
    table = Table(
        "id", "happened", "event", "state", "tries", "last answer", box=None, header_style="bold", pad_edge=False
    )
    for each in page.items:
        happened = f"{each.message.created_at:%Y-%m-%d %H:%M:%S}"
        table.add_row(each.id, happened, each.message.notice, each.state.lower(), str(each.tries), _answer(each))
    console.print(table)


def _answer(delivery: Delivery) -> str:
    if not delivery.log:
        return "not sent yet"
    latest = delivery.log[-1]
    again = "" if delivery.next_try_at is None else f"; again {delivery.next_try_at:%Y-%m-%d %H:%M:%S}"
    return f"{latest.problem or latest.status}{again}"


def _state(text: str | None) -> DeliveryState | None:
    if text is None:
        return None
    try:
        return DeliveryState(text.upper())
    except ValueError as error:
        known = ", ".join(state.lower() for state in DeliveryState)
        raise InvalidInput(f"there is no state {text!r}", expected=f"one of: {known}") from error


def replay_and_print(webhook: str, delivery: str | None, since: datetime | None) -> None:
    if (delivery is None) == (since is None):
        raise InvalidInput("it is not said what to send again", expected="either --delivery or --since")
    deployment, now = _deployment(), utc_now()
    if delivery is not None:
        replay_delivery(deployment, AT_THE_MACHINE, DeliveryId(delivery), at=now)
        count = 1
    else:
        assert since is not None  # noqa: S101  # one of the two is given
        count = replay_since(deployment, AT_THE_MACHINE, WebhookId(webhook), since=since, at=now)
    console.print(f"{count:,} to be sent again", highlight=False)


def deliver_until_stopped(*, once: bool) -> None:
    worker = Worker(_deployment(), utc_now)
    if once:
        console.print(f"{asyncio.run(worker.run_once()):,} tries", highlight=False)
        return
    asyncio.run(_until_stopped(worker))


async def _until_stopped(worker: Worker) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await worker.run(stop)


def _deployment() -> Deployment:
    return open_deployment(Settings())
