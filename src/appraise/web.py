"""Console and API as one web application."""

import asyncio
import gc
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import datetime
from functools import partial
from http import HTTPStatus
from threading import Thread
from typing import Final

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from appraise.api.answers import Answers
from appraise.api.downloads import PATH, Downloads
from appraise.api.errors import ErrorCode, request_error
from appraise.api.feed import Feed
from appraise.api.http import READABLE, GraphQLEndpoint
from appraise.api.live import Live
from appraise.api.operations import Operations
from appraise.api.printed import Printed
from appraise.api.reception import Doorkeeper, Reception
from appraise.api.running import Running
from appraise.api.trusted import TrustedDocuments
from appraise.api.uploads import Uploads
from appraise.api.visits import Visits
from appraise.api.websocket import WebSocketEndpoint
from appraise.console.cookies import SESSION, Cookies
from appraise.console.languages import Speaking
from appraise.console.pages import Console
from appraise.errors import AppraiseError, InvalidInput
from appraise.settings import Settings, TrustedMode
from appraise.use_cases.deliver import Worker as Deliverer
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.guesses import Guesses
from appraise.use_cases.issuers import read_issuers
from appraise.use_cases.look_ahead import look_ahead
from appraise.use_cases.take_upload import LARGEST
from appraise.use_cases.verify_jwt import TrustedIssuers
from appraise.use_cases.work import Worker

GRAPHQL: Final = "/graphql"
SUBGRAPH: Final = "/subgraph"
LARGEST_BODY: Final = 256 * 1024
"""Bytes; a document and its variables fit many times."""


def create_app(deployment: Deployment, settings: Settings, clock: Callable[[], datetime]) -> Starlette:
    """The application. `clock` gives aware times; it is read once per request.

    Raises `InvalidInput` where the file of issuers cannot be read or lacks something.
    """
    issuers = TrustedIssuers(read_issuers(settings.issuers))
    guesses = Guesses()
    cookies = Cookies(settings.public_url)
    doorkeeper = Doorkeeper(deployment, issuers, session=lambda request: cookies.get(request, SESSION))
    running = Running(timeout=settings.request_timeout)
    reception = Reception(doorkeeper, running, guesses, clock)
    console = Console(deployment, settings, clock, issuers, Visits(reception, guesses, clock))
    answers = Answers(settings.response_cache * 1_000_000)
    limited = partial(Operations, rate_limit=settings.rate_limit, running=running, answers=answers)
    operations = limited(trusted=TrustedDocuments.packaged(only=settings.trusted_documents is TrustedMode.ONLY))
    live = Live(operations, Feed(deployment))
    endpoint = partial(GraphQLEndpoint, deployment, clock, reception=reception, live=live)
    graphql = endpoint(operations=operations)
    websocket = WebSocketEndpoint(deployment, clock, reception=reception, operations=operations, live=live)

    downloads, uploads = Downloads(deployment, clock, reception), Uploads(deployment, clock, reception)

    async def health(_request: Request) -> Response:
        return await run_in_threadpool(_health, deployment)

    app = Starlette(
        routes=[
            Route(GRAPHQL, graphql.answer, methods=["GET", "POST"]),
            Route(GRAPHQL, graphql.preflight, methods=["OPTIONS"]),
            WebSocketRoute(GRAPHQL, websocket.answer),
            *_subgraph(settings.subgraph_source, limited, endpoint),
            Route(PATH + "/{key}", downloads.answer, methods=["GET"]),
            Route("/uploads", uploads.take, methods=["POST"], max_body_size=LARGEST),
            Route("/imports/{key}/rejected", uploads.rejected, methods=["GET"]),
            *Printed(deployment, clock, reception).routes(),
            Route("/healthz", health, methods=["GET"]),
            *console.routes(),
        ],
        middleware=[
            Middleware(SecurityHeaders, policy=console.content_security_policy()),
            Middleware(Speaking, cookies=cookies),
        ],
        exception_handlers={HTTPException: _in_kind(console.http_error), 500: _in_kind(console.defect)},
        max_body_size=LARGEST_BODY,
    )
    app.state.live = live
    app.state.issuers = issuers
    return app


def _subgraph(
    source: str | None, limited: Callable[..., Operations], endpoint: Callable[..., GraphQLEndpoint]
) -> list[Route]:
    """A router writes its own documents, so that trusted ones do not bind it; everything else does."""
    if source is None:
        return []
    from appraise.api.subgraph import MOST_REPRESENTATIONS, Subgraph  # noqa: PLC0415  # a second schema takes time

    schema = Subgraph(source)._schema  # noqa: SLF001  # there is no other way to it
    trusted = TrustedDocuments.packaged(only=False)
    operations = limited(trusted=trusted, schema=schema, longest_list=MOST_REPRESENTATIONS)
    return [Route(SUBGRAPH, endpoint(operations=operations).answer, methods=["GET", "POST"])]


class _Server(uvicorn.Server):
    """Ends subscriptions before it waits for requests to end, which they would never do."""

    def __init__(self, config: uvicorn.Config, live: Live) -> None:
        super().__init__(config)
        self._live = live

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._live.stop()
        await super().shutdown(sockets)


