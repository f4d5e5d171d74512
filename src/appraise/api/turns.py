"""Whose request runs next: principals take turns, so that one who asks much makes the others wait little.

Requests for much have rows of their own, one for each principal: what asks for little does not wait behind them.
Belongs to one event loop.
"""

import asyncio
import hashlib
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_address, ip_network
from typing import Final, TypeVar

T = TypeVar("T")
MOST_RUNNING: Final = 8
"""Requests at once: more would only take the interpreter from each other."""
MOST_OF_ONE: Final = 2
"""Of one principal, beside one for much."""
MOST_LARGE: Final = 3
"""Of all principals, requests for much."""
MOST_WAITING: Final = 100
"""Of one principal, those that run included."""
MOST_STRANGERS: Final = 3
"""Requests at once of all whose credentials have not been seen yet: the other places are for those who are known."""
STRANGERS_WAITING: Final = 1_000
"""At one address, where a whole office may be; they are only looked up."""
STRANGER: Final = "stranger at "
REMEMBERED: Final = 10_000


class Crowded(Exception):  # noqa: N818  # named like the errors of appraise.errors
    """Too many requests of one principal wait already, or one has waited too long."""


Row = tuple[str, bool]
"""A principal, and whether it is the row of requests for much."""


def stranger_at(host: str | None) -> str:
    """Whose turn it is at an address while a credential is not known; one network of IPv6 is often one computer's."""
    try:
        address = ip_address(host or "")
    except ValueError:
        return f"{STRANGER}{host}"
    return f"{STRANGER}{address if address.version == 4 else ip_network((address, 64), strict=False)}"  # noqa: PLR2004


class Turns:
    def __init__(self) -> None:
        self._running: Counter[Row] = Counter()
        self._inside: Counter[str] = Counter()
        self._waiting: OrderedDict[Row, deque[asyncio.Future[None]]] = OrderedDict()
        self._known: OrderedDict[bytes, str] = OrderedDict()

    def principal_of(self, credential: str) -> str | None:
        """Whose turn a token or a session takes; None where it must be looked up."""
        return self._known.get(_digest(credential))

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
        most = STRANGERS_WAITING if principal.startswith(STRANGER) else MOST_WAITING
        if self._inside[principal] >= most:
            raise Crowded(f"{most} requests of yours are waiting already; send the next when one is answered")

    @asynccontextmanager
    async def turn(self, principal: str, *, within: float, is_large: bool = False) -> AsyncIterator[None]:
        """Waits until it is the principal's turn. Raises `Crowded`, also where that is not `within` seconds."""
        self.check(principal)
        row = principal, is_large
        self._inside[principal] += 1
        try:
            try:
                async with asyncio.timeout(within):
                    await self._begun(row)
            except TimeoutError as error:
                raise Crowded(
                    f"your requests that came before took all of the {within:g} s in which this one was to begin; "
                    "send it again when they are answered"
                ) from error
            try:
                yield
            finally:
                _less(self._running, row)
                self._go_on()
        finally:
            _less(self._inside, principal)

    async def _begun(self, row: Row) -> None:
        if row not in self._waiting and self._may_run(row):
            self._running[row] += 1
            return
        mine = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(row, deque()).append(mine)
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():  # its turn had come
                _less(self._running, row)
                self._go_on()
            else:
                self._leave(row, mine)
            raise

    def _may_run(self, row: Row) -> bool:
        if self._running.total() >= MOST_RUNNING:
            return False
        principal, is_large = row
        if principal.startswith(STRANGER):
            strangers = sum(count for (who, _), count in self._running.items() if who.startswith(STRANGER))
            if strangers >= MOST_STRANGERS:
                return False
        if not is_large:
            return self._running[row] < MOST_OF_ONE
        return (
            not self._running[row] and sum(count for (_, large), count in self._running.items() if large) < MOST_LARGE
        )

    def _go_on(self) -> None:
        """Lets begin whoever may, one of each row after the other."""
        for row in list(self._waiting):
            waiting = self._waiting[row]
            while waiting and waiting[0].cancelled():  # given up, and not heard of it yet
                waiting.popleft()
            if waiting and self._may_run(row):
                self._running[row] += 1
                waiting.popleft().set_result(None)
                self._waiting.move_to_end(row)
            if not waiting:
                del self._waiting[row]

    def _leave(self, row: Row, mine: asyncio.Future[None]) -> None:
        waiting = self._waiting.get(row, deque())
        if mine in waiting:
            waiting.remove(mine)
            if not waiting:
                del self._waiting[row]


def _less(counter: Counter[T], key: T) -> None:
    counter[key] -= 1
    if not counter[key]:
        del counter[key]


def _digest(credential: str) -> bytes:
    return hashlib.sha256(credential.encode()).digest()
