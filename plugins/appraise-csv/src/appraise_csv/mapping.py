"""The mapping file: what a person says of a table's columns, in TOML, checked key by key."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from appraise.adapters.columns import nearest
from appraise.adapters.contract import FileShape, Skip
from appraise.adapters.days import check_time_zone
from appraise.domain.employees import EmploymentStatus
from appraise.domain.events import COLUMNS, EventKind
from appraise.errors import InvalidInput, Place

PEOPLE_COLUMNS = (
    "key",
    "display_name",
    "given_name",
    "family_name",
    "email",
    "manager",
    "dotted_manager",
    "job_title",
    "department_code",
    "department_name",
    "status",
    "hire_date",
    "termination_date",
    "effective_from",
    "effective_to",
)
NAME_ORDERS = ("first last", "last, first")
MANAGER_KINDS = ("id", "email", "name")

_FILE_KEYS = {
    "format": str,
    "encoding": str,
    "delimiter": str,
    "header_row": int,
    "first_data_row": int,
    "records_path": str,
    "sheet": str,
    "columns": list,
}
_PEOPLE_KEYS = {
    "kind": str,
    "file": dict,
    "date_format": str,
    "complete": bool,
    "distinct": bool,
    "name_order": str,
    "effective_to_is_last_day": bool,
    "key": dict,
    "manager": dict,
    "dotted_manager": dict,
    "columns": dict,
    "words": dict,
    "references": dict,
    "attributes": dict,
}
_EVENT_KEYS = {
    "kind": str,
    "time_zone": str,
    "formats": list,
    "decimal_comma": bool,
    "only": str,
    "prepare": str,
    "scale": dict,
    "employee": dict,
    "columns": dict,
    "constants": dict,
    "sql": dict,
    "words": dict,
    "skip": list,
}


@dataclass(frozen=True, slots=True)
class ManagerMapping:
    """How the manager's column names the manager; `absent` are the words for "nobody".

    `namespace` says which ids the column holds where they are not the persons' keys but one of their references.
    """

    kind: str = "id"
    namespace: str | None = None
    absent: tuple[str, ...] = ()
    name_order: str = NAME_ORDERS[0]


@dataclass(frozen=True, slots=True)
class PeopleMapping:
    """`columns` field → raw column; `references` namespace → raw column; `words` raw status → ours.

    `distinct` takes people out of a table that repeats them, e.g. one of ratings: rows that say the same are one.
    """

    columns: Mapping[str, str]
    key_namespace: str | None = None
    date_format: str | None = None
    complete: bool = True
    distinct: bool = False
    name_order: str = NAME_ORDERS[0]
    effective_to_is_last_day: bool = False
    manager: ManagerMapping = field(default_factory=ManagerMapping)
    dotted_manager: ManagerMapping = field(default_factory=ManagerMapping)
    words: Mapping[str, str] = field(default_factory=dict)
    references: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EventMapping:
    """Where each canonical column of one kind of event comes from: a raw column, a constant or an SQL expression.

    `prepare` reshapes the rows first: a SELECT over `raw` that keeps `_row`; `sql` may use the columns that it makes.
    `is_canonical` where no mapping file was given: money is in minor units and a link key is taken as it is.
    `hashed` columns are written as a hash under the deployment's key, as links of addresses are.
    """

    kind: EventKind
    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    sql: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    formats: tuple[str, ...] = ()
    time_zone: str | None = None
    decimal_comma: bool = False
    only: str | None = None
    prepare: str | None = None
    skips: tuple[Skip, ...] = ()
    is_canonical: bool = False
    hashed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class TableMapping:
    shape: FileShape = field(default_factory=FileShape)
    people: PeopleMapping | None = None
    events: tuple[EventMapping, ...] = ()


def read_mapping(path: Path) -> TableMapping:
    """The mapping in a TOML file. Raises `InvalidInput` naming the key that is wrong and the nearest right one."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidInput(f"the mapping file cannot be read: {error.strerror}", place=Place(path.name)) from error
    except (tomllib.TOMLDecodeError, UnicodeError) as error:
        raise InvalidInput(f"the mapping file is not TOML: {error}", place=Place(path.name)) from error
    return _Reader(path.name).table(document)


