"""From a GraphQL request and a principal to an answer: what HTTP, WebSocket and event streams share."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar

from graphql import Executor, GraphQLSchema, execute_sync

from appraise.api.answers import Answers
from appraise.api.context import RequestContext
from appraise.api.documents import Documents, Operation, Refused
from appraise.api.errors import CODES, ErrorCode, formatted, request_error
from appraise.api.guard import HIGHEST_COST, LONGEST_LIST, TooCostly
from appraise.api.negotiation import BadRequest, GraphQLRequest
from appraise.api.rate import Balance, Buckets
from appraise.api.schema import GRAPHQL_SCHEMA
from appraise.api.trusted import TrustedDocuments
from appraise.api.turns import Crowded, Turns
from appraise.domain.access import Principal
from appraise.errors import Forbidden, NotFound, Problem, Retriable, TimedOut, Unauthenticated
from appraise.storage.deadline import DEADLINE, Deadline

T = TypeVar("T")
THREADS: Final = ThreadPoolExecutor(40, "requests")
"""As many as Starlette's own, whose way to a thread and back takes twice as long."""
MUCH: Final = 5_000
"""Cost above which a request waits for a turn of such: about a fourth of what may be asked for at once."""
REFUSED_COST: Final = 500
"""Of a document that is refused, for reading it: as much as is answered in about that time."""
_IS_LARGE: Final[ContextVar[bool]] = ContextVar("is_large", default=True)
"""Whether there is a turn for much; nobody else waits where there are no turns."""
WATCH_EVERY: Final = 0.05
"""Seconds between two attempts to stop what runs beyond its time."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` as GraphQL has it; without `data` the request never ran."""

    body: dict[str, Any]
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)


class Large(Exception):  # noqa: N818  # no error
    """A request turns out to ask for much: it must wait for a turn of such, to be begun anew in it."""


class TooFast(Exception):  # noqa: N818  # named like the errors of appraise.errors
    """The principal's points do not suffice."""

    def __init__(self, cost: int, balance: Balance) -> None:
        super().__init__(
            f"too much was asked in the last minute; the next {cost:,} points are there in {balance.wait} s"
        )
        self.cost = cost
        self.balance = balance


REFUSALS: Final = (
    Unauthenticated,
    TooCostly,
    TooFast,
    Crowded,
    TimedOut,
    Retriable,
    BadRequest,
    Forbidden,
    NotFound,
    Refused,
)
"""What is said of the whole request; `refusal` has the words."""


class Operations:
    """Documents of one schema, with their limits."""

    def __init__(  # noqa: PLR0913  # its limits and what its parts share
        self,
        *,
        timeout: float,
        rate_limit: int,
        trusted: TrustedDocuments,
        turns: Turns,
        answers: Answers,
        schema: GraphQLSchema = GRAPHQL_SCHEMA,
        longest_list: int = LONGEST_LIST,
    ) -> None:
        self._timeout = timeout
        self._buckets = Buckets(rate_limit)
        self._trusted = trusted
        self._answers = answers
        self.turns = turns
        self._documents = Documents(schema, longest_list=longest_list)

    async def in_turn(self, principal: str, work: Callable[[], T]) -> T:
        """As `in_time`, when it is the principal's turn; begun anew in another one where it asks for much.

        Raises `Crowded`.
        """
        with suppress(Large):
            async with self.turns.turn(principal, within=self._timeout):
                return await self.in_time(work)
        async with self.turns.turn(principal, within=self._timeout, is_large=True):
            return await self.in_time(work, is_large=True)

    async def in_time(self, work: Callable[[], T], *, is_large: bool = False) -> T:
        """What `work` gives, done in a thread and stopped when a request's time is over.

        Where nobody waits for it any more (the task is cancelled) it is stopped too, unless it is a change that has
        begun; the turn lasts until the thread is free.
        Raises `Large` where it asks for much and is not in a turn for that.
        """
        deadline = Deadline(self._timeout)

        def bounded() -> T:
            before, lane = DEADLINE.set(deadline), _IS_LARGE.set(is_large)
            try:
                return work()
            finally:
                DEADLINE.reset(before)
                _IS_LARGE.reset(lane)

        watching: list[asyncio.Task[None]] = []
        loop = asyncio.get_running_loop()
        timer = loop.call_later(self._timeout, lambda: watching.append(loop.create_task(_watch(deadline))))
        running = loop.run_in_executor(THREADS, copy_context().run, bounded)
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            if not deadline.is_change:
                watching.append(loop.create_task(_watch(deadline)))
            while not running.done():
                with suppress(asyncio.CancelledError):
                    await asyncio.wait([running])
            raise
        finally:
            timer.cancel()
            for task in watching:
                task.cancel()

    def operation(self, asked: GraphQLRequest, principal: Principal) -> Operation:
        """Takes points for a document that is refused, before it is read, so that reading ends where there are none.

        Raises `TooCostly`, `Refused`, `Forbidden`, `NotFound` and `TooFast`.
        """
        text = self._trusted.text(asked.query, asked.document_id)
        if self._documents.is_known(text):
            return self._documents.operation(text, asked.variables, asked.operation_name)
        self._take(principal, REFUSED_COST)
        operation = self._documents.operation(text, asked.variables, asked.operation_name)
        self._buckets.give_back(principal.key, REFUSED_COST)
        return operation

    def paid(self, principal: Principal, operation: Operation) -> Balance:
        """Takes the operation's cost from the principal's points. Raises `TooFast`."""
        return self._take(principal, operation.cost)

    def _take(self, principal: Principal, cost: int) -> Balance:
        balance = self._buckets.take(principal.key, cost)
        if balance.is_refused:
            raise TooFast(cost, balance)
        return balance

    def answer(self, asked: GraphQLRequest, operation: Operation, context: RequestContext) -> Answer:
        """Of a query or a mutation. Raises `Large` before anything is done."""
        if operation.cost > MUCH and not _IS_LARGE.get():
            raise Large
        balance = self.paid(context.principal, operation)
        deadline = DEADLINE.get()
        if deadline is not None:
            deadline.is_change = not operation.is_query
        data = self._answers.data(operation, asked.variables, context)
        answered = Answer({"data": data}) if data is not None else executed(operation, asked.variables, context)
        return with_cost(answered, operation.cost, balance)


