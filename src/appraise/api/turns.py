"""Whose request runs next: principals take turns, so that one who asks much makes the others wait little.

What may take long has lanes of its own: what is known and asks for little does not wait behind it. In each lane every
principal has a row, and the next is of whoever took the least of the lane's time lately. Belongs to one event loop.
"""

import asyncio
import hashlib
import math
import time
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from enum import Enum
from typing import Final, TypeVar

from appraise.use_cases.guesses import network_of

T = TypeVar("T")
Waiting = OrderedDict[str, deque[asyncio.Future[None]]]
"""Requests by the principals of a lane, whoever waits the longest first."""


class Lane(Enum):
    """`most` requests of a lane run at once, `of_one` principal. More would only take the interpreter from each other.

    READING is for documents that nobody sent before: to parse and validate one takes longer than most answers, and
    waits for nothing. STRANGER is for looking up credentials that have not been seen before, FOLLOWING for what
    subscriptions look up again and again, though nobody asks. After a turn of these there is a `rest`, so many times
    as long as the turn: a crowd in it leaves the interpreter to the others.
    """

    QUICK = "quick", 6, 2, 0
    READING = "reading", 1, 1, 3
    LARGE = "large", 3, 1, 0
    STRANGER = "stranger", 2, 1, 3
    FOLLOWING = "following", 2, 1, 1

    def __init__(self, _name: str, most: int, of_one: int, rest: float) -> None:
        self.most = most
        self.of_one = of_one
        self.rest = rest


MOST_WAITING: Final = 100
"""Of one principal, those that run included."""
STRANGERS_WAITING: Final = 1_000
"""At one address, where a whole office may be; they are only looked up."""
MOST_INSIDE: Final = 1_000
"""Of all principals, of all strangers, of all subscriptions: beyond it each may have as many as come to each, beyond
twice it none."""
LONGEST_REST: Final = 0.25
"""Seconds."""
HALVED_IN: Final = 10.0
"""Seconds after which half of the time that somebody took is forgotten."""
STRANGER: Final = "stranger at "
FOLLOWS: Final = " follows"
"""The row of a principal's subscriptions."""
REMEMBERED: Final = 10_000


class Crowded(Exception):  # noqa: N818  # named like the errors of appraise.errors
    """Too many requests of one principal wait already, or one has waited too long."""


class Overloaded(Exception):  # noqa: N818  # named like the errors of appraise.errors
    """Too many requests of all wait already."""


def stranger_at(host: str | None) -> str:
    """Whose turn it is at an address while a credential is not known."""
    return f"{STRANGER}{network_of(host)}"


