"""Columns of systems that have no adapter of their own, for a first mapping. None was checked against a real export."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from appraise.adapters.columns import find_column

ENOUGH = 5
"""Columns by which a table is taken for a system's; fewer are any table's."""


@dataclass(frozen=True, slots=True)
class Preset:
    """`columns` field → the system's names; `evidence` is where they come from; `words` its status → ours."""

    title: str
    evidence: str
    columns: Mapping[str, Sequence[str]]
    manager_kind: str = "id"
    words: Mapping[str, str] = field(default_factory=dict)
    remarks: Sequence[str] = ()


PRESETS = (
    Preset(
        "HiBob",
        "the vendor's documents of people/search",
        {
            "key": ("id",),
            "given_name": ("firstName",),
            "family_name": ("surname",),
            "email": ("email",),
            "job_title": ("work.title", "/work/title.value"),
            "department_name": ("work.department", "/work/department.value"),
            "manager": ("work.reportsTo.id", "/work/reportsTo.value.id"),
            "hire_date": ("work.startDate", "/work/startDate.value"),
        },
        remarks=(
            "The search leaves out inactive people unless showInactive was set: then complete = false is right.",
            "Lists such as the department give numbers unless humanReadable was set.",
        ),
    ),
    Preset(
        "UKG Pro",
        "field names of the employee-changes reply as a connector lists them",
        {
            "key": ("employeeId",),
            "given_name": ("firstName",),
            "family_name": ("lastName",),
            "email": ("emailAddress",),
            "job_title": ("alternateJobTitle",),
            "manager": ("supervisorId",),
            "status": ("employeeStatus",),
            "hire_date": ("dateOfLastHire", "hireDate"),
            "termination_date": ("terminationDate",),
        },
        words={"A": "active", "L": "leave", "O": "suspended", "R": "terminated", "S": "suspended", "T": "terminated"},
        remarks=("Which of orgLevel1Code to orgLevel4Code is the department differs: add department_code yourself.",),
    ),
    Preset(
        "Rippling",
        "labels in another vendor's help pages; administrators may rename them",
        {
            "key": ("Employee ID", "Employee number"),
            "given_name": ("Legal first name",),
            "family_name": ("Legal last name",),
            "display_name": ("Employee name",),
            "email": ("Work email",),
            "job_title": ("Title",),
            "department_name": ("Department",),
            "manager": ("Manager - Work email",),
            "status": ("Employment status",),
            "hire_date": ("Start date",),
        },
        manager_kind="email",
        words={"Active": "active", "Terminated": "terminated", "Hired": "prehire", "Accepted": "prehire"},
    ),
    Preset(
        "Paylocity",
        "field names of the API as a connector lists them",
        {
            "key": ("employeeId",),
            "given_name": ("firstName",),
            "family_name": ("lastName",),
            "email": ("workAddress.emailAddress",),
            "job_title": ("departmentPosition.jobTitle",),
            "department_code": ("departmentPosition.costCenter1",),
            "manager": ("departmentPosition.reviewerEmployeeId", "departmentPosition.supervisorEmployeeId"),
            "status": ("status.employeeStatus",),
            "hire_date": ("status.reHireDate", "status.hireDate"),
        },
        remarks=(
            "A supervisor is told by company number and employee id together: with several companies, make one id.",
        ),
    ),
    Preset(
        "Gusto",
        "a recorded reply of the API",
        {
            "key": ("uuid",),
            "given_name": ("first_name",),
            "family_name": ("last_name",),
            "email": ("work_email",),
            "department_code": ("department_uuid",),
            "department_name": ("department",),
            "manager": ("manager_uuid",),
            "status": ("terminated",),
        },
        words={"false": "active", "true": "terminated"},
        remarks=("The hire date stands in the list of jobs, and a departure to come in the list of terminations.",),
    ),
    Preset(
        "Dayforce",
        "a test's reply of the API",
        {
            "key": ("XRefCode",),
            "display_name": ("DisplayName",),
            "given_name": ("FirstName",),
            "family_name": ("LastName",),
            "hire_date": ("HireDate",),
            "termination_date": ("TerminationDate",),
        },
        remarks=(
            "Managers, jobs and status are lists with dates of their own: export them as a table, one row per person.",
        ),
    ),
)


def preset_of(header: Sequence[str]) -> tuple[Preset, dict[str, str]] | None:
    """The system whose columns the table has the most of, and the file's column for each field; None below `ENOUGH`."""
    best: tuple[Preset, dict[str, str]] | None = None
    for preset in PRESETS:
        names = preset.columns.items()
        found = {part: column for part, known in names if (column := find_column(header, *known)) is not None}
        if len(found) >= ENOUGH and (best is None or len(found) > len(best[1])):
            best = (preset, found)
    return best


def preset_lines(preset: Preset, found: Mapping[str, str]) -> list[str]:
    """The tables of a mapping that the columns alone do not give."""
    lines: list[str] = []
    if "manager" in found and preset.manager_kind != "id":
        lines += ["", "[manager]", f'kind = "{preset.manager_kind}"']
    if "status" in found and preset.words:
        lines += ["", "[words.status]", *(f'"{word}" = "{meaning}"' for word, meaning in preset.words.items())]
    return lines
