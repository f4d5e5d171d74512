"""From a GraphQL request and a principal to an answer: what HTTP, WebSocket and event streams share."""

from dataclasses import dataclass, field, replace
from typing import Any, Final

from graphql import Executor, GraphQLSchema, execute_sync

from appraise.api.answers import Answers
from appraise.api.at_hand import AtHand
from appraise.api.context import RequestContext
from appraise.api.documents import Documents, Operation, Refused
from appraise.api.errors import CODES, ErrorCode, formatted, request_error
from appraise.api.guard import HIGHEST_COST, LONGEST_LIST, TooCostly
from appraise.api.negotiation import BadRequest, GraphQLRequest
from appraise.api.rate import Balance, Buckets
from appraise.api.running import IS_LARGE, Large, Running
from appraise.api.schema import GRAPHQL_SCHEMA
from appraise.api.trusted import TrustedDocuments
from appraise.api.turns import Crowded, Lane, Overloaded
from appraise.domain.access import Principal
from appraise.errors import Forbidden, NotFound, Problem, Retriable, TimedOut, Unauthenticated, UnknownCredential
from appraise.storage.deadline import DEADLINE

MUCH: Final = 5_000
"""Cost above which a request waits for a turn of such: about a fourth of what may be asked for at once."""
REFUSED_COST: Final = 500
"""Of a document that is refused, for reading it: as much as is answered in about that time."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` as GraphQL has it; without `data` the request never ran."""

    body: dict[str, Any]
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)


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
    Overloaded,
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

    def __init__(  # its limits and what its parts share
        self,
        *,
        rate_limit: int,
        trusted: TrustedDocuments,
        running: Running,
        answers: Answers,
        schema: GraphQLSchema = GRAPHQL_SCHEMA,
        longest_list: int = LONGEST_LIST,
    ) -> None:
        self._buckets = Buckets(rate_limit)
        self._trusted = trusted
        self._answers = answers
        self._at_hand = AtHand()
        self.running = running
        self._documents = Documents(schema, kept=trusted, longest_list=longest_list)

    async def admit(self, principal: str, asked: GraphQLRequest) -> None:
        """Reads a document that is not known yet, in a turn for that: what is known need not wait behind it.

        Takes points for it beforehand, which come back where it is good. Raises what `operation` does, `Crowded`,
        `Overloaded` and `TimedOut`.
        """
        text = self._trusted.text(asked.query, asked.document_id)
        if self._documents.is_known(text) or text in self._trusted:
            return

        def read() -> None:
            self._take(principal, REFUSED_COST)
            self._documents.operation(text, asked.variables, asked.operation_name)
            self._buckets.give_back(principal, REFUSED_COST)

        await self.running.in_turn(principal, read, lane=Lane.READING)

    def operation(self, asked: GraphQLRequest) -> Operation:
        """Of a document that was admitted. Raises `TooCostly`, `Refused`, `Forbidden` and `NotFound`."""
        text = self._trusted.text(asked.query, asked.document_id)
        return self._documents.operation(text, asked.variables, asked.operation_name)

    def paid(self, principal: Principal, operation: Operation) -> Balance:
        """Takes the operation's cost from the principal's points. Raises `TooFast`."""
        return self._take(principal.key, operation.cost)

    def _take(self, principal: str, cost: int) -> Balance:
        balance = self._buckets.take(principal, cost)
        if balance.is_refused:
            raise TooFast(cost, balance)
        return balance

    def answer(self, asked: GraphQLRequest, operation: Operation, context: RequestContext) -> Answer:
        """Of a query or a mutation. Raises `Large` before anything is done."""
        if operation.cost > MUCH and not IS_LARGE.get():
            raise Large
        balance = self.paid(context.principal, operation)
        deadline = DEADLINE.get()
        if deadline is not None:
            deadline.is_change = not operation.is_query
        context.at_hand = self._at_hand
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
        case Retriable() | Overloaded():
            told = {"errors": [request_error("the service is busy", ErrorCode.UNAVAILABLE)]}
            answer = Answer(told, 503, {"retry-after": "1"})
        case Unauthenticated() | TimedOut() | Forbidden() | NotFound():
            status, headers = _STATUS.get(type(error), (None, {}))
            answer = Answer({"errors": [request_error(error.found, CODES[type(error)])]}, status, headers)
        case _:
            raise error
    return answer


_UNKNOWN: Final = (401, {"www-authenticate": 'Bearer realm="appraise"'})
_STATUS: Final[dict[type[Problem], tuple[int, dict[str, str]]]] = {
    Unauthenticated: _UNKNOWN,
    UnknownCredential: _UNKNOWN,
    TimedOut: (504, {}),
}


def with_cost(answer: Answer, cost: int, balance: Balance) -> Answer:
    throttle = {"limit": balance.limit, "remaining": balance.remaining, "resetSeconds": balance.reset}
    told = {"cost": {"requested": cost, "limit": HIGHEST_COST, "throttle": throttle}}
    headers = answer.headers | balance.headers | {"x-cost-requested": str(cost)}
    return replace(answer, body=answer.body | {"extensions": told}, headers=headers)
