"""Personio: employees from the API's first version, and reports as tables with labels in German or English."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from appraise.adapters.contract import Declaration, ImportOptions, ReadPeople, Verification
from appraise.adapters.documents import read_json
from appraise.adapters.files import format_of
from appraise.adapters.people import ManagerColumn, PeopleFormat, Rows, object_rows, people_of, table_rows
from appraise.domain.employees import EmploymentStatus
from appraise.errors import InvalidInput, Place

TITLE = "list of Personio employees"
EMPLOYEES = PeopleFormat(
    title=TITLE,
    columns={
        "id": ("id", "ID", "Personio ID", "Mitarbeiter-ID", "Employee ID"),
        "given_name": ("first_name", "Vorname (bürgerlich)", "Vorname", "First name (legal)", "First name"),
        "family_name": ("last_name", "Nachname (bürgerlich)", "Nachname", "Last name (legal)", "Last name"),
        "display_name": ("Name (bevorzugt)", "Name (preferred)"),
        "email": ("email", "E-Mail", "E-Mail-Adresse"),
        "status": ("status",),
        "worker_type": ("employment_type", "Beschäftigungsart", "Employment type"),
        "job_title": ("position",),
        "department_code": ("department.id",),
        "department_name": ("department.name", "Abteilung", "Department"),
        "hire_date": ("hire_date", "Einstellungsdatum", "Eintrittsdatum", "Hire date"),
        "termination_date": ("termination_date", "Austrittsdatum", "Termination date"),
        "supervisor_id": ("supervisor.id", "Vorgesetzten-ID", "Supervisor ID"),
        "supervisor_email": ("supervisor.email", "E-Mail Vorgesetzter", "Supervisor email"),
        "supervisor": ("supervisor", "Vorgesetzter", "Vorgesetzte Person"),
    },
    ids={"id": "id"},
    managers=(
        ManagerColumn("supervisor_id", "id"),
        ManagerColumn("supervisor_email", "email"),
        ManagerColumn("supervisor", "name"),
    ),
    statuses={
        **dict.fromkeys(("active", "aktiv"), EmploymentStatus.ACTIVE),
        **dict.fromkeys(("inactive", "inaktiv"), EmploymentStatus.TERMINATED),
        "onboarding": EmploymentStatus.PREHIRE,
        "leave": EmploymentStatus.LEAVE,
    },
    attributes=("worker_type",),
)


class PersonioAdapter:
    """Personio, by its API's list of employees or a report."""

    declaration: ClassVar[Declaration] = Declaration(
        name="personio",
        title=TITLE,
        format_version="API v1 employees as described; four German labels of reports as recorded",
        verification=Verification.SECOND_HAND,
        files=("employees (json, API v1): second-hand", "report (xlsx, csv): most labels are unverified"),
        reads=("people",),
        quirks=(
            "Days carry an offset such as +00:53 and stay the days that are written.",
            "The supervisor is a whole employee within the employee: only id and e-mail address are read.",
            "Labels are those of the account's language: German and English are known, others are mapped.",
            "A custom attribute is known by its key (dynamic_123) and by its label.",
        ),
        unknowable=(
            "Attributes that the credentials may not read are missing, without a word in the file.",
            "Version 2 of the API names supervisors by link alone: it is refused.",
        ),
    )

    def read_people(self, path: Path, options: ImportOptions) -> ReadPeople:
        is_json = format_of(path) == "json"
        return people_of(
            _json_rows(path) if is_json else table_rows(path, options, EMPLOYEES), EMPLOYEES, options, path
        )


def _json_rows(path: Path) -> Rows:
    document = read_json(path, TITLE)
    data = document.get("data") if isinstance(document, Mapping) else None
    if not isinstance(data, list):
        raise InvalidInput(
            f"the file is no {TITLE}: it has no list 'data'",
            place=Place(path.name),
            expected='a reply of /v1/company/employees: {"success": true, "data": [...]}',
        )
    rows = object_rows(dict(_attributes(employee)) for employee in data)
    metadata = document.get("metadata") if isinstance(document, Mapping) else None
    total = str(metadata.get("total_elements", "")) if isinstance(metadata, Mapping) else ""
    if total.isdigit() and int(total) > len(data):
        warning = f"the reply holds {len(data)} of {total} employees: who is missing is not taken to have left"
        return replace(rows, complete=False, warnings=(warning,))
    return rows


def _attributes(employee: Any) -> Iterator[tuple[str, Any]]:
    attributes = employee.get("attributes") if isinstance(employee, Mapping) else None
    for key, attribute in attributes.items() if isinstance(attributes, Mapping) else ():
        value = attribute.get("value") if isinstance(attribute, Mapping) else attribute
        if isinstance(value, Mapping) and isinstance(value.get("attributes"), Mapping):
            wanted = ("id", "email") if key == "supervisor" else ("id", "name")
            named = dict(_attributes(value))
            yield key, {name: named[name] for name in wanted if name in named}
        elif not isinstance(value, Mapping):
            yield key, value
            if (
                key.startswith("dynamic_")
                and isinstance(attribute, Mapping)
                and isinstance(attribute.get("label"), str)
            ):
                yield attribute["label"], value


adapter = PersonioAdapter()
