"""SCIM 2.0: users of a list response or of a bulk request, with the enterprise extension (RFC 7643, RFC 7644)."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from appraise.adapters.contract import Declaration, ImportOptions, ReadPeople, Verification
from appraise.adapters.documents import read_json
from appraise.adapters.people import PeopleFormat, Row, Rows, people_of
from appraise.adapters.records import ManagerReference, RejectedRow
from appraise.domain.employees import EmploymentStatus, ExternalReference
from appraise.errors import InvalidInput, Place

TITLE = "SCIM list response or bulk request of users"
USERS = PeopleFormat(
    title=TITLE,
    columns={
        "external_id": ("externalId",),
        "employee_number": ("employeeNumber",),
        "id": ("id",),
        "given_name": ("name.givenName",),
        "family_name": ("name.familyName",),
        "display_name": ("displayName", "name.formatted"),
        "email": ("email",),
        "status": ("active",),
        "worker_type": ("userType",),
        "job_title": ("title",),
        "department_name": ("department",),
        "hire_date": ("hireDate",),
    },
    ids={"external_id": "external-id", "employee_number": "employee-number", "id": "id"},
    statuses={"true": EmploymentStatus.ACTIVE, "false": EmploymentStatus.TERMINATED},
    attributes=("worker_type",),
)
_ID_KINDS = {"id": "id", "externalid": "external-id", "employeenumber": "employee-number"}


class ScimAdapter:
    """Users of any system that speaks SCIM."""

    declaration: ClassVar[Declaration] = Declaration(
        name="scim",
        title="SCIM 2.0 users",
        format_version="RFC 7643 and 7644; a bulk request of Microsoft's is a recorded file",
        verification=Verification.VERIFIED,
        files=("list response (json)", "bulk request (json)"),
        reads=("people",),
        quirks=(
            "Names of attributes are compared without case, as the RFC says.",
            "The manager's value is the SCIM id by the RFC and the employee number in many payloads: the file decides.",
            "The display name counts where there is no given and family name; Last, First is turned.",
            "An attribute hireDate of any extension is the hire date.",
        ),
        unknowable=(
            "Whether an inactive user has left or is on leave, and since when.",
            "Who is missing from a bulk request or a page: nobody is taken to have left.",
        ),
    )

    def read_people(self, path: Path, options: ImportOptions) -> ReadPeople:
        return people_of(_rows(path, options.source), USERS, options, path)


def _rows(path: Path, source: str) -> Rows:
    document = _lower(read_json(path, TITLE))
    resources = document.get("resources") if isinstance(document, Mapping) else None
    operations = document.get("operations") if isinstance(document, Mapping) else None
    skipped: list[RejectedRow] = []
    users: list[tuple[int, Any]] = []
    if isinstance(resources, list):
        users = list(enumerate(resources, start=1))
    elif isinstance(operations, list):
        for number, operation in enumerate(operations, start=1):
            method = str(operation.get("method", "")).upper() if isinstance(operation, Mapping) else ""
            if method in {"POST", "PUT"}:
                users.append((number, operation.get("data")))
            else:
                reason = "an operation that does not show a whole user"
                skipped.append(RejectedRow(path.name, number, "method", method or None, reason))
    else:
        raise InvalidInput(
            f"the file is no {TITLE}: it has neither Resources nor Operations",
            place=Place(path.name),
            expected="a document with a list Resources or a list Operations",
        )
    cells = [(number, dict(_cells(user))) for number, user in users]
    holders = _holders(cells)
    rows: list[Row] = []
    rejected: list[RejectedRow] = []
    for number, one in cells:
        value = one.get("manager.value") or one.get("manager", "")
        kinds = holders.get(value, {})
        if len({person for people in kinds.values() for person in people}) > 1:
            reason = f"the manager may be several people: {' and '.join(kinds)} of this value are different users"
            rejected.append(RejectedRow(path.name, number, "manager.value", value, reason))
            continue
        kind = next(iter(kinds), "employee-number" if resources is None else "id")
        manager = ManagerReference(ExternalReference(f"{source}:{kind}", value))
        rows.append(Row(number, one, (manager,) if value else ()))
    total = str(document.get("totalresults", "")) if isinstance(document, Mapping) else ""
    complete = isinstance(resources, list) and total.isdigit() and int(total) == len(resources)
    header = tuple(dict.fromkeys(name for _, one in cells for name in one))
    return Rows(header, rows, rejected, skipped, complete=complete)


def _lower(value: Any) -> Any:
    """Attribute names in small letters, all the way down."""
    if isinstance(value, Mapping):
        return {key.casefold(): _lower(inner) for key, inner in value.items()}
    return [_lower(inner) for inner in value] if isinstance(value, list) else value


def _cells(user: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in user.items() if isinstance(user, Mapping) else ():
        if key == "emails" and isinstance(value, list):
            yield "email", _email(value)
        elif key.startswith("urn:"):
            yield from _cells(value)
        elif isinstance(value, Mapping):
            yield from _cells(value, f"{prefix}{key}.")
        elif isinstance(value, bool):
            yield f"{prefix}{key}", "true" if value else "false"
        elif value is not None and not isinstance(value, list):
            yield f"{prefix}{key}", str(value)


def _email(emails: Sequence[Any]) -> str:
    """The one for work, else the primary one, else the first."""
    known = [one for one in emails if isinstance(one, Mapping) and one.get("value")]
    known.sort(key=lambda one: (str(one.get("type", "")).casefold() != "work", one.get("primary") is not True))
    return str(known[0]["value"]) if known else ""


def _holders(users: Sequence[tuple[int, Mapping[str, str]]]) -> dict[str, dict[str, set[int]]]:
    """Value → kind of id → the users who have it."""
    found: dict[str, dict[str, set[int]]] = {}
    for number, cells in users:
        for name, kind in _ID_KINDS.items():
            if cells.get(name):
                found.setdefault(cells[name], {}).setdefault(kind, set()).add(number)
    return found


adapter = ScimAdapter()
