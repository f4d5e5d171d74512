"""ADP: workers of the API's second version as JSON, and reports of Workforce Now as tables."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from appraise.adapters.contract import Declaration, ImportOptions, ReadPeople, Verification
from appraise.adapters.documents import read_json
from appraise.adapters.files import format_of
from appraise.adapters.people import ManagerColumn, PeopleFormat, Row, Rows, people_of, table_rows
from appraise.adapters.records import ManagerReference, RejectedRow
from appraise.domain.employees import EmploymentStatus, ExternalReference, ReportingKind
from appraise.errors import InvalidInput, Place

TITLE = "list of ADP workers"
WORKERS = PeopleFormat(
    title=TITLE,
    columns={
        "worker_id": ("workerID",),
        "oid": ("associateOID", "Associate OID"),
        "associate_id": ("Associate ID",),
        "file_number": ("File Number",),
        "given_name": ("givenName", "Legal First Name", "First Name"),
        "family_name": ("familyName", "Legal Last Name", "Last Name"),
        "display_name": ("formattedName",),
        "email": ("email", "Work Contact: Work Email", "Work Email"),
        "status": ("status", "Position Status"),
        "worker_type": ("workerType", "Employee Type"),
        "job_title": ("jobTitle", "Job Title Description"),
        "department_code": ("departmentCode", "Home Department Code"),
        "department_name": ("departmentName", "Home Department Description"),
        "hire_date": ("Rehire Date", "Hire Date", "originalHireDate", "actualStartDate"),
        "termination_date": ("terminationDate", "Termination Date"),
        "position": ("positionID",),
        "manager_associate_id": ("Reports To Associate ID",),
        "manager": ("Reports To Legal Name",),
    },
    ids={
        "worker_id": "worker-id",
        "associate_id": "associate-id",
        "file_number": "file-number",
        "oid": "associate-oid",
    },
    managers=(ManagerColumn("manager_associate_id", "associate-id"), ManagerColumn("manager", "name")),
    positions={"position": "position-id"},
    statuses={
        **dict.fromkeys(("active", "current", "rehire"), EmploymentStatus.ACTIVE),
        **dict.fromkeys(("inactive", "terminated", "leaver"), EmploymentStatus.TERMINATED),
        **dict.fromkeys(("futstart", "future starter"), EmploymentStatus.PREHIRE),
        **dict.fromkeys(("leave", "leave of absence"), EmploymentStatus.LEAVE),
        "deceased": EmploymentStatus.DECEASED,
        "retired": EmploymentStatus.RETIRED,
    },
    attributes=("worker_type",),
)
_LINE = frozenset({"hoofd", "reportsto", "reports to", ""})
_NO_LINE = frozenset({"pno"})


class AdpAdapter:
    """ADP, by its API's workers or by a report of Workforce Now."""

    declaration: ClassVar[Declaration] = Declaration(
        name="adp",
        title="ADP workers",
        format_version="workers v2 as in the vendor's samples (Workforce NL, iHCM); Workforce Now by names of columns",
        verification=Verification.SECOND_HAND,
        files=("workers v2 (json): vendor's samples", "Workforce Now report (csv, xlsx): unverified"),
        reads=("people",),
        quirks=(
            "A termination on 2099-12-31 means that there is none.",
            "Of several assignments the primary one counts, else the only current one; else the worker is rejected.",
            "HOOFD and REPORTSTO are the manager, PNO is the contact in HR and no line, other relations are dotted.",
            "A manager's associateOID may hold the worker's number: the file decides.",
            "A manager named by a position is whoever holds it alone.",
            "A transfer leaves two rows of one File Number: the current one counts.",
        ),
        unknowable=(
            "Whose number a Supervisor ID of Workforce Now is: map it with column.manager_associate_id where you know.",
            "Birth dates, citizen numbers and remuneration are in the files and never read.",
        ),
    )

    def read_people(self, path: Path, options: ImportOptions) -> ReadPeople:
        is_json = format_of(path) == "json"
        return people_of(
            _json_rows(path, options.source) if is_json else table_rows(path, options, WORKERS),
            WORKERS,
            options,
            path,
        )


