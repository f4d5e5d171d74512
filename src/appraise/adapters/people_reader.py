"""From the texts of a row to a record, or to the reason why it is none."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

from appraise.adapters.contract import ImportOptions
from appraise.adapters.days import read_day
from appraise.adapters.names import display_name, name_references, turned
from appraise.adapters.overrides import Overrides
from appraise.adapters.people_format import NAMES, ManagerColumn, PeopleFormat, Row
from appraise.adapters.records import ManagerReference, PeopleRecord
from appraise.adapters.several_rows import GONE
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
        self.filled: set[str] = set()
        self.names_managers = False
        self.rounded: set[str] = set()
        self.primary: set[int] = set()

    def look_over(self, rows: Sequence[Row]) -> None:
        """Which fields any row fills, and the namespaces of ids that a spreadsheet has rounded.

        Rounded are those of which all ids that are longer than a spreadsheet's numbers end in zeros. One alone may be
        so by chance, unless another id shows that a spreadsheet took the column for numbers.
        """
        for name, columns in self.found.items():
            if any(row.cells.get(column, "").strip() for column in columns for row in rows):
                self.filled.add(name)
        self.names_managers = any(row.managers for row in rows)
        texts: dict[str, list[str]] = {}
        for name, kind in self.people.ids.items():
            for row in rows:
                texts.setdefault(self.key_space(row, kind), []).append(self.raw(row, name))
        for space in self.overrides.references:
            texts[space] = texts.get(space, []) + [self.raw(row, f"reference.{space}") for row in rows]
        for space, ids in texts.items():
            is_of_numbers = any(AS_NUMBER.fullmatch(text) for text in ids)
            long = [text for text in ids if text.isdigit() and len(text) > PRECISION]
            if len(long) > 1 - is_of_numbers and all(map(ROUND.fullmatch, long)):
                self.rounded.add(space)

    def used(self) -> set[str]:
        return {column for columns in self.found.values() for column in columns}

    def text(self, row: Row, name: str) -> str:
        for column in self.found.get(name, ()):
            cell = row.cells.get(column, "")
            if text := cell.strip() if self.people.is_ours else " ".join(cell.split()):
                return self.plain(text, name)
        return ""

    def lines(self, row: Row, name: str) -> list[str]:
        """Several of one kind stand on lines of their own."""
        for column in self.found.get(name, ()):
            if lines := [" ".join(line.split()) for line in row.cells.get(column, "").splitlines() if line.strip()]:
                return [text for line in lines if (text := self.plain(line, name))]
        return []

    def plain(self, text: str, name: str) -> str:
        """Without what a spreadsheet needs around text that looks like a number."""
        if text in SPREADSHEET_ERRORS:
            raise Refused(name, AN_ERROR)
        guarded = GUARDED.fullmatch(text) if text[0] in "='" and not self.people.is_ours else None
        return (guarded[1] or guarded[2] or "") if guarded else text

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
            ExternalReference(self.key_space(row, kind), text)
            for name, kind in self.people.ids.items()
            if (text := self.id(name, self.key_space(row, kind), self.text(row, name)))
        ]
        if not ids:
            raise Refused(next(name for name in self.people.ids if name in self.found), "the person has no id")
        name = self.name(row, self.text)
        if not name:
            raise Refused(next(part for part in NAMES if part in self.found), "the person has no name")
        days = self.days(row)
        email = self.text(row, "email") or None
        references = [*ids, *row.references, *self.further_references(row)]
        references += [ExternalReference("email", email)] if email else []
        references += self.name_references(name)
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
            ended_as=self.ended_as(row, days),
            attributes=tuple(self.attributes(row)),
        )

    def space(self, kind: str) -> str:
        return self.people.namespaces.get(kind) or f"{self.options.source}:{kind}"

    def key_space(self, row: Row, kind: str) -> str:
        return (self.raw(row, "key_namespace") if "key_namespace" in self.found else "") or self.space(kind)

    def name(self, row: Row, read: Callable[[Row, str], str]) -> str:
        return display_name(*(read(row, part) for part in NAMES), last_first=self.people.last_first)

    def name_references(self, name: str) -> list[ExternalReference]:
        if self.people.is_ours:  # its other names stand in a column of their own
            return [ExternalReference("name", name)]
        return name_references(name)

    def further_references(self, row: Row) -> list[ExternalReference]:
        return [
            ExternalReference(space, self.id(f"reference.{space}", space, text))
            for space in self.overrides.references
            for text in self.lines(row, f"reference.{space}")
        ]

    def id(self, name: str, space: str, text: str) -> str:
        if AS_NUMBER.fullmatch(text):
            raise Refused(name, MADE_A_NUMBER)
        self.refuse_rounded(name, space, text)
        return text

    def refuse_rounded(self, name: str, space: str, text: str) -> None:
        if space in self.rounded and ROUND.fullmatch(text):
            raise Refused(name, ROUNDED)

    def days(self, row: Row) -> dict[str, date | None]:
        days = {part: self.day(row, part) for part in DAYS}
        start, end = days["effective_from"], days["effective_to"]
        if end is not None and self.people.effective_to_is_last_day:
            days["effective_to"] = end = end + timedelta(days=1)
        if start and end and end <= start:
            raise Refused("effective_to", "the period ends before it starts")
        return days

    def day(self, row: Row, name: str) -> date | None:
        try:
            return read_day(self.text(row, name), self.options.date_format, self.options.time_zone)
        except ValueError as error:
            raise Refused(name, str(error)) from error

    def status(self, row: Row, termination: date | None) -> EmploymentStatus:
        if word := self.text(row, "status"):
            return self.meaning("status", word)
        if "" in self.statuses and "status" in self.found:
            return self.statuses[""]
        if termination is not None and (self.options.as_of is None or termination <= self.options.as_of):
            return EmploymentStatus.TERMINATED
        return EmploymentStatus.UNKNOWN if "status" in self.filled else EmploymentStatus.ACTIVE

    def meaning(self, name: str, word: str) -> EmploymentStatus:
        if word.casefold() not in self.statuses:
            known = ", ".join(self.statuses)
            raise Refused(
                name,
                f"this status is not known ({known}); say what it means by a setting such as"
                f" status.{word.casefold()}=active",
            )
        return self.statuses[word.casefold()]

    def ended_as(self, row: Row, days: Mapping[str, date | None]) -> EmploymentStatus | None:
        word = self.text(row, "ended_as")
        if not word:
            return None
        status = self.meaning("ended_as", word)
        if status not in GONE or None in (days["effective_from"], days["termination_date"]):
            ways = ", ".join(sorted(GONE))
            reason = f"a job ends as {ways}, from effective_from to termination_date; one of them is missing"
            raise Refused("ended_as", reason)
        return status

    def managers(self, row: Row) -> list[ManagerReference]:
        named: dict[ReportingKind, list[ManagerReference]] = {}
        for column in self.people.managers:
            absent = NOBODY | {word.casefold() for word in column.absent}
            texts = [text for text in self.lines(row, column.field) if text.casefold() not in absent]
            if texts and column.kind not in named:
                named[column.kind] = [ManagerReference(self.manager(text, column), column.kind) for text in texts]
        return list(dict.fromkeys([*row.managers, *(one for found in named.values() for one in found)]))

    def manager(self, text: str, column: ManagerColumn) -> ExternalReference:
        match column.names:
            case "name":
                return ExternalReference("name", turned(text) if column.last_first else text).normalised()
            case "reference":
                space, equals, value = text.partition("=")
                if not (space and equals and value):
                    raise Refused(column.field, "the manager is not told as NAMESPACE=VALUE, e.g. hr:id=0007")
            case names:
                space, value = names if names == "email" else self.space(names), text
        self.refuse_rounded(column.field, space, value)
        return ExternalReference(space, value).normalised()

    def attributes(self, row: Row) -> list[tuple[str, str]]:
        pairs = [(name, self.text(row, name)) for name in self.people.attributes]
        pairs += [(name, self.text(row, f"attribute.{name}")) for name in self.overrides.attributes]
        return [(name, value) for name, value in pairs if value]

    def note(self, row: Row) -> None:
        """Remember whom the row is about, whether or not it can be taken."""
        found = [
            ExternalReference(self.key_space(row, kind), text)
            for name, kind in self.people.ids.items()
            if (text := self.raw(row, name))
        ]
        key = found[0].normalised() if found else ExternalReference("row", str(row.number))
        found += [ExternalReference("email", self.raw(row, "email")), *self.name_references(self.name(row, self.raw))]
        self.key_of_row[row.number] = key
        for reference in found:
            self.mentioned.setdefault(reference.normalised(), set()).add(key)
        for name, kind in self.people.positions.items():
            if post := self.raw(row, name):
                self.posts.setdefault(ExternalReference(self.space(kind), post).normalised(), set()).add(key)
        if self.raw(row, "primary").casefold() in {"true", "yes", "y", "1"}:
            self.primary.add(row.number)

    def warnings(self) -> list[str]:
        parts = () if "display_name" in self.filled else ("given_name", "family_name")
        wanted = (*parts, "email", "job_title", "department_name", "hire_date")
        hidden = [name for name in wanted if name in self.people.columns and name not in self.filled]
        managers = {one.field for one in self.people.managers}
        if managers and not self.names_managers and not self.filled & managers:
            hidden.append("manager")
        found = []
        if not self.filled & {"status", "termination_date"}:
            found.append("no column tells who has left: everybody in the file is taken to be employed")
        if hidden:
            found.append(f"no row has {', '.join(hidden)}: not selected for the export, or hidden from who exported it")
        return found

    def told(self) -> frozenset[str]:
        """What the file has columns of (`ReadPeople.told`).

        Statuses, titles, departments, managers and attributes that are blank on every row are hidden from who exported
        it, not gone; but a day of leaving may be blank for all, and a dotted line where managers are shown.
        """
        shown = self.found.keys() if self.people.is_ours else self.filled
        found = {"status", "job_title"} & shown | {"termination_date"} & self.found.keys()
        if {"department_code", "department_name"} & shown:
            found.add("department")
        of_kind = {kind: {one.field for one in self.people.managers if one.kind is kind} for kind in ReportingKind}
        if self.names_managers or of_kind[ReportingKind.SOLID] & shown:
            found.add("managers")
        dotted = of_kind[ReportingKind.DOTTED]
        if dotted & shown or ("managers" in found and dotted <= self.found.keys()):
            found.add("dotted_managers")
        found |= {f"attribute.{name}" for name in self.people.attributes if name in shown}
        return frozenset(found | {name for name in shown if name.startswith("attribute.")})
