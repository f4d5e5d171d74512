"""The reference names everything that there is, and its links lead somewhere."""

import re
from pathlib import Path

from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType

from appraise.api.reference import reference
from appraise.api.schema import GRAPHQL_SCHEMA

PAGE = Path(__file__).parents[2] / "docs" / "api" / "reference.md"


def test_the_page_is_what_the_schema_says() -> None:
    assert PAGE.read_text("utf-8") == reference(GRAPHQL_SCHEMA)


def test_every_field_argument_and_value_is_there() -> None:
    page = PAGE.read_text("utf-8")
    parts = dict(re.findall(r"^### (\S+)\n(.*?)(?=^##|\Z)", page, re.MULTILINE | re.DOTALL))
    missing = []
    for name, kind in GRAPHQL_SCHEMA.type_map.items():
        if name.startswith("__") or not isinstance(
            kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType | GraphQLEnumType
        ):
            continue
        members = kind.values if isinstance(kind, GraphQLEnumType) else kind.fields
        for member in members:
            is_there = f"{name}.{member}" in parts or re.search(rf"`{member}[`(]", parts.get(name, ""))
            missing += [] if is_there else [f"{name}.{member}"]

    assert missing == []


def test_links_lead_somewhere() -> None:
    page = PAGE.read_text("utf-8")
    anchors = [title.lower().replace(".", "") for title in re.findall(r"^#+ (\S+)$", page, re.MULTILINE)]
    files = re.findall(r"\]\(([^#)]+\.(?:md|graphql))\)", page)

    assert set(re.findall(r"\]\(#([^)]+)\)", page)) <= set(anchors)
    assert len(set(anchors)) == len(anchors)
    assert [file for file in files if not (PAGE.parent / file).exists()] == []
