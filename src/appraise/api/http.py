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

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from appraise.api.context import RequestContext
from appraise.api.errors import request_error
from appraise.api.event_stream import EventStream
from appraise.api.live import Live, Subscriber, Subscribing
from appraise.api.negotiation import EVENT_STREAM, JSON, Accepted, BadRequest, GraphQLRequest, accepted, read
from appraise.api.operations import REFUSALS, Answer, Operations, refusal
from appraise.api.reception import Reception
from appraise.use_cases.deployment import Deployment

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


class GraphQLEndpoint:
    def __init__(
        self,
        deployment: Deployment,
        clock: Callable[[], datetime],
        *,
        reception: Reception,
        operations: Operations,
        live: Live,
    ) -> None:
        self._deployment = deployment
        self._clock = clock
        self._reception = reception
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
            principal = await self._reception.introduced(request)
            body = await request.body()
            async with _while_there(request):
                asked = await self._admitted(request, principal, body)
                run = partial(self._run, request, asked, may_be, request_id)
                return await self._reception.in_turn_of(principal, request, run)
        except REFUSALS as error:
            return refusal(error, request_id)

    async def _admitted(self, request: Request, principal: str, body: bytes) -> GraphQLRequest:
        """What is wrong with a request is said only to whoever is signed in."""
        try:
            asked = read(request, body)
            await self._operations.admit(principal, asked)
        except REFUSALS:
            await self._reception.confirmed(principal, request)
            raise
        return asked

    def _run(self, request: Request, asked: GraphQLRequest, may_be: Accepted, request_id: str) -> Answer | Subscribing:
        context = self._context(request, request_id)
        operation = self._operations.operation(asked)
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
        return RequestContext(self._deployment, self._reception.doorkeeper.by_request(request, at=at), at, request_id)


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
