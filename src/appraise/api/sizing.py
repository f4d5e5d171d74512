"""On which variables the size of a document depends, so that it is measured once for all that are alike."""

from collections.abc import Mapping
from typing import Any

from graphql import ArgumentNode, DirectiveNode, DocumentNode, Node, VariableNode, Visitor, visit

from appraise.api.guard import MULTIPLES, SWITCHES


def sizing(document: DocumentNode) -> tuple[str, ...]:
    """The variables that say how many nodes something answers with, and whether at all."""
    found = _Sizing()
    visit(document, found)
    return tuple(found.names)


def extent(value: object) -> object:
    """All that a size depends on of a variable's value: a number itself, of a list or of an input's rows how many."""
    if isinstance(value, Mapping):
        return "rows", extent(value.get("rows"))
    return ("list", len(value)) if isinstance(value, list) else value if isinstance(value, int) else None


class _Sizing(Visitor):
    """Variables in an input that the document itself writes count too: one may hold its rows."""

    def __init__(self) -> None:
        super().__init__()
        self.names: dict[str, None] = {}
        self._inside: Node | None = None

    def enter_argument(self, node: ArgumentNode, *_: Any) -> None:
        if node.name.value in MULTIPLES:
            self._inside = node

    def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
        if node.name.value in SWITCHES:
            self._inside = node

    def leave(self, node: Node, *_: Any) -> None:
        if node is self._inside:
            self._inside = None

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        if self._inside is not None:
            self.names[node.name.value] = None