def serve(  # what, how, by which clock, and where
    deployment: Deployment,
    settings: Settings,
    *,
    clock: Callable[[], datetime],
    host: str,
    port: int,
    jobs: bool = True,
) -> None:
    """Serve until interrupted or told to end (SIGTERM), doing `jobs` meanwhile.

    Prints the address as soon as it answers there. What has begun is answered before it ends.

    Raises `InvalidInput` where the port is taken.
    """
    try:
        listening = socket.create_server((host, port), backlog=512)
    except OSError as error:
        raise InvalidInput(
            f"port {port} on {host} cannot be opened: {error.strerror}", hint="choose another with --port"
        ) from error
    app = create_app(deployment, settings, clock)
    settle()
    sys.stdout.write(f"Serving on http://{host}:{listening.getsockname()[1]}  (GraphQL at /graphql; Ctrl-C ends it)\n")
    sys.stdout.flush()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # the server raises its signal again after an orderly end
    with (
        suppress(KeyboardInterrupt),
        looking_ahead(deployment),
        delivering(deployment, clock),
        renewing(app.state.issuers, clock),
        working(deployment, settings, clock) if jobs else nullcontext(),
    ):
        server_of(app).run(sockets=[listening])
    sys.stdout.write("Ended: what had begun was answered; jobs that go on are taken up again at the next start.\n")


def settle() -> None:
    """Sets the interpreter to serving: what is loaded by now stays, and the collector need not walk it again and again.

    A short answer needs the interpreter several times, and must not wait 5 ms each time for what takes long beside it.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    sys.setswitchinterval(0.0005)


@contextmanager
def looking_ahead(deployment: Deployment) -> Iterator[None]:
    """Beside the first requests what they would wait for is loaded and gathered.

    It is waited for at the end: a library that is being loaded does not bear being left.
    """
    stop = threading.Event()
    thread = Thread(target=look_ahead, args=[deployment, stop], name="ahead")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@contextmanager
def delivering(deployment: Deployment, clock: Callable[[], datetime]) -> Iterator[None]:
    """Messages to webhooks are sent meanwhile, in a thread; what is on its way at the end is sent to its end."""
    stop, loop = asyncio.Event(), asyncio.new_event_loop()
    thread = Thread(target=loop.run_until_complete, args=[Deliverer(deployment, clock).run(stop)], name="webhooks")
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()


@contextmanager
def renewing(issuers: TrustedIssuers, clock: Callable[[], datetime]) -> Iterator[None]:
    """Keys of issuers are fetched meanwhile, before they are due, in a thread that nobody waits for at the end."""
    stop = threading.Event()
    if issuers:
        Thread(target=issuers.keep, args=[stop, clock], name="issuers", daemon=True).start()
    try:
        yield
    finally:
        stop.set()


@contextmanager
def working(deployment: Deployment, settings: Settings, clock: Callable[[], datetime]) -> Iterator[None]:
    """Jobs are done meanwhile, in threads; at the end an export is broken off, to be begun anew another time."""
    stop = threading.Event()
    worker = Worker(deployment, clock, policy=settings.policy, memory_limit=settings.memory_limit)
    thread = Thread(target=worker.run, args=[stop], name="jobs")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def server_of(app: Starlette) -> uvicorn.Server:
    """The server of an application of `create_app`."""
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        ws="websockets-sansio",
        ws_max_size=LARGEST_BODY,
        ws_per_message_deflate=False,
    )
    return _Server(config, app.state.live)


def _health(deployment: Deployment) -> Response:
    try:
        with deployment.database.reading() as session:
            session.exec_driver_sql("SELECT 1")
    except AppraiseError as error:
        return JSONResponse({"status": "unavailable", "reason": str(error)}, 503)
    return JSONResponse({"status": "ok", "version": deployment.code_version})


def _in_kind(page: Callable[[Request, Exception], Response]) -> Callable[[Request, Exception], Response]:
    """An error in the form of what was asked for: a GraphQL answer below `/graphql`, a page elsewhere."""

    def answer(request: Request, error: Exception) -> Response:
        if request.url.path not in {GRAPHQL, SUBGRAPH}:
            return page(request, error)
        status, headers = (error.status_code, error.headers) if isinstance(error, HTTPException) else (500, None)
        code = ErrorCode.INTERNAL if status >= HTTPStatus.INTERNAL_SERVER_ERROR else ErrorCode.BAD_USER_INPUT
        body = {"errors": [request_error(HTTPStatus(status).phrase, code)]}
        return JSONResponse(body, status, READABLE | dict(headers or {}))

    return answer


class SecurityHeaders:
    """Headers that every answer carries; the content policy admits nothing but our own files."""

    def __init__(self, app: ASGIApp, policy: str) -> None:
        self._app = app
        headers = {
            "content-security-policy": policy,
            "x-content-type-options": "nosniff",
            "referrer-policy": "same-origin",
            "x-frame-options": "DENY",
            "cross-origin-opener-policy": "same-origin",
            "permissions-policy": "camera=(), geolocation=(), microphone=()",
        }
        self._headers = [(name.encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                given = {name.lower() for name, _ in headers}
                if b"content-security-policy" in given:  # its frame-ancestors say by whom the page may be framed
                    given.add(b"x-frame-options")
                message["headers"] = headers + [header for header in self._headers if header[0] not in given]
            await send(message)

        await self._app(scope, receive, with_headers)
