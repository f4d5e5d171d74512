"""People as documents: one canonical JSON text per person, and an index that names each by its hash.

A run keeps them, so that it can be computed again from the people of then. Each person stands apart, so that one can be
erased while what is kept of the others can still be verified.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from appraise.domain.canonical import canonical, sha256
from appraise.domain.employees import (
    Department,
    Employee,
    Employment,
    EmploymentStatus,
    ExternalReference,
    ReportingKind,
    ReportingLine,
)
from appraise.domain.identifiers import EmployeeId
from appraise.domain.people import PeopleSnapshot
from appraise.domain.periods import Period

_PEOPLE: Final = "people"


@dataclass(frozen=True, slots=True)
class PeopleDocuments:
    """`index` holds the departments and, for each employee, the SHA-256 of their text; `texts` are by employee.

    A text may be missing of somebody who was erased since.
    """

    index: str
    texts: Mapping[EmployeeId, str]

    @property
    def hash(self) -> str:
        """SHA-256 of the index, and so of all that it names."""
        return sha256(self.index)

    @property
    def hashes(self) -> dict[EmployeeId, str]:
        return {EmployeeId(employee): digest for employee, digest in json.loads(self.index)[_PEOPLE]}

    @property
    def erased(self) -> tuple[EmployeeId, ...]:
        return tuple(employee for employee in self.hashes if employee not in self.texts)

    @property
    def changed(self) -> tuple[EmployeeId, ...]:
        """Whose text is not the one that the index names."""
        return tuple(
            employee
            for employee, digest in self.hashes.items()
            if employee in self.texts and sha256(self.texts[employee]) != digest
        )


def documents_of(people: PeopleSnapshot) -> PeopleDocuments:
    jobs, lines = _by_employee(people.employments), _by_employee(people.reporting_lines)
    texts = {
        person.id: canonical(
            {
                "id": person.id,
                "display_name": person.display_name,
                "email": person.email,
                "references": [[reference.namespace, reference.value] for reference in person.references],
                "employments": [_job(job) for job in jobs.get(person.id, ())],
                "reporting_lines": [_line(line) for line in lines.get(person.id, ())],
            }
        )
        for person in sorted(people.employees, key=lambda person: person.id)
    }
    departments = [{"code": one.code, "name": one.name, "parent": one.parent} for one in people.departments]
    named = [[employee, sha256(text)] for employee, text in texts.items()]
    return PeopleDocuments(canonical({"departments": departments, _PEOPLE: named}), texts)


def people_of(documents: PeopleDocuments) -> PeopleSnapshot:
    """The people of whom there is a text."""
    index = json.loads(documents.index)
    people = [json.loads(documents.texts[id_]) for id_, _ in index[_PEOPLE] if id_ in documents.texts]
    return PeopleSnapshot(
        employees=tuple(
            Employee(
                EmployeeId(person["id"]),
                person["display_name"],
                person["email"],
                tuple(ExternalReference(namespace, value) for namespace, value in person["references"]),
            )
            for person in people
        ),
        employments=tuple(_job_of(person["id"], job) for person in people for job in person["employments"]),
        reporting_lines=tuple(_line_of(person["id"], line) for person in people for line in person["reporting_lines"]),
        departments=tuple(Department(one["code"], one["name"], one["parent"]) for one in index["departments"]),
    )


def people_hash(people: PeopleSnapshot) -> str:
    return documents_of(people).hash


def _by_employee(dated: Iterable[Any]) -> dict[EmployeeId, list[Any]]:
    found: dict[EmployeeId, list[Any]] = defaultdict(list)
    for one in dated:
        found[one.employee].append(one)
    return found


def _job(job: Employment) -> dict[str, Any]:
    return {
        **_dates(job.period),
        "status": job.status.value,
        "job_title": job.job_title,
        "department": job.department,
        "profile": job.profile,
    }


def _job_of(employee: str, job: Mapping[str, Any]) -> Employment:
    status = EmploymentStatus(job["status"])
    return Employment(EmployeeId(employee), _period(job), status, job["job_title"], job["department"], job["profile"])


def _line(line: ReportingLine) -> dict[str, Any]:
    return {**_dates(line.period), "manager": line.manager, "kind": line.kind.value}


def _line_of(employee: str, line: Mapping[str, Any]) -> ReportingLine:
    kind = ReportingKind(line["kind"])
    return ReportingLine(EmployeeId(employee), EmployeeId(line["manager"]), _period(line), kind)


def _dates(period: Period) -> dict[str, str | None]:
    return {"start": period.start.isoformat(), "end": None if period.end is None else period.end.isoformat()}


def _period(document: Mapping[str, Any]) -> Period:
    end = document["end"]
    return Period(date.fromisoformat(document["start"]), None if end is None else date.fromisoformat(end))
