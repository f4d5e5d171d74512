"""The way in: who is behind a request, and whose turn it takes before anything of it is done."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import Final, TypeVar
from urllib.parse import urlsplit

from starlette.requests import Request

from appraise.api.running import Running
from appraise.api.turns import STRANGER, Crowded, Lane, stranger_at
from appraise.domain.access import Principal
from appraise.errors import Unauthenticated, UnknownCredential
from appraise.use_cases.authenticate import authenticate
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.guesses import Guesses
from appraise.use_cases.token_text import read_token
from appraise.use_cases.verify_jwt import TrustedIssuers, has_form_of_jwt, verify_jwt
from appraise.use_cases.web_session import authenticate_session

T = TypeVar("T")
ISSUERS: Final = ThreadPoolExecutor(4, "issuers")
"""Issuers that are slow hold up each other at most."""
CONFIRMED_FOR: Final = 10.0
"""Seconds for which somebody who was let in is told what is wrong with a request without being looked up again."""
OWN_PAGE_HEADER: Final = "x-appraise-request"
"""The cookie counts only beside this header, which no other site can make a browser send."""
FRAME_HEADER: Final = "x-appraise-frame"
CREDENTIAL: Final = "appraise.credential"
"""Where a request's scope has it, once its form was checked."""


class Doorkeeper:
    """Who is behind a request."""

    def __init__(
        self, deployment: Deployment, issuers: TrustedIssuers, *, session: Callable[[Request], str | None]
    ) -> None:
        """`session` gives the id of the session that a request's cookie names."""
        self._deployment = deployment
        self.issuers = issuers
        self.session = session

    def by_request(self, request: Request, *, at: datetime) -> Principal:
        """By the bearer token, or by the session of our own pages, which is never a JWT."""
        bearer = bearer_in(request.headers.get("authorization", ""))
        if bearer is not None:
            return self.by_token(bearer, origin=page_of(request), at=at)
        return self.by_session(self._own_session(request), at=at)

    def by_session(self, session_id: str, *, at: datetime) -> Principal:
        """By the session of our own pages. Raises `Unauthenticated`."""
        return authenticate_session(self._deployment, session_id, at=at)

    def credential(self, request: Request) -> str:
        """The token or session that a request comes with, of which nothing is known but its form.

        Raises `Unauthenticated` for what cannot be any, without asking the database.
        """
        known: str | None = request.scope.get(CREDENTIAL)
        if known is None:
            known = bearer_in(request.headers.get("authorization", ""))
            if known is None:
                known = self._own_session(request)
            elif not (self.issuers and has_form_of_jwt(known)):
                read_token(known)
            request.scope[CREDENTIAL] = known
        return known

    def _own_session(self, request: Request) -> str:
        session_id = self.session(request)
        if session_id is None:
            raise Unauthenticated("there is no token", expected="Authorization: Bearer <token>")
        if request.headers.get(OWN_PAGE_HEADER) != "1":  # another site may have sent it
            raise Unauthenticated(f"a session counts only beside the header {OWN_PAGE_HEADER}: 1")
        return session_id

    def has_keys_of(self, token: str, *, at: datetime) -> bool:
        """False where a JWT's issuer must be asked for its keys, which may take seconds."""
        return not (self.issuers and has_form_of_jwt(token)) or self.issuers.are_at_hand(token, at=at)

    def by_token(self, token: str, *, origin: str | None, at: datetime) -> Principal:
        """By a token of our own or of a trusted issuer. `origin` is the page that sent it. Raises `Unauthenticated`."""
        if self.issuers and has_form_of_jwt(token):
            return verify_jwt(self._deployment, self.issuers, token, at=at)
        return authenticate(self._deployment, token, origin=origin, at=at)


