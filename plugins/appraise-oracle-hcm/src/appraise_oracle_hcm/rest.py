"""Workers as the REST API gives them."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from appraise.adapters.documents import read_json
from appraise.adapters.people import Row, Rows
from appraise.adapters.records import ManagerReference
from appraise.domain.employees import ExternalReference, ReportingKind
from appraise.errors import InvalidInput, Place


def rest_rows(path: Path, source: str) -> Rows:
    document = read_json(path, "file of Oracle HCM workers")
    items = document.get("items") if isinstance(document, Mapping) else None
    if not isinstance(items, list) or not isinstance(document, Mapping):
        raise InvalidInput(
            "the file is no file of Oracle HCM workers: it has no list 'items'",
            place=Place(path.name),
            expected='a reply of /hcmRestApi/resources/latest/workers: {"items": [...]}',
        )
    rows = [_row(number, worker, source) for number, worker in enumerate(items, start=1)]
    header = tuple(dict.fromkeys(name for row in rows for name in row.cells))
    if document.get("hasMore") is not True:
        return Rows(header, rows)
    warning = "the reply is one page of several: who is missing is not taken to have left"
    return Rows(header, rows, warnings=(warning,), complete=False)


def _row(number: int, worker: Any, source: str) -> Row:
    name = next(_items(worker, "names"), {})
    emails = list(_items(worker, "emails"))
    email = next((one for one in emails if one.get("EmailType") == "W1"), next(iter(emails), {}))
    relationship = _primary(worker, "workRelationships")
    assignment = _primary(relationship, "assignments")
    cells = {
        **_texts(worker, "PersonNumber", "PersonId"),
        **_texts(name, "FirstName", "LastName", "DisplayName", "ListName"),
        **_texts(email, "EmailAddress"),
        **_texts(relationship, "WorkerType", "StartDate", "TerminationDate"),
        **_texts(assignment, "AssignmentName", "JobName", "JobCode", "DepartmentName"),
    }
    if "AssignmentStatusType" in assignment:
        cells["AssignmentStatus"] = str(assignment["AssignmentStatusType"])
    jobs = [job for one in _items(worker, "workRelationships") for job in _items(one, "assignments")]
    numbers = [str(job["AssignmentNumber"]) for job in jobs if job.get("AssignmentNumber")]
    references = [ExternalReference(f"{source}:assignment-number", one) for one in numbers]
    return Row(number, cells, tuple(_managers(assignment, source)), references)


def _items(parent: Any, key: str) -> Iterator[Mapping[str, Any]]:
    """The objects of a child resource, which is a list or an object with a list of items."""
    child = parent.get(key) if isinstance(parent, Mapping) else None
    items = child.get("items") if isinstance(child, Mapping) else child
    yield from (one for one in items if isinstance(one, Mapping)) if isinstance(items, list) else ()


def _primary(parent: Any, key: str) -> Mapping[str, Any]:
    items = list(_items(parent, key))
    return next((one for one in items if one.get("PrimaryFlag") is True), next(iter(items), {}))


def _texts(item: Any, *names: str) -> dict[str, str]:
    known = item if isinstance(item, Mapping) else {}
    return {name: str(known[name]) for name in names if known.get(name) is not None}


def _managers(assignment: Mapping[str, Any], source: str) -> Iterator[ManagerReference]:
    for one in _items(assignment, "managers"):
        named = _texts(one, "ManagerAssignmentNumber", "ManagerPersonNumber")
        kind = ReportingKind.SOLID if one.get("ManagerType") in {"LINE_MANAGER", None} else ReportingKind.DOTTED
        if "ManagerAssignmentNumber" in named:
            yield ManagerReference(
                ExternalReference(f"{source}:assignment-number", named["ManagerAssignmentNumber"]), kind
            )
        elif "ManagerPersonNumber" in named:
            yield ManagerReference(ExternalReference(f"{source}:person-number", named["ManagerPersonNumber"]), kind)
