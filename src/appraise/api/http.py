"""`/graphql` over HTTP: from a request to an answer, or to a stream of answers.

Everything behind the reading of the body runs in one thread.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from appraise.api.context import RequestContext
from appraise.api.errors import request_error
from appraise.api.event_stream import EventStream
from appraise.api.live import Live, Subscriber, Subscribing
from appraise.api.negotiation import EVENT_STREAM, JSON, Accepted, BadRequest, GraphQLRequest, accepted, read
from appraise.api.operations import REFUSALS, Answer, Operations, refusal
from appraise.api.turns import stranger_at
from appraise.domain.access import Principal
from appraise.errors import Unauthenticated
from appraise.use_cases.authenticate import authenticate
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.token_text import read_token
from appraise.use_cases.verify_jwt import TrustedIssuers, has_form_of_jwt, verify_jwt
from appraise.use_cases.web_session import authenticate_session

OWN_PAGE_HEADER: Final = "x-appraise-request"
"""The cookie counts only beside this header, which no other site can make a browser send."""
FRAME_HEADER: Final = "x-appraise-frame"
READABLE: Final = {"access-control-allow-origin": "*", "access-control-expose-headers": "retry-after, x-request-id"}
"""Pages of other sites may read answers that they got by a token. Browsers never show them what a session got."""
PREFLIGHT: Final = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "POST",
    "access-control-allow-headers": "authorization, content-type",  # and never OWN_PAGE_HEADER
    "access-control-max-age": "600",
}
WATCHED_AFTER: Final = 0.1
"""Seconds after which it is looked whether the client is still there."""
HEADERS: Final = {"cache-control": "no-store", "x-content-type-options": "nosniff"} | READABLE


class Doorkeeper:
    """Who is behind a request."""

    def __init__(
        self, deployment: Deployment, issuers: TrustedIssuers, *, session: Callable[[Request], str | None]
    ) -> None:
        """`session` gives the id of the session that a request's cookie names."""
        self._deployment = deployment
        self._issuers = issuers
        self._session = session

    def by_request(self, request: Request, *, at: datetime) -> Principal:
        """By the bearer token, or by the session of our own pages, which is never a JWT."""
        bearer = bearer_in(request.headers.get("authorization", ""))
        if bearer is not None:
            return self.by_token(bearer, origin=page_of(request), at=at)
        return authenticate_session(self._deployment, self._own_session(request), at=at)

    def credential(self, request: Request) -> str:
        """The token or session that a request comes with, of which nothing is known but its form.

        Raises `Unauthenticated` for what cannot be any, without asking the database.
        """
        bearer = bearer_in(request.headers.get("authorization", ""))
        if bearer is None:
            return self._own_session(request)
        if not (self._issuers and has_form_of_jwt(bearer)):
            read_token(bearer)
        return bearer

    def _own_session(self, request: Request) -> str:
        session_id = self._session(request)
        if session_id is None:
            raise Unauthenticated("there is no token", expected="Authorization: Bearer <token>")
        if request.headers.get(OWN_PAGE_HEADER) != "1":  # another site may have sent it
            raise Unauthenticated(f"a session counts only beside the header {OWN_PAGE_HEADER}: 1")
        return session_id

    def by_token(self, token: str, *, origin: str | None, at: datetime) -> Principal:
        """By a token of our own or of a trusted issuer. `origin` is the page that sent it. Raises `Unauthenticated`."""
        if self._issuers and has_form_of_jwt(token):
            return verify_jwt(self._deployment, self._issuers, token, at=at)
        return authenticate(self._deployment, token, origin=origin, at=at)


