"""Limits on a document, measured in one pass before anything else looks at it.

Every fragment is measured once and remembered: expanding fragments wherever they are spread, as the stock limiters
do, takes time that doubles with each level of a crafted document (825 characters took seconds).
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from itertools import chain
from typing import Any, Final

from graphql import (
    BooleanValueNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    Node,
    ObjectValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_list_type,
)

from appraise.api.types.connections import LARGEST_PAGE, MOST_IDS
from appraise.api.works import ONCE, POINTS, points, work_of

LONGEST_DOCUMENT: Final = 15_000
"""Characters."""
MOST_TOKENS: Final = 3_000
DEEPEST: Final = 15
"""Levels; the standard introspection query needs 14."""
MOST_ALIASES: Final = 30
MOST_DIRECTIVES: Final = 50
MOST_FRAGMENTS: Final = 50
MOST_OPERATIONS: Final = 20
LONGEST_LIST: Final = 250
"""Entries of any list in the variables."""
DEEPEST_VARIABLE: Final = 12
"""Levels of lists and objects in the variables."""
DIGITS: Final = 12
"""Of a number, as far as it is read here: longer ones are beyond every page size all the same."""
MULTIPLES: Final = frozenset({"first", "ids", "representations", "input"})
"""Arguments that say how many nodes a field may answer with."""
SWITCHES: Final = frozenset({"skip", "include"})
"""Directives that say whether something is answered."""
OF_EACH: Final = frozenset({"nodes", "edges"})
"""Fields of a connection that are answered for each entry of its page; the others are once."""
HIGHEST_COST: Final = 20_000
"""Points: fields to be answered, pages taken as full, and the work behind them."""
MOST_ENTRIES: Final = 20_000
"""Of lists in one answer, whatever was assumed of their lengths."""
MOST_PAIRS: Final = 1_000
"""Pairs of fields that stand in one place by one name, as each is compared with each when a document is validated."""
MOST_FOLLOWED: Final = 50_000
"""Selections that are looked at for such pairs."""
USUAL: Final = 5
"""Assumed length of a list without a page size."""
LENGTHS: Final = {
    "nodes": 1,  # `first` stands above these two
    "edges": 1,
    "rows": 1,  # as the rows of the input
    "userErrors": 1,
    "items": 1,  # one for each indicator of a policy
    "absent": 1,
    "coverage": 1,
    "money": 1,
    "contributions": 4,
    "reports": 20,
    "managers": 10,
    "reportingLines": 10,
    "revisions": 10,
    "cycles": 10,
    "children": 10,
    "tasks": 20,
}
"""Assumed lengths of others, by the names of their fields."""


class TooCostly(Exception):  # noqa: N818  # named like the errors of appraise.errors
    """A document beyond a limit, refused before anything of it runs."""


@dataclass(frozen=True, slots=True)
class Size:
    """`of_each` is the cost of what is selected of each entry of a page, whose size the field above says.

    `works` are those that the object needs of which this is selected, `once` those of the whole answer.
    """

    depth: int = 0
    cost: int = 0
    aliases: int = 0
    directives: int = 0
    of_each: int = 0
    works: frozenset[str] = frozenset()
    once: frozenset[str] = frozenset()

    def beside(self, other: "Size") -> "Size":
        return Size(
            max(self.depth, other.depth),
            self.cost + other.cost,
            self.aliases + other.aliases,
            self.directives + other.directives,
            self.of_each + other.of_each,
            self.works | other.works,
            self.once | other.once,
        )

    def instead_of(self, other: "Size") -> "Size":
        """Of two selections of which an object has one."""
        return replace(self.beside(other), cost=max(self.cost, other.cost), of_each=max(self.of_each, other.of_each))

    @property
    def left_out(self) -> "Size":
        """Of a selection that is read and not answered."""
        return replace(self, cost=0, of_each=0, works=frozenset(), once=frozenset())

    @property
    def price(self) -> int:
        """Of a whole operation."""
        return self.cost + points(self.once)

    @property
    def points(self) -> int:
        """Of an object of which this is selected, and which is no page."""
        return self.cost + self.of_each + points(self.works)


def lengths(schema: GraphQLSchema) -> dict[str, int]:
    """What is assumed of the lists of objects in a schema, by the names of their fields."""
    return {
        name: LENGTHS.get(name, USUAL)
        for kind in schema.type_map.values()
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
        for name, definition in kind.fields.items()
        if is_list_type(get_nullable_type(definition.type)) and is_composite_type(get_named_type(definition.type))
    }


def object_types(schema: GraphQLSchema) -> frozenset[str]:
    """The names of the types of which an object has exactly one."""
    return frozenset(name for name, kind in schema.type_map.items() if isinstance(kind, GraphQLObjectType))


def measure(
    document: DocumentNode,
    variables: dict[str, Any],
    lists: Mapping[str, int],
    objects: Container[str] = frozenset(),
) -> Size:
    """The size of the largest operation. Fragments that spread themselves count once; validation refuses them.

    `lists` has the assumed length of each field that is a list without a page size. Of fragments on several of
    `objects`, as of a union, the costliest alone counts; what @skip or @include leaves out does not.

    Raises `TooCostly` where there are so many definitions that following them would go too deep.
    """
    _check_definitions(document)
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    sizes = [
        _Scale(fragments, _defaults(node), variables, lists, objects, node.operation is OperationType.MUTATION)
        .selections(node.selection_set)
        .beside(Size(directives=len(node.directives or ())))
        for node in document.definitions
        if isinstance(node, OperationDefinitionNode)
    ]
    return Size(
        max((size.depth for size in sizes), default=0),
        max((size.points for size in sizes), default=0),
        sum(size.aliases for size in sizes),
        sum(size.directives for size in sizes),
        once=max((size.once for size in sizes), key=points, default=frozenset()),
    )


def check_variables(variables: Mapping[str, Any], longest_list: int = LONGEST_LIST) -> None:
    """Raises `TooCostly` for lists and nesting beyond the limits. Goes level by level, never deeper than the limit."""
    level: list[Any] = [variables]
    for _ in range(DEEPEST_VARIABLE + 1):
        for value in level:
            if isinstance(value, list) and len(value) > longest_list:
                raise TooCostly(f"The variables hold a list of {len(value):,}; at most {longest_list:,} are read.")
        level = list(
            chain.from_iterable(
                value.values() if isinstance(value, dict) else value
                for value in level
                if isinstance(value, dict | list)
            )
        )
        if not level:
            return
    raise TooCostly(f"The variables are nested too deeply; at most {DEEPEST_VARIABLE} levels are read.")


def _check_definitions(document: DocumentNode) -> None:
    fragments = sum(isinstance(node, FragmentDefinitionNode) for node in document.definitions)
    operations = len(document.definitions) - fragments
    for found, most, what in ((fragments, MOST_FRAGMENTS, "fragments"), (operations, MOST_OPERATIONS, "operations")):
        if found > most:
            raise TooCostly(f"The document has {found:,} {what}; at most {most} are read.")


def check_repeats(document: DocumentNode) -> None:
    """Raises `TooCostly` where the same fields are selected again and again, fragments included."""
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    places = [
        (1, [node.selection_set])
        for node in document.definitions
        if isinstance(node, FragmentDefinitionNode | OperationDefinitionNode)
    ]
    pairs = followed = 0
    while places:
        depth, merged = places.pop()
        fields, selections = _fields(merged, fragments)
        followed += selections
        for same in fields.values():
            pairs += len(same) * (len(same) - 1) // 2
            below = [node.selection_set for node in same if node.selection_set is not None]
            if below and depth <= DEEPEST:  # fragments that spread themselves go on without end
                places.append((depth + 1, below))
        if pairs > MOST_PAIRS or followed > MOST_FOLLOWED:
            raise TooCostly("The document selects the same fields again and again; select each once.")


def _fields(
    merged: list[SelectionSetNode], fragments: Mapping[str, FragmentDefinitionNode]
) -> tuple[dict[str, list[FieldNode]], int]:
    """The fields in one place by the names of their answers, and how many selections were looked at."""
    found: dict[str, list[FieldNode]] = {}
    waiting, spread, number = list(merged), set[str](), 0
    while waiting:
        for node in waiting.pop().selections:
            number += 1
            if isinstance(node, FieldNode):
                found.setdefault((node.alias or node.name).value, []).append(node)
            elif isinstance(node, InlineFragmentNode):
                waiting.append(node.selection_set)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in spread:
                spread.add(node.name.value)
                definition = fragments.get(node.name.value)
                waiting += [] if definition is None else [definition.selection_set]
    return found, number


def excess(size: Size) -> str | None:
    """What is too much, in words; None where nothing is."""
    limits = (
        ("is nested", size.depth, DEEPEST, "levels deep"),
        ("costs", size.cost, HIGHEST_COST, "points when its pages are full"),
        ("has", size.aliases, MOST_ALIASES, "aliases"),
        ("has", size.directives, MOST_DIRECTIVES, "directives"),
    )
    for verb, found, most, what in limits:
        if found > most:
            number = f"{found:,}" if found < most * 1000 else "far too many"
            return f"The document {verb} {number} {what}; at most {most:,} are answered."
    return None


@dataclass(slots=True)
class _Scale:
    fragments: Mapping[str, FragmentDefinitionNode]
    defaults: Mapping[str, Node]
    variables: Mapping[str, Any]
    lists: Mapping[str, int]
    objects: Container[str]
    is_change: bool = False
    """What it answers with was read for it already."""
    known: dict[str, Size] = field(default_factory=dict)

    def selections(self, selected: SelectionSetNode | None) -> Size:
        size = Size()
        by_type: dict[str, Size] = {}
        for node in () if selected is None else selected.selections:
            here = Size(directives=len(node.directives or ())).beside(self._selection(node))
            if not self._is_answered(node):
                here = here.left_out
            kind = self._type_of(node)
            if kind in self.objects:
                by_type[kind] = by_type.get(kind, Size()).beside(here)
            else:
                size = size.beside(here)
        return size.beside(reduce(Size.instead_of, by_type.values(), Size()))

    def _selection(self, node: Node) -> Size:
        if isinstance(node, FieldNode):
            return self._field(node)
        if isinstance(node, InlineFragmentNode):
            return self.selections(node.selection_set)
        return self._fragment(node.name.value) if isinstance(node, FragmentSpreadNode) else Size()

    def _type_of(self, node: Node) -> str:
        """On which type a fragment is; of anything else none."""
        if isinstance(node, FragmentSpreadNode):
            definition = self.fragments.get(node.name.value)
            return "" if definition is None else definition.type_condition.name.value
        condition = node.type_condition if isinstance(node, InlineFragmentNode) else None
        return "" if condition is None else condition.name.value

    def _is_answered(self, node: SelectionNode) -> bool:
        """What cannot be read as a truth value counts as answered."""
        for directive in node.directives or ():
            if directive.name.value in SWITCHES:
                given = next((self._value(one.value) for one in directive.arguments or ()), None)
                if given is (directive.name.value == "skip"):
                    return False
        return True

    def _field(self, node: FieldNode) -> Size:
        below, work = self.selections(node.selection_set), None if self.is_change else work_of(node)
        multiple, is_page = self._multiple(node), any(one.name.value == "first" for one in node.arguments or ())
        of_all = below.cost + points(below.works)
        cost = 1 + of_all + below.of_each * multiple if is_page else 1 + below.points * multiple
        is_of_each = node.name.value in OF_EACH
        return Size(
            below.depth + 1,
            0 if is_of_each else cost,
            below.aliases + (node.alias is not None),
            below.directives,
            cost if is_of_each else 0,
            frozenset() if work is None or work not in POINTS else frozenset((work,)),
            below.once if work is None or work not in ONCE else below.once | {work},
        )

    def _fragment(self, name: str) -> Size:
        if name not in self.known:
            self.known[name] = Size()
            definition = self.fragments.get(name)
            if definition is not None:
                self.known[name] = self.selections(definition.selection_set)
        return self.known[name]

    def _multiple(self, node: FieldNode) -> int:
        """How many nodes a field may answer with: by `first`, `ids`, `representations`, `input.rows` or its name."""
        for argument in node.arguments or ():
            if argument.name.value == "first":
                return _within(self._value(argument.value), LARGEST_PAGE)
            if argument.name.value == "ids":
                value = self._value(argument.value)
                return _within(len(value) if isinstance(value, list | tuple) else 1, MOST_IDS)
            if argument.name.value == "representations":
                value = self._value(argument.value)
                return len(value) if isinstance(value, list | tuple) else 1
            if argument.name.value == "input":
                return self._rows(argument.value)
        return self.lists.get(node.name.value, 1)

    def _rows(self, node: Node) -> int:
        """How many rows the input of a change has, of which each is answered."""
        given = self._value(node)
        rows = given.get("rows") if isinstance(given, Mapping) else None
        return max(1, len(rows)) if isinstance(rows, list | tuple) else 1

    def _value(self, node: Node) -> Any:
        if isinstance(node, VariableNode):
            name = node.name.value
            if name in self.variables or name not in self.defaults:
                return self.variables.get(name)
            node = self.defaults[name]
        match node:
            case IntValueNode():
                return int(node.value[:DIGITS])
            case BooleanValueNode():
                return node.value
            case ListValueNode():
                return node.values
            case ObjectValueNode():
                return {each.name.value: self._value(each.value) for each in node.fields if each.name.value == "rows"}
            case _:
                return None


def _within(number: Any, most: int) -> int:
    """What cannot be read as a page size is taken as the largest; one below 1 is refused by its field."""
    return max(1, min(number, most)) if isinstance(number, int) else most


def _defaults(operation: OperationDefinitionNode) -> dict[str, Node]:
    """What variables stand for where they are not given."""
    return {
        variable.variable.name.value: variable.default_value
        for variable in operation.variable_definitions or ()
        if variable.default_value is not None
    }
