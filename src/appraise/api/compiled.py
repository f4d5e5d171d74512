"""Queries compiled to Python: one generated function per selection, for answers without an error.

graphql-core decides again for every value what the document already says once: which fields are selected, which
arguments they have, how their leaves are written. Here that is decided when a document is first seen, by
graphql-core's own rules, and written down as source. Whatever is out of the ordinary (an error, a null where none may
be, a value of an unforeseen kind) ends the generated code; the caller then lets graphql-core execute the request.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLResolveInfoHelpers,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    VariableNode,
    Visitor,
    get_argument_values,
    get_variable_values,
    is_abstract_type,
    is_leaf_type,
    is_object_type,
    visit,
)
from graphql.execution.collect_fields import FieldDetailsList, FragmentDetails, collect_fields, collect_subfields
from graphql.execution.values import VariableValues
from graphql.pyutils import Path, is_awaitable

from appraise.api.compiled_values import Unforeseen, by_class, items_of, leaf, present
from appraise.api.guard import TooCostly
from appraise.api.planned import NAMES, Plan
from appraise.api.planned_reading import ROOTS
from appraise.errors import TimedOut

VARIANTS: Final = 8
"""How many combinations of the variables in @skip and @include are remembered for one operation."""

NO_HELPERS: Final = GraphQLResolveInfoHelpers(None, None)  # type: ignore[arg-type]  # for asynchronous resolvers only

Args = dict[str, Any]
Info = GraphQLResolveInfo[Any]
Run = Callable[[Any, Mapping[int, Args], Callable[[], list[Info]]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Completed:
    """`is_planned`: no resolver was called."""

    data: dict[str, Any]
    is_planned: bool


class CompiledQuery:
    """One operation of a document. Safe to share between threads."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> None:
        self._schema = schema
        self._operation = operation
        nodes = [node for node in document.definitions if isinstance(node, FragmentDefinitionNode)]
        self._fragments = {node.name.value: node for node in nodes}
        self._switches = _switches(document)
        self._possible = operation.operation is OperationType.QUERY and not any(
            node.variable_definitions for node in nodes
        )
        self.may_be_planned = self._possible and all(
            isinstance(node, FieldNode) and (node.name.value in ROOTS or node.name.value == "__typename")
            for node in operation.selection_set.selections
        )
        self._variants: OrderedDict[tuple[Any, ...], _Variant | None] = OrderedDict()
        self._lock = Lock()

    def run(self, context: object, variables: Mapping[str, Any]) -> "Completed | None":
        """The whole answer, or None where graphql-core must execute the request, to give it or to say what is wrong.

        Resolvers may have been called before None is returned; they find the same `context` again.
        Raises `TooCostly` where lists turn out too long, and `TimedOut`.
        """
        if not self._possible:
            return None
        values = get_variable_values(self._schema, self._operation.variable_definitions or (), dict(variables))
        if isinstance(values, list):
            return None
        variant = self._variant(values)
        if variant is None:
            return None
        is_planned = True

        def told() -> list[Info]:
            nonlocal is_planned
            is_planned = False
            return self._infos(variant, values, context)

        try:
            return Completed(variant.run(context, variant.arguments(values), told), is_planned)
        except (TooCostly, TimedOut):
            raise
        except Exception:  # noqa: BLE001  # graphql-core meets it again and knows how to report it
            return None

    def _variant(self, values: VariableValues) -> "_Variant | None":
        key = tuple(values.coerced.get(name) for name in self._switches)
        with self._lock:
            if key in self._variants:
                self._variants.move_to_end(key)
                return self._variants[key]
        try:
            variant = _Generator(self._schema, self._operation, self._fragments, values).variant()
        except Exception:  # noqa: BLE001  # an argument that cannot be read, or what is not compiled
            variant = None
        with self._lock:
            self._variants[key] = variant
            if len(self._variants) > VARIANTS:
                self._variants.popitem(last=False)
        return variant

    def _infos(self, variant: "_Variant", values: VariableValues, context: object) -> list[Info]:
        """What resolvers are told, one per field and not per value: `path` has no positions in lists."""
        return [told._replace(variable_values=values, context=context) for told in variant.told]


@dataclass(frozen=True, slots=True)
class _Variant:
    """`told` and `fixed` have an entry per field that calls a resolver; `fixed` is None where variables matter."""

    run: Run
    told: tuple[Info, ...]
    fixed: tuple[Args | None, ...]

    def arguments(self, values: VariableValues) -> "_Arguments":
        return _Arguments(self, values)


