"""Deliver waiting messages: at least once, in order within a section, by as many workers as there are processes."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

import orjson
import structlog
from standardwebhooks import Webhook as Signer

from appraise.domain.identifiers import WebhookId
from appraise.domain.webhooks import Delivery, DeliveryState, Message, Try, Webhook, next_try
from appraise.errors import InvalidInput, Retriable
from appraise.storage import deliveries, webhooks
from appraise.storage.database import Session
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.send_webhook import NotSent, Reply, seconds_to_wait, send_webhook
from appraise.use_cases.transactions import committed
from appraise.use_cases.webhook_secrets import secret_text
from appraise.use_cases.webhook_targets import target_of

LOG = structlog.get_logger("appraise.webhooks")
LOOK_EVERY: Final = 1.0
"""Seconds."""
AT_A_TIME: Final = 4
"""To one webhook, so that a host that hangs does not hold up the others."""
CLAIMED_FOR: Final = timedelta(seconds=60)
"""After this another worker takes a delivery over; several times longer than one can take."""
LONGEST_HOLD: Final = timedelta(hours=24)
"""However long a host asks to be left alone."""


@dataclass(frozen=True, slots=True)
class _Claimed:
    delivery: Delivery
    webhook: Webhook
    until: datetime


class Worker:
    """`clock` gives the time of tries; `chance`, from 0 to 1, spreads their repetition."""

    def __init__(
        self, deployment: Deployment, clock: Callable[[], datetime], *, chance: Callable[[], float] = random.random
    ) -> None:
        self._deployment = deployment
        self._clock = clock
        self._chance = chance
        self._in_hand: dict[asyncio.Task[None], WebhookId] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`; what is being sent then is sent to its end."""
        stopping = asyncio.create_task(stop.wait())
        while not stop.is_set():
            await self._take()
            await asyncio.wait({stopping, *self._in_hand}, timeout=LOOK_EVERY, return_when=asyncio.FIRST_COMPLETED)
        await self._finish()

    async def run_once(self) -> int:
        """Send what is due now and what becomes due by it. Gives how many tries there were."""
        count = 0
        while await self._take() or self._in_hand:
            count += len(self._in_hand)
            await self._finish()
        return count

    async def _finish(self) -> None:
        if self._in_hand:
            await asyncio.wait(set(self._in_hand))

    async def _take(self) -> int:
        try:
            claimed = await asyncio.to_thread(self._claim)
        except Retriable as error:
            LOG.warning("deliveries cannot be read for the moment", error=str(error))
            return 0
        except Exception:  # a worker that ended would be missed too late
            LOG.exception("deliveries cannot be read")
            return 0
        for each in claimed:
            task = asyncio.create_task(self._deliver(each))
            self._in_hand[task] = each.webhook.id
            task.add_done_callback(self._in_hand.pop)
        return len(claimed)

    def _claim(self) -> list[_Claimed]:
        at = self._clock()
        until = at + CLAIMED_FOR
        busy = Counter(self._in_hand.values())
        with self._deployment.database.reading() as session:  # most looks find nothing, and need not write
            free = {
                webhook: AT_A_TIME - busy[webhook.id]
                for webhook in webhooks.all_of_them(session, at=at)
                if busy[webhook.id] < AT_A_TIME and deliveries.has_due(session, webhook.id, at=at)
            }

        def work(session: Session) -> list[_Claimed]:
            return [
                _Claimed(delivery, webhook, until)
                for webhook, most in free.items()
                for delivery in deliveries.claim(session, webhook.id, at=at, until=until, most=most)
            ]

        return committed(self._deployment, work) if free else []

    async def _deliver(self, claimed: _Claimed) -> None:
        try:
            await self._try(claimed)
        except Retriable as error:  # the claim runs out, and it is sent again
            LOG.warning("a delivery could not be noted", delivery=claimed.delivery.id, error=str(error))
        except Exception:
            LOG.exception("a delivery failed by a defect", delivery=claimed.delivery.id)

    async def _try(self, claimed: _Claimed) -> None:
        at, began = self._clock(), time.monotonic()
        reply: Reply | None = None
        problem: str | None = None
        try:
            reply = await self._sent(claimed, at)
            problem = _problem(reply)
        except (NotSent, InvalidInput) as error:
            problem = str(error).partition("\n")[0][:300]
        took = int((time.monotonic() - began) * 1000)
        this = Try(at, took, None if reply is None else reply.status, problem)
        await asyncio.to_thread(self._settle, claimed, this, reply)

    async def _sent(self, claimed: _Claimed, at: datetime) -> Reply:
        body = payload(claimed.delivery.message)
        signers = [Signer(secret_text(self._deployment, secret)) for secret in claimed.webhook.secrets]
        name = claimed.delivery.message.id
        headers = {
            "webhook-id": name,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": " ".join(signer.sign(name, at, body.decode()) for signer in signers),
        }
        networks = self._deployment.webhook_networks
        return await send_webhook(target_of(claimed.webhook.url, networks), body, headers, networks)

    def _settle(self, claimed: _Claimed, this: Try, reply: Reply | None) -> None:
        now = self._clock()
        done = _after(claimed.delivery, this, now=now, chance=self._chance())
        wait = seconds_to_wait(None if reply is None else reply.retry_after, now=now.timestamp())
        until = now + min(timedelta(seconds=wait), LONGEST_HOLD)
        if done.next_try_at is not None and until > done.next_try_at:
            done = replace(done, next_try_at=until)

        def work(session: Session) -> None:
            if not deliveries.settle(session, done, claimed_until=claimed.until):
                LOG.warning("a delivery took so long that another worker has it", delivery=done.id)
            if this.problem is not None and until > now:
                webhooks.hold(session, claimed.webhook.id, until=until)
            if this.status == HTTPStatus.GONE:
                webhooks.switch(session, claimed.webhook.id, on=False)

        committed(self._deployment, work)
        if this.problem is not None:
            LOG.warning("a delivery failed", delivery=done.id, state=done.state.value, problem=this.problem)


def _after(delivery: Delivery, this: Try, *, now: datetime, chance: float) -> Delivery:
    tried = replace(delivery, tries=delivery.tries + 1, log=(*delivery.log, this), next_try_at=None)
    if this.problem is None:
        return replace(tried, state=DeliveryState.DELIVERED, finished_at=now)
    again = None if this.status == HTTPStatus.GONE else next_try(tried.tries, at=now, chance=chance)
    if again is None:
        return replace(tried, state=DeliveryState.DEAD, finished_at=now)
    return replace(tried, next_try_at=again)


def _problem(reply: Reply) -> str | None:
    if HTTPStatus.OK <= reply.status < HTTPStatus.MULTIPLE_CHOICES:
        return None
    if reply.status == HTTPStatus.GONE:
        return "410: the host wants no more; the webhook was switched off"
    if HTTPStatus.MULTIPLE_CHOICES <= reply.status < HTTPStatus.BAD_REQUEST:
        return f"{reply.status}: redirects are not followed"
    return f"{reply.status}"


def payload(message: Message) -> bytes:
    """What is sent: the type, when it happened, and ids for the API; no figure and no name."""
    told = {"type": message.notice.value, "timestamp": message.created_at.isoformat(), "data": message.facts}
    return orjson.dumps(told)
