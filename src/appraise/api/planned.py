"""Queries answered from single columns: a selection becomes statements, and functions that write their rows.

For the lists of employees and of sections, and one employee by id. Which columns are needed is worked out when a
document is first seen; then one statement is run for all levels and every row is written as it is sent, without an
object between. `planned_fields` says which fields can be written so; where a selection has another one, its root
field is left to the resolvers. Permissions are those that the fields declare.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from graphql import GraphQLField, GraphQLNonNull, GraphQLObjectType, get_named_type
from graphql.execution.collect_fields import FieldDetailsList

from appraise.api.at_hand import NOTHING, Asked
from appraise.api.compiled_values import Unforeseen
from appraise.api.permissions import Permission, Requires, require
from appraise.api.planned_fields import FIELDS, Either, InCycle, Items, Made, OfItems, Part, Whole, Written
from appraise.api.planned_reading import ROOTS, checked, page_info, people_at_hand, results, selection
from appraise.domain.language import speech
from appraise.storage.excerpts import ITEM, ITS_OWN, LISTED, OF_DAY, PERSON, SECTION

Grouped = Mapping[str, FieldDetailsList]
GROUP, ROW, ITEM_ROW, DAY_ROW = "g", "r", "i", "d"


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
class _Statement:
    """Columns of a statement's rows by their place in them; the first is the key of what the rows are grouped by.

    `cycle` is the position of the arguments that name the cycle of its sections; None where it reads none.
    """

    places: dict[str, int]
    cycle: int | None = None
    is_audited: bool = False
    groups: str = "page.items"
    """The expression of its rows in groups."""

    @property
    def selection(self) -> str:
        of_cycle = None if self.cycle is None else f"args[{self.cycle}]"
        return f"selection({tuple(self.places)!r}, {of_cycle}, is_audited={self.is_audited})"


@dataclass(frozen=True, slots=True)
class _Level:
    """Part of a statement's columns: those `known` of a person, of a section or of an item."""

    of: str
    known: Collection[str]
    statement: _Statement
    row: str = ROW
    of_day: _Statement | None = None
    """What is read of people of a list apart, to be kept at hand."""

    def at(self, column: str) -> str:
        if column not in self.known:
            raise Unforeseen
        is_apart = self.of_day is not None and column in OF_DAY
        places, row = (self.of_day.places, DAY_ROW) if self.of_day and is_apart else (self.statement.places, self.row)
        return f"{row}[{places.setdefault(f'{self.of}.{column}', len(places))}]"


