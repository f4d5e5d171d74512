"""What compiled queries do with single values. Each function raises `Unforeseen` for what graphql-core must judge."""

import math
from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar

from graphql import GraphQLEnumType

from appraise.api.context import RequestContext

T = TypeVar("T")

_LARGEST_INT: Final = 2**31 - 1
_MOST_REMEMBERED: Final = 1_000
_USUAL: Final[dict[str, Callable[[Any], bool]]] = {
    "String": lambda value: type(value) is str,
    "ID": lambda value: type(value) is str,
    "Boolean": lambda value: type(value) is bool,
    "Int": lambda value: type(value) is int and -_LARGEST_INT <= value <= _LARGEST_INT,
    "Float": lambda value: type(value) is float and math.isfinite(value),
}


class Unforeseen(Exception):  # noqa: N818  # not an error: the careful way is taken instead
    """Generated code has met something that it was not written for."""


def present(value: T | None) -> T:
    if value is None:
        raise Unforeseen
    return value


def items_of(value: Any, context: RequestContext) -> Iterable[Any]:
    """Raises `TooCostly` and `TimedOut` where there is too much to write, or no time."""
    if isinstance(value, list | tuple):
        context.answering(len(value))
        return value
    raise Unforeseen


def leaf(kind: Any) -> Callable[[Any], Any]:
    """How values of a scalar or an enum are written; null is `Unforeseen`, the usual Python type passes as it is."""
    if isinstance(kind, GraphQLEnumType):
        return _remembering(kind.coerce_output_value)
    usual = _USUAL.get(kind.name, lambda _: False)
    return lambda value: value if usual(value) else present(kind.coerce_output_value(present(value)))


def by_class(decide: Callable[[Any], T]) -> Callable[[Any], T]:
    """`decide`, asked once per class of value: which GraphQL type a value has is settled by its class in our schema."""
    known: dict[type, T] = {}

    def decided(value: Any) -> T:
        kind = type(value)
        if kind not in known:
            known[kind] = decide(value)
        return known[kind]

    return decided


def _remembering(write: Callable[[Any], Any]) -> Callable[[Any], Any]:
    known: dict[Any, Any] = {}

    def written(value: Any) -> Any:
        if value in known:
            return known[value]
        text = present(write(present(value)))
        if len(known) < _MOST_REMEMBERED:
            known[value] = text
        return text

    return written