class Taken:
    """How much of a lane's time each principal took lately; what is long ago counts less and less."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._ranks: OrderedDict[str, float] = OrderedDict()
        """The binary logarithm of the seconds, less the halvings still to come: what is halved alike compares alike."""

    def rank(self, principal: str) -> float:
        """Greater for whoever took more."""
        return self._ranks.get(principal, -math.inf)

    def add(self, principal: str, seconds: float) -> None:
        halvings = self._clock() / HALVED_IN
        level = 2.0 ** (self.rank(principal) - halvings) + seconds
        if level > 0:
            self._ranks[principal] = math.log2(level) + halvings
            self._ranks.move_to_end(principal)
        if len(self._ranks) > REMEMBERED:
            self._ranks.popitem(last=False)


class Turns:
    def __init__(self) -> None:
        self._running: dict[Lane, Counter[str]] = {lane: Counter() for lane in Lane}
        self._waiting: dict[Lane, Waiting] = {lane: OrderedDict() for lane in Lane}
        self._taken: dict[Lane, Taken] = {lane: Taken() for lane in Lane}
        self._inside: dict[str, Counter[str]] = {kind: Counter() for kind in ("", STRANGER, FOLLOWS)}
        """Strangers and subscriptions apart: they must not make others wait, however many they are."""
        self._known: OrderedDict[bytes, tuple[str, float]] = OrderedDict()

    @property
    def in_progress(self) -> int:
        """Requests that run or wait."""
        return sum(inside.total() for inside in self._inside.values())

    def principal_of(self, credential: str) -> str | None:
        """Whose turn a token or a session takes; None where it must be looked up."""
        known = self._known.get(_digest(credential))
        return None if known is None else known[0]

    def was_seen(self, credential: str, *, within: float) -> bool:
        """Whether it was remembered in so many last seconds."""
        known = self._known.get(_digest(credential))
        return known is not None and time.monotonic() - known[1] < within

    def remember(self, credential: str, principal: str) -> None:
        digest = _digest(credential)
        self._known[digest] = principal, time.monotonic()
        self._known.move_to_end(digest)
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    def forget(self, credential: str) -> None:
        """One that is good no longer must not take anybody's turns."""
        self._known.pop(_digest(credential), None)

    def check(self, principal: str) -> None:
        """Raises `Crowded` and `Overloaded` where another request would not even wait."""
        kind = _kind(principal)
        inside = self._inside[kind]
        most = STRANGERS_WAITING if kind == STRANGER else MOST_WAITING
        mine = inside.get(principal, 0)
        if mine >= most:
            raise Crowded(f"{most} requests of yours are waiting already; send the next when one is answered")
        total = inside.total()
        if total >= MOST_INSIDE and (total >= 2 * MOST_INSIDE or mine >= max(1, MOST_INSIDE // len(inside))):
            raise Overloaded

    @asynccontextmanager
    async def turn(self, principal: str, *, within: float, lane: Lane = Lane.QUICK) -> AsyncIterator[None]:
        """Waits until it is the principal's turn; strangers wait in their own lane, whichever is named.

        Raises `Crowded`, also where the turn does not come `within` seconds, and `Overloaded`.
        """
        self.check(principal)
        kind = _kind(principal)
        lane = Lane.STRANGER if kind == STRANGER else lane
        inside = self._inside[kind]
        inside[principal] += 1
        try:
            if not self._begun(principal, lane):
                try:
                    async with asyncio.timeout(within):
                        await self._waited(principal, lane)
                except TimeoutError as error:
                    raise Crowded(
                        f"your requests that came before took all of the {within:g} s in which this one was to begin; "
                        "send it again when they are answered"
                    ) from error
            begun = time.monotonic()
            try:
                yield
            finally:
                took = time.monotonic() - begun
                self._taken[lane].add(principal, took)
                rest = min(lane.rest * took, LONGEST_REST)
                if rest:
                    asyncio.get_running_loop().call_later(rest, self._ended, principal, lane)
                else:
                    self._ended(principal, lane)
        finally:
            _less(inside, principal)

    def _begun(self, principal: str, lane: Lane) -> bool:
        if principal in self._waiting[lane] or not self._may_run(principal, lane):
            return False
        self._running[lane][principal] += 1
        return True

    async def _waited(self, principal: str, lane: Lane) -> None:
        waiting = self._waiting[lane]
        mine = asyncio.get_running_loop().create_future()
        waiting.setdefault(principal, deque()).append(mine)
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():  # its turn had come
                self._ended(principal, lane)
            else:
                _leave(waiting, principal, mine)
            raise

    def _may_run(self, principal: str, lane: Lane) -> bool:
        running = self._running[lane]
        return running.total() < lane.most and running[principal] < lane.of_one

    def _ended(self, principal: str, lane: Lane) -> None:
        """Lets begin whoever is next: of those who took least lately, whoever waits the longest."""
        _less(self._running[lane], principal)
        waiting, rank = self._waiting[lane], self._taken[lane].rank
        while (
            following := min((who for who in waiting if self._may_run(who, lane)), key=rank, default=None)
        ) is not None:
            row = waiting[following]
            while row and row[0].cancelled():  # given up, and not heard of it yet
                row.popleft()
            if row:
                self._running[lane][following] += 1
                row.popleft().set_result(None)
                waiting.move_to_end(following)
            if not row:
                del waiting[following]


def _kind(principal: str) -> str:
    return STRANGER if principal.startswith(STRANGER) else FOLLOWS if principal.endswith(FOLLOWS) else ""


def _leave(waiting: Waiting, principal: str, mine: asyncio.Future[None]) -> None:
    row = waiting.get(principal, deque())
    if mine in row:
        row.remove(mine)
        if not row:
            del waiting[principal]


def _less(counter: Counter[T], key: T) -> None:
    counter[key] -= 1
    if not counter[key]:
        del counter[key]


def _digest(credential: str) -> bytes:
    return hashlib.sha256(credential.encode()).digest()
