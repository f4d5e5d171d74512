"""The pages' way in: whoever visits one takes the same turns as at every other door."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import TypeVar

from starlette.exceptions import HTTPException
from starlette.requests import Request

from appraise.api.reception import Reception, stranger_of
from appraise.api.turns import Crowded, Lane, Overloaded
from appraise.domain.access import Principal
from appraise.errors import TimedOut, Unauthenticated
from appraise.use_cases.guesses import Guesses

T = TypeVar("T")
SOON = {"retry-after": "1"}


class Visits:
    """Where there are too many, `HTTPException` is raised, of which a page tells."""

    def __init__(self, reception: Reception, guesses: Guesses, clock: Callable[[], datetime]) -> None:
        self.guesses = guesses
        self._reception = reception
        self._clock = clock

    async def who(self, request: Request) -> Principal | None:
        """Whoever the browser's session is, nobody where there is none or it has ended."""
        session_id = self._reception.doorkeeper.session(request)
        if session_id is None:
            return None
        look_up = partial(self._reception.doorkeeper.by_session, session_id, at=self._clock())
        async with _told():
            try:
                row = await self._reception.looked_up(session_id, partial(stranger_of, request), lambda: look_up().key)
                return await self._reception.running.in_turn(row, look_up)
            except Unauthenticated:
                self._reception.turns.forget(session_id)
                return None

    async def in_turn(self, principal: Principal, work: Callable[[], T], *, is_large: bool = False) -> T:
        """What `work` gives in their turn; `is_large` where it makes a file of all that is kept of somebody."""
        async with _told():
            lane = Lane.LARGE if is_large else Lane.QUICK
            return await self._reception.running.in_turn(principal.key, work, lane=lane)

    async def of_address(self, request: Request, work: Callable[[], T], *, token: str | None = None) -> T:
        """The same for somebody who is not known yet, once the keys of the `token`'s issuer are there."""
        async with _told():
            await self._reception.awaited(token)
            return await self._reception.running.in_turn(stranger_of(request), work)


@asynccontextmanager
async def _told() -> AsyncIterator[None]:
    try:
        yield
    except Crowded as error:
        raise HTTPException(HTTPStatus.TOO_MANY_REQUESTS, str(error), SOON) from error
    except (Overloaded, TimedOut) as error:
        raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, "the service is busy", SOON) from error