class _Bounded(Executor[Any]):
    """Ends lists that are too long in all, and those that go on when the time is over; their fields are errors then."""

    def complete_list_item_value(self, *args: Any, **named: Any) -> bool:
        self.context_value.answering(1)
        return super().complete_list_item_value(*args, **named)


def executed(
    operation: Operation, variables: dict[str, Any], context: RequestContext, root: object | None = None
) -> Answer:
    """By graphql-core. `root` is what happened, where the operation is a subscription."""
    context.entries = 0  # what was answered by compiled code is answered again
    result = execute_sync(
        operation.schema,
        operation.document,
        root,
        context_value=context,
        variable_values=variables,
        operation_name=operation.name,
        max_coercion_errors=20,
        executor_class=_Bounded,
        hide_suggestions=True,
    )
    if not result.errors:
        return Answer({"data": result.data})
    errors = [formatted(error, request_id=context.request_id) for error in result.errors]
    if result.data is None and all(error.path is None for error in result.errors):
        return Answer({"errors": errors})
    return Answer({"errors": errors, "data": result.data})


def refusal(error: Exception, request_id: str) -> Answer:
    """What is said of one of `REFUSALS`."""
    match error:
        case Refused():
            answer = Answer({"errors": [formatted(each, request_id=request_id) for each in error.errors]})
        case TooCostly():
            answer = Answer({"errors": [request_error(str(error), ErrorCode.COST_LIMIT)]})
        case TooFast():
            told = {"errors": [request_error(str(error), ErrorCode.RATE_LIMITED)]}
            answer = Answer(told, 429, {"retry-after": str(error.balance.wait)})
            answer = with_cost(answer, error.cost, error.balance)
        case Crowded():
            told = {"errors": [request_error(str(error), ErrorCode.RATE_LIMITED)]}
            answer = Answer(told, 429, {"retry-after": "1"})
        case BadRequest():
            answer = Answer({"errors": [request_error(error.message)]}, error.status)
        case Retriable():
            told = {"errors": [request_error("the service is busy", ErrorCode.UNAVAILABLE)]}
            answer = Answer(told, 503, {"retry-after": "1"})
        case Unauthenticated() | TimedOut() | Forbidden() | NotFound():
            status, headers = _STATUS.get(type(error), (None, {}))
            answer = Answer({"errors": [request_error(error.found, CODES[type(error)])]}, status, headers)
        case _:
            raise error
    return answer


_STATUS: Final[dict[type[Problem], tuple[int, dict[str, str]]]] = {
    Unauthenticated: (401, {"www-authenticate": 'Bearer realm="appraise"'}),
    TimedOut: (504, {}),
}


def with_cost(answer: Answer, cost: int, balance: Balance) -> Answer:
    throttle = {"limit": balance.limit, "remaining": balance.remaining, "resetSeconds": balance.reset}
    told = {"cost": {"requested": cost, "limit": HIGHEST_COST, "throttle": throttle}}
    headers = answer.headers | balance.headers | {"x-cost-requested": str(cost)}
    return replace(answer, body=answer.body | {"extensions": told}, headers=headers)


async def _watch(deadline: Deadline) -> None:
    """From the time on when it is over; a request that ends before costs no task."""
    while True:
        await asyncio.to_thread(deadline.expire)
        await asyncio.sleep(WATCH_EVERY)
