"""`/graphql` over WebSocket, by the protocol graphql-transport-ws. The older protocol `graphql-ws` is refused.

The token comes in `connection_init`; cookies count for nothing here, so a page of another site gains nothing by
connecting. The origin is looked at only for tokens that are good on one origin alone.
"""

import asyncio
import secrets
from collections.abc import Callable
from contextlib import aclosing, suppress
from datetime import datetime
from enum import IntEnum
from typing import Any, Final

import orjson
import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from appraise.api.context import RequestContext
from appraise.api.errors import ErrorCode, request_error
from appraise.api.live import Dismissed, Ended, Live, Stopped, Subscriber, Subscribing
from appraise.api.negotiation import BadRequest, GraphQLRequest, checked
from appraise.api.operations import REFUSALS, Operations, refusal
from appraise.api.reception import Reception, bearer_in
from appraise.api.turns import Crowded, Overloaded, stranger_at
from appraise.domain.access import may_import, people_scope, section_scope
from appraise.errors import Forbidden, Retriable, TimedOut, Unauthenticated
from appraise.use_cases.deployment import Deployment

LOG = structlog.get_logger("appraise.api")
PROTOCOL: Final = "graphql-transport-ws"
INIT_WITHIN: Final = 10.0
"""Seconds."""
SENT_WITHIN: Final = 20.0
"""Seconds that a client may leave what was sent unread."""
REST: Final = 0.05
"""Seconds until the next message is read after one that begins and ends nothing: such take no turn."""
MOST_SUBSCRIPTIONS: Final = 50
"""Operations that run at a time on one connection."""


class Code(IntEnum):
    """Why the server closes (the protocol's own numbers)."""

    BAD_MESSAGE = 4400
    UNAUTHENTICATED = 4401
    FORBIDDEN = 4403
    WRONG_PROTOCOL = 4406
    INIT_TOO_LATE = 4408
    SAME_ID = 4409
    TWO_INITS = 4429
    RESTARTS = 1012
    TRY_AGAIN = 1013
    DEFECT = 4500


