"""Every way from a root of the schema to a type that is under a rule, found by walking the schema."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
)

LONGEST = 6
"""Fields; a list takes two or three."""
FINAL = {"Section": "id items { rating } writeBacks { host } composite { ... on Composite { standing { listed } } }"}
KEY = "%KEY%"
GIVEN = {
    "id: ID!": f'id: "{KEY}"',
    "by: EmployeeBy!": f'by: {{id: "{KEY}"}}',
    "ids: [ID!]!": f'ids: ["{KEY}"]',
    "first: Int!": "first: 50",
    "cycle: ID!": 'cycle: "%CYCLE%"',
    "groupBy: ContributionGroupBy!": "groupBy: {dimension: EMPLOYEE}",
}
"""What required arguments are asked with."""


@dataclass(frozen=True, slots=True)
class Step:
    """A field, and the object type that is looked at behind it; `is_abstract` where it may be another."""

    field: str
    arguments: str
    type: str
    is_abstract: bool


@dataclass(frozen=True, slots=True)
class Way:
    steps: tuple[Step, ...]
    passes: tuple[str, ...]
    """The types under a rule on the way to the target."""
    is_alone: bool = False
    """A refusal of its root refuses the whole answer, so that nothing may stand beside it."""

    @property
    def target(self) -> str:
        return self.steps[-1].type

    @property
    def name(self) -> str:
        shown = (f"{step.field}<{step.type}>" if step.is_abstract else step.field for step in self.steps)
        return f"Query.{'.'.join(shown)}"

    @property
    def is_keyed(self) -> bool:
        return KEY in self.steps[0].arguments

    @property
    def is_door(self) -> bool:
        """Whether all that a principal may see is to be had by it: a thing by its id, or the list of them."""
        return all(step.field in {"edges", "node", "nodes"} for step in self.steps[1:])

    def selections(self, keys: list[str], cycle: str) -> list[str]:
        """One for each key, or the one."""
        inner = FINAL.get(self.target, "id")
        for step in reversed(self.steps):
            selected = f"... on {step.type} {{ {inner} }}" if step.is_abstract else inner
            inner = f"{step.field}{step.arguments} {{ {selected} }}"
        wanted = [inner.replace(KEY, key) for key in keys] if self.is_keyed else [inner]
        return [one.replace("%CYCLE%", cycle) for one in wanted]

    def objects(self, data: dict[str, Any]) -> Iterator[tuple[dict[str, Any], tuple[str | int, ...]]]:
        """What an answer holds at the end of the way, each with its path."""
        for alias, value in data.items():
            yield from _followed(value, [step.field for step in self.steps[1:]], (alias,))


def _followed(
    value: Any, fields: list[str], path: tuple[str | int, ...]
) -> Iterator[tuple[dict[str, Any], tuple[str | int, ...]]]:
    if isinstance(value, list):
        for place, one in enumerate(value):
            yield from _followed(one, fields, (*path, place))
    elif isinstance(value, dict) and not fields:
        if "id" in value:
            yield value, path
    elif isinstance(value, dict) and fields[0] in value:
        yield from _followed(value[fields[0]], fields[1:], (*path, fields[0]))


def ways(schema: GraphQLSchema, ruled: set[str]) -> list[Way]:
    """All ways to each of the types `ruled` that pass at most one other of them.

    Raises `LookupError` where one of their fields must be asked with something that `GIVEN` does not say.
    """
    assert schema.query_type
    found = _from(schema, schema.query_type, (), frozenset(), ruled)
    return sorted((way for way in found if not _is_twin(way)), key=lambda way: way.name)


def _is_twin(way: Way) -> bool:
    """Whether it goes on behind `edges` or the root `nodes`, as others do behind the same objects of `nodes` and `node`."""
    fields = [step.field for step in way.steps]
    return bool(way.passes) and (fields[0] == "nodes" or "edges" in fields)


def _from(
    schema: GraphQLSchema, kind: GraphQLObjectType, steps: tuple[Step, ...], seen: frozenset[str], ruled: set[str]
) -> Iterator[Way]:
    passed = tuple(step.type for step in steps if step.type in ruled)
    if len(steps) == LONGEST or len(passed) > 1:
        return
    for name, field in kind.fields.items():
        for reached in objects_of(schema, get_named_type(field.type)):
            if (reached.name in seen and reached.name not in ruled) or not _leads(schema, reached, ruled):
                continue
            is_abstract = not isinstance(get_named_type(field.type), GraphQLObjectType)
            step = Step(name, _arguments(kind, name), reached.name, is_abstract)
            if reached.name in ruled:
                root = schema.query_type.fields[(*steps, step)[0].field]  # type: ignore[union-attr]  # asserted above
                yield Way((*steps, step), passed, isinstance(root.type, GraphQLNonNull))
            yield from _from(schema, reached, (*steps, step), seen | {reached.name}, ruled)


def objects_of(schema: GraphQLSchema, kind: Any) -> list[GraphQLObjectType]:
    if isinstance(kind, GraphQLInterfaceType | GraphQLUnionType):
        return list(schema.get_possible_types(kind))
    return [kind] if isinstance(kind, GraphQLObjectType) else []


def _leads(schema: GraphQLSchema, kind: GraphQLObjectType, ruled: set[str]) -> bool:
    return bool(reachable(schema, kind) & ruled)


def reachable(
    schema: GraphQLSchema,
    start: GraphQLObjectType,
    *,
    stop: frozenset[str] = frozenset(),
    without: frozenset[str] = frozenset(),
) -> set[str]:
    """The object types that can be reached from one, itself included, neither through those of `stop` nor by the first
    fields `without`."""
    found: set[str] = set()
    left = [(start, without)]
    while left:
        kind, but = left.pop()
        if kind.name in found:
            continue
        found.add(kind.name)
        fields = [] if kind.name in stop else [field for name, field in kind.fields.items() if name not in but]
        left += [(one, frozenset()) for field in fields for one in objects_of(schema, get_named_type(field.type))]
    return found


def _arguments(kind: GraphQLObjectType, name: str) -> str:
    required = [
        f"{key}: {argument.type}"
        for key, argument in kind.fields[name].args.items()
        if isinstance(argument.type, GraphQLNonNull)
    ]
    unknown = [one for one in required if one not in GIVEN]
    if unknown:
        raise LookupError(f"say in GIVEN with what {kind.name}.{name} is asked: {unknown}")
    return f"({', '.join(GIVEN[one] for one in required)})" if required else ""