class _Arguments(dict[int, Args]):
    """By position, read when they are first asked for: where a plan answers, those of resolvers never are."""

    def __init__(self, variant: _Variant, values: VariableValues) -> None:
        super().__init__()
        self._variant, self._values = variant, values

    def __missing__(self, position: int) -> Args:
        found = self._variant.fixed[position]
        if found is None:
            info = self._variant.told[position]
            definition = info.parent_type.fields[info.field_name]
            found = get_argument_values(definition, info.field_nodes[0], self._values)
        self[position] = found
        return found


@dataclass(slots=True)
class _Generator:
    schema: GraphQLSchema
    operation: OperationDefinitionNode
    fragments: dict[str, FragmentDefinitionNode]
    values: VariableValues
    told: list[Info] = field(default_factory=list)
    fixed: list[Args | None] = field(default_factory=list)
    constants: dict[str, Any] = field(default_factory=lambda: {"present": present, "items_of": items_of} | NAMES)
    source: list[str] = field(default_factory=list)
    resolved: list[str] = field(default_factory=list)
    """When resolvers are called, as conditions of which one must hold; what they are told takes time to make."""

    def variant(self) -> _Variant:
        root = self.schema.query_type
        if root is None:
            raise Unforeseen
        details = {name: FragmentDetails(node, None) for name, node in self.fragments.items()}
        collected = collect_fields(self.schema, details, self.values, root, self.operation)
        entry = self.object(root, collected.grouped_field_set)
        self.source.append(f"    return {entry}(None)")
        needed = " or ".join(dict.fromkeys(self.resolved)) or "False"
        infos = f"    infos = told() if {needed} else ()"
        text = "\n".join(["def run(context, args, told):", infos, *self.source])
        namespace = dict(self.constants)
        exec(compile(text, "<compiled query>", "exec"), namespace)  # noqa: S102  # names and keys are all written by repr
        return _Variant(namespace["run"], tuple(self.told), tuple(self.fixed))

    def object(self, parent: GraphQLObjectType, grouped: Mapping[str, FieldDetailsList]) -> str:
        """Writes the function from a source value to its dict, and returns its name."""
        entries = [f"{key!r}: {self._field(parent, key, details)}" for key, details in grouped.items()]
        name = f"object_{len(self.source)}"
        self.source.append(f"    def {name}(s):\n        return {{{', '.join(entries)}}}")
        return name

    def _field(self, parent: GraphQLObjectType, key: str, details: FieldDetailsList) -> str:
        """The expression of the completed value of a field of `s`."""
        node = details[0].node
        name = node.name.value
        if name == "__typename":
            return repr(parent.name)
        definition = self.schema.get_field(parent, name)
        if definition is None or name.startswith("__"):
            raise Unforeseen
        told = self._told(parent, key, definition, details)
        attribute = _attribute(definition)
        if attribute is not None:
            return self._complete(f"s.{attribute}", definition.type, told, details)
        position = self.arguments_of(parent, key, definition, details)
        before = len(self.resolved)
        self.resolved.append("True")
        call = f"{self.constant(definition.resolve)}(s, infos[{position}], **args[{position}])"
        value = self._complete(call, definition.type, told, details)
        if parent is self.schema.query_type and name in ROOTS:
            return self._planned(value, definition, details, position, before)
        return value

    def _planned(
        self, value: str, definition: GraphQLField, details: FieldDetailsList, position: int, resolved: int
    ) -> str:
        """The root field's value by a plan, where there is one; else `value`, by resolvers noted since `resolved`."""
        before = len(self.told), len(self.source), len(self.resolved)
        try:
            plan = Plan(self).root(definition, details, position)
        except Unforeseen:
            del self.told[before[0] :], self.fixed[before[0] :], self.source[before[1] :], self.resolved[before[2] :]
            return value
        del self.resolved[resolved : before[2]]
        applies = ROOTS[details[0].node.name.value].applies
        if applies is None:
            return f"{plan}()"
        condition = f"{self.constant(applies)}(args[{position}])"
        self.resolved.append(f"not {condition}")
        return f"({plan}() if {condition} else {value})"

    def arguments_of(
        self, parent: GraphQLObjectType, key: str, definition: GraphQLField, details: FieldDetailsList
    ) -> int:
        """Where `infos` and `args` have what the field's resolver is told."""
        node = details[0].node
        has_variables = any(_names_variable(argument) for argument in node.arguments or ())
        self.told.append(self._told(parent, key, definition, details))
        self.fixed.append(None if has_variables else get_argument_values(definition, node, self.values))
        return len(self.told) - 1

    def definition(self, parent: GraphQLObjectType, name: str) -> GraphQLField:
        found = self.schema.get_field(parent, name)
        if found is None:
            raise Unforeseen
        return found

    def object_type(self, name: str) -> GraphQLObjectType:
        found = self.schema.get_type(name)
        if not isinstance(found, GraphQLObjectType):
            raise Unforeseen
        return found

    def subfields(self, kind: GraphQLObjectType, details: FieldDetailsList) -> Mapping[str, FieldDetailsList]:
        fragments = {name: FragmentDetails(node, None) for name, node in self.fragments.items()}
        found = collect_subfields(self.schema, fragments, self.values, self.operation, kind, details)
        return found.grouped_field_set

    def _told(self, parent: GraphQLObjectType, key: str, definition: GraphQLField, details: FieldDetailsList) -> Info:
        return GraphQLResolveInfo(
            details[0].node.name.value,
            [each.node for each in details],
            definition.type,
            parent,
            Path(None, key, parent.name),
            self.schema,
            self.fragments,
            None,
            self.operation,
            self.values,
            None,
            is_awaitable,
            None,
            NO_HELPERS,
        )

    def _complete(self, value: str, kind: Any, told: Info, details: FieldDetailsList) -> str:
        if isinstance(kind, GraphQLNonNull):
            inner = kind.of_type
            # Functions that write leaves refuse null themselves.
            return self._value(value if is_leaf_type(inner) else f"present({value})", inner, told, details)
        return f"(None if (v := {value}) is None else {self._value('v', kind, told, details)})"

    def _value(self, value: str, kind: Any, told: Info, details: FieldDetailsList) -> str:
        """The expression of a value that is not null."""
        if isinstance(kind, GraphQLList):
            # Its own function, so that a nested value's name is not taken by that of its list.
            item = self._complete("i", kind.of_type, told, details)
            name = f"item_{len(self.source)}"
            self.source.append(f"    def {name}(i):\n        return {item}")
            return f"[{name}(i) for i in items_of({value}, context)]"
        if is_leaf_type(kind):
            return f"{self.constant(leaf(kind))}({value})"
        if is_object_type(kind):
            return f"{self._checked(kind, told, details)}({value})"
        if is_abstract_type(kind):
            names = {each.name: self._checked(each, told, details) for each in self.schema.get_possible_types(kind)}
            return self._abstract(value, kind, told, names)
        raise Unforeseen

    def _abstract(self, value: str, kind: Any, told: Info, names: Mapping[str, str]) -> str:
        if kind.resolve_type is None:
            raise Unforeseen
        which = self.constant(by_class(lambda v: kind.resolve_type(v, told, kind)))
        table = "{" + ", ".join(f"{name!r}: {function}" for name, function in names.items()) + "}"
        chosen = f"abstract_{len(self.source)}"
        self.source.append(
            f"    {chosen}_by = {table}\n    def {chosen}(v):\n        return {chosen}_by[{which}(v)](v)"
        )
        return f"{chosen}({value})"

    def _checked(self, kind: GraphQLObjectType, told: Info, details: FieldDetailsList) -> str:
        function = self.object(kind, self.subfields(kind, details))
        if kind.is_type_of is None:
            return function
        is_type_of = kind.is_type_of
        check = self.constant(by_class(lambda v: is_type_of(v, told) or None))
        name = f"checked_{len(self.source)}"
        self.source.append(f"    def {name}(v):\n        return {function}(present({check}(v)) and v)")
        return name

    def constant(self, value: Any) -> str:
        name = f"c{len(self.constants)}"
        self.constants[name] = value
        return name


class _Switches(Visitor):
    """Names of the variables on which @skip and @include depend, in the order of the document."""

    def __init__(self) -> None:
        super().__init__()
        self.names: dict[str, None] = {}

    def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
        for argument in node.arguments or ():
            if isinstance(argument.value, VariableNode):
                self.names[argument.value.name.value] = None


def _switches(document: DocumentNode) -> tuple[str, ...]:
    found = _Switches()
    visit(document, found)
    return tuple(found.names)


class _Variables(Visitor):
    found = False

    def enter_variable(self, *_: Any) -> None:
        self.found = True


def _names_variable(node: Any) -> bool:
    seen = _Variables()
    visit(node, seen)
    return seen.found


def _attribute(definition: GraphQLField) -> str | None:
    """The attribute that a field without a resolver reads."""
    declared = definition.extensions.get("strawberry-definition")
    if declared is None or not getattr(definition.resolve, "_is_default", False):
        return None
    name: str = declared.python_name
    return name if name.isidentifier() else None