class GraphQLEndpoint:
    def __init__(
        self,
        deployment: Deployment,
        clock: Callable[[], datetime],
        *,
        doorkeeper: Doorkeeper,
        operations: Operations,
        live: Live,
    ) -> None:
        self._deployment = deployment
        self._clock = clock
        self._doorkeeper = doorkeeper
        self._operations = operations
        self._live = live

    async def preflight(self, _request: Request) -> Response:
        """To the question whether a page of another site may send a token: it may."""
        return Response(status_code=204, headers=PREFLIGHT)

    async def answer(self, request: Request) -> Response:
        request_id = secrets.token_hex(8)
        try:
            may_be = accepted(request.headers.get("accept"))
        except BadRequest as error:
            return _response(refusal(error, request_id), JSON, request_id)
        try:
            reply = await self._in_turn(request, may_be, request_id)
        except ClientDisconnect:
            return Response(status_code=HTTPStatus.REQUEST_TIMEOUT)  # which nobody reads
        if isinstance(reply, Subscribing):
            return EventStream(self._live.answers(reply), _headers(request_id))
        if may_be.json is None and reply.status is None:
            return EventStream.of_one(reply.body, _headers(request_id) | reply.headers)
        return _response(reply, may_be.json or JSON, request_id)

    async def _in_turn(self, request: Request, may_be: Accepted, request_id: str) -> Answer | Subscribing:
        """Whoever is not known, or has too many requests waiting, is refused before the body is received."""
        try:
            credential = self._doorkeeper.credential(request)
            principal = await self._introduced(request, credential)
            run = partial(self._answer, request, await request.body(), may_be, request_id)
            async with _while_there(request):
                reply = await self._operations.in_turn(principal, run)
        except REFUSALS as error:
            return refusal(error, request_id)
        if isinstance(reply, Answer) and reply.status == HTTPStatus.UNAUTHORIZED:
            self._operations.turns.forget(credential)
        return reply

    async def _introduced(self, request: Request, credential: str) -> str:
        """Whose turn the request takes. Raises `Unauthenticated` and `Crowded`."""
        turns = self._operations.turns
        principal = turns.principal_of(credential)
        if principal is None:
            look_up = partial(self._doorkeeper.by_request, request, at=self._clock())
            stranger = stranger_at(request.client.host if request.client else None)
            principal = (await self._operations.in_turn(stranger, look_up)).key
            turns.remember(credential, principal)
        turns.check(principal)
        return principal

    def _answer(self, request: Request, body: bytes, may_be: Accepted, request_id: str) -> Answer | Subscribing:
        try:
            return self._run(request, _asked(request, body), may_be, request_id)
        except REFUSALS as error:
            return refusal(error, request_id)

    def _run(
        self, request: Request, asked: GraphQLRequest | BadRequest, may_be: Accepted, request_id: str
    ) -> Answer | Subscribing:
        context = self._context(request, request_id)
        if isinstance(asked, BadRequest):  # said only to whoever is signed in
            raise asked
        operation = self._operations.operation(asked, context.principal)
        if operation.is_subscription:
            if not may_be.stream:
                raise BadRequest(f"a subscription is answered as {EVENT_STREAM}; accept it, or use WebSocket", 406)
            subscriber = Subscriber(context.principal.key, partial(self._context, request, request_id))
            return self._live.begun(subscriber, asked, operation, context)
        if request.method == "GET" and not operation.is_query:
            return Answer({"errors": [request_error("changes are made by POST")]}, 405, {"allow": "POST"})
        return self._operations.answer(asked, operation, context)

    def _context(self, request: Request, request_id: str) -> RequestContext:
        at = self._clock()
        return RequestContext(self._deployment, self._doorkeeper.by_request(request, at=at), at, request_id)


@asynccontextmanager
async def _while_there(request: Request) -> AsyncIterator[None]:
    """Breaks off what is done within when the client has gone, after its body was read. Raises `ClientDisconnect`."""
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    watching: list[asyncio.Task[None]] = []
    has_gone = False

    async def watch() -> None:
        nonlocal has_gone
        while (await request.receive())["type"] != "http.disconnect":
            pass
        has_gone = True
        if task is not None:
            task.cancel()

    # Most are answered before, without a task of their own.
    timer = loop.call_later(WATCHED_AFTER, lambda: watching.append(loop.create_task(watch())))
    try:
        yield
    except asyncio.CancelledError:
        if not has_gone or task is None:
            raise
        task.uncancel()
        raise ClientDisconnect from None
    finally:
        timer.cancel()
        for each in watching:
            each.cancel()


def _asked(request: Request, body: bytes) -> GraphQLRequest | BadRequest:
    try:
        return read(request, body)
    except BadRequest as error:
        return error


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


def _headers(request_id: str) -> dict[str, str]:
    return HEADERS | {"x-request-id": request_id}


def _response(answer: Answer, media: str, request_id: str) -> Response:
    status = answer.status
    if status is None:
        # Plain JSON clients read every well-formed answer with 200; the newer media type tells a request that never
        # ran by its status.
        status = 200 if media == JSON or "data" in answer.body else 400
    headers = _headers(request_id) | answer.headers
    return Response(orjson.dumps(answer.body), status, headers, f"{media}; charset=utf-8")
