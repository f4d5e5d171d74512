"""Work in threads, in turns and within the time of a request."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import ContextVar, copy_context
from typing import Final, TypeVar

from appraise.api.turns import Lane, Turns
from appraise.storage.deadline import DEADLINE, Deadline

T = TypeVar("T")
THREADS: Final = ThreadPoolExecutor(40, "requests")
"""As many as Starlette's own, whose way to a thread and back takes twice as long."""
IS_LARGE: Final[ContextVar[bool]] = ContextVar("is_large", default=True)
"""Whether there is a turn for much; nobody else waits where there are no turns."""
WATCH_EVERY: Final = 0.05
"""Seconds between two attempts to stop what runs beyond its time."""


class Large(Exception):  # noqa: N818  # no error
    """A request turns out to ask for much: it must wait for a turn of such, to be begun anew in it."""


class Running:
    """For one event loop."""

    def __init__(self, *, timeout: float) -> None:
        """`timeout` is in seconds: of waiting for a turn, and of what is done in it."""
        self._timeout = timeout
        self.turns = Turns()

    async def in_turn(self, principal: str, work: Callable[[], T], *, lane: Lane = Lane.QUICK) -> T:
        """As `in_time`, when it is the principal's turn; begun anew in another one where it asks for much.

        Raises `Crowded` and `Overloaded`.
        """
        with suppress(Large):
            async with self.turns.turn(principal, within=self._timeout, lane=lane):
                return await self.in_time(work)
        async with self.turns.turn(principal, within=self._timeout, lane=Lane.LARGE):
            return await self.in_time(work, is_large=True)

    async def in_time(self, work: Callable[[], T], *, is_large: bool = False) -> T:
        """What `work` gives, done in a thread and stopped when a request's time is over.

        Where nobody waits for it any more (the task is cancelled) it is stopped too, unless it is a change that has
        begun; the turn lasts until the thread is free.
        Raises `Large` where it asks for much and is not in a turn for that.
        """
        deadline = Deadline(self._timeout)

        def bounded() -> T:
            before, lane = DEADLINE.set(deadline), IS_LARGE.set(is_large)
            try:
                return work()
            finally:
                DEADLINE.reset(before)
                IS_LARGE.reset(lane)

        watching: list[asyncio.Task[None]] = []
        loop = asyncio.get_running_loop()
        timer = loop.call_later(self._timeout, lambda: watching.append(loop.create_task(_watch(deadline))))
        running = loop.run_in_executor(THREADS, copy_context().run, bounded)
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            if not deadline.is_change:
                watching.append(loop.create_task(_watch(deadline)))
            while not running.done():
                with suppress(asyncio.CancelledError):
                    await asyncio.wait([running])
            if not running.cancelled():
                running.exception()  # there is nobody to be told; left alone it is logged as a defect
            raise
        finally:
            timer.cancel()
            for task in watching:
                task.cancel()


async def _watch(deadline: Deadline) -> None:
    """From the time on when it is over; a request that ends before costs no task."""
    while True:
        await asyncio.to_thread(deadline.expire)
        await asyncio.sleep(WATCH_EVERY)
