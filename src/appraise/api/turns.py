"""Whose request runs next: principals take turns, so that one who asks much makes the others wait little.

Belongs to one event loop.
"""

import asyncio
import hashlib
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

MOST_RUNNING: Final = 8
"""Requests at once: more would only take the interpreter from each other."""
MOST_OF_ONE: Final = 2
"""Of one principal."""
MOST_WAITING: Final = 100
"""Of one principal, those that run included."""
STRANGERS: Final = "strangers"
"""The principal of all whose credentials have not been seen yet."""
REMEMBERED: Final = 10_000


class Crowded(Exception):  # noqa: N818  # named like the errors of appraise.errors
    """Too many requests of one principal wait already."""

    def __init__(self) -> None:
        super().__init__(f"{MOST_WAITING} requests of yours are waiting already; send the next when one is answered")


class Turns:
    def __init__(self) -> None:
        self._running: Counter[str] = Counter()
        self._inside: Counter[str] = Counter()
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()
        self._known: OrderedDict[bytes, str] = OrderedDict()

    def principal_of(self, credential: str) -> str:
        """Whose turn a token or a session takes, as far as is known before it is looked up."""
        return self._known.get(_digest(credential), STRANGERS)

    def remember(self, credential: str, principal: str) -> None:
        digest = _digest(credential)
        self._known[digest] = principal
        self._known.move_to_end(digest)
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    def forget(self, credential: str) -> None:
        """One that is good no longer must not take anybody's turns."""
        self._known.pop(_digest(credential), None)

    def check(self, principal: str) -> None:
        """Raises `Crowded` where another request would not even wait."""
        if self._inside[principal] >= MOST_WAITING:
            raise Crowded

    @asynccontextmanager
    async def turn(self, principal: str, *, within: float) -> AsyncIterator[None]:
        """Waits until it is the principal's turn. Raises `Crowded`, also where that is not `within` seconds."""
        self.check(principal)
        self._inside[principal] += 1
        try:
            try:
                async with asyncio.timeout(within):
                    await self._begun(principal)
            except TimeoutError as error:
                raise Crowded from error
            try:
                yield
            finally:
                _less(self._running, principal)
                self._go_on()
        finally:
            _less(self._inside, principal)

    async def _begun(self, principal: str) -> None:
        if principal not in self._waiting and self._may_run(principal):
            self._running[principal] += 1
            return
        mine = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(principal, deque()).append(mine)
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():  # its turn had come
                _less(self._running, principal)
                self._go_on()
            else:
                self._leave(principal, mine)
            raise

    def _may_run(self, principal: str) -> bool:
        return self._running.total() < MOST_RUNNING and self._running[principal] < MOST_OF_ONE

    def _go_on(self) -> None:
        """Lets begin whoever may, one of each principal after the other."""
        for principal in list(self._waiting):
            waiting = self._waiting[principal]
            while waiting and waiting[0].cancelled():  # given up, and not heard of it yet
                waiting.popleft()
            if waiting and self._may_run(principal):
                self._running[principal] += 1
                waiting.popleft().set_result(None)
                self._waiting.move_to_end(principal)
            if not waiting:
                del self._waiting[principal]

    def _leave(self, principal: str, mine: asyncio.Future[None]) -> None:
        waiting = self._waiting.get(principal, deque())
        if mine in waiting:
            waiting.remove(mine)
            if not waiting:
                del self._waiting[principal]


def _less(counter: Counter[str], principal: str) -> None:
    counter[principal] -= 1
    if not counter[principal]:
        del counter[principal]


def _digest(credential: str) -> bytes:
    return hashlib.sha256(credential.encode()).digest()
