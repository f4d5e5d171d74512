"""BambooHR's custom report: JSON and XML by the ids of its fields, CSV and worksheets by their labels."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from appraise.adapters.contract import Declaration, ImportOptions, ReadPeople, Verification
from appraise.adapters.documents import read_json, read_xml
from appraise.adapters.files import format_of
from appraise.adapters.people import ManagerColumn, PeopleFormat, Row, Rows, folded, object_rows, people_of, table_rows
from appraise.domain.employees import EmploymentStatus

TITLE = "BambooHR custom report"
REPORT = PeopleFormat(
    title=TITLE,
    columns={
        "id": ("id", "EEID"),
        "employee_number": ("employeeNumber", "Employee #"),
        "given_name": ("firstName", "First Name"),
        "family_name": ("lastName", "Last Name"),
        "display_name": ("fullName1", "First Name Last Name", "displayName", "Display Name"),
        "email": ("workEmail", "Work Email", "bestEmail", "Email"),
        "job_title": ("jobTitle", "Job Title"),
        "department_name": ("department", "Department"),
        "status": ("status", "employmentHistoryStatus", "Employment Status"),
        "employment": ("employmentHistoryStatus", "Employment Status"),
        "hire_date": ("hireDate", "Hire Date"),
        "termination_date": ("terminationDate", "Termination Date"),
        "supervisor_eid": ("supervisorEId", "Supervisor EID"),
        "supervisor_id": ("supervisorId", "Supervisor ID"),
        "supervisor_email": ("supervisorEmail", "Manager's email"),
        "supervisor": ("supervisor", "Supervisor name", "Manager"),
    },
    ids={"id": "id", "employee_number": "employee-number"},
    managers=(
        ManagerColumn("supervisor_eid", "id"),
        ManagerColumn("supervisor_id", "employee-number"),
        ManagerColumn("supervisor_email", "email"),
        ManagerColumn("supervisor", "name"),
    ),
    statuses={
        "active": EmploymentStatus.ACTIVE,
        "inactive": EmploymentStatus.TERMINATED,
        "terminated": EmploymentStatus.TERMINATED,
        **dict.fromkeys(("full-time", "part-time", "contractor", "intern"), EmploymentStatus.ACTIVE),
    },
    attributes=("employment",),
)


class BambooHrAdapter:
    """BambooHR, by its custom report."""

    declaration: ClassVar[Declaration] = Declaration(
        name="bamboohr",
        title=TITLE,
        format_version="reports/custom, recorded replies of 2022 and 2024",
        verification=Verification.VERIFIED,
        files=(
            "custom report (json): recorded replies",
            "custom report (csv, xlsx): labels as recorded, no recorded file",
            "custom report (xml): unverified",
        ),
        reads=("people",),
        quirks=(
            "supervisorId is the supervisor's employee number, supervisorEId the supervisor's id.",
            "The supervisor's e-mail address, then name (Last, First), stands in where no id was exported.",
            "A day 0000-00-00 means that there is no day.",
            "Of two columns labelled Employment Status the one with Active and Inactive is the status.",
            "People who are Active and whose employment is Terminated are counted and taken to be active.",
        ),
        unknowable=(
            "Fields that the exporting user may not see are blank or missing, without a word in the file.",
            "A report of current employees leaves out future hires and leavers.",
        ),
    )

    def read_people(self, path: Path, options: ImportOptions) -> ReadPeople:
        read = people_of(_rows(path, options), REPORT, options, path)
        contradicting = sum(
            record.status is EmploymentStatus.ACTIVE and ("employment", "Terminated") in record.attributes
            for record in read.records
        )
        if not contradicting:
            return read
        warning = f"{contradicting} people are Active with a Terminated employment: they are taken to be active"
        return replace(read, warnings=(*read.warnings, warning))


def _rows(path: Path, options: ImportOptions) -> Rows:
    match format_of(path):
        case "json":
            return _json_rows(path)
        case "xml":
            employees = read_xml(path, TITLE).iterfind("employees/employee")
            return object_rows(
                {"id": employee.get("id", "")} | {field.get("id", ""): field.text or "" for field in employee}
                for employee in employees
            )
        case _:
            return _with_status_named(table_rows(path, options, REPORT))


def _json_rows(path: Path) -> Rows:
    document = read_json(path, TITLE)
    if isinstance(document, Mapping) and "id" in document and "employees" not in document:
        return replace(object_rows([document]), complete=False)
    employees = document.get("employees") if isinstance(document, Mapping) else None
    return object_rows(employees if isinstance(employees, Sequence) else [])


def _with_status_named(rows: Rows) -> Rows:
    """The label "Employment Status" stands for two fields; what is Active or Inactive is the field `status`."""
    alike = [column for column in rows.header if folded(column).startswith("employmentstatus")]
    for column in alike if len(alike) > 1 and "status" not in map(folded, rows.header) else ():
        values = {row.cells.get(column, "").strip().casefold() for row in rows.rows} - {""}
        if values and values <= {"active", "inactive"}:
            return _renamed(rows, column, [other for other in alike if other != column])
    return rows


def _renamed(rows: Rows, status: str, others: Sequence[str]) -> Rows:
    names = {status: "Status"} | dict.fromkeys(others[:1], "Employment Status")
    return replace(
        rows,
        header=[names.get(column, column) for column in rows.header],
        rows=[
            Row(row.number, {names.get(column, column): text for column, text in row.cells.items()})
            for row in rows.rows
        ],
    )


adapter = BambooHrAdapter()
