"""From the texts of a row to a record, or to the reason why it is none."""

from collections.abc import Iterable, Mapping
from datetime import date

from appraise.adapters.contract import ImportOptions
from appraise.adapters.days import read_day
from appraise.adapters.names import display_name, name_references, turned
from appraise.adapters.overrides import Overrides
from appraise.adapters.people_format import NAMES, PeopleFormat, Row
from appraise.adapters.records import ManagerReference, PeopleRecord
from appraise.domain.damaged_ids import (
    AN_ERROR,
    AS_NUMBER,
    GUARDED,
    MADE_A_NUMBER,
    PRECISION,
    ROUND,
    ROUNDED,
    SPREADSHEET_ERRORS,
)
from appraise.domain.employees import EmploymentStatus, ExternalReference, ReportingKind

DAYS = ("hire_date", "termination_date", "effective_from", "effective_to")
NOBODY = frozenset({"", "-", "none", "null", "n/a", "nobody", "no_manager", "no_mgr", "no_hr"})


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
        self.mentioned: dict[ExternalReference, set[ExternalReference]] = {}
        self.key_of_row: dict[int, ExternalReference] = {}
        self.posts: dict[ExternalReference, set[ExternalReference]] = {}
        self.rounded: set[str] = set()
        self.primary: set[int] = set()

    def used(self) -> set[str]:
        return {column for columns in self.found.values() for column in columns}

    def text(self, row: Row, name: str) -> str:
        for column in self.found.get(name, ()):
            if text := " ".join(row.cells.get(column, "").split()):
                if text in SPREADSHEET_ERRORS:
                    raise Refused(name, AN_ERROR)
                guarded = GUARDED.fullmatch(text)
                return (guarded[1] or guarded[2] or "") if guarded else text
        return ""

    def is_child(self, row: Row) -> bool:
        return not any(self.raw(row, name) for name in (*self.people.ids, *NAMES))

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
        references = [*ids, *row.references, *(ExternalReference(space, value) for space, value in more if value)]
        references += [ExternalReference("email", email)] if email else []
        references += name_references(name)
        code, department = self.text(row, "department_code"), self.text(row, "department_name")
        return PeopleRecord(
            key=ids[0].normalised(),
            references=tuple(dict.fromkeys(reference.normalised() for reference in references)),
            display_name=name,
            status=self.status(row, days["termination_date"]),
            row=row.number,
            email=email,
            job_title=self.text(row, "job_title") or None,
            department_code=code or department or None,
            department_name=department or code or None,
            hire_date=days["hire_date"],
            termination_date=days["termination_date"],
            effective_from=days["effective_from"],
            effective_to=days["effective_to"],
            managers=tuple(self.managers(row)),
            attributes=tuple(self.attributes(row)),
        )

    def space(self, kind: str) -> str:
        return f"{self.options.source}:{kind}"

    def id(self, row: Row, name: str) -> str:
        text = self.text(row, name)
        if AS_NUMBER.fullmatch(text):
            raise Refused(name, MADE_A_NUMBER)
        self.refuse_rounded(name, self.people.ids[name], text)
        return text

    def refuse_rounded(self, name: str, kind: str, text: str) -> None:
        if kind in self.rounded and ROUND.fullmatch(text):
            raise Refused(name, ROUNDED)

    def find_rounded(self, rows: Iterable[Row]) -> None:
        """Kinds of ids of which all that are longer than a spreadsheet's numbers end in zeros.

        One alone may be so by chance, unless another id shows that a spreadsheet took the column for numbers.
        """
        for name in self.people.ids:
            texts = [self.raw(row, name) for row in rows]
            is_of_numbers = any(AS_NUMBER.fullmatch(text) for text in texts)
            long = [text for text in texts if text.isdigit() and len(text) > PRECISION]
            if len(long) > 1 - is_of_numbers and all(map(ROUND.fullmatch, long)):
                self.rounded.add(self.people.ids[name])

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
                    "status",
                    f"this status is not known ({known}); say what it means by a setting such as status.{word}=active",
                )
            return self.statuses[word]
        if termination is not None and (self.options.as_of is None or termination <= self.options.as_of):
            return EmploymentStatus.TERMINATED
        return EmploymentStatus.UNKNOWN if "status" in self.found else EmploymentStatus.ACTIVE

    def managers(self, row: Row) -> list[ManagerReference]:
        named: dict[ReportingKind, ManagerReference] = {}
        for column in self.people.managers:
            text = self.text(row, column.field)
            self.refuse_rounded(column.field, column.names, text)
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

    def note(self, row: Row) -> None:
        """Remember whom the row is about, whether or not it can be taken."""
        names = display_name(*(self.raw(row, part) for part in NAMES))
        found = [
            ExternalReference(self.space(kind), text)
            for name, kind in self.people.ids.items()
            if (text := self.raw(row, name))
        ]
        key = found[0].normalised() if found else ExternalReference("row", str(row.number))
        found += [ExternalReference("email", self.raw(row, "email")), *name_references(names)]
        self.key_of_row[row.number] = key
        for reference in found:
            self.mentioned.setdefault(reference.normalised(), set()).add(key)
        for name, kind in self.people.positions.items():
            if post := self.raw(row, name):
                self.posts.setdefault(ExternalReference(self.space(kind), post).normalised(), set()).add(key)
        if self.raw(row, "primary").casefold() in {"true", "yes", "y", "1"}:
            self.primary.add(row.number)

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

    def told(self, rows: Iterable[Row]) -> frozenset[str]:
        """What the file has columns of (`ReadPeople.told`).

        Titles, departments and managers that are blank on every row are hidden from who exported it, not gone.
        """
        listed, found = list(rows), {"status", "termination_date"} & self.found.keys()
        found |= {"job_title"} if self._filled(listed, "job_title") else set()
        if self._filled(listed, "department_code") or self._filled(listed, "department_name"):
            found.add("department")
        of_kind = {kind: [one.field for one in self.people.managers if one.kind is kind] for kind in ReportingKind}
        nested = any(row.managers for row in listed)
        if nested or any(self._filled(listed, name) for name in of_kind[ReportingKind.SOLID]):
            found.add("managers")
        dotted = of_kind[ReportingKind.DOTTED]
        if any(name in self.found for name in dotted) if dotted else "managers" in found:
            found.add("dotted_managers")
        found |= {f"attribute.{name}" for name in self.people.attributes if name in self.found}
        return frozenset(found | {name for name in self.found if name.startswith("attribute.")})

    def _filled(self, rows: Iterable[Row], name: str) -> bool:
        return any(row.cells.get(column, "").strip() for column in self.found.get(name, ()) for row in rows)
