"""Queries answered from single columns: a selection becomes statements, and functions that write their rows.

For the lists of employees and of sections, and one employee by id. Which columns are needed is worked out when a
document is first seen; then one statement is run for each level and every row is written as it is sent, without an
object between. `planned_fields` says which fields can be written so; where a selection has another one, its root
field is left to the resolvers. Permissions are those that the fields declare.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from graphql import GraphQLField, GraphQLNonNull, GraphQLObjectType, get_named_type
from graphql.execution.collect_fields import FieldDetailsList

from appraise.api.compiled_values import Unforeseen
from appraise.api.permissions import Permission, Requires, require
from appraise.api.planned_fields import FIELDS, Either, InCycle, Items, Made, OfItems, Part, Whole, Written
from appraise.api.planned_reading import ROOTS, asked, checked, page_info
from appraise.domain.excerpts import Columns
from appraise.storage.excerpts import ITEM, LISTED, PERSON, SECTION

Grouped = Mapping[str, FieldDetailsList]
ROW, ITEM_ROW = "r", "i"


class Generator(Protocol):
    """What the compiler of the whole document does for a part of it."""

    @property
    def source(self) -> list[str]: ...
    def constant(self, value: Any) -> str: ...
    def arguments_of(
        self, parent: GraphQLObjectType, key: str, definition: GraphQLField, details: FieldDetailsList
    ) -> int: ...
    def subfields(self, kind: GraphQLObjectType, details: FieldDetailsList) -> Grouped: ...
    def object(self, parent: GraphQLObjectType, grouped: Grouped) -> str: ...
    def definition(self, parent: GraphQLObjectType, name: str) -> GraphQLField: ...
    def object_type(self, name: str) -> GraphQLObjectType: ...


@dataclass(slots=True)
class _Level:
    """Columns of a row by their place in it; the first `keys` are read in any case. `known` are those there are."""

    name: str
    known: Mapping[str, Any]
    places: dict[str, int]
    keys: int = field(init=False)

    def __post_init__(self) -> None:
        self.keys = len(self.places)

    def at(self, column: str) -> str:
        if column not in self.places and column not in self.known:
            raise Unforeseen
        return f"{self.name}[{self.places.setdefault(column, len(self.places))}]"

    @property
    def asked(self) -> Columns:
        return tuple(self.places)[self.keys :]


@dataclass(slots=True)
class _Sections:
    """A level of sections; `number` tells its names in the generated code from those of others."""

    number: int
    level: _Level
    argument: int = -1
    items: _Level | None = None
    is_audited: bool = False

    def of_items(self) -> _Level:
        if self.items is None:
            self.items = _Level(ITEM_ROW, ITEM, {"section_id": 0})
        return self.items

    @property
    def columns(self) -> str:
        items = None if self.items is None else self.items.asked
        return f"{self.level.asked!r}, {items!r}, is_audited={self.is_audited}"


class Plan:
    """Writes the function of one root field. Raises `Unforeseen` where the resolvers must answer."""

    def __init__(self, generator: Generator) -> None:
        self._generator = generator
        self._lines: list[str] = []
        self._below: list[_Sections] = []
        self._permissions: dict[Permission, None] = {}

    def root(self, definition: GraphQLField, details: FieldDetailsList, position: int) -> str:
        """The name of the function, which takes nothing and gives the completed value; its arguments are `position`."""
        root = ROOTS[details[0].node.name.value]
        self._require(definition)
        kind = get_named_type(definition.type)
        if root.rows == "Employee":
            people = _Level(ROW, PERSON, {"id": 0})
            rows: _Sections | _Level = people
        else:
            rows = _Sections(0, _Level(ROW, LISTED, {"id": 0}))
        if root.count is None:
            value = f"{self._function(self._generator.object_type(root.rows), details, rows)}(page.items[0])"
        else:
            value = self._connection(kind, details, rows, root.rows, root.count)
        is_counted_only = "page" not in value
        read = self._generator.constant(root.read)
        if is_counted_only:
            reading = ["checked(arguments)"]
        elif isinstance(rows, _Sections):
            reading = [
                f"found = {read}(context, arguments, {rows.columns})",
                "page, items_0 = found.sections, found.items",
            ]
        else:
            to_ask = ", ".join(f"asked(args[{one.argument}], {one.columns})" for one in self._below)
            reading = [f"found = {read}(context, arguments, {rows.asked!r}, [{to_ask}])", "page = found.people"]
            for place, one in enumerate(self._below):
                of = f"found.sections[{place}]"
                reading.append(f"rows_{one.number}, items_{one.number} = {of}.sections, {of}.items")
        return self._written(position, reading, value)

    def _written(self, position: int, reading: list[str], value: str) -> str:
        name = f"plan_{len(self._generator.source)}"
        checks = [f"require(context, {self._generator.constant(each)})" for each in self._permissions]
        begin = [
            f"arguments = args[{position}]",
            f"context = infos[{position}].context",
            "principal = context.principal",
        ]
        lines = [*begin, *checks, *reading, *self._lines, f"return {value}"]
        body = "\n".join(f"        {line}" for each in lines for line in each.split("\n"))
        self._generator.source.append(f"    def {name}():\n{body}")
        return name

    def _require(self, definition: GraphQLField) -> None:
        declared = definition.extensions.get("strawberry-definition")
        for extension in getattr(declared, "extensions", ()):
            if not isinstance(extension, Requires):
                raise Unforeseen
            self._permissions[extension.permission] = None

    def _connection(
        self, kind: Any, details: FieldDetailsList, rows: "_Sections | _Level", of: str, count: Callable[..., int]
    ) -> str:
        entries = []
        for key, below in self._generator.subfields(kind, details).items():
            name = below[0].node.name.value
            match name:
                case "__typename":
                    value = repr(kind.name)
                case "nodes":
                    value = f"[{self._function(self._generator.object_type(of), below, rows)}(r) for r in page.items]"
                case "edges":
                    value = f"[{self._edge(of, below, rows)} for n, r in enumerate(page.items)]"
                case "pageInfo":
                    shown = self._generator.object_type("PageInfo")
                    write = self._generator.object(shown, self._generator.subfields(shown, below))
                    value = f"{write}(page_info(page, arguments))"
                case "totalCount":
                    value = f"{self._generator.constant(count)}(context, arguments)"
                case _:
                    raise Unforeseen
            entries.append(f"{key!r}: {value}")
        return f"{{{', '.join(entries)}}}"

    def _edge(self, of: str, details: FieldDetailsList, rows: "_Sections | _Level") -> str:
        edge, entries = self._generator.object_type(f"{of}Edge"), []
        for key, below in self._generator.subfields(edge, details).items():
            match below[0].node.name.value:
                case "__typename":
                    value = repr(edge.name)
                case "node":
                    value = f"{self._function(self._generator.object_type(of), below, rows)}(r)"
                case "cursor":
                    value = "page.cursor(n)"
                case _:
                    raise Unforeseen
            entries.append(f"{key!r}: {value}")
        return f"{{{', '.join(entries)}}}"

    def _function(self, kind: GraphQLObjectType, details: FieldDetailsList, rows: "_Sections | _Level") -> str:
        level = rows.level if isinstance(rows, _Sections) else rows
        text = self._object(kind, self._generator.subfields(kind, details), level, rows)
        name = f"row_{len(self._lines)}"
        self._lines.append(f"def {name}({level.name}):\n    return {text}")
        return name

    def _object(self, kind: GraphQLObjectType, grouped: Grouped, level: _Level, rows: "_Sections | _Level") -> str:
        entries = []
        for key, details in grouped.items():
            name = details[0].node.name.value
            if name == "__typename":
                entries.append(f"{key!r}: {kind.name!r}")
                continue
            written = FIELDS[kind.name].get(name)
            if written is None:
                raise Unforeseen
            definition = self._generator.definition(kind, name)
            self._require(definition)
            value = self._value(kind, key, definition, details, written, level, rows)
            if isinstance(definition.type, GraphQLNonNull) and isinstance(written, Made | Whole):
                value = f"present({value})"
            entries.append(f"{key!r}: {value}")
        return f"{{{', '.join(entries)}}}"

    def _value(  # noqa: PLR0913, PLR0917  # all of what a field is
        self,
        kind: GraphQLObjectType,
        key: str,
        definition: GraphQLField,
        details: FieldDetailsList,
        written: Written,
        level: _Level,
        rows: "_Sections | _Level",
    ) -> str:
        match written:
            case Made(columns, by, of_viewer):
                values = [*(["principal"] if of_viewer else []), *map(level.at, columns)]
                return values[0] if by is None else f"{self._generator.constant(by)}({', '.join(values)})"
            case Whole():
                return self._whole(definition, details, written, level)
            case Part(part, given):
                shown = self._generator.object_type(part)
                text = self._object(shown, self._generator.subfields(shown, details), level, rows)
                return text if given is None else f"(None if {level.at(given)} is None else {text})"
            case Either(first, given, other):
                kinds = [self._generator.object_type(name) for name in (first, other)]
                texts = [self._object(one, self._generator.subfields(one, details), level, rows) for one in kinds]
                return f"({texts[1]} if {level.at(given)} is None else {texts[0]})"
            case InCycle():
                return self._in_cycle(kind, key, definition, details, level)
        if not isinstance(rows, _Sections):
            raise Unforeseen
        return self._of_section(details, written, level, rows)

    def _whole(self, definition: GraphQLField, details: FieldDetailsList, written: Whole, level: _Level) -> str:
        shown = get_named_type(definition.type)
        if not isinstance(shown, GraphQLObjectType):
            raise Unforeseen
        write = self._generator.object(shown, self._generator.subfields(shown, details))
        columns = [level.at(column) for column in written.columns]
        made = f"{self._generator.constant(written.by)}({', '.join(columns)})"
        if not written.is_repeated:
            return f"(None if (v := {made}) is None else {write}(v))"
        known = f"known_{len(self._lines)}"
        self._lines.append(f"{known} = {{}}")
        return f"({known}.get({columns[0]}) or {known}.setdefault({columns[0]}, {write}({made})))"

    def _in_cycle(
        self, kind: GraphQLObjectType, key: str, definition: GraphQLField, details: FieldDetailsList, level: _Level
    ) -> str:
        argument = self._generator.arguments_of(kind, key, definition, details)
        sections = _Sections(len(self._below), _Level(ROW, SECTION, {"employee_id": 0, "id": 1}), argument)
        self._below.append(sections)
        write = self._function(self._generator.object_type("Section"), details, sections)
        found = f"rows_{sections.number}.get({level.at('id')})"
        return f"(None if (s := {found}) is None else {write}(s))"

    def _of_section(
        self, details: FieldDetailsList, written: Items | OfItems, level: _Level, sections: _Sections
    ) -> str:
        items = sections.of_items()
        sections.is_audited |= isinstance(written, Items) or written.is_figure
        found = f"items_{sections.number}.get({level.at('id')}, ())"
        if isinstance(written, Items):
            shown = self._generator.object_type("Item")
            text = self._object(shown, self._generator.subfields(shown, details), items, items)
            return f"[{text} for {ITEM_ROW} in {found}]"
        columns = "".join(f"{items.at(column)}, " for column in written.columns)
        values = [f"[({columns}) for {ITEM_ROW} in {found}]"]
        if written.of:
            values = ["principal", *map(level.at, written.of), *values]
        return f"{self._generator.constant(written.by)}({', '.join(values)})"


NAMES: Final = {"require": require, "asked": asked, "checked": checked, "page_info": page_info}
"""What the generated code calls by its own name."""
