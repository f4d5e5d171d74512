"""Horilla's export of employees, and the file of its import."""

import re
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from appraise.adapters.contract import Declaration, ImportOptions, ReadPeople, Verification
from appraise.adapters.people import ManagerColumn, PeopleFormat, Row, Rows, folded, people_of, table_rows
from appraise.domain.employees import EmploymentStatus

EMPLOYEES = PeopleFormat(
    title="export of Horilla employees",
    columns={
        "badge": ("Badge ID",),
        "given_name": ("First Name", "employee_first_name"),
        "family_name": ("Last Name", "employee_last_name"),
        "email": ("Work Email", "Email"),
        "status": ("Is active",),
        "worker_type": ("Employee Type",),
        "job_title": ("Job Position",),
        "department_name": ("Department",),
        "hire_date": ("Date Joining",),
        "manager": ("Reporting Manager",),
    },
    ids={"badge": "badge"},
    managers=(ManagerColumn("manager", "name"),),
    statuses={
        **dict.fromkeys(("yes", "true"), EmploymentStatus.ACTIVE),
        **dict.fromkeys(("no", "false"), EmploymentStatus.TERMINATED),
    },
    attributes=("worker_type",),
)
_BADGE_AS_NUMBER = re.compile(r"(\d+)\.0")
_BADGE_BEHIND = re.compile(r"\s*\([^)]*\)\s*$")


class HorillaAdapter:
    """Horilla, by its export or import file of employees."""

    declaration: ClassVar[Declaration] = Declaration(
        name="horilla",
        title="Horilla employees",
        format_version="open-source edition, read in its source code at 72e7198",
        verification=Verification.VERIFIED,
        files=("import file (csv, xlsx)", "export (xlsx, csv): English labels"),
        reads=("people",),
        quirks=(
            "A badge 5480.0 is 5480, as Horilla's own import has it.",
            "The manager is a full name: one that several people have stays unresolved and is reported.",
            "Days come in the company's format: declare it where a day could be two.",
        ),
        unknowable=(
            "An import file has no status: it is not taken to hold everybody.",
            "Since when somebody has had the job, department or manager.",
        ),
    )

    def read_people(self, path: Path, options: ImportOptions) -> ReadPeople:
        return people_of(_rows(path, options), EMPLOYEES, options, path)


def _rows(path: Path, options: ImportOptions) -> Rows:
    rows = table_rows(path, options, EMPLOYEES)
    is_export = "isactive" in map(folded, rows.header)
    return replace(rows, rows=[_mended(row) for row in rows.rows], complete=is_export)


def _mended(row: Row) -> Row:
    cells = {}
    for column, text in row.cells.items():
        badge = _BADGE_AS_NUMBER.fullmatch(text.strip()) if folded(column) == "badgeid" else None
        manager = _BADGE_BEHIND.sub("", text) if folded(column) == "reportingmanager" else text
        cells[column] = badge[1] if badge else manager
    return replace(row, cells=cells)


adapter = HorillaAdapter()
