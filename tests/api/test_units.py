"""Whoever reads a number in the schema is told what it counts or measures."""

import re
from typing import Final

import pytest
from graphql import GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType, get_named_type

from appraise.api.schema import GRAPHQL_SCHEMA

NUMBERS: Final = {"Int", "Float", "Decimal"}
UNITS: Final = (
    r"number of",
    r"\bcount\b",
    r"indicator's unit",
    r"unit of the indicator",
    r"same unit",
    r"standard deviations between employees",
    r"minor units",
    r"\bbytes\b",
    r"0 to 1\b",  # shares, probabilities and percentiles
    r"above 0, (at most|below) 1",
    r"[−-]1 to 1\b",
    r"1 (\(lowest\) )?to 5\b",  # ratings and levels
    r"steps of rating",
    r"host's scale",
    r"HTTP status",
    r"without a unit",
)


def numbers() -> list[tuple[str, str]]:
    kinds = (GraphQLObjectType, GraphQLInterfaceType, GraphQLInputObjectType)
    return [
        (f"{name}.{field}", definition.description or "")
        for name, kind in GRAPHQL_SCHEMA.type_map.items()
        if isinstance(kind, kinds) and not name.startswith("__")
        for field, definition in kind.fields.items()
        if get_named_type(definition.type).name in NUMBERS
    ]


def test_every_number_names_its_unit() -> None:
    found = numbers()
    unsaid = {name: words for name, words in found if not re.search("|".join(UNITS), words, re.IGNORECASE)}

    assert unsaid == {}
    assert len(found) > 200
    said = "\n".join(words for _, words in found)
    assert [unit for unit in UNITS if not re.search(unit, said, re.IGNORECASE)] == []


@pytest.mark.parametrize("words", ["How many.", "The figure.", "How long it took."])
def test_words_without_a_unit_would_be_noticed(words: str) -> None:
    assert not re.search("|".join(UNITS), words, re.IGNORECASE)
