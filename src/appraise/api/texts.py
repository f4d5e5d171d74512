"""Texts that no record can hold, refused before anything is done with them."""

from collections.abc import Iterator
from typing import Any, Final

from graphql import DocumentNode, StringValueNode, Visitor, visit

LONGEST_TEXT: Final = 50_000
"""Characters of one text; a policy document has some eight thousand."""


def unfit_literal(document: DocumentNode) -> str | None:
    """What is wrong with a text that the document itself holds; None where nothing is."""
    literals = _Literals()
    visit(document, literals)
    return next(filter(None, map(_wrong, literals.found)), None)


def unfit_variable(variables: dict[str, Any]) -> str | None:
    """The same of texts in the variables, which must be nested no deeper than may be read."""
    return next(filter(None, map(_wrong, _within(variables))), None)


def _wrong(text: str) -> str | None:
    if "\0" in text:
        return "A text holds a NUL character; leave it out."
    if len(text) > LONGEST_TEXT:
        return f"A text has {len(text):,} characters; at most {LONGEST_TEXT:,} are taken."
    return None


def _within(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _within(part)


class _Literals(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def enter_string_value(self, node: StringValueNode, *_: Any) -> None:
        self.found.append(node.value)
