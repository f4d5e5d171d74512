"""SQL of expressions, remembered by their shape: Ibis takes longer to write a statement than an engine to answer it.

A run has some seventy statements, and the next one has the same, of other tables. Two expressions have one shape where
they differ in nothing but the names and the rows of the tables that they read.
"""

import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final

import ibis.expr.operations as ops
from ibis.backends import BaseBackend
from ibis.common.graph import Node
from ibis.formats import TableProxy

MOST: Final = 2_000
"""Statements that are kept, of some kilobytes each."""


@dataclass(frozen=True, slots=True)
class Shape:
    """`key` is an expression without the names of its tables; `names` are these, in the order in which they come up."""

    key: tuple[Any, ...]
    names: tuple[str, ...]
    holds_rows: bool
    """Whether rows must be handed to the engine before it can run."""


def shape_of(operation: Node) -> Shape:
    walk = _Walk()
    walk.place(operation)
    return Shape(tuple(walk.parts), tuple(walk.names), walk.holds_rows)


class Statements:
    """The SQL of the shapes used last, for all threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: OrderedDict[tuple[Any, ...], tuple[str, tuple[str, ...]]] = OrderedDict()

    def written(self, shape: Shape, write: Callable[[], str]) -> str:
        """What `write` gives for an expression of this shape, with the names of its tables in double quotes."""
        with self._lock:
            known = self._known.get(shape.key)
            if known is not None:
                self._known.move_to_end(shape.key)
        if known is not None:
            sql, names = known
            return _renamed(sql, dict(zip(names, shape.names, strict=True)))
        sql = write()
        with self._lock:
            self._known[shape.key] = sql, shape.names
            while len(self._known) > MOST:
                self._known.popitem(last=False)
        return sql


class _Walk:
    """Every operation once, its arguments before it, each by its place among the `parts`."""

    def __init__(self) -> None:
        self.parts: list[Any] = []
        self.names: list[str] = []
        self.holds_rows = False
        self._places: dict[Node, int] = {}

    def place(self, node: Node) -> int:
        known = self._places.get(node)
        if known is not None:
            return known
        if isinstance(node, ops.DatabaseTable | ops.InMemoryTable):
            self.holds_rows = self.holds_rows or isinstance(node, ops.InMemoryTable)
            part = (type(node), len(self.names), *map(self._part, node.args[1:]))
            self.names.append(node.name)
        else:
            part = (type(node), *map(self._part, node.args))
        self.parts.append(part)
        self._places[node] = len(self.parts) - 1
        return self._places[node]

    def _part(self, value: object) -> object:
        if isinstance(value, Node):
            return _Place(self.place(value))
        if isinstance(value, tuple):
            return tuple(map(self._part, value))
        if isinstance(value, Mapping):
            return tuple((name, self._part(one)) for name, one in value.items())
        if isinstance(value, float):
            return repr(value)  # 0.0 equals -0.0
        return type(value) if isinstance(value, BaseBackend | TableProxy) else value


@dataclass(frozen=True, slots=True)
class _Place:
    number: int


def _renamed(sql: str, names: Mapping[str, str]) -> str:
    changed = {f'"{old}"': f'"{new}"' for old, new in names.items() if old != new}
    if not changed:
        return sql
    return re.sub("|".join(map(re.escape, changed)), lambda found: changed[found[0]], sql)
