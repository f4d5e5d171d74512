"""What every use case works on."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from appraise.storage.database import Database

if TYPE_CHECKING:  # records need no query engine: reading them must not wait for one to be imported
    from appraise.events.store import EventStore

Advance = Callable[[str, int, int], None]
"""How long work tells of its progress: step, done, total; a total of 0 is not known."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """One organisation's data. `secret` is the key of customers' link keys."""

    database: Database
    events: "EventStore"
    secret: bytes
    code_version: str


def quietly(step: str, done: int, total: int) -> None:
    """Tell nobody."""
