"""Frappe HR (ERPNext): the Employee doctype from the Data Import/Export, the older Data Export, and the REST API."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from appraise.adapters.contract import Declaration, FileShape, ImportOptions, ReadPeople, Verification
from appraise.adapters.detection import DELIMITERS
from appraise.adapters.documents import read_json
from appraise.adapters.files import detect, format_of, read_rows
from appraise.adapters.header_rows import as_said
from appraise.adapters.people import ManagerColumn, PeopleFormat, Row, Rows, object_rows, people_of, table_rows
from appraise.domain.employees import EmploymentStatus
from appraise.errors import InvalidInput, Place

TITLE = "list of Frappe HR employees"
EMPLOYEES = PeopleFormat(
    title=TITLE,
    columns={
        "id": ("ID", "name"),
        "employee_number": ("Employee Number",),
        "given_name": ("First Name",),
        "family_name": ("Last Name",),
        "display_name": ("Full Name", "employee_name"),
        "email": ("Company Email", "User ID", "Prefered Email"),
        "status": ("Status",),
        "employment": ("Employment Type",),
        "job_title": ("Designation",),
        "department_name": ("Department",),
        "hire_date": ("Date of Joining",),
        "termination_date": ("Relieving Date",),
        "manager": ("Reports to",),
    },
    ids={"id": "id", "employee_number": "employee-number"},
    managers=(ManagerColumn("manager", "id"),),
    statuses={
        "active": EmploymentStatus.ACTIVE,
        "inactive": EmploymentStatus.UNKNOWN,
        "suspended": EmploymentStatus.SUSPENDED,
        "left": EmploymentStatus.TERMINATED,
    },
    attributes=("employment",),
    has_child_rows=True,
)
_NAMES_ROW, _DATA_BELOW = "column name:", "start entering data below this line"
_WIDEST = 2_000


class FrappeAdapter:
    """Frappe HR and ERPNext, by exports of Employee."""

    declaration: ClassVar[Declaration] = Declaration(
        name="frappe",
        title="Frappe HR (ERPNext) employees",
        format_version="frappe, erpnext and hrms, read in their source code (0ad615e, 848c327, 80f17c9)",
        verification=Verification.VERIFIED,
        files=(
            "Data Import/Export (csv, xlsx): labels in English",
            "older Data Export (csv) with its preamble",
            "REST /api/resource/Employee (json)",
        ),
        reads=("people",),
        quirks=(
            "Further lines of child tables have blank main cells: they are left out.",
            "The older export has some fifteen rows of instructions, names in quotes and a column of labels.",
            "Headers and values are padded, and semicolons occur.",
            "Days come in the user's format: declare it where a day could be two.",
            "Inactive says neither left nor on leave: status.Inactive=leave tells what it means to you.",
        ),
        unknowable=("Since when somebody has had the department or manager.",),
    )

    def read_people(self, path: Path, options: ImportOptions) -> ReadPeople:
        is_json = format_of(path) == "json"
        return people_of(_json_rows(path) if is_json else _table_rows(path, options), EMPLOYEES, options, path)


def _json_rows(path: Path) -> Rows:
    document = read_json(path, TITLE)
    for key in ("data", "message"):
        employees = document.get(key) if isinstance(document, Mapping) else None
        if isinstance(employees, list):
            return object_rows(employees)
    raise InvalidInput(
        f"the file is no {TITLE}: it has no list 'data'",
        place=Place(path.name),
        expected="a reply of /api/resource/Employee",
    )


def _table_rows(path: Path, options: ImportOptions) -> Rows:
    if format_of(path) != "csv":
        return table_rows(path, options, EMPLOYEES)
    rows = table_rows(path, options, EMPLOYEES, _below_preamble(path, as_said(FileShape(), options.settings)))
    return replace(
        rows, rows=[Row(row.number, {c: _unquoted(text) for c, text in row.cells.items()}) for row in rows.rows]
    )


def _below_preamble(path: Path, shape: FileShape) -> FileShape:
    for delimiter in DELIMITERS:
        with suppress(InvalidInput):  # cut by another delimiter it may be no table
            names_row, data_row = _preamble(path, detect(path, replace(shape, delimiter=delimiter)))
            if data_row:
                return replace(shape, header_row=names_row, first_data_row=data_row)
    return shape


def _preamble(path: Path, shape: FileShape) -> tuple[int, int]:
    """The rows of the names and of the first data; zeros where there is no such preamble."""
    bare = replace(shape, columns=tuple(map(str, range(_WIDEST))), header_row=0, first_data_row=1)
    names_row = 0
    for number, cells in read_rows(path, bare, on_reject=lambda _: None):
        label = cells["0"].strip().casefold()
        if label == _NAMES_ROW:
            names_row = number
        elif names_row and label.startswith(_DATA_BELOW):
            return names_row, number + 1
        elif number > 50 and not names_row:  # noqa: PLR2004  # the preamble has some fifteen rows
            break
    return 0, 0


def _unquoted(text: str) -> str:
    stripped = text.strip()
    return stripped[1:-1] if len(stripped) > 1 and stripped[0] == stripped[-1] == '"' else text


adapter = FrappeAdapter()
