"""OData v2 replies of SAP SuccessFactors: users, or persons with their employments."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

from appraise.adapters.contract import ImportOptions, ReadPeople
from appraise.adapters.documents import read_json
from appraise.adapters.people import ManagerColumn, PeopleFormat, Row, Rows, people_of
from appraise.adapters.records import RejectedRow
from appraise.domain.employees import EmploymentStatus, ExternalReference
from appraise.errors import InvalidInput, Place

TITLE = "SuccessFactors OData reply with users or persons"
PERSONS = PeopleFormat(
    title=TITLE,
    columns={
        "person": ("personIdExternal",),
        "user": ("userId",),
        "assignment": ("assignmentIdExternal",),
        "employee": ("empId",),
        "given_name": ("firstName",),
        "family_name": ("lastName",),
        "display_name": ("displayName",),
        "email": ("email",),
        "status": ("status",),
        "worker_type": ("workerType",),
        "job_title": ("jobTitle", "title"),
        "department_code": ("departmentCode",),
        "department_name": ("department",),
        "hire_date": ("startDate", "hireDate"),
        "termination_date": ("endDate",),
        "manager": ("managerId", "manager.userId"),
    },
    ids={
        "person": "person-id-external",  # first: a person has one, and a user for each employment
        "user": "userid",
        "assignment": "assignment-id-external",
        "employee": "empid",
    },
    managers=(ManagerColumn("manager", "userid"),),
    statuses={
        **dict.fromkeys(("a", "t", "active", "active_external"), EmploymentStatus.ACTIVE),
        **dict.fromkeys(("f", "inactive", "terminated"), EmploymentStatus.TERMINATED),
    },
    attributes=("worker_type",),
)
_MOMENT = re.compile(r"/Date\((-?\d+)([+-]\d{4})?\)/")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LEFT = frozenset({"T", "O", "R", "D"})


def read_odata(path: Path, options: ImportOptions) -> ReadPeople:
    document = read_json(path, TITLE)
    inner = document.get("d", document) if isinstance(document, Mapping) else None
    results = inner.get("results") if isinstance(inner, Mapping) else None
    if not isinstance(results, list):
        raise InvalidInput(
            f"the file is no {TITLE}: it has no list 'results'",
            place=Place(path.name),
            expected='a reply such as {"d": {"results": [...]}} of User or PerPerson',
        )
    rows, rejected = [], []
    for number, one in enumerate(results, start=1):
        try:
            rows.append(_row(number, one, options.source))
        except ValueError as refusal:
            key = str(one.get("personIdExternal")) if isinstance(one, Mapping) else None
            rejected.append(RejectedRow(path.name, number, "employmentNav", key, str(refusal)))
    header = tuple(dict.fromkeys(name for row in rows for name in row.cells)) or ("userId",)
    is_page = isinstance(inner, Mapping) and bool(inner.get("__next"))
    warnings = ("the reply is one page of several: who is missing is not taken to have left",) if is_page else ()
    return people_of(Rows(header, rows, rejected, (), warnings, complete=not is_page), PERSONS, options, path)


def _row(number: int, one: Any, source: str) -> Row:
    if isinstance(one, Mapping) and "personIdExternal" in one and "userId" not in one:
        return _person(number, one, source)
    cells = {name: _text(value) for name, value in one.items()} if isinstance(one, Mapping) else {}
    manager = one.get("manager") if isinstance(one, Mapping) else None
    if isinstance(manager, Mapping):
        cells["manager.userId"] = _text(manager.get("userId"))
    elif manager is not None:
        cells["managerId"] = _text(manager)
    return Row(number, {name: text for name, text in cells.items() if text})


def _person(number: int, person: Mapping[str, Any], source: str) -> Row:
    employments = _results(person, "employmentNav")
    current = [one for one in employments if not _text(one.get("endDate"))] or employments[-1:]
    jobs = {_text(one.get("userId")): _job(one) for one in employments}
    working = [one for one in current if _code(jobs[_text(one.get("userId"))]) not in _LEFT] or current
    if len(working) > 1:
        users = " and ".join(_text(one.get("userId")) for one in working)
        message = f"the person has several employments ({users}), and nothing tells which holds"
        raise ValueError(message)
    employment = working[0] if working else {}
    job = jobs.get(_text(employment.get("userId")), {})
    name = next(iter(_latest(_results(person, "personalInfoNav"))), {})
    emails = sorted(_results(person, "emailNav"), key=lambda one: one.get("isPrimary") is not True)
    code = _code(job)
    cells = {
        "personIdExternal": _text(person.get("personIdExternal")),
        "userId": _text(employment.get("userId")),
        "assignmentIdExternal": _text(employment.get("assignmentIdExternal")),
        "firstName": _text(name.get("firstName")),
        "lastName": _text(name.get("lastName")),
        "email": _text(emails[0].get("emailAddress")) if emails else "",
        "status": {"A": "active", "": ""}.get(code, "terminated" if code in _LEFT else code),
        "workerType": "contingent" if employment.get("isContingentWorker") is True else "",
        "jobTitle": _text(job.get("jobTitle")),
        "departmentCode": _text(job.get("department")),
        "department": _text((job.get("departmentNav") or {}).get("name")),
        "startDate": _text(employment.get("startDate")),
        "endDate": _text(employment.get("endDate")),
        "managerId": _text(job.get("managerId")),
    }
    user_ids = [_text(one.get("userId")) for one in employments]
    references = [ExternalReference(f"{source}:userid", user) for user in user_ids if user]
    return Row(number, {name: text for name, text in cells.items() if text}, references=references)


def _results(parent: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    child = parent.get(key)
    results = child.get("results", [child]) if isinstance(child, Mapping) else child
    return [one for one in results if isinstance(one, Mapping)] if isinstance(results, list) else []


def _job(employment: Mapping[str, Any]) -> Mapping[str, Any]:
    """The latest job information of the employment, however deep the query expanded it."""
    user = _text(employment.get("userId"))
    jobs = [job for job in _nested(employment, "jobInfoNav") if _text(job.get("userId")) == user]
    return next(iter(_latest(jobs)), {})


def _nested(parent: Any, key: str) -> Iterator[Mapping[str, Any]]:
    if isinstance(parent, Mapping):
        yield from _results(parent, key)
        for name, child in parent.items():
            if name != key:
                yield from _nested(child, key)
    elif isinstance(parent, list):
        for child in parent:
            yield from _nested(child, key)


def _latest(dated: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return sorted(dated, key=lambda one: (_text(one.get("startDate")), _text(one.get("seqNumber"))), reverse=True)


def _code(job: Mapping[str, Any]) -> str:
    status = job.get("emplStatusNav")
    return _text(status.get("externalCode")) if isinstance(status, Mapping) else ""


def _text(value: Any) -> str:
    """A moment as its day in the offset that it is told in; an end in 9999 is none.

    In UTC only a midnight is a day; another moment stays one, for `read_day` to find its day in the declared zone.
    """
    if value is None or isinstance(value, Mapping | list):
        return ""
    match = _MOMENT.fullmatch(str(value))
    if match is None:
        return str(value).strip()
    offset = int((match[2] or "+0000")[0] + "1") * timedelta(minutes=int((match[2] or "+0000")[1:]))
    try:
        moment = _EPOCH + timedelta(milliseconds=int(match[1])) + offset
    except OverflowError:  # beyond all years: refused as it stands
        return str(value)
    if moment.year == 9999:  # noqa: PLR2004  # open end
        return ""
    return moment.date().isoformat() if offset or moment.time() == time() else moment.isoformat()
