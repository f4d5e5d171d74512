"""`/graphql`: from an HTTP request to an answer. Everything behind the reading of the body runs in one thread."""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

import orjson
from graphql import execute_sync
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from appraise.api.context import RequestContext
from appraise.api.documents import Documents, Operation, Refused
from appraise.api.errors import CODES, ErrorCode, formatted, request_error
from appraise.api.guard import HIGHEST_COST, TooCostly
from appraise.api.negotiation import JSON, BadRequest, GraphQLRequest, media_type, read
from appraise.api.rate import Balance, Buckets
from appraise.api.schema import GRAPHQL_SCHEMA
from appraise.api.trusted import TrustedDocuments
from appraise.domain.access import Principal
from appraise.errors import Forbidden, NotFound, Retriable, TimedOut, Unauthenticated
from appraise.storage.deadline import DEADLINE, Deadline
from appraise.use_cases.authenticate import authenticate
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.verify_jwt import TrustedIssuers, has_form_of_jwt, verify_jwt

OWN_PAGE_HEADER: Final = "x-appraise-request"
"""The cookie counts only beside this header, which no other site can make a browser send."""
WATCH_EVERY: Final = 0.05
"""Seconds between two attempts to stop what runs beyond its time."""
READABLE: Final = {"access-control-allow-origin": "*", "access-control-expose-headers": "retry-after, x-request-id"}
"""Pages of other sites may read answers that they got by a token. Browsers never show them what a session got."""
PREFLIGHT: Final = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "POST",
    "access-control-allow-headers": "authorization, content-type",  # and never OWN_PAGE_HEADER
    "access-control-max-age": "600",
}
HEADERS: Final = {"cache-control": "no-store", "x-content-type-options": "nosniff"} | READABLE


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` as GraphQL has it; without `data` the request never ran."""

    body: dict[str, Any]
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)


class GraphQLEndpoint:
    def __init__(  # noqa: PLR0913  # what an endpoint is
        self,
        deployment: Deployment,
        clock: Callable[[], datetime],
        *,
        session_cookie: str,
        timeout: float,
        rate_limit: int,
        issuers: TrustedIssuers,
        trusted: TrustedDocuments,
    ) -> None:
        self._deployment = deployment
        self._clock = clock
        self._session_cookie = session_cookie
        self._timeout = timeout
        self._buckets = Buckets(rate_limit)
        self._issuers = issuers
        self._trusted = trusted
        self._documents = Documents()

    async def preflight(self, _request: Request) -> Response:
        """To the question whether a page of another site may send a token: it may."""
        return Response(status_code=204, headers=PREFLIGHT)

    async def answer(self, request: Request) -> Response:
        request_id = secrets.token_hex(8)
        try:
            media = media_type(request.headers.get("accept"))
        except BadRequest as error:
            return _response(_refusal(error), JSON, request_id)
        asked = await _asked(request)
        deadline = Deadline(self._timeout)
        timer = asyncio.create_task(_watch(deadline))
        try:
            reply = await run_in_threadpool(self._answer, request, asked, request_id, deadline)
        finally:
            timer.cancel()
        return _response(reply, media, request_id)

    def _answer(
        self, request: Request, asked: GraphQLRequest | BadRequest, request_id: str, deadline: Deadline
    ) -> Answer:
        DEADLINE.set(deadline)  # in the thread's own copy of the context, gone with the request
        try:
            return self._run(request, asked, request_id)
        except Unauthenticated as error:
            return _challenge(error)
        except (TooCostly, TimedOut) as error:
            return _too_much(error)
        except Retriable:
            return _busy()
        except (BadRequest, Forbidden, NotFound) as error:
            return _refusal(error)
        except Refused as error:
            return Answer({"errors": [formatted(each, request_id=request_id) for each in error.errors]})

    def _run(self, request: Request, asked: GraphQLRequest | BadRequest, request_id: str) -> Answer:
        at = self._clock()
        principal = self._principal(request, at)
        if isinstance(asked, BadRequest):  # said only to whoever is signed in
            raise asked
        text = self._trusted.text(asked.query, asked.document_id)
        operation = self._documents.operation(text, asked.variables, asked.operation_name)
        if request.method == "GET" and not operation.is_query:
            return Answer({"errors": [request_error("changes are made by POST")]}, 405, {"allow": "POST"})
        balance = self._buckets.take(principal.key, operation.cost)
        if balance.is_refused:
            return _too_fast(operation.cost, balance)
        answer = _executed(operation, asked.variables, RequestContext(self._deployment, principal, at, request_id))
        return _with_cost(answer, operation.cost, balance)

    def _principal(self, request: Request, at: datetime) -> Principal:
        """By a token of our own or of a trusted issuer, or by the session of our own pages, which is never a JWT."""
        bearer = _bearer(request)
        if bearer is not None and self._issuers and has_form_of_jwt(bearer):
            return verify_jwt(self._deployment, self._issuers, bearer, at=at)
        token = bearer or _session(request, self._session_cookie)
        return authenticate(self._deployment, token, origin=request.headers.get("origin"), at=at)


async def _asked(request: Request) -> GraphQLRequest | BadRequest:
    try:
        return await read(request)
    except BadRequest as error:
        return error


def _bearer(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return (token.strip() or None) if scheme.lower() == "bearer" else None


def _session(request: Request, session_cookie: str) -> str:
    """The session's token. Raises `Unauthenticated` where there is none or where another site may have sent it."""
    cookie = request.cookies.get(session_cookie)
    if cookie is None:
        raise Unauthenticated("there is no token", expected="Authorization: Bearer <token>")
    if request.headers.get(OWN_PAGE_HEADER) != "1":
        raise Unauthenticated(f"a session counts only beside the header {OWN_PAGE_HEADER}: 1")
    return cookie


def _executed(operation: Operation, variables: dict[str, Any], context: RequestContext) -> Answer:
    data = operation.compiled.run(context, variables)
    if data is not None:
        return Answer({"data": data})
    result = execute_sync(
        GRAPHQL_SCHEMA,
        operation.document,
        context_value=context,
        variable_values=variables,
        operation_name=operation.name,
        max_coercion_errors=20,
        hide_suggestions=True,
    )
    if not result.errors:
        return Answer({"data": result.data})
    errors = [formatted(error, request_id=context.request_id) for error in result.errors]
    if result.data is None and all(error.path is None for error in result.errors):
        return Answer({"errors": errors})
    return Answer({"errors": errors, "data": result.data})


async def _watch(deadline: Deadline) -> None:
    await asyncio.sleep(deadline.seconds)
    while True:
        await asyncio.to_thread(deadline.expire)
        await asyncio.sleep(WATCH_EVERY)


def _with_cost(answer: Answer, cost: int, balance: Balance) -> Answer:
    throttle = {"limit": balance.limit, "remaining": balance.remaining, "resetSeconds": balance.reset}
    told = {"cost": {"requested": cost, "limit": HIGHEST_COST, "throttle": throttle}}
    headers = answer.headers | balance.headers | {"x-cost-requested": str(cost)}
    return replace(answer, body=answer.body | {"extensions": told}, headers=headers)


def _too_fast(cost: int, balance: Balance) -> Answer:
    message = f"too much was asked in the last minute; the next {cost:,} points are there in {balance.wait} s"
    refused = Answer(
        {"errors": [request_error(message, ErrorCode.RATE_LIMITED)]}, 429, {"retry-after": str(balance.wait)}
    )
    return _with_cost(refused, cost, balance)


def _too_much(error: TooCostly | TimedOut) -> Answer:
    if isinstance(error, TimedOut):
        return Answer({"errors": [request_error(error.found, ErrorCode.TIMEOUT)]}, 504)
    return Answer({"errors": [request_error(str(error), ErrorCode.COST_LIMIT)]})


def _refusal(error: BadRequest | Forbidden | NotFound) -> Answer:
    if not isinstance(error, BadRequest):
        return Answer({"errors": [request_error(error.found, CODES[type(error)])]})
    return Answer({"errors": [request_error(error.message)]}, error.status)


def _challenge(error: Unauthenticated) -> Answer:
    return Answer(
        {"errors": [request_error(error.found, ErrorCode.UNAUTHENTICATED)]},
        401,
        {"www-authenticate": 'Bearer realm="appraise"'},
    )


def _busy() -> Answer:
    return Answer({"errors": [request_error("the service is busy", ErrorCode.UNAVAILABLE)]}, 503, {"retry-after": "1"})


def _response(answer: Answer, media: str, request_id: str) -> Response:
    status = answer.status
    if status is None:
        # Plain JSON clients read every well-formed answer with 200; the newer media type tells a request that never
        # ran by its status.
        status = 200 if media == JSON or "data" in answer.body else 400
    headers = HEADERS | answer.headers | {"x-request-id": request_id}
    return Response(orjson.dumps(answer.body), status, headers, f"{media}; charset=utf-8")
