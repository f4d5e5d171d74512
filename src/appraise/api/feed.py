"""What happens to sections, for all who follow some in this process: one look at the records for everybody.

The records are asked again and again, by the sequence of the audit log: whatever process made a change, each server
sees it, and none can be missed.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import structlog
from starlette.concurrency import run_in_threadpool

from appraise.domain.identifiers import SectionId
from appraise.errors import Retriable
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.follow_sections import Happening, happenings_since, latest_happening

LOG = structlog.get_logger("appraise.api")
LOOK_EVERY: Final = 0.5
"""Seconds."""
MOST_WAITING: Final = 256
"""Happenings that wait for one follower; whoever is slower than that loses the thread."""


class Lost(Exception):  # noqa: N818  # named like the errors of appraise.errors
    """The follower was too slow, and would have missed something."""


class Follower:
    def __init__(self, sections: frozenset[SectionId]) -> None:
        self._sections = sections
        self._waiting: deque[Happening] = deque()
        self._something = asyncio.Event()
        self._is_lost = False

    def tell(self, happening: Happening) -> None:
        if happening.section is not None and happening.section not in self._sections:
            return
        self._is_lost = self._is_lost or len(self._waiting) >= MOST_WAITING
        if not self._is_lost:
            self._waiting.append(happening)
        self._something.set()

    async def next(self) -> Happening:
        """Waits for what happens next. Raises `Lost`."""
        while not self._waiting:
            if self._is_lost:
                raise Lost
            self._something.clear()
            await self._something.wait()
        return self._waiting.popleft()


class Feed:
    """Belongs to one event loop. Looks only while somebody follows."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._followers: set[Follower] = set()
        self._looking: asyncio.Task[None] | None = None
        self._sequence = 0

    @asynccontextmanager
    async def following(self, sections: frozenset[SectionId]) -> AsyncIterator[Follower]:
        """A follower who is told of everything that is committed from now on, and perhaps of something before."""
        if not self._followers:
            latest = await run_in_threadpool(latest_happening, self._deployment)
            if not self._followers:  # whoever came meanwhile may still have to be told of what came before
                self._sequence = latest
        follower = Follower(sections)
        self._followers.add(follower)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        try:
            yield follower
        finally:
            self._followers.discard(follower)
            if not self._followers and self._looking is not None:
                self._looking.cancel()

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            try:
                found = await run_in_threadpool(happenings_since, self._deployment, self._sequence)
            except Retriable as error:  # the next look sees it all
                LOG.warning("the records cannot be followed for the moment", error=str(error))
                continue
            except Exception:  # followers must not wait for ever for what was only a moment's defect
                LOG.exception("the records cannot be followed")
                continue
            for happening in found:
                self._sequence = happening.sequence
                for follower in tuple(self._followers):
                    follower.tell(happening)
