"""Workday's custom reports (RaaS) as CSV, JSON or XML, and replies to WQL: the columns are whatever the report says."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar
from xml.etree.ElementTree import Element

from appraise.adapters.contract import Declaration, ImportOptions, ReadPeople, Verification
from appraise.adapters.documents import local_name, read_json, read_xml
from appraise.adapters.files import format_of
from appraise.adapters.people import ManagerColumn, PeopleFormat, Rows, object_rows, people_of, table_rows
from appraise.domain.employees import EmploymentStatus
from appraise.errors import InvalidInput, Place

TITLE = "Workday custom report of workers"
REPORT = PeopleFormat(
    title=TITLE,
    columns={
        "employee_id": ("Employee ID", "Worker.Employee_ID", "Worker ID"),
        "contingent_worker_id": ("Contingent Worker ID", "Worker.Contingent_Worker_ID"),
        "given_name": ("Legal Name First Name", "First Name", "Preferred Name First Name"),
        "family_name": ("Legal Name Last Name", "Last Name", "Preferred Name Last Name"),
        "display_name": ("Full Name", "Preferred Name", "Legal Name", "Worker"),
        "email": ("Work Email", "Primary Work Email", "Email - Work", "email_Work", "Email Work", "Email"),
        "status": ("Worker Status", "Active Status", "Status", "Worker Active", "Active", "Currently Active"),
        "worker_type": ("Worker Type", "Employee Type"),
        "job_title": ("Business Title", "Job Title", "Position Title", "Position"),
        "department_code": ("Department ID", "Supervisory Organization ID", "Team ID"),
        "department_name": ("Department", "Supervisory Organization", "Department Name", "Team Name"),
        "hire_date": ("Hire Date", "Most Recent Hire Date", "Start Date", "Original Hire Date"),
        "termination_date": ("Termination Date",),
        "manager_id": ("Manager ID", "Manager Employee ID", "Manager.Employee_ID", "Worker's Manager.Employee_ID"),
        "manager_email": ("Manager Email", "Manager Work Email", "Manager - Email"),
        "manager": ("Manager Name", "Manager", "Worker's Manager"),
    },
    ids={"employee_id": "employee-id", "contingent_worker_id": "contingent-worker-id"},
    managers=(
        ManagerColumn("manager_id", "employee-id"),
        ManagerColumn("manager_email", "email"),
        ManagerColumn("manager", "name"),
    ),
    statuses={
        **dict.fromkeys(("active", "1", "true", "yes"), EmploymentStatus.ACTIVE),
        **dict.fromkeys(("terminated", "inactive", "0", "false", "no"), EmploymentStatus.TERMINATED),
        **dict.fromkeys(("on leave", "leave"), EmploymentStatus.LEAVE),
        "retired": EmploymentStatus.RETIRED,
    },
    attributes=("worker_type",),
)


class WorkdayAdapter:
    """Workday, by custom reports."""

    declaration: ClassVar[Declaration] = Declaration(
        name="workday",
        title=TITLE,
        format_version="RaaS in csv, json, simplexml and the XML with namespaces; columns by names seen in connectors",
        verification=Verification.SECOND_HAND,
        files=("custom report (csv, xlsx, json, jsonl, xml)", "WQL reply (json)"),
        reads=("people",),
        quirks=(
            "Columns are the customer's own: common names are known, others are mapped by settings or a mapping file.",
            "Case, blanks and underscores in names do not count: Start_Date and startDate are one column.",
            "XML is read by local names, since the namespace differs from report to report.",
            "References give descriptor and ids (Manager.Employee_ID); of several values the first counts.",
            "Contingent workers have an id of their own kind; worker_type is kept as an attribute.",
            "Booleans come as 0 and 1.",
        ),
        unknowable=("Workers and columns that the report's owner may not see are missing without a word.",),
    )

    def read_people(self, path: Path, options: ImportOptions) -> ReadPeople:
        return people_of(_rows(path, options), REPORT, options, path)


def _rows(path: Path, options: ImportOptions) -> Rows:
    match format_of(path):
        case "json":
            document = read_json(path, TITLE)
            entries = _entries(document, path)
            return _as_far_as_told(object_rows(dict(_json_cells(entry)) for entry in entries), document)
        case "xml":
            root = read_xml(path, TITLE)
            entries = [element for element in root if local_name(element.tag) == "Report_Entry"]
            return object_rows(_xml_cells(entry) for entry in entries)
        case _:
            return table_rows(path, options, REPORT)


def _as_far_as_told(rows: Rows, document: Any) -> Rows:
    """A reply to WQL says how many rows there are, of which one page holds some."""
    total = str(document.get("total", "")) if isinstance(document, Mapping) else ""
    if not total.isdigit() or int(total) <= len(rows.rows):
        return rows
    warning = f"the reply holds {len(rows.rows)} of {total} workers: who is missing is not taken to have left"
    return replace(rows, warnings=(*rows.warnings, warning), complete=False)


def _entries(document: Any, path: Path) -> list[Any]:
    for key in ("Report_Entry", "data"):
        entries = document.get(key) if isinstance(document, Mapping) else None
        if isinstance(entries, list):
            return entries
    raise InvalidInput(
        f"the file is no {TITLE}: it has no list of entries",
        place=Place(path.name),
        expected='{"Report_Entry": [...]} of a report, or {"data": [...]} of a WQL reply',
    )


def _json_cells(entry: Any) -> Iterator[tuple[str, Any]]:
    for key, value in entry.items() if isinstance(entry, Mapping) else ():
        first = value[0] if isinstance(value, list) and value else value
        if isinstance(first, Mapping) and "descriptor" in first:
            yield key, first["descriptor"]
        elif not isinstance(first, list):
            yield key, first


def _xml_cells(entry: Element) -> dict[str, str]:
    cells: dict[str, str] = {}
    for child in entry:
        name = local_name(child.tag)
        ids = [one for one in child if local_name(one.tag) == "ID"]
        if len(child) and not ids:
            for inner, text in _xml_cells(child).items():
                cells.setdefault(inner, text)
            continue
        cells.setdefault(name, _attribute(child, "Descriptor") or child.text or "")
        for one in ids:
            cells.setdefault(f"{name}.{_attribute(one, 'type')}", one.text or "")
    return cells


def _attribute(element: Element, name: str) -> str:
    return next((value for key, value in element.items() if local_name(key) == name), "")


adapter = WorkdayAdapter()