class Reception:
    """Of all doors that a credential opens; they share its turns."""

    def __init__(
        self, doorkeeper: Doorkeeper, running: Running, guesses: Guesses, clock: Callable[[], datetime]
    ) -> None:
        self.doorkeeper = doorkeeper
        self.running = running
        self.turns = running.turns
        self._guesses = guesses
        self._clock = clock

    async def introduced(self, request: Request) -> str:
        """Whose turn the request takes, before its body is received.

        Raises `Unauthenticated`, `Crowded`, `Overloaded`, and what looking up a credential raises.
        """
        credential = self.doorkeeper.credential(request)
        await self.awaited(bearer_in(request.headers.get("authorization", "")))
        look_up = partial(self.doorkeeper.by_request, request, at=self._clock())
        return await self.looked_up(credential, partial(stranger_of, request), lambda: look_up().key)

    async def awaited(self, token: str | None) -> None:
        """Until the keys of a token's issuer are there, where they must be fetched; that takes nobody's turn."""
        at = self._clock()
        if token is not None and not self.doorkeeper.has_keys_of(token, at=at):
            fetch = partial(self.doorkeeper.issuers.fetch, token, at=at)
            await asyncio.get_running_loop().run_in_executor(ISSUERS, fetch)

    async def looked_up(self, credential: str, who: Callable[[], str], look_up: Callable[[], str]) -> str:
        """As `introduced`; of a credential that has not been seen before `look_up` says whose turn it is from now on.

        Until then it is that of `who`, a stranger.
        """
        principal = self.turns.principal_of(credential)
        if principal is None:
            stranger = who()
            self._check_guesses(stranger)
            try:
                principal = await self.running.in_turn(stranger, look_up)
            except UnknownCredential:
                self._guesses.wrong(stranger.removeprefix(STRANGER))
                raise
            self.turns.remember(credential, principal)
        self.turns.check(principal)
        return principal

    def _check_guesses(self, stranger: str) -> None:
        wait = self._guesses.wait(stranger.removeprefix(STRANGER))
        if wait:
            raise Crowded(
                f"too many unknown tokens came from your address in the last minute; the next is looked up in {wait} s"
            )

    async def in_turn(self, request: Request, work: Callable[[], T], *, lane: Lane = Lane.QUICK) -> T:
        """What `work`, which looks up who sent the request, gives in their turn. Raises as `introduced` does."""
        return await self.in_turn_of(await self.introduced(request), request, work, lane=lane)

    async def in_turn_of(
        self, principal: str, request: Request, work: Callable[[], T], *, lane: Lane = Lane.QUICK
    ) -> T:
        """As `in_turn`, of whoever was introduced."""
        credential = self.doorkeeper.credential(request)
        try:
            done = await self.running.in_turn(principal, work, lane=lane)
        except Unauthenticated:
            self.turns.forget(credential)
            raise
        self.turns.remember(credential, principal)
        return done

    async def confirmed(self, principal: str, request: Request) -> None:
        """Who was introduced is looked up again, unless that was a moment ago. Raises `Unauthenticated`."""
        if not self.turns.was_seen(self.doorkeeper.credential(request), within=CONFIRMED_FOR):
            look_up = partial(self.doorkeeper.by_request, request, at=self._clock())
            await self.in_turn_of(principal, request, look_up)


def stranger_of(request: Request) -> str:
    """Whose turn it is while nothing is known but the address."""
    return stranger_at(request.client.host if request.client else None)


def page_of(request: Request) -> str | None:
    """The origin of the page that sent a request: of a page of ours in a host's frame, the host's, as it says itself.

    Pages of other sites cannot send that header, and only the host that it names can have framed ours.
    """
    sent = request.headers.get("origin")
    framed = request.headers.get(FRAME_HEADER)
    is_ours = sent is not None and urlsplit(sent).netloc == request.headers.get("host")
    return framed if framed is not None and is_ours else sent


def bearer_in(authorization: str) -> str | None:
    scheme, _, token = authorization.partition(" ")
    return (token.strip() or None) if scheme.lower() == "bearer" else None
