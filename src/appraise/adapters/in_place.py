"""The file that names event tables which are read where they are: a mapping file with places in it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from appraise.adapters.columns import find_column, literal, nearest, quoted
from appraise.adapters.contract import ImportOptions, Skip
from appraise.adapters.event_mapping import EventMapping, MappingReader, read_toml
from appraise.adapters.event_rules import check_required, mentioned, rules_of
from appraise.domain.events import COLUMNS
from appraise.domain.in_place import Form, Location
from appraise.domain.mapping import EventStage
from appraise.errors import InvalidInput, Place

_KEYS = {"source": str, "postgresql": dict, "events": list}


@dataclass(frozen=True, slots=True)
class MappedTable:
    """`document` is the table's part of the file, as canonical JSON, from which it can be read again."""

    source: str
    location: Location
    mapping: EventMapping
    document: str


@dataclass(frozen=True, slots=True)
class TablesInPlace:
    """`url_file` holds the address of the PostgreSQL server, with its password."""

    file: str
    tables: tuple[MappedTable, ...]
    url_file: Path | None = None


def read_places(path: Path) -> TablesInPlace:
    """Raises `InvalidInput` naming the key that is wrong and the nearest right one. Places are not looked at."""
    document = read_toml(path)
    reader = _Reader(path.name, path.parent)
    reader.check_keys(document, _KEYS, "the file")
    server = reader.checked(document.get("postgresql", {}), {"url_file": str}, "[postgresql]")
    if not document.get("events"):
        raise reader.refusal("the file names no event table", expected="a table [[events]] for each")
    tables = tuple(reader.placed(table, document.get("source")) for table in document["events"])
    named = [(table.source, table.mapping.kind) for table in tables]
    twice = next((one for one in named if named.count(one) > 1), None)
    if twice is not None:
        raise reader.refusal(
            f"{twice[1]} of the source {twice[0]!r} are there twice",
            expected="one table for each kind of event of a source, as ids are unique within it",
            hint='give the other table a source of its own: source = "…"',
        )
    if any(table.location.form is Form.POSTGRESQL for table in tables) and "url_file" not in server:
        raise reader.refusal(
            "nothing says where the PostgreSQL server is",
            expected='[postgresql] url_file = "a file that holds postgresql://user:password@host/database"',
        )
    return TablesInPlace(path.name, tables, reader.under(server["url_file"]) if "url_file" in server else None)


def again(document: str, file: str) -> MappedTable:
    """The table that a manifest names, by its part of the file of then."""
    return _Reader(file, Path("/")).placed(json.loads(document), None)


def stage_of(table: MappedTable, columns: Sequence[str], file: str) -> tuple[EventStage, tuple[str, ...]]:
    """How rows of the table become events, and the columns that this needs.

    Raises `InvalidInput` where a field that every event has comes from nowhere, or a column is not there.
    """
    mapping = table.mapping
    if not (mapping.columns or mapping.sql):
        mapping = _canonical(mapping, columns, table.source)
    check_required(mapping, file)
    found = {field: find_column(columns, column) for field, column in mapping.columns.items()}
    missing = [mapping.columns[field] for field, column in found.items() if column is None]
    if missing:
        close = [(name, nearest(name, columns)) for name in missing]
        raise InvalidInput(
            f"the {mapping.kind} of {table.source!r} have no column {', '.join(map(repr, missing))}",
            place=Place(str(table.location)),
            expected=f"the columns that {file} names; there are {', '.join(columns)}",
            hint="; ".join(f"{name!r} may be {other!r} there" for name, other in close if other) or None,
        )
    there = {field: column for field, column in found.items() if column is not None}
    rules = rules_of(mapping, there, ImportOptions(table.source))
    used = dict.fromkeys([*there.values(), *mentioned(mapping, columns)])
    stage = EventStage(mapping.kind, rules, only=mapping.only, skips=mapping.skips, prepare=mapping.prepare)
    return stage, tuple(used)


def _canonical(mapping: EventMapping, columns: Sequence[str], source: str) -> EventMapping:
    """Of a table in our own form (`schema/events`): its columns have our names, `email` makes a link key."""
    folded = {column.casefold(): column for column in columns}
    known = {column.name: folded[column.name] for column in COLUMNS[mapping.kind] if column.name in folded}
    if "link_key" not in known and "email" in folded:
        known["link_key"] = folded["email"]
    skips = mapping.skips
    if "source" in folded:
        other = f"coalesce({quoted(folded['source'])}, '') NOT IN ('', {literal(source)})"
        skips = (*skips, Skip(other, "an event of another source", withdraws=False))
    return replace(mapping, columns=known, skips=skips, is_canonical=True)


@dataclass(frozen=True, slots=True)
class _Reader(MappingReader):
    directory: Path

    def placed(self, table: object, source: str | None) -> MappedTable:
        if not isinstance(table, dict):
            raise self.refusal("[[events]] is not a table")
        given = dict(table)
        source = self._text(given.pop("source", source), "source", "whose events they are")
        forms = [form for form in Form if form in given]
        if len(forms) != 1:
            raise self.refusal(
                f"[[events]] of {given.get('kind', 'some kind')} names {'several places' if forms else 'no place'}",
                expected=f"one of: {', '.join(Form)}",
            )
        address = self._text(given.pop(forms[0]), forms[0], "where the table is")
        location = Location(forms[0], self._address(forms[0], address))
        mapping = self.event(given)
        document = json.dumps({**given, "source": source, forms[0].value: location.address}, sort_keys=True)
        return MappedTable(source, location, mapping, document)

    def under(self, address: str) -> Path:
        """A path, from the file's own directory on where it is relative."""
        return (self.directory / address).absolute()

    def _address(self, form: Form, address: str) -> str:
        if form is Form.POSTGRESQL:
            if address.count(".") != 1 or not all(address.split(".")):
                raise self.refusal(f"postgresql is {address!r}", expected='"schema.table"')
            return address
        if "://" in address:
            raise self.refusal(
                f"{form} is {address!r}", expected="a directory: object stores are not read in place yet"
            )
        return str(self.under(address))

    def _text(self, value: object, key: str, expected: str) -> str:
        if not isinstance(value, str) or not value.strip():
            raise self.refusal(f"[[events]] {key} is {value!r}", expected=f"a text: {expected}")
        return value
