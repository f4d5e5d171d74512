"""What host systems are told, when a try is repeated, and what is known of each delivery."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from appraise.domain.identifiers import DeliveryId, MessageId, WebhookId


class Notice(StrEnum):
    """The `type` of a message."""

    SECTION_STATE_CHANGED = "section.state_changed"
    SECTION_CORRECTED = "section.corrected"
    RUN_FINISHED = "run.finished"
    CYCLE_STATE_CHANGED = "cycle.state_changed"
    DISPUTE_STATE_CHANGED = "dispute.state_changed"
    TASK_DUE = "task.due"


class DeliveryState(StrEnum):
    """DEAD: given up after the last try, until somebody has it sent again."""

    WAITING = "WAITING"
    DELIVERED = "DELIVERED"
    DEAD = "DEAD"


PAUSES: Final = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=10),
)
"""Between the first try and the second, and so on: eight tries in about 28 hours, then the delivery is dead."""
JITTER: Final = 0.2
"""A pause is longer or shorter by up to this share, so that what failed together does not come back together."""


def next_try(tries: int, *, at: datetime, chance: float) -> datetime | None:
    """When to try again after `tries` tries that failed; None where that was the last. `chance` is from 0 to 1."""
    if tries > len(PAUSES):
        return None
    return at + PAUSES[tries - 1] * (1 + JITTER * (2 * chance - 1))


@dataclass(frozen=True, slots=True)
class WebhookSecret:
    """Its bytes are kept nowhere: they follow from the deployment's key and the id."""

    id: str
    created_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Webhook:
    """`secrets` are those that sign now, the newest first; two while one is being replaced."""

    id: WebhookId
    url: str
    notices: frozenset[Notice]
    is_active: bool
    created_at: datetime
    secrets: tuple[WebhookSecret, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """`stream` is what must stay in order: a section's messages, or a cycle's. `sequence` counts all messages."""

    id: MessageId
    sequence: int
    stream: str
    notice: Notice
    facts: dict[str, Any]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Try:
    """`status` is None where there was no answer; `problem` None where it was good."""

    at: datetime
    milliseconds: int
    status: int | None
    problem: str | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message on its way to one webhook. `tries` counts since it was last asked for; `log` keeps the latest."""

    id: DeliveryId
    webhook: WebhookId
    message: Message
    state: DeliveryState
    tries: int
    next_try_at: datetime | None
    finished_at: datetime | None
    log: tuple[Try, ...]
