"""The reference of the schema, as a page of Markdown: made from the schema, so that it says what the service does."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    Undefined,
    ast_from_value,
    get_named_type,
    print_ast,
    specified_scalar_types,
)

HEAD: Final = """# Reference of the API

Made from the schema by `make schema`; `make check` compares. The same stands in the
[SDL](../../schema/appraise.graphql) and in the explorer at `/graphiql` of a running service.
[Quick start](quickstart.md), [who may ask](authentication.md), the [limits](limits.md),
[subscriptions](subscriptions.md), [webhooks](webhooks.md), [what changed](../../schema/CHANGELOG.md).

`!` stands for *never null*. A field that was refused is null, and `errors` says why.
"""
ROOTS: Final = {"Query": "Queries", "Mutation": "Changes", "Subscription": "Subscriptions"}


def reference(schema: GraphQLSchema) -> str:
    ours = {
        name: kind
        for name, kind in sorted(schema.type_map.items())
        if not name.startswith("__") and name not in specified_scalar_types
    }
    parts = [HEAD]
    for root, title in ROOTS.items():
        parts.append(f"## {title}\n\n{_text(ours[root].description)}\n\n" + _root(ours[root]))
    for title, wanted in GROUPS.items():
        chosen = [kind for name, kind in ours.items() if isinstance(kind, wanted) and name not in ROOTS]
        parts.append(f"## {title}\n\n" + "\n".join(_type(kind) for kind in chosen))
    return "\n".join(parts)


GROUPS: Final[dict[str, type | tuple[type, ...]]] = {
    "Objects": GraphQLObjectType,
    "Interfaces and unions": (GraphQLInterfaceType, GraphQLUnionType),
    "Inputs": GraphQLInputObjectType,
    "Enums": GraphQLEnumType,
    "Scalars": GraphQLScalarType,
}


def _root(kind: Any) -> str:
    parts = []
    for name, field in sorted(kind.fields.items()):
        parts.append(f"### {kind.name}.{name}\n\n{_text(field.description)}{_gone(field)} Gives {_link(field.type)}.\n")
        if field.args:
            parts.append(_table("argument", _members(field.args)))
    return "\n".join(parts)


def _type(kind: GraphQLNamedType) -> str:
    return f"### {kind.name}\n\n{_text(kind.description)}{_more(kind)}\n{_body(kind)}"


def _more(kind: GraphQLNamedType) -> str:
    match kind:
        case GraphQLUnionType():
            return f" One of {_links(kind.types)}."
        case GraphQLScalarType():
            return f" [Specification]({kind.specified_by_url})."
        case GraphQLObjectType() if kind.interfaces:
            return f" Is a {_links(kind.interfaces)}."
        case _:
            return ""


def _body(kind: GraphQLNamedType) -> str:
    match kind:
        case GraphQLObjectType() | GraphQLInterfaceType() | GraphQLInputObjectType():
            return "\n" + _table("field", _members(kind.fields))
        case GraphQLEnumType():
            rows = (
                (f"`{name}`", _text(value.description) + _gone(value)) for name, value in sorted(kind.values.items())
            )
            return "\n| value | meaning |\n| --- | --- |\n" + "".join(f"| {name} | {text} |\n" for name, text in rows)
        case _:
            return ""


def _table(what: str, rows: Iterable[tuple[str, str, str]]) -> str:
    lines = "".join(f"| {name} | {kind} | {text} |\n" for name, kind, text in rows)
    return f"| {what} | type | |\n| --- | --- | --- |\n{lines}"


def _members(members: Mapping[str, Any]) -> Iterable[tuple[str, str, str]]:
    for name, member in sorted(members.items()):
        arguments = ", ".join(f"{key}: {one.type}" for key, one in sorted(getattr(member, "args", {}).items()))
        shown = f"`{name}({arguments})`" if arguments else f"`{name}`"
        yield shown, _link(member.type) + _default(member), _text(member.description) + _gone(member)


def _default(member: Any) -> str:
    value = getattr(member, "default_value", Undefined)
    if value is Undefined or value is None:
        return ""
    node = ast_from_value(value, member.type)
    return "" if node is None else f" = `{print_ast(node)}`"


def _gone(member: Any) -> str:
    return "" if member.deprecation_reason is None else f" **Deprecated.** {member.deprecation_reason}"


def _link(kind: Any) -> str:
    named = get_named_type(kind).name
    if named in specified_scalar_types:
        return f"`{kind}`"
    return f"[`{kind}`](#{named.lower()})"


def _links(kinds: Iterable[GraphQLNamedType]) -> str:
    return ", ".join(_link(kind) for kind in kinds)


def _text(description: str | None) -> str:
    return " ".join((description or "").split()).replace("|", "\\|")