class Plan:
    """Writes the function of one root field. Raises `Unforeseen` where the resolvers must answer."""

    def __init__(self, generator: Generator) -> None:
        self._generator = generator
        self._lines: list[str] = []
        self._further: list[_Statement] = []
        self._at_hand: list[str] = []
        self._is_list = True
        self._permissions: dict[Permission, None] = {}

    def root(self, definition: GraphQLField, details: FieldDetailsList, position: int) -> str:
        """The name of the function, which takes nothing and gives the completed value; its arguments are `position`."""
        root = ROOTS[details[0].node.name.value]
        self._require(definition)
        kind = get_named_type(definition.type)
        of, known = ("person", PERSON) if root.rows == "Employee" else ("section", LISTED)
        level = _Level(of, known, _Statement({f"{of}.id": 0}))
        if root.count is None:
            self._is_list = False  # to read one at once takes less than to look for what is at hand
            value = f"{self._function(self._generator.object_type(root.rows), details, level)}(page.items[0])"
        else:
            if of == "person":
                level = replace(level, of_day=_Statement({"person.id": 0, "person.version": 1}))
            value = self._connection(kind, details, level, root.rows, root.count)
        if "page" not in value:  # it is counted only
            return self._written(position, ["checked(arguments)"], value)
        read = self._generator.constant(root.read)
        if of == "section":
            level.statement.cycle = position
            reading = [f"page = {read}(context, arguments, {level.statement.selection})"]
        else:
            further = ", ".join(each.selection for each in self._further)
            reading = [f"found = {read}(context, arguments, {level.statement.selection}, [{further}])"]
            reading += [
                "page = found.people",
                *(f"further_{n} = found.sections[{n}]" for n in range(len(self._further))),
            ]
        return self._written(position, reading, value)

    def _written(self, position: int, reading: list[str], value: str) -> str:
        name = f"plan_{len(self._generator.source)}"
        checks = [f"require(context, {self._generator.constant(each)})" for each in self._permissions]
        begin = [
            f"arguments = args[{position}]",
            "principal = context.principal",
        ]
        lines = [*begin, *checks, *reading, *self._lines, *self._at_hand, f"return {value}"]
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
        self, kind: Any, details: FieldDetailsList, level: _Level, of: str, count: Callable[..., int]
    ) -> str:
        entries = []
        for key, below in self._generator.subfields(kind, details).items():
            name = below[0].node.name.value
            match name:
                case "__typename":
                    value = repr(kind.name)
                case "nodes":
                    value = f"[{self._function(self._generator.object_type(of), below, level)}(g) for g in page.items]"
                case "edges":
                    value = f"[{self._edge(of, below, level)} for n, g in enumerate(page.items)]"
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

    def _edge(self, of: str, details: FieldDetailsList, level: _Level) -> str:
        edge, entries = self._generator.object_type(f"{of}Edge"), []
        for key, below in self._generator.subfields(edge, details).items():
            match below[0].node.name.value:
                case "__typename":
                    value = repr(edge.name)
                case "node":
                    value = f"{self._function(self._generator.object_type(of), below, level)}(g)"
                case "cursor":
                    value = "page.cursor(n)"
                case _:
                    raise Unforeseen
            entries.append(f"{key!r}: {value}")
        return f"{{{', '.join(entries)}}}"

    def _function(self, kind: GraphQLObjectType, details: FieldDetailsList, level: _Level) -> str:
        text = self._object(kind, self._generator.subfields(kind, details), level)
        name, row = f"row_{len(self._lines)}", f"{ROW} = {GROUP}[0]"
        if level.of_day is not None and f"{DAY_ROW}[" in text:
            row += f"\n    {DAY_ROW} = {self._people_of_day(level)}[{ROW}[0]]"
        self._lines.append(f"def {name}({GROUP}):\n    {row}\n    return {text}")
        return name

    def _people_of_day(self, level: _Level) -> str:
        """The name of what is at hand of the people of a list, by id."""
        if level.of_day is None:
            raise Unforeseen
        name = f"people_{len(self._lines)}"
        version = level.at("version").removeprefix(f"{ROW}[").removesuffix("]")
        self._at_hand.append(
            f"{name} = people_at_hand(context, {tuple(level.of_day.places)!r}, {level.statement.groups}, {version})"
        )
        return name

    def _object(self, kind: GraphQLObjectType, grouped: Grouped, level: _Level) -> str:
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
            value = self._value(kind, key, definition, details, written, level)
            if isinstance(definition.type, GraphQLNonNull) and isinstance(written, Made | Whole):
                is_column = isinstance(written, Made) and written.by is None
                value = f"({value} if {value} is not None else present(None))" if is_column else f"present({value})"
            entries.append(f"{key!r}: {value}")
        return f"{{{', '.join(entries)}}}"

    def _value(  # all of what a field is
        self,
        kind: GraphQLObjectType,
        key: str,
        definition: GraphQLField,
        details: FieldDetailsList,
        written: Written,
        level: _Level,
    ) -> str:
        match written:
            case Made(columns, by, of_viewer):
                values = [*(["principal"] if of_viewer else []), *map(level.at, columns)]
                return values[0] if by is None else f"{self._generator.constant(by)}({', '.join(values)})"
            case Whole():
                return self._whole(definition, details, written, level)
            case Part(part, given):
                shown = self._generator.object_type(part)
                text = self._object(shown, self._generator.subfields(shown, details), level)
                return text if given is None else f"(None if {level.at(given)} is None else {text})"
            case Either(first, given, other):
                kinds = [self._generator.object_type(name) for name in (first, other)]
                texts = [self._object(one, self._generator.subfields(one, details), level) for one in kinds]
                return f"({texts[1]} if {level.at(given)} is None else {texts[0]})"
            case InCycle():
                return self._in_cycle(kind, key, definition, details, level)
        return self._of_section(details, written, level)

    def _whole(self, definition: GraphQLField, details: FieldDetailsList, written: Whole, level: _Level) -> str:
        shown = get_named_type(definition.type)
        if not isinstance(shown, GraphQLObjectType):
            raise Unforeseen
        write = self._generator.object(shown, self._generator.subfields(shown, details))
        columns = [level.at(column) for column in written.columns]
        made = f"{self._generator.constant(written.by)}({', '.join(columns)})"
        if not written.is_repeated:
            return f"(None if (v := {made}) is None else {write}(v))"
        known, spoken = self._generator.constant({}), self._generator.constant(speech)
        return f"({known}.get(k := ({columns[0]}, {spoken}().tag)) or {known}.setdefault(k, {write}({made})))"

    def _in_cycle(
        self, kind: GraphQLObjectType, key: str, definition: GraphQLField, details: FieldDetailsList, level: _Level
    ) -> str:
        argument = self._generator.arguments_of(kind, key, definition, details)
        if level.statement.cycle is None:  # the first one is read with the person
            level.statement.cycle = argument
            sections = _Level("section", SECTION, level.statement)
            found, is_none = GROUP, f"{sections.at('id')} is None"
        else:
            further = f"further_{len(self._further)}"
            own = _Statement({"section.employee_id": 0}, argument, groups=f"{further}.values()")
            sections = _Level("section", SECTION, own)
            found, is_none = "s", f"(s := {further}.get({level.at('id')})) is None"
            self._further.append(sections.statement)
        write = self._function(self._generator.object_type("Section"), details, sections)
        return f"(None if {is_none} else {write}({found}))"

    def _of_section(self, details: FieldDetailsList, written: Items | OfItems, level: _Level) -> str:
        items = _Level("item", ITEM, level.statement, ITEM_ROW)
        if isinstance(written, Items) or written.is_figure:
            level.statement.is_audited = True
            level.at("id"), level.at("employee_id")
        if isinstance(written, Items) and self._is_list:
            results = self._of_results(details, level)
            if results is not None:
                return results
        found = f"for {ITEM_ROW} in {GROUP} if {items.at('indicator')} is not None"
        if isinstance(written, Items):
            shown = self._generator.object_type("Item")
            return f"[{self._object(shown, self._generator.subfields(shown, details), items)} {found}]"
        columns = "".join(f"{items.at(column)}, " for column in written.columns)
        values = [f"[({columns}) {found}]"]
        if written.of:
            values = ["principal", *map(level.at, written.of), *values]
        return f"{self._generator.constant(written.by)}({', '.join(values)})"

    def _of_results(self, details: FieldDetailsList, level: _Level) -> str | None:
        """The items where nothing but their results is asked, which are written once; else None."""
        shown = self._generator.object_type("Item")
        own = _Statement({"item.employee_id": 0})
        text = self._object(shown, self._generator.subfields(shown, details), _Level("item", ITEM, own, ITEM_ROW))
        if not ITS_OWN.isdisjoint(own.places):
            return None
        name, write = f"results_{len(self._lines)}", f"write_{len(self._lines)}"
        self._lines.append(f"def {write}(rows):\n    return [{text} for {ITEM_ROW} in rows]")
        run, employee = level.at("run_id"), level.at("employee_id")
        asked = f"Asked({self._generator.constant(object())}, {tuple(own.places)!r}, {write})"
        each = f"for {GROUP} in {level.statement.groups} if ({ROW} := {GROUP}[0]) and {run} is not None"
        self._at_hand.append(f"{name} = results(context, {asked}, [({run}, {employee}) {each}])")
        return f"{name}.get(({run}, {employee}), NOTHING)"


NAMES: Final = {
    "require": require,
    "selection": selection,
    "checked": checked,
    "page_info": page_info,
    "results": results,
    "people_at_hand": people_at_hand,
    "Asked": Asked,
    "NOTHING": NOTHING,
}
"""What the generated code calls by its own name."""