def _json_rows(path: Path, source: str) -> Rows:
    document = read_json(path, TITLE)
    is_one = isinstance(document, Mapping) and "workerID" in document
    workers = [document] if is_one else document.get("workers") if isinstance(document, Mapping) else None
    if not isinstance(workers, list):
        raise InvalidInput(
            f"the file is no {TITLE}: it has no list 'workers'",
            place=Place(path.name),
            expected='a reply of /hr/v2/workers: {"workers": [...]}',
        )
    numbers = {_at(worker, "workerID", "idValue") for worker in workers}
    oids = {_at(worker, "associateOID") for worker in workers}
    rows: list[Row] = []
    rejected: list[RejectedRow] = []
    for number, worker in enumerate(workers, start=1):
        candidates = _assignments(worker)
        said = {str([_assignment_cells(one), _reports(one)]) for one in candidates}
        if len(said) > 1:
            reason = f"the worker has {len(candidates)} current assignments that differ, and none is marked primary"
            key = _at(worker, "workerID", "idValue") or None
            rejected.append(RejectedRow(path.name, number, "workAssignments", key, reason))
            continue
        assignment = candidates[0] if candidates else {}
        managers = tuple(_managers(assignment, numbers, oids, source))
        rows.append(Row(number, {**_worker_cells(worker), **_assignment_cells(assignment)}, managers))
    header = tuple(dict.fromkeys(name for row in rows for name, text in row.cells.items() if text)) or ("workerID",)
    return Rows(header, rows, rejected, complete=not is_one)


def _at(value: Any, *keys: str) -> str:
    """The text under a path of keys; of a list the first element; "" where there is none."""
    for key in keys:
        value = value[0] if isinstance(value, list) and value else value
        value = value.get(key) if isinstance(value, Mapping) else None
    return str(value).strip() if value is not None and not isinstance(value, Mapping | list) else ""


def _coded(value: Any, *keys: str) -> str:
    return next((text for part in ("codeValue", "shortName", "longName") if (text := _at(value, *keys, part))), "")


def _named(value: Any, *keys: str) -> str:
    return next((text for part in ("longName", "shortName") if (text := _at(value, *keys, part))), "")


def _worker_cells(worker: Any) -> dict[str, str]:
    family = (_at(worker, "person", "legalName", part) for part in ("familyName1Prefix", "familyName1"))
    dates = {name: _at(worker, "workerDates", name) for name in ("rehireDate", "terminationDate")}
    return {
        "workerID": _at(worker, "workerID", "idValue"),
        "associateOID": _at(worker, "associateOID"),
        "givenName": _at(worker, "person", "legalName", "givenName"),
        "familyName": " ".join(filter(None, family)),
        "formattedName": _at(worker, "person", "legalName", "formattedName"),
        "email": _at(worker, "businessCommunication", "emails", "emailUri"),
        "status": _coded(worker, "workerStatus", "statusCode"),
        "originalHireDate": _at(worker, "workerDates", "originalHireDate"),
        "terminationDate": dates["terminationDate"] or _at(worker, "workerDates", "expectedTerminationDate"),
        "rehireDate": dates["rehireDate"],
    }


def _assignment_cells(assignment: Any) -> dict[str, str]:
    job = _at(assignment, "jobTitle") or _at(assignment, "positionTitle") or _named(assignment, "jobCode")
    return {
        "jobTitle": job,
        "departmentCode": _at(assignment, "homeOrganizationalUnits", "nameCode", "codeValue"),
        "departmentName": _named(assignment, "homeOrganizationalUnits", "nameCode"),
        "workerType": _named(assignment, "workerTypeCode"),
        "positionID": _at(assignment, "positionID"),
        "hireDate": _at(assignment, "hireDate"),
        "actualStartDate": _at(assignment, "actualStartDate"),
    }


def _assignments(worker: Any) -> list[Any]:
    """The assignments of which any may be the one that counts."""
    known = worker.get("workAssignments") if isinstance(worker, Mapping) else None
    known = [one for one in known if isinstance(one, Mapping)] if isinstance(known, list) else []
    primary = [one for one in known if one.get("primaryIndicator") is True]
    current = [
        one
        for one in known
        if _coded(one, "assignmentStatus", "statusCode").casefold() not in {"inactive", "t", "terminated"}
    ]
    return primary if len(primary) == 1 else current or known


def _reports(assignment: Any) -> Sequence[Any]:
    reports = assignment.get("reportsTo") if isinstance(assignment, Mapping) else None
    return reports if isinstance(reports, list) else ()


def _managers(assignment: Any, numbers: set[str], oids: set[str], source: str) -> Iterator[ManagerReference]:
    has_line = False
    for report in _reports(assignment):
        relation = _coded(report, "reportsToRelationshipCode").casefold()
        kind, value = _named_by(report, numbers, oids)
        if not value or relation in _NO_LINE:
            continue
        is_line = relation in _LINE and not has_line
        has_line = has_line or is_line
        reference = ExternalReference(f"{source}:{kind}", value)
        yield ManagerReference(reference, ReportingKind.SOLID if is_line else ReportingKind.DOTTED)


def _named_by(report: Any, numbers: set[str], oids: set[str]) -> tuple[str, str]:
    oid = _at(report, "associateOID")
    if number := _at(report, "workerID", "idValue"):
        return "worker-id", number
    if oid:
        return ("worker-id" if oid in numbers and oid not in oids else "associate-oid"), oid
    return "position-id", _at(report, "positionID")


adapter = AdpAdapter()
