"""From the texts of a row to a record, or to the reason why it is none."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from appraise.adapters.contract import ImportOptions
from appraise.adapters.days import read_day
from appraise.adapters.names import display_name, name_references, turned
from appraise.adapters.overrides import Overrides
from appraise.adapters.people_format import NAMES, PeopleFormat, Row
from appraise.adapters.records import ManagerReference, PeopleRecord, RejectedRow
from appraise.domain.employees import EmploymentStatus, ExternalReference, ReportingKind

DAYS = ("hire_date", "termination_date", "effective_from", "effective_to")
NOBODY = frozenset({"", "-", "none", "null", "n/a", "nobody", "no_manager", "no_mgr", "no_hr"})
_EXCEL_ERROR = re.compile(r"#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!)")
_AS_NUMBER = re.compile(r"\d+\.0+|\d(\.\d+)?E\+\d+", re.IGNORECASE)
_GUARDED = re.compile(r'="(.*)"|\'(\d+)')


class Refused(Exception):  # noqa: N818  # a row's, never the file's
    """A row that cannot be taken, with the field to blame."""

    def __init__(self, field_name: str | None, reason: str) -> None:
        super().__init__(reason)
        self.field = field_name
        self.reason = reason


class PersonReader:
    """Makes records of rows whose columns are known; remembers what only the whole file tells."""

    def __init__(
        self, people: PeopleFormat, overrides: Overrides, found: Mapping[str, tuple[str, ...]], options: ImportOptions
    ) -> None:
        self.people = people
        self.overrides = overrides
        self.found = found
        self.options = options
        self.statuses = {**people.statuses, **overrides.statuses}
        self.holders: dict[ExternalReference, list[PeopleRecord]] = {}
        self.primary: set[int] = set()

    def used(self) -> set[str]:
        return {column for columns in self.found.values() for column in columns}

    def text(self, row: Row, name: str) -> str:
        for column in self.found.get(name, ()):
            if text := " ".join(row.cells.get(column, "").split()):
                if _EXCEL_ERROR.fullmatch(text):
                    raise Refused(name, "the cell holds a spreadsheet's error instead of a value")
                guarded = _GUARDED.fullmatch(text)
                return (guarded[1] or guarded[2] or "") if guarded else text
        return ""

    def raw(self, row: Row, name: str) -> str:
        try:
            return self.text(row, name)
        except Refused:
            return ""

    def blamed(self, row: Row, name: str | None) -> tuple[str | None, str | None]:
        columns = self.found.get(name or "", ())
        for column in columns:
            if row.cells.get(column, "").strip():
                return column, row.cells[column].strip()
        return (columns[0] if columns else None), None

    def record(self, row: Row) -> PeopleRecord:
        ids = [
            ExternalReference(self.space(kind), text)
            for name, kind in self.people.ids.items()
            if (text := self.id(row, name))
        ]
        if not ids:
            raise Refused(next(name for name in self.people.ids if name in self.found), "the person has no id")
        name = display_name(*(self.text(row, part) for part in NAMES))
        if not name:
            raise Refused(next(part for part in NAMES if part in self.found), "the person has no name")
        days = {part: self.day(row, part) for part in DAYS}
        if days["effective_from"] and days["effective_to"] and days["effective_to"] <= days["effective_from"]:
            raise Refused("effective_to", "the period ends before it starts")
        email = self.text(row, "email") or None
        more = [(space, self.text(row, f"reference.{space}")) for space in self.overrides.references]
        references = [*ids, *(ExternalReference(space, value) for space, value in more if value)]
        references += [ExternalReference("email", email)] if email else []
        references += name_references(name)
        code, department = self.text(row, "department_code"), self.text(row, "department_name")
        record = PeopleRecord(
            key=ids[0].normalised(),
            references=tuple(dict.fromkeys(reference.normalised() for reference in references)),
            display_name=name,
            status=self.status(row, days["termination_date"]),
            row=row.number,
            email=email,
            job_title=self.text(row, "job_title") or None,
            department_code=code or department or None,
            department_name=department or code or None,
            **days,
            managers=tuple(self.managers(row)),
            attributes=tuple(self.attributes(row)),
        )
        self.note(row, record)
        return record

    def space(self, kind: str) -> str:
        return f"{self.options.source}:{kind}"

    def id(self, row: Row, name: str) -> str:
        text = self.text(row, name)
        if _AS_NUMBER.fullmatch(text):
            raise Refused(
                name, "a spreadsheet has made a number of this id, whose digits or zeros may be lost; export it as text"
            )
        return text

    def day(self, row: Row, name: str) -> date | None:
        try:
            return read_day(self.text(row, name), self.options.date_format, self.options.time_zone)
        except ValueError as error:
            raise Refused(name, str(error)) from error

    def status(self, row: Row, termination: date | None) -> EmploymentStatus:
        word = self.text(row, "status").casefold()
        if word:
            if word not in self.statuses:
                known = ", ".join(self.statuses)
                raise Refused(
                    "status", f"this status is not known ({known}); say what it means, e.g. status.{word}=active"
                )
            return self.statuses[word]
        if termination is not None and (self.options.as_of is None or termination <= self.options.as_of):
            return EmploymentStatus.TERMINATED
        return EmploymentStatus.UNKNOWN if "status" in self.found else EmploymentStatus.ACTIVE

    def managers(self, row: Row) -> list[ManagerReference]:
        named: dict[ReportingKind, ManagerReference] = {}
        for column in self.people.managers:
            text = self.text(row, column.field)
            if text.casefold() not in NOBODY and column.kind not in named:
                named[column.kind] = ManagerReference(self.manager(text, column.names), column.kind)
        return list(dict.fromkeys([*row.managers, *named.values()]))

    def manager(self, text: str, names: str) -> ExternalReference:
        if names == "name":
            return ExternalReference("name", turned(text)).normalised()
        return ExternalReference(names if names == "email" else self.space(names), text).normalised()

    def attributes(self, row: Row) -> list[tuple[str, str]]:
        pairs = [(name, self.text(row, name)) for name in self.people.attributes]
        pairs += [(name, self.text(row, f"attribute.{name}")) for name in self.overrides.attributes]
        return [(name, value) for name, value in pairs if value]

    def note(self, row: Row, record: PeopleRecord) -> None:
        if self.text(row, "primary").casefold() in {"true", "yes", "y", "1"}:
            self.primary.add(row.number)
        for name, kind in self.people.positions.items():
            if post := self.text(row, name):
                self.holders.setdefault(ExternalReference(self.space(kind), post), []).append(record)

    def with_managers_in_the_file(
        self, records: Sequence[PeopleRecord], rows: Iterable[Row], path: Path
    ) -> tuple[list[PeopleRecord], list[RejectedRow]]:
        """Managers named by post or by an id that a spreadsheet has made a number of, as the file itself shows them."""
        known = {(self.space(kind), self.raw(row, name)) for row in rows for name, kind in self.people.ids.items()}
        resolved, refused = [], []
        for record in records:
            try:
                managers = tuple(
                    replace(one, reference=self._in_the_file(one.reference, known)) for one in record.managers
                )
            except Refused as reason:
                refused.append(RejectedRow(path.name, record.row, None, reason.field, reason.reason))
            else:
                resolved.append(replace(record, managers=managers))
        return resolved, refused

    def _in_the_file(self, manager: ExternalReference, known: Collection[tuple[str, str]]) -> ExternalReference:
        holders = {
            record.key for record in self.holders.get(manager, ()) if record.status is not EmploymentStatus.TERMINATED
        }
        if len(holders) == 1:
            return holders.pop()
        if manager.namespace in {"email", "name"} or not _AS_NUMBER.fullmatch(manager.value):
            return manager
        whole = manager.value.partition(".")[0]
        meant = {value for space, value in known if space == manager.namespace and value.lstrip("0") == whole}
        if meant != {whole} or "e" in manager.value.casefold():
            raise Refused(
                manager.value,
                "a spreadsheet has made a number of the manager's id, and nobody in the file has plainly this one",
            )
        return ExternalReference(manager.namespace, whole)

    def warnings(self, rows: Iterable[Row]) -> list[str]:
        listed = list(rows)
        wanted = {
            name: name for name in ("email", "job_title", "department_name", "hire_date") if name in self.people.columns
        }
        hidden = [name for name in wanted if not self._filled(listed, name)]
        if (
            self.people.managers
            and not any(row.managers for row in listed)
            and not any(self._filled(listed, one.field) for one in self.people.managers)
        ):
            hidden.append("manager")
        found = []
        if not self._filled(listed, "status") and not self._filled(listed, "termination_date"):
            found.append("no column tells who has left: everybody in the file is taken to be employed")
        if hidden:
            found.append(f"no row has {', '.join(hidden)}: not selected for the export, or hidden from who exported it")
        return found

    def _filled(self, rows: Iterable[Row], name: str) -> bool:
        return any(row.cells.get(column, "").strip() for column in self.found.get(name, ()) for row in rows)
