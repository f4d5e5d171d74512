"""The contract in git is what the code says, and says all that it must."""

import re
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    build_schema,
    parse,
    specified_scalar_types,
    validate,
)

import appraise.console
from appraise.api.mutations import Mutation
from appraise.api.permissions import Requires
from appraise.api.schema import GRAPHQL_SCHEMA, sdl

ROOT = Path(__file__).parents[2]
OPERATIONS = ROOT / "schema" / "operations"
PAGES = sorted((Path(appraise.console.__file__).parent / "static" / "elements").glob("*operations.js"))


def documents_of_the_pages() -> dict[str, str]:
    """The documents as the browser puts them together: template strings that name one another."""
    source = "\n".join(file.read_text(encoding="utf-8") for file in PAGES)
    found = dict(re.findall(r"^(?:export )?const (\w+) = `(.*?)`;$", source, re.MULTILINE | re.DOTALL))

    def whole(text: str) -> str:
        return re.sub(r"\$\{(\w+)\}", lambda part: whole(found[part[1]]), text)

    return {name: whole(text).strip() + "\n" for name, text in found.items() if not name.isupper()}


def test_the_schema_in_git_is_fresh() -> None:
    assert (ROOT / "schema" / "appraise.graphql").read_text(encoding="utf-8") == sdl()


def test_the_schema_in_git_can_be_read_by_others() -> None:
    assert set(build_schema(sdl()).type_map) >= set(GRAPHQL_SCHEMA.type_map) - {"__Directive"}


def test_everything_is_described() -> None:
    silent = []
    for name, kind in GRAPHQL_SCHEMA.type_map.items():
        if name.startswith("__") or name in specified_scalar_types:
            continue
        members: dict[str, object] = {}
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            members = dict(kind.fields)
        if isinstance(kind, GraphQLObjectType):
            members |= {f"{field}({arg})": found for field, f in kind.fields.items() for arg, found in f.args.items()}
        if isinstance(kind, GraphQLEnumType):
            members = dict(kind.values)
        silent += [name] if not kind.description else []
        silent += [f"{name}.{member}" for member, what in members.items() if not getattr(what, "description", None)]

    assert silent == []


def test_our_scalars_say_by_which_specification_they_are_written() -> None:
    ours = [
        kind
        for name, kind in GRAPHQL_SCHEMA.type_map.items()
        if isinstance(kind, GraphQLScalarType) and name not in specified_scalar_types
    ]

    assert {kind.name: bool(kind.specified_by_url) for kind in ours} == {
        "Date": True,
        "DateTime": True,
        "Decimal": True,
    }


def test_every_mutation_declares_its_permission_and_takes_one_input() -> None:
    fields = Mutation.__strawberry_definition__.fields  # type: ignore[attr-defined]  # Strawberry adds it to the class
    declared = {field.python_name: [type(extension) for extension in field.extensions] for field in fields}

    assert declared.keys() >= {"rate_item", "create_export", "start_scoring", "create_webhook"}
    assert {name: found for name, found in declared.items() if found != [Requires]} == {}
    assert all(list(field.args) == ["input"] for field in GRAPHQL_SCHEMA.mutation_type.fields.values())


def test_the_pages_send_the_documents_that_are_kept_in_git() -> None:
    kept = {path.stem: path.read_text(encoding="utf-8") for path in OPERATIONS.glob("*.graphql")}

    of_hosts = {"CreateEmbedToken", "FindCycles", "FindSection"}
    assert documents_of_the_pages() == {name: text for name, text in kept.items() if name not in of_hosts}


@pytest.mark.parametrize("file", sorted(OPERATIONS.glob("*.graphql")), ids=lambda file: file.stem)
def test_the_documents_kept_in_git_are_valid(file: Path) -> None:
    assert validate(GRAPHQL_SCHEMA, parse(file.read_text(encoding="utf-8"))) == []
