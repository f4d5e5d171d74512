"""Subscriptions, whatever carries them: begun under the limits of every document, and asked again who listens.

Before each event the token is looked at again, so that whoever lost a right, or whose token ended, learns no more.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial
from inspect import isawaitable
from typing import Any, Final

from graphql import ExecutionResult, Executor, GraphQLError, create_source_event_stream

from appraise.api.context import RequestContext
from appraise.api.documents import Operation
from appraise.api.errors import ErrorCode, formatted, request_error
from appraise.api.feed import Feed, Lost
from appraise.api.negotiation import GraphQLRequest
from appraise.api.operations import REFUSALS, Operations, executed, refusal
from appraise.api.schema import GRAPHQL_SCHEMA
from appraise.api.subscriptions import LiveContext
from appraise.api.turns import FOLLOWS, Lane
from appraise.errors import Unauthenticated

MOST_OPEN: Final = 100
"""Subscriptions of one principal in this process."""
SIGN_OF_LIFE_EVERY: Final = 10.0
"""Seconds of silence after which the token is looked at again and the connection kept open by a sign of life."""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """`renew` gives a context with who asks and when as of now. Raises `Unauthenticated` where their token ended."""

    key: str
    renew: Callable[[], RequestContext]


@dataclass(frozen=True, slots=True)
class Subscribing:
    """A subscription that may begin."""

    subscriber: Subscriber
    asked: GraphQLRequest
    operation: Operation
    context: RequestContext


class Ended(Exception):  # noqa: N818  # named like the errors of appraise.errors
    """A subscription that ends for a reason: `errors` as GraphQL has them."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__(errors[0]["message"])
        self.errors = errors


class Dismissed(Exception):  # noqa: N818  # named like the errors of appraise.errors
    """Raised by `renew` where the whole connection must end, and handed on as it is."""


class Stopped(Exception):  # noqa: N818  # named like the errors of appraise.errors
    """The server ends."""


class Live:
    """Belongs to one event loop."""

    def __init__(self, operations: Operations, feed: Feed) -> None:
        self._operations = operations
        self._feed = feed
        self._open: Counter[str] = Counter()
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Ends all subscriptions; those that begin afterwards end at once."""
        self._stopping.set()

    def begun(
        self, subscriber: Subscriber, asked: GraphQLRequest, operation: Operation, context: RequestContext
    ) -> Subscribing:
        """Raises `TooFast`."""
        self._operations.paid(context.principal, operation)
        return Subscribing(subscriber, asked, operation, context)

    async def answers(self, begun: Subscribing) -> AsyncIterator[dict[str, Any] | None]:
        """The answer to each event, and None as a sign of life where nothing happens.

        Raises `Ended` with what must be told, `Unauthenticated` where the token has ended, `Stopped`, and `Dismissed`.
        """
        key = begun.subscriber.key
        if self._open[key] >= MOST_OPEN:
            message = f"{MOST_OPEN} subscriptions are open already; end one first"
            raise Ended([request_error(message, ErrorCode.RATE_LIMITED)])
        self._open[key] += 1
        try:
            async for answer in self._events(begun):
                yield answer
        finally:
            self._open[key] -= 1
            if not self._open[key]:
                del self._open[key]

    async def _events(self, begun: Subscribing) -> AsyncIterator[dict[str, Any] | None]:
        row, running = begun.subscriber.key + FOLLOWS, self._operations.running
        look = partial(running.in_turn, row, lane=Lane.FOLLOWING)
        context = LiveContext(self._feed, begun.subscriber.renew, begun.context, look)
        source = await _source(begun, context)
        try:
            while True:
                coming = asyncio.ensure_future(anext(source))
                try:
                    while not await self._has_come(coming):
                        await context.renewed()
                        yield None
                    event = coming.result()
                except StopAsyncIteration:
                    return
                finally:
                    coming.cancel()
                    await asyncio.wait({coming})
                yield await running.in_turn(row, partial(self._told, begun, context.latest, event))
        except (Unauthenticated, Dismissed, Stopped):
            raise
        except Exception as error:
            raise Ended(_why(error, begun.context.request_id)) from error
        finally:
            await source.aclose()

    async def _has_come(self, coming: asyncio.Future[Any]) -> bool:
        """False where nothing came for a while. Raises `Stopped`."""
        stopping = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait({coming, stopping}, timeout=SIGN_OF_LIFE_EVERY, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
        if self._stopping.is_set():
            raise Stopped
        return coming.done()

    def _told(self, begun: Subscribing, context: RequestContext, event: object) -> dict[str, Any]:
        self._operations.paid(context.principal, begun.operation)
        return executed(begun.operation, begun.asked.variables, context, event).body


async def _source(begun: Subscribing, context: LiveContext) -> Any:
    """The events, an asynchronous generator. Raises `Ended`."""
    operation = begun.operation
    executor = Executor.build(
        GRAPHQL_SCHEMA,
        operation.document,
        context_value=context,
        raw_variable_values=begun.asked.variables,
        operation_name=operation.name,
        max_coercion_errors=20,
        hide_suggestions=True,
    )
    if isinstance(executor, list):
        raise Ended([formatted(error, request_id=begun.context.request_id) for error in executor])
    stream: Any = create_source_event_stream(executor)
    if isawaitable(stream):
        stream = await stream
    if isinstance(stream, ExecutionResult):
        raise Ended([formatted(error, request_id=begun.context.request_id) for error in stream.errors or ()])
    return stream


def _why(error: Exception, request_id: str) -> list[dict[str, Any]]:
    if isinstance(error, Ended):
        return error.errors
    if isinstance(error, Lost):
        message = "events came faster than they were taken, and some would be lost; subscribe again"
        return [request_error(message, ErrorCode.UNAVAILABLE)]
    if isinstance(error, REFUSALS):
        errors: list[dict[str, Any]] = refusal(error, request_id).body["errors"]
        return errors
    cause = error.original_error if isinstance(error, GraphQLError) else error
    return [formatted(GraphQLError(str(error), original_error=cause), request_id=request_id)]