@dataclass(frozen=True, slots=True)
class _Reader:
    file: str

    def refusal(self, found: str, *, expected: str | None = None, hint: str | None = None) -> InvalidInput:
        return InvalidInput(found, place=Place(self.file), expected=expected, hint=hint)

    def table(self, document: dict[str, Any]) -> TableMapping:
        shape = self.shape(document.get("file", {}))
        if "events" in document:
            self.check_keys(document, {"file": dict, "events": list}, "the mapping")
            return TableMapping(shape, events=tuple(self.event(table) for table in document["events"]))
        if document.get("kind") == "people":
            return TableMapping(shape, people=self.people(document))
        return TableMapping(shape, events=(self.event({k: v for k, v in document.items() if k != "file"}),))

    def shape(self, table: object) -> FileShape:
        table = self.checked(table, _FILE_KEYS, "[file]")
        columns = self.texts(table.get("columns", []), "file.columns")
        default = (0, 1) if columns else (1, 2)
        return FileShape(
            format=table.get("format"),
            encoding=table.get("encoding"),
            delimiter=table.get("delimiter"),
            header_row=table.get("header_row", default[0]),
            first_data_row=table.get("first_data_row", table.get("header_row", default[1] - 1) + 1),
            records_path=table.get("records_path"),
            sheet=table.get("sheet"),
            columns=columns,
        )

    def people(self, document: dict[str, Any]) -> PeopleMapping:
        self.check_keys(document, _PEOPLE_KEYS, "the mapping")
        columns = self.named_texts(document.get("columns", {}), PEOPLE_COLUMNS, "[columns]")
        if "key" not in columns:
            raise self.refusal("[columns] does not say where the person's key is", expected='key = "…"')
        if not columns.keys() & {"display_name", "given_name", "family_name"}:
            raise self.refusal(
                "[columns] names no column with names", expected="display_name, or given and family_name"
            )
        key = self.checked(document.get("key", {}), {"namespace": str}, "[key]")
        words = self.checked(document.get("words", {}), {"status": dict}, "[words]").get("status", {})
        for word, meaning in words.items():
            self.choice(meaning, [status.value for status in EmploymentStatus], f"words.status.{word}")
        return PeopleMapping(
            columns=columns,
            key_namespace=key.get("namespace"),
            date_format=document.get("date_format"),
            complete=document.get("complete", True),
            distinct=document.get("distinct", False),
            name_order=self.choice(document.get("name_order", NAME_ORDERS[0]), NAME_ORDERS, "name_order"),
            effective_to_is_last_day=document.get("effective_to_is_last_day", False),
            manager=self.manager(document.get("manager", {}), "[manager]"),
            dotted_manager=self.manager(document.get("dotted_manager", {}), "[dotted_manager]"),
            words=words,
            references=self.named_texts(document.get("references", {}), None, "[references]"),
            attributes=self.named_texts(document.get("attributes", {}), None, "[attributes]"),
        )

    def manager(self, table: object, where: str) -> ManagerMapping:
        table = self.checked(table, {"kind": str, "namespace": str, "absent": list, "name_order": str}, where)
        kind = self.choice(table.get("kind", "id"), MANAGER_KINDS, f"{where} kind")
        if kind != "id" and "namespace" in table:
            raise self.refusal(f"{where} has a namespace for a manager who is named by {kind}", expected='kind = "id"')
        return ManagerMapping(
            kind=kind,
            namespace=table.get("namespace"),
            absent=self.texts(table.get("absent", []), f"{where} absent"),
            name_order=self.choice(table.get("name_order", NAME_ORDERS[0]), NAME_ORDERS, f"{where} name_order"),
        )

    def event(self, table: object) -> EventMapping:
        table = self.checked(table, _EVENT_KEYS, "the mapping")
        kind = EventKind(self.choice(table.get("kind", ""), [*EventKind, "people"], "kind"))
        known = [column.name for column in COLUMNS[kind]]
        constants = dict(self.named_texts(table.get("constants", {}), known, "[constants]"))
        columns = dict(self.named_texts(table.get("columns", {}), known, "[columns]"))
        if "scale" in table:
            constants |= self.scale(table["scale"])
        if "employee" in table:
            employee = self.complete(table["employee"], {"namespace": str, "column": str}, "[employee]")
            constants["employee_namespace"] = employee["namespace"]
            columns["employee_key"] = employee["column"]
        return EventMapping(
            kind=kind,
            columns=columns,
            constants=constants,
            sql=self.named_texts(table.get("sql", {}), known, "[sql]"),
            words={
                column: self.named_texts(words, None, f"[words.{column}]")
                for column, words in self.checked(table.get("words", {}), dict.fromkeys(known, dict), "[words]").items()
            },
            formats=self.texts(table.get("formats", []), "formats"),
            time_zone=check_time_zone(table["time_zone"]) if "time_zone" in table else None,
            decimal_comma=table.get("decimal_comma", False),
            only=table.get("only"),
            prepare=table.get("prepare"),
            skips=tuple(
                Skip(**self.complete(skip, {"where": str, "reason": str}, "[[skip]]")) for skip in table.get("skip", [])
            ),
        )

    def scale(self, table: object) -> dict[str, str]:
        scale = self.complete(table, {"name": str, "low": (int, float), "high": (int, float)}, "[scale]")
        if scale["low"] >= scale["high"]:
            raise self.refusal("[scale] low is not below high", expected="the worst answer, then the best")
        return {"scale": scale["name"], "score_low": str(scale["low"]), "score_high": str(scale["high"])}

    def checked(self, table: object, keys: Mapping[str, Any], where: str) -> dict[str, Any]:
        if not isinstance(table, dict):
            raise self.refusal(f"{where} is not a table")
        self.check_keys(table, keys, where)
        return table

    def complete(self, table: object, keys: Mapping[str, Any], where: str) -> dict[str, Any]:
        found = self.checked(table, keys, where)
        if missing := [key for key in keys if key not in found]:
            raise self.refusal(f"{where} lacks {', '.join(missing)}", expected=", ".join(keys))
        return found

    def check_keys(self, table: dict[str, Any], keys: Mapping[str, Any], where: str) -> None:
        for key, value in table.items():
            if key not in keys:
                raise self.unknown(key, keys, where)
            if not isinstance(value, keys[key]) or (keys[key] is int and isinstance(value, bool)):
                raise self.refusal(f"{where} {key} is {value!r}", expected=f"a value of type {_type_name(keys[key])}")

    def unknown(self, key: str, known: Iterable[str], where: str) -> InvalidInput:
        close = nearest(key, known)
        return self.refusal(
            f"{where} has an unknown key {key!r}",
            expected=f"one of: {', '.join(known)}",
            hint=f"did you mean {close!r}?" if close else None,
        )

    def choice(self, value: object, allowed: Iterable[str], where: str) -> str:
        if value not in list(allowed):
            close = nearest(str(value), allowed)
            raise self.refusal(
                f"{where} is {value!r}",
                expected=f"one of: {', '.join(allowed)}",
                hint=f"did you mean {close!r}?" if close else None,
            )
        return str(value)

    def texts(self, values: object, where: str) -> tuple[str, ...]:
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise self.refusal(f"{where} is {values!r}", expected='a list of texts such as ["a", "b"]')
        return tuple(values)

    def named_texts(self, table: object, known: Iterable[str] | None, where: str) -> dict[str, str]:
        if not isinstance(table, dict):
            raise self.refusal(f"{where} is not a table")
        for key, value in table.items():
            if known is not None and key not in known:
                raise self.unknown(key, known, where)
            if not isinstance(value, str):
                raise self.refusal(f"{where} {key} is {value!r}", expected="a text in quotes")
        return table


def _type_name(kind: Any) -> str:
    names = {str: "text", int: "whole number", bool: "true or false", list: "list", dict: "table"}
    return names.get(kind, "number")
