"""OrangeHRM 5: employees from the API, and the file of its own import."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from appraise.adapters.contract import Declaration, ImportOptions, ReadPeople, Verification
from appraise.adapters.documents import read_json
from appraise.adapters.files import format_of
from appraise.adapters.people import PeopleFormat, Row, Rows, flat, people_of, table_rows
from appraise.adapters.records import ManagerReference
from appraise.domain.employees import EmploymentStatus, ExternalReference, ReportingKind
from appraise.errors import InvalidInput, Place

TITLE = "list of OrangeHRM employees"
EMPLOYEES = PeopleFormat(
    title=TITLE,
    columns={
        "emp_number": ("empNumber",),
        "employee_id": ("employeeId", "employee_id"),
        "given_name": ("firstName", "first_name"),
        "family_name": ("lastName", "last_name"),
        "email": ("workEmail", "work_email"),
        "status": ("status",),
        "employment": ("empStatus.name",),
        "job_title": ("jobTitle.title",),
        "department_code": ("subunit.id",),
        "department_name": ("subunit.name",),
        "hire_date": ("joinedDate",),
    },
    ids={"emp_number": "emp-number", "employee_id": "employee-id"},
    statuses={"active": EmploymentStatus.ACTIVE, "terminated": EmploymentStatus.TERMINATED},
    attributes=("employment",),
)


class OrangeHrmAdapter:
    """OrangeHRM, by its API's list of employees."""

    declaration: ClassVar[Declaration] = Declaration(
        name="orangehrm",
        title=TITLE,
        format_version="OrangeHRM 5, read in its source code at 194a751",
        verification=Verification.VERIFIED,
        files=("employees (json, API v2)", "importData (csv)"),
        reads=("people",),
        quirks=(
            "Employees have an internal empNumber and a visible employeeId: supervisors are named by the first.",
            "Of several supervisors the first is the manager, the others have dotted lines.",
            "Whoever has a terminationId has left.",
        ),
        unknowable=(
            "The open-source edition exports no CSV: the file of its import has no manager, job, department or status.",
            "When somebody left: the list gives the termination's number alone.",
        ),
    )

    def read_people(self, path: Path, options: ImportOptions) -> ReadPeople:
        if format_of(path) == "json":
            return people_of(_json_rows(path, options.source), EMPLOYEES, options, path)
        rows = replace(table_rows(path, options, EMPLOYEES), complete=False)
        return people_of(rows, EMPLOYEES, options, path)


def _json_rows(path: Path, source: str) -> Rows:
    document = read_json(path, TITLE)
    data = document.get("data") if isinstance(document, Mapping) else None
    if not isinstance(data, list):
        raise InvalidInput(
            f"the file is no {TITLE}: it has no list 'data'",
            place=Place(path.name),
            expected="a reply of /api/v2/pim/employees?model=detailed",
        )
    rows = [_row(number, employee, source) for number, employee in enumerate(data, start=1)]
    header = tuple(dict.fromkeys(name for row in rows for name in row.cells))
    meta = document.get("meta") if isinstance(document, Mapping) else None
    total = str(meta.get("total", "")) if isinstance(meta, Mapping) else ""
    if total.isdigit() and int(total) > len(data):
        warning = f"the reply holds {len(data)} of {total} employees: who is missing is not taken to have left"
        return Rows(header, rows, warnings=(warning,), complete=False)
    return Rows(header, rows)


def _row(number: int, employee: Any, source: str) -> Row:
    cells = flat(employee)
    if isinstance(employee, Mapping) and "terminationId" in employee:
        cells["status"] = "active" if employee["terminationId"] is None else "terminated"
    supervisors = employee.get("supervisors") if isinstance(employee, Mapping) else None
    numbers = [flat(one).get("empNumber", "") for one in supervisors] if isinstance(supervisors, list) else []
    return Row(
        number,
        cells,
        tuple(
            ManagerReference(
                ExternalReference(f"{source}:emp-number", one), ReportingKind.DOTTED if place else ReportingKind.SOLID
            )
            for place, one in enumerate(filter(None, numbers))
        ),
    )


adapter = OrangeHrmAdapter()
