"""People out of a table, by a mapping."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

from appraise.adapters.columns import find_columns
from appraise.adapters.contract import FileShape, ImportOptions, ReadPeople
from appraise.adapters.days import read_day
from appraise.adapters.files import detect, read_header, read_rows
from appraise.adapters.overrides import refuse_sensitive
from appraise.adapters.records import ManagerReference, PeopleRecord, RejectedRow
from appraise.adapters.settings import own_settings
from appraise.adapters.spreadsheets import cell_text
from appraise.domain.damaged_ids import AS_NUMBER, MADE_A_NUMBER
from appraise.domain.employees import EmploymentStatus, ExternalReference, ReportingKind
from appraise.errors import InvalidInput
from appraise_csv.mapping import PEOPLE_COLUMNS, ManagerMapping, PeopleMapping, TableMapping

LEFT = (EmploymentStatus.TERMINATED, EmploymentStatus.RETIRED, EmploymentStatus.DECEASED)
_DAYS = ("hire_date", "termination_date", "effective_from", "effective_to")


class _Refused(Exception):  # noqa: N818  # never leaves this module
    def __init__(self, field: str | None, reason: str) -> None:
        super().__init__(reason)
        self.field = field
        self.reason = reason


def canonical_people(columns: tuple[str, ...]) -> PeopleMapping:
    """The mapping of a table whose columns have our own names; `reference.<namespace>` columns are references.

    One that says of each key what it is (`key_namespace`) was written by `appraise export-people`.
    """
    folded = {column.casefold(): column for column in columns}
    is_ours = "key_namespace" in folded
    manager = ManagerMapping("reference" if is_ours else "id")
    return PeopleMapping(
        columns={field: folded.get(field, field) for field in PEOPLE_COLUMNS if field in folded or field == "key"},
        references={
            column.partition(".")[2]: column for column in columns if column.casefold().startswith("reference.")
        },
        attributes={
            column.partition(".")[2]: column for column in columns if column.casefold().startswith("attribute.")
        },
        is_ours=is_ours,
        manager=manager,
        dotted_manager=manager,
    )


def shows_people(path: Path) -> bool:
    """Whether the columns are our own of people. JSON documents are not looked at: they would be read whole for it."""
    try:
        shape = detect(path, FileShape())
        if shape.format not in {"csv", "jsonl", "xlsx"}:
            return False
        _, first = next(iter(read_rows(path, shape, on_reject=lambda _: None)), (0, {}))
    except InvalidInput:
        return False
    columns = {column.casefold() for column in first}
    return "key" in columns and not columns.isdisjoint({"display_name", "given_name", "family_name"})


def read_people(path: Path, mapping: TableMapping, options: ImportOptions) -> ReadPeople:
    own_settings(options.settings, ())
    shape = detect(path, mapping.shape)
    header = read_header(path, shape)
    people = mapping.people or canonical_people(header)
    wanted = _wanted(people)
    for raw in people.attributes.values() if mapping.people is None else wanted.values():
        refuse_sensitive(raw)
    found = find_columns(
        header,
        {field: (column,) for field, column in wanted.items()},
        required=wanted.keys(),
        path=path,
        title="table of people as mapped",
    )
    reader = _PersonReader(people, found, options, path.name)
    rejected: list[RejectedRow] = []
    records: list[PeopleRecord] = []
    seen: dict[tuple[object, ...], tuple[int, dict[str, str]]] = {}
    repeated = 0
    is_quoted = people.is_ours and shape.format == "csv"
    for number, cells in read_rows(path, shape, on_reject=rejected.append):
        row = {field: cells.get(column, "").strip() for field, column in found.items()}
        if is_quoted:
            row = {field: cell_text(text) or "" for field, text in row.items()}
        try:
            record = reader.record(number, row)
            job = (record.status, record.job_title, record.department_code, record.attributes) if people.is_ours else ()
            first, said = seen.setdefault((record.key, record.effective_from, *job), (number, row))
            if first != number and people.distinct and row == said:
                repeated += 1
                continue
            if first != number:
                raise _Refused(*_contradiction(first, said, row, distinct=people.distinct))  # noqa: TRY301  # one place
        except _Refused as refused:
            column = found.get(refused.field or "")
            rejected.append(
                RejectedRow(path.name, number, column, row.get(refused.field or "") or None, refused.reason)
            )
        else:
            records.append(record)
    return ReadPeople(
        records=tuple(records),
        rejected=tuple(sorted(rejected, key=lambda row: row.row)),
        unmapped_columns=tuple(column for column in header if column not in found.values()),
        warnings=tuple(reader.warnings(repeated)),
        complete=people.complete,
        told=_told(people, found),
    )


def _wanted(people: PeopleMapping) -> dict[str, str]:
    """Field → raw column; kinds of ids and attributes may be called as a field is."""
    references = {f"reference.{name}": column for name, column in people.references.items()}
    return {**people.columns, **references, **{f"attribute.{name}": one for name, one in people.attributes.items()}}


def _told(people: PeopleMapping, found: Mapping[str, str]) -> frozenset[str]:
    names = {
        "job_title": "job_title",
        "department_code": "department",
        "department_name": "department",
        "manager": "managers",
        "dotted_manager": "dotted_managers",
        "status": "status",
        "termination_date": "termination_date",
    }
    mapped = {told for field, told in names.items() if field in found}
    return frozenset(mapped | {f"attribute.{name}" for name in people.attributes})


class _PersonReader:
    def __init__(self, people: PeopleMapping, found: Mapping[str, str], options: ImportOptions, file: str) -> None:
        self.people = people
        self.found = found
        self.file = file
        self.as_of = options.as_of
        self.date_format = options.date_format or people.date_format
        self.time_zone = options.time_zone
        self.key_namespace = people.key_namespace or f"{options.source}:{people.columns['key'].casefold()}"
        self.words = {word.casefold(): EmploymentStatus(status) for word, status in people.words.items()}
        if not self.words:
            self.words = {status.value: status for status in EmploymentStatus}

    def warnings(self, repeated: int) -> list[str]:
        found = [f"{repeated:,} rows repeat what an earlier row says of the same person"] if repeated else []
        if "status" not in self.found and "termination_date" not in self.found:
            found.append("no column tells who has left: everybody in the file is taken to be active")
        return found

    def record(self, number: int, row: Mapping[str, str]) -> PeopleRecord:
        if not row["key"]:
            raise _Refused("key", "the person's key is blank")
        for field in ("key", *(f"reference.{space}" for space in self.people.references)):
            if AS_NUMBER.fullmatch(row[field]):
                raise _Refused(field, MADE_A_NUMBER)
        key = ExternalReference(row.get("key_namespace") or self.key_namespace, row["key"]).normalised()
        name = _display_name(row, self.people.name_order)
        if not name:
            raise _Refused("display_name" if "display_name" in row else "family_name", "the person has no name")
        days = {field: self.day(row, field) for field in _DAYS}
        if (end := days["effective_to"]) is not None and self.people.effective_to_is_last_day:
            days["effective_to"] = end + timedelta(days=1)
        if days["effective_from"] and days["effective_to"] and days["effective_to"] <= days["effective_from"]:
            raise _Refused("effective_to", "the period ends before it starts")
        ended_as = self.ended_as(row, days)
        email = row.get("email") or None
        references = [key, *self.further_references(row)]
        if email is not None:
            references.append(ExternalReference("email", email).normalised())
        references.append(ExternalReference("name", name).normalised())
        return PeopleRecord(
            key=key,
            references=tuple(dict.fromkeys(references)),
            display_name=name,
            status=self.status(row, days["termination_date"]),
            row=number,
            email=email,
            job_title=row.get("job_title") or None,
            department_code=row.get("department_code") or row.get("department_name") or None,
            department_name=row.get("department_name") or row.get("department_code") or None,
            hire_date=days["hire_date"],
            termination_date=days["termination_date"],
            effective_from=days["effective_from"],
            effective_to=days["effective_to"],
            managers=tuple(self.managers(row)),
            ended_as=ended_as,
            attributes=tuple(
                (name, row[f"attribute.{name}"]) for name in self.people.attributes if row[f"attribute.{name}"]
            ),
        )

    def day(self, row: Mapping[str, str], field: str) -> date | None:
        try:
            return read_day(row.get(field, ""), self.date_format, self.time_zone)
        except ValueError as error:
            raise _Refused(field, str(error)) from error

    def status(self, row: Mapping[str, str], termination: date | None) -> EmploymentStatus:
        if "status" in row:
            return self.word(row, "status")
        left = termination is not None and (self.as_of is None or termination <= self.as_of)
        return EmploymentStatus.TERMINATED if left else EmploymentStatus.ACTIVE

    def word(self, row: Mapping[str, str], field: str) -> EmploymentStatus:
        if row[field].casefold() not in self.words:
            known = ", ".join(self.words)
            raise _Refused(field, f"the mapping does not know this status; it knows: {known}")
        return self.words[row[field].casefold()]

    def ended_as(self, row: Mapping[str, str], days: Mapping[str, date | None]) -> EmploymentStatus | None:
        if not row.get("ended_as"):
            return None
        word = self.word(row, "ended_as")
        if word not in LEFT or None in (days["effective_from"], days["termination_date"]):
            reason = f"a job ends as {', '.join(LEFT)}, from effective_from to termination_date; one of them is missing"
            raise _Refused("ended_as", reason)
        return word

    def further_references(self, row: Mapping[str, str]) -> list[ExternalReference]:
        return [
            ExternalReference(space, text).normalised()
            for space in self.people.references
            for text in _lines(row[f"reference.{space}"])
        ]

    def managers(self, row: Mapping[str, str]) -> list[ManagerReference]:
        pairs = (
            ("manager", self.people.manager, ReportingKind.SOLID),
            ("dotted_manager", self.people.dotted_manager, ReportingKind.DOTTED),
        )
        return [
            ManagerReference(self.manager_reference(field, text, mapping), kind)
            for field, mapping, kind in pairs
            for text in _lines(row.get(field, ""))
            if text.casefold() not in {word.casefold() for word in mapping.absent}
        ]

    def manager_reference(self, field: str, value: str, mapping: ManagerMapping) -> ExternalReference:
        match mapping.kind:
            case "reference":
                namespace, equals, name = value.partition("=")
                if not (namespace and equals and name):
                    raise _Refused(field, "the manager is not told as NAMESPACE=VALUE, e.g. hr:id=0007")
                return ExternalReference(namespace, name).normalised()
            case "email":
                return ExternalReference("email", value).normalised()
            case "name":
                return ExternalReference("name", _turned(value, mapping.name_order)).normalised()
            case _:
                return ExternalReference(mapping.namespace or self.key_namespace, value).normalised()


def _lines(cell: str) -> list[str]:
    """Several of one kind stand on lines of their own."""
    return [line for text in cell.splitlines() if (line := text.strip())]


def _contradiction(first: int, said: Mapping[str, str], row: Mapping[str, str], *, distinct: bool) -> tuple[str, str]:
    """The field to blame for a second row of one person, and the reason."""
    differing = [field for field in row if row[field] != said[field]]
    if not distinct or not differing:
        return "key", f"this person is on row {first} already"
    return differing[0], f"this person is on row {first} already, with another {' and '.join(differing)}"


def _display_name(row: Mapping[str, str], order: str) -> str:
    if row.get("display_name"):
        return _turned(row["display_name"], order)
    return " ".join(f"{row.get('given_name', '')} {row.get('family_name', '')}".split())


def _turned(name: str, order: str) -> str:
    family, comma, given = name.partition(",")
    if order == "last, first" and comma:
        name = f"{given} {family}"
    return " ".join(name.split())
