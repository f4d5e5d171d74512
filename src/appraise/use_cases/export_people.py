"""Write all that is known of people from one source to a file that `appraise import csv` reads again."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from appraise.adapters.spreadsheets import spreadsheet_cell
from appraise.domain.access import Principal
from appraise.domain.employees import Employee, ReportingKind
from appraise.errors import NotFound
from appraise.storage import audit, people_import, references
from appraise.storage.database import Session
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.export_sections import ExportFormat
from appraise.use_cases.people_history import Known
from appraise.use_cases.people_rows import Everybody, Row, columns, rows
from appraise.use_cases.section_view import Actor
from appraise.use_cases.transactions import committed

EXPORTED = "people.export"


@dataclass(frozen=True, slots=True)
class ExportedPeople:
    """`as_of` is the day that the newest imported export of the source showed: the file shows it, too."""

    people: int
    rows: int
    as_of: date


def export_people(
    deployment: Deployment,
    principal: Principal,
    source: str,
    *,
    format: ExportFormat,  # noqa: A002  # the file's format
    write: Callable[[bytes], object],
    at: datetime,
) -> ExportedPeople:
    """Everybody's jobs and managers over time, with names, addresses and ids. Raises `NotFound` for another source.

    The audit log tells of it before the first byte is written: an export that broke off was an export too.
    """

    def read(session: Session) -> tuple[list[Row], ExportedPeople]:
        as_of = as_of_newest_look(session, source)
        told = list(rows(everybody(session, source), source))
        exported = ExportedPeople(len({(row["key_namespace"], row["key"]) for row in told}), len(told), as_of)
        actor, subject = Actor.of(principal), people_import.subject_of(source)
        details = [*actor.facts, ("format", format.value), ("employees", str(exported.people))]
        audit.append(session, at=at, actor=actor.id, action=EXPORTED, subject=subject, details=details)
        return told, exported

    told, exported = committed(deployment, read)
    write(people_file(told, format))
    return exported


def people_file(told: Sequence[Row], format: ExportFormat) -> bytes:  # noqa: A002  # the file's format
    names = columns(told)
    return _csv(names, told) if format is ExportFormat.CSV else _json_lines(names, told)


def as_of_newest_look(session: Session, source: str) -> date:
    """Raises `NotFound` for a source of which no people were imported."""
    as_of = people_import.newest_look(session, source)
    if as_of is None:
        known = ", ".join(people_import.sources(session)) or "none yet"
        raise NotFound(f"no people were imported from a source named {source!r}", expected=f"one of: {known}")
    return as_of


def everybody(session: Session, source: str) -> Everybody:
    """Also whoever the source has an id of and tells no job of."""
    jobs = people_import.jobs(session, source)
    solid = people_import.lines(session, source, ReportingKind.SOLID)
    dotted = people_import.lines(session, source, ReportingKind.DOTTED)
    ids = references.references_of(session, None)
    people = {
        key: Employee(key, one.display_name, one.email, ids.get(key, ()))
        for key, one in people_import.employees(session).items()
    }
    own = {key for key, known in ids.items() if any(one.namespace.startswith(f"{source}:") for one in known)}
    known = {
        key: Known(jobs.get(key, ()), solid.get(key, ()), dotted.get(key, ()))
        for key in own | jobs.keys() | solid.keys() | dotted.keys()
    }
    return Everybody(people, known, people_import.departments(session, source))


def _csv(names: Sequence[str], told: Sequence[Row]) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows([spreadsheet_cell(row.get(name)) for name in names] for row in told)
    return buffer.getvalue().encode()


def _json_lines(names: Sequence[str], told: Sequence[Row]) -> bytes:
    lines = (json.dumps({name: row.get(name, "") for name in names}, ensure_ascii=False) for row in told)
    return "".join(f"{line}\n" for line in lines).encode()
