"""Employees, their employments, reporting lines and departments: all effective-dated."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from unicodedata import normalize

from appraise.domain.identifiers import EmployeeId
from appraise.domain.periods import Period


class EmploymentStatus(StrEnum):
    PREHIRE = "prehire"
    ACTIVE = "active"
    LEAVE = "leave"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"
    RETIRED = "retired"
    DECEASED = "deceased"
    UNKNOWN = "unknown"


OUT_OF_SERVICE: Final = frozenset(
    {
        EmploymentStatus.PREHIRE,
        EmploymentStatus.TERMINATED,
        EmploymentStatus.RETIRED,
        EmploymentStatus.DECEASED,
    }
)


class ReportingKind(StrEnum):
    SOLID = "solid"
    DOTTED = "dotted"


@dataclass(frozen=True, slots=True, order=True)
class ExternalReference:
    """How one source system names an employee.

    `namespace` is the source and the kind of id, e.g. `successfactors:userid`, `zendesk:agent`, `email`, `name`.
    `value` is text, exactly as the source writes it; `email` and `name` are compared case-folded.
    """

    namespace: str
    value: str

    def normalised(self) -> "ExternalReference":
        """E-mail addresses and names are attributes that people type: compared without case and outer blanks.

        An accent may be a sign of its own behind its letter (as macOS writes it) or one with it: that is one name.
        """
        is_typed = self.namespace in {"email", "name"}
        value = " ".join(_folded(self.value).split()) if is_typed else self.value.strip()
        return self if value == self.value else ExternalReference(self.namespace, value)


def _folded(text: str) -> str:
    return normalize("NFC", normalize("NFC", text).casefold())


@dataclass(frozen=True, slots=True)
class Employee:
    id: EmployeeId
    display_name: str
    email: str | None = None
    references: tuple[ExternalReference, ...] = ()


@dataclass(frozen=True, slots=True)
class Employment:
    """One job of one employee over a period; several may run side by side."""

    employee: EmployeeId
    period: Period
    status: EmploymentStatus
    job_title: str | None = None
    department: str | None = None
    profile: str | None = None


@dataclass(frozen=True, slots=True)
class ReportingLine:
    employee: EmployeeId
    manager: EmployeeId
    period: Period
    kind: ReportingKind = ReportingKind.SOLID


@dataclass(frozen=True, slots=True)
class Department:
    """`code` is the source's own code; `parent` the code of the department above, None at the top."""

    code: str
    name: str
    parent: str | None = None


def reporting_loops(manager_of: Mapping[str, str]) -> list[list[str]]:
    """Every loop in a who-reports-to-whom map, as the path that closes it: `[a, b, a]`.

    A person who is their own manager is the loop `[a, a]`. Each loop is reported once, from its smallest member.
    """
    loops: list[list[str]] = []
    settled: set[str] = set()
    for start in sorted(manager_of):
        path: list[str] = []
        position: dict[str, int] = {}
        person: str | None = start
        while person is not None and person not in settled and person not in position:
            position[person] = len(path)
            path.append(person)
            person = manager_of.get(person)
        if person is not None and person in position:
            loop = path[position[person] :]
            first = loop.index(min(loop))
            turned = loop[first:] + loop[:first]
            loops.append([*turned, turned[0]])
        settled.update(path)
    return loops
