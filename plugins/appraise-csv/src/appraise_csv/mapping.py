"""The mapping file: what a person says of a table's columns, in TOML, checked key by key."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from appraise.adapters.contract import FileShape
from appraise.adapters.event_mapping import EventMapping, MappingReader, read_toml
from appraise.domain.employees import EmploymentStatus

PEOPLE_COLUMNS = (
    "key",
    "key_namespace",
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
    "ended_as",
    "hire_date",
    "termination_date",
    "effective_from",
    "effective_to",
)
NAME_ORDERS = ("first last", "last, first")
MANAGER_KINDS = ("id", "email", "name", "reference")

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


@dataclass(frozen=True, slots=True)
class ManagerMapping:
    """How the manager's column names the manager; `absent` are the words for "nobody".

    A `reference` says itself what it is: `hr:id=0007`.

    `namespace` says which ids the column holds where they are not the persons' keys but one of their references.
    """

    kind: str = "id"
    namespace: str | None = None
    absent: tuple[str, ...] = ()
    name_order: str = NAME_ORDERS[0]


@dataclass(frozen=True, slots=True)
class PeopleMapping:
    """`columns` field → raw column; `references` namespace → raw column; `words` raw status → ours.

    `is_ours` says that we wrote the table (`appraise export-people`): jobs may begin together, and in CSV what a
    spreadsheet would run is quoted.
    """

    columns: Mapping[str, str]
    key_namespace: str | None = None
    date_format: str | None = None
    complete: bool = True
    is_ours: bool = False
    name_order: str = NAME_ORDERS[0]
    effective_to_is_last_day: bool = False
    manager: ManagerMapping = field(default_factory=ManagerMapping)
    dotted_manager: ManagerMapping = field(default_factory=ManagerMapping)
    words: Mapping[str, str] = field(default_factory=dict)
    references: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TableMapping:
    shape: FileShape = field(default_factory=FileShape)
    people: PeopleMapping | None = None
    events: tuple[EventMapping, ...] = ()


def read_mapping(path: Path) -> TableMapping:
    """The mapping in a TOML file. Raises `InvalidInput` naming the key that is wrong and the nearest right one."""
    return _Reader(path.name).table(read_toml(path))


class _Reader(MappingReader):
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
