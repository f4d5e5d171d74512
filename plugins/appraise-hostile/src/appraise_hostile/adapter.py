"""An adapter that keeps the contract and nothing else: every name in it is one that careless code trips over."""

import csv
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import ClassVar

from appraise.adapters.columns import find_columns, quoted
from appraise.adapters.contract import (
    Declaration,
    EventPlan,
    EventStage,
    ExampleCompany,
    ExampleFile,
    FileShape,
    ImportOptions,
    Parse,
    ReadPeople,
    Rule,
    Skip,
    Verification,
)
from appraise.adapters.days import read_day
from appraise.adapters.files import detect, read_header, read_rows
from appraise.adapters.records import ManagerReference, PeopleRecord, RejectedRow
from appraise.domain.employees import EmploymentStatus, ExternalReference
from appraise.domain.events import EventKind

NAMESPACE = "hostile:1st 'key' 🙂"
PEOPLE = {
    "key": '1st "key" 🙂',
    "name": "naïve name, full",
    "email": "e-mail\nof work",
    "boss": "boss 👑; or none",
    "since": "since (ISO?)",
    "active": "SELECT",
}
CONTACTS = {
    "id": "_id%",
    "at": "when'); DROP TABLE raw; --",
    "customer": '"who"',
    "agent": "2nd key",
    "channel": "مرحبا",
    "state": "CASE",
}


class HostileAdapter:
    declaration: ClassVar[Declaration] = Declaration(
        name="hostile",
        title="Hostile names and values (for tests alone)",
        format_version="as nasty as the contract allows",
        verification=Verification.VERIFIED,
        files=("people (csv)", "contacts (csv)"),
        reads=("people", "contacts"),
        quirks=("Column names hold quotes, line breaks, emoji, leading digits, keywords and SQL.",),
    )

    def read_people(self, path: Path, options: ImportOptions) -> ReadPeople:  # noqa: ARG002  # the contract's arguments
        shape = detect(path, FileShape())
        header = read_header(path, shape)
        found = find_columns(
            header,
            {field: (name,) for field, name in PEOPLE.items()},
            required=PEOPLE,
            path=path,
            title="hostile table",
        )
        rejected: list[RejectedRow] = []
        records: list[PeopleRecord] = []
        seen: set[str] = set()
        for number, cells in read_rows(path, shape, on_reject=rejected.append):
            row = {field: cells[column].strip() for field, column in found.items()}
            try:
                record = _person(number, row)
            except ValueError as error:
                rejected.append(RejectedRow(path.name, number, found["since"], row["since"], str(error)))
                continue
            if not row["key"] or not row["name"] or row["key"] in seen:
                rejected.append(RejectedRow(path.name, number, found["key"], row["key"], "blank or repeated"))
                continue
            seen.add(row["key"])
            records.append(record)
        return ReadPeople(tuple(records), tuple(sorted(rejected, key=lambda row: row.row)))

    def shape(self, path: Path, options: ImportOptions) -> FileShape:  # noqa: ARG002  # the contract's arguments
        return detect(path, FileShape())

    def plan_events(self, columns: Sequence[str], path: Path, options: ImportOptions) -> EventPlan:
        found = find_columns(
            columns,
            {field: (name,) for field, name in CONTACTS.items()},
            required=CONTACTS,
            path=path,
            title="hostile log",
        )
        stage = EventStage(
            EventKind.CONTACTS,
            {
                "event_id": Rule(column=found["id"]),
                "occurred_at": Rule(Parse.TIMESTAMP, column=found["at"], time_zone="UTC"),
                "customer_key": Rule(column=found["customer"]),
                "employee_namespace": Rule(constant=NAMESPACE),
                "employee_key": Rule(column=found["agent"]),
                "channel": Rule(sql=f"{quoted(found['channel'])} || ' '", blame=found["channel"]),
                "outcome": Rule(column=found["state"], words={'it\'s "over"': "resolved", "…": "open"}),
            },
            skips=(Skip(f"{quoted(found['id'])} = '; --'", "it's nobody's; really"),),
        )
        return EventPlan(self.shape(path, options), (stage,), tuple(found.values()))

    def write_example(self, company: ExampleCompany, directory: Path) -> Iterator[ExampleFile]:
        yield _write_people(company, directory)
        yield _write_contacts(company, directory)


def _person(number: int, row: dict[str, str]) -> PeopleRecord:
    key = ExternalReference(NAMESPACE, row["key"])
    references = [key]
    if row["email"]:
        references.append(ExternalReference("email", row["email"]).normalised())
    boss = row["boss"]
    return PeopleRecord(
        key=key,
        references=tuple(references),
        display_name=row["name"],
        status=EmploymentStatus.ACTIVE if row["active"] == "✓" else EmploymentStatus.TERMINATED,
        row=number,
        email=row["email"] or None,
        hire_date=read_day(row["since"], None),
        managers=(ManagerReference(ExternalReference(NAMESPACE, boss)),) if boss else (),
    )


def _write_people(company: ExampleCompany, directory: Path) -> ExampleFile:
    table = company.table("employees")
    days = [day for day in table["as_of"] if isinstance(day, date)]
    path = directory / "hostile people 👥.csv"
    with path.open("w", encoding="utf-16", newline="") as stream:
        writer = csv.writer(stream, delimiter="|")
        writer.writerow(PEOPLE.values())
        columns = ("as_of", "employee", "given_name", "family_name", "email", "manager", "hire_date", "active")
        for as_of, employee, given, family, email, manager, hired, active in zip(
            *(table[name] for name in columns), strict=True
        ):
            if as_of == max(days):
                writer.writerow([employee, f"{given} {family}", email, manager or "", hired, "✓" if active else "✗"])
    return ExampleFile(path, "hostile", ImportOptions(source="hostile", as_of=max(days)))


def _write_contacts(company: ExampleCompany, directory: Path) -> ExampleFile:
    table = company.table("tickets")
    path = directory / "hostile contacts; --.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerow(CONTACTS.values())
        columns = ("ticket", "created_at", "customer", "agent", "channel", "solved_at")
        for ticket, created, customer, agent, channel, solved in zip(*(table[name] for name in columns), strict=True):
            at = created.isoformat() if isinstance(created, datetime) else ""
            writer.writerow([ticket, at, customer, agent, channel, 'it\'s "over"' if solved else "…"])
    return ExampleFile(path, "hostile", ImportOptions(source="hostile"))


adapter = HostileAdapter()