class Closed(Dismissed):
    """The connection must be closed."""

    def __init__(self, code: Code, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class WebSocketEndpoint:
    def __init__(
        self,
        deployment: Deployment,
        clock: Callable[[], datetime],
        *,
        reception: Reception,
        operations: Operations,
        live: Live,
    ) -> None:
        self.deployment = deployment
        self.clock = clock
        self.reception = reception
        self.operations = operations
        self.live = live

    async def answer(self, socket: WebSocket) -> None:
        if PROTOCOL not in socket.scope["subprotocols"]:
            await socket.accept()
            await socket.close(Code.WRONG_PROTOCOL, f"Only {PROTOCOL} is spoken here")
            return
        await socket.accept(PROTOCOL)
        await _Connection(self, socket).serve()


class _Connection:
    def __init__(self, endpoint: WebSocketEndpoint, socket: WebSocket) -> None:
        self._endpoint = endpoint
        self._socket = socket
        self._token: str | None = None
        self._principal = stranger_at(socket.client.host if socket.client else None)
        self._running: dict[str, asyncio.Task[None]] = {}
        self._sending = asyncio.Lock()
        self._closed: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    async def serve(self) -> None:
        """Until either side has enough; then nothing of it goes on."""
        reading: asyncio.Future[Any] = asyncio.create_task(self._read())
        try:
            await asyncio.wait((reading, self._closed), return_when=asyncio.FIRST_COMPLETED)
            if self._closed.done():
                await self._close(self._closed.result())
        finally:
            tasks: set[asyncio.Future[Any]] = {reading, *self._running.values()}
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        if not reading.cancelled():
            reading.result()

    async def _close(self, why: Closed) -> None:
        if self._socket.application_state is WebSocketState.CONNECTED:
            with suppress(RuntimeError, WebSocketDisconnect, TimeoutError):
                await asyncio.wait_for(self._socket.close(why.code, why.reason), SENT_WITHIN)

    def _end(self, why: Closed) -> None:
        if not self._closed.done():
            self._closed.set_result(why)

    async def _read(self) -> None:
        try:
            async with asyncio.timeout(INIT_WITHIN):
                await self._initialise()
            while True:
                await self._take(await self._message())
        except WebSocketDisconnect:
            return
        except TimeoutError:
            self._end(Closed(Code.INIT_TOO_LATE, "Connection initialisation timeout"))
        except Closed as why:
            self._end(why)

    async def _initialise(self) -> None:
        """Who connects, by the token in `connection_init`; pings before it are answered."""
        while (message := await self._message())["type"] != "connection_init":
            if message["type"] == "subscribe":
                raise Closed(Code.UNAUTHENTICATED, "Unauthorized")
            await self._take(message)
        payload = message.get("payload")
        named = {str(name).lower(): value for name, value in payload.items()} if isinstance(payload, dict) else {}
        self._token = bearer_in(str(named.get("authorization", "")))
        reception = self._endpoint.reception
        try:
            await reception.awaited(self._token)
            if self._token is not None:
                self._principal = await reception.looked_up(
                    self._token, lambda: self._principal, lambda: self._context().principal.key
                )
            context = await reception.running.in_turn(self._principal, self._context)
        except Unauthenticated as error:
            if self._token is not None:
                reception.turns.forget(self._token)
            raise Closed(Code.UNAUTHENTICATED, error.found) from error
        except Forbidden as error:
            raise Closed(Code.FORBIDDEN, error.found) from error
        except (Retriable, Crowded, Overloaded, TimedOut) as error:
            raise Closed(Code.TRY_AGAIN, "The service is busy") from error
        self._principal = context.principal.key
        await self._send({"type": "connection_ack"})

    def _context(self) -> RequestContext:
        """Of whoever connected, as of now. Raises `Unauthenticated`, and `Forbidden` for who may read nothing."""
        if self._token is None:
            raise Unauthenticated("there is no token", expected='{"authorization": "Bearer <token>"} as the payload')
        at = self._endpoint.clock()
        origin = self._socket.headers.get("origin")
        principal = self._endpoint.reception.doorkeeper.by_token(self._token, origin=origin, at=at)
        opens = not (section_scope(principal).is_empty and people_scope(principal).is_empty) or may_import(principal)
        if not opens:
            raise Forbidden("the token opens nothing here")
        return RequestContext(self._endpoint.deployment, principal, at, secrets.token_hex(8))

    async def _message(self) -> dict[str, Any]:
        received = await self._socket.receive()
        if received["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(received.get("code", 1000))
        try:
            message = orjson.loads(received.get("text") or b"")
        except orjson.JSONDecodeError as error:
            raise Closed(Code.BAD_MESSAGE, "Not a JSON message") from error
        if not isinstance(message, dict) or not isinstance(message.get("type"), str):
            raise Closed(Code.BAD_MESSAGE, "A message is an object with a type")
        return message

    async def _take(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "ping":
                await self._send({"type": "pong"})
                await asyncio.sleep(REST)
            case "pong":
                await asyncio.sleep(REST)
            case "connection_init":
                raise Closed(Code.TWO_INITS, "Too many initialisation requests")
            case "subscribe":
                await self._subscribe(message)
            case "complete":
                task = self._running.get(str(message.get("id")))
                if task is None:
                    await asyncio.sleep(REST)
                else:
                    task.cancel()
            case _:
                raise Closed(Code.BAD_MESSAGE, "Unknown type of message")

    async def _subscribe(self, message: dict[str, Any]) -> None:
        name = message.get("id")
        if not isinstance(name, str) or not name:
            raise Closed(Code.BAD_MESSAGE, "A subscription has an id that is text")
        try:
            asked = checked(message.get("payload"))
        except BadRequest as error:
            raise Closed(Code.BAD_MESSAGE, error.message[:100]) from error
        if name in self._running:
            raise Closed(Code.SAME_ID, f"Subscriber for {name[:50]} already exists")
        if len(self._running) >= MOST_SUBSCRIPTIONS:
            told = f"{MOST_SUBSCRIPTIONS} operations run on this connection already; end one first"
            errors = [request_error(told, ErrorCode.RATE_LIMITED)]
            await self._send({"type": "error", "id": name, "payload": errors})
            await asyncio.sleep(REST)
            return
        task = asyncio.create_task(self._run(name, asked))
        self._running[name] = task
        task.add_done_callback(lambda done: self._forget(name, done))

    def _forget(self, name: str, task: asyncio.Task[None]) -> None:
        if self._running.get(name) is task:
            del self._running[name]

    async def _run(self, name: str, asked: GraphQLRequest) -> None:
        """Answers one operation to its end."""
        try:
            await self._admit(asked)
            begun = await self._endpoint.reception.running.in_turn(self._principal, lambda: self._begun(asked))
            if isinstance(begun, Subscribing):
                async with aclosing(self._endpoint.live.answers(begun)) as answers:  # type: ignore[type-var]
                    async for answer in answers:
                        if answer is not None:
                            await self._send({"type": "next", "id": name, "payload": answer})
            else:
                await self._send({"type": "next", "id": name, "payload": begun})
            await self._send({"type": "complete", "id": name})
        except Unauthenticated as error:
            self._end(Closed(Code.UNAUTHENTICATED, error.found))
        except Ended as ended:
            await self._send({"type": "error", "id": name, "payload": ended.errors})
        except (Crowded, Overloaded, Retriable, TimedOut) as error:
            await self._send({"type": "error", "id": name, "payload": refusal(error, "").body["errors"]})
        except Stopped:
            self._end(Closed(Code.RESTARTS, "The server ends"))
        except Closed as why:
            self._end(why)
        except Exception:
            LOG.exception("an operation failed by a defect")
            self._end(Closed(Code.DEFECT, "The service has a defect here"))

    async def _admit(self, asked: GraphQLRequest) -> None:
        """What is wrong with a document is said only to whoever is signed in. Raises `Ended`."""
        try:
            await self._endpoint.operations.admit(self._principal, asked)
        except REFUSALS as error:
            await self._endpoint.reception.running.in_turn(self._principal, self._renewed)
            raise Ended(refusal(error, "").body["errors"]) from error

    def _begun(self, asked: GraphQLRequest) -> Subscribing | dict[str, Any]:
        try:
            context = self._renewed()
            operation = self._endpoint.operations.operation(asked)
            if operation.is_subscription:
                subscriber = Subscriber(context.principal.key, self._renewed)
                return self._endpoint.live.begun(subscriber, asked, operation, context)
            return self._endpoint.operations.answer(asked, operation, context).body
        except Unauthenticated:
            raise
        except REFUSALS as error:
            raise Ended(refusal(error, "").body["errors"]) from error

    def _renewed(self) -> RequestContext:
        try:
            return self._context()
        except Forbidden as error:
            raise Closed(Code.FORBIDDEN, error.found) from error

    async def _send(self, message: dict[str, Any]) -> None:
        """Raises `Closed` where the client does not take it."""
        text = orjson.dumps(message).decode()
        async with self._sending:
            try:
                await asyncio.wait_for(self._socket.send_text(text), SENT_WITHIN)
            except (TimeoutError, RuntimeError, WebSocketDisconnect) as error:
                raise Closed(Code.TRY_AGAIN, "The client does not read") from error
