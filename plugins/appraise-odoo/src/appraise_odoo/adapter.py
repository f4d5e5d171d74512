"""Odoo's employees, exported as a worksheet or CSV by labels or by technical names."""

from pathlib import Path
from typing import ClassVar

from appraise.adapters.contract import Declaration, ImportOptions, ReadPeople, Verification
from appraise.adapters.people import ManagerColumn, PeopleFormat, people_of, table_rows
from appraise.domain.employees import EmploymentStatus

EMPLOYEES = PeopleFormat(
    title="export of Odoo employees",
    columns={
        "external_id": ("External ID", "id"),
        "badge": ("Badge ID", "barcode"),
        "display_name": ("Employee Name", "Name"),
        "email": ("Work Email",),
        "status": ("Active",),
        "worker_type": ("Employee Type",),
        "job_title": ("Job Title", "Job Position", "job_id"),
        "department_code": ("Department/External ID", "department_id/id"),
        "department_name": ("Department", "department_id", "department_id/name"),
        "hire_date": ("First Contract Date", "Contract Date Start"),
        "termination_date": ("Departure Date",),
        "manager_id": ("Manager/External ID", "parent_id/id"),
        "manager": ("Manager", "parent_id", "parent_id/name"),
    },
    ids={"external_id": "external-id", "badge": "badge"},
    managers=(ManagerColumn("manager_id", "external-id"), ManagerColumn("manager", "name")),
    statuses={
        **dict.fromkeys(("true", "1", "yes"), EmploymentStatus.ACTIVE),
        **dict.fromkeys(("false", "0", "no"), EmploymentStatus.TERMINATED),
    },
    attributes=("worker_type",),
    has_child_rows=True,
)


class OdooAdapter:
    """Odoo, by the export of hr.employee."""

    declaration: ClassVar[Declaration] = Declaration(
        name="odoo",
        title="Odoo employees",
        format_version="Odoo 18: the import template is a recorded file, the fields are those of hr.employee",
        verification=Verification.VERIFIED,
        files=("import template (xls): recorded file", "export (xlsx, xls, csv): names of fields, no recorded file"),
        reads=("people",),
        quirks=(
            "Labels and technical names such as parent_id/id are known; an id wins over a name.",
            "Further lines of lists within an employee have blank main cells: they are left out.",
            "Cells with a formula's text such as =+3281813700 stay text.",
            "Archived employees (Active false) have left.",
        ),
        unknowable=(
            "Archived employees are not in an export unless it was filtered for them.",
            "The hire date is on the contract, not on the employee.",
        ),
    )

    def read_people(self, path: Path, options: ImportOptions) -> ReadPeople:
        return people_of(table_rows(path, options, EMPLOYEES), EMPLOYEES, options, path)


adapter = OdooAdapter()
