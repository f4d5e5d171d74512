"""The people of an organisation as scoring and access rules see them, at one moment."""

from dataclasses import dataclass

from appraise.domain.employees import Department, Employee, Employment, ReportingLine


@dataclass(frozen=True, slots=True)
class PeopleSnapshot:
    """All people, jobs and lines ever known, effective-dated; each tuple sorted by employee and start."""

    employees: tuple[Employee, ...]
    employments: tuple[Employment, ...]
    reporting_lines: tuple[ReportingLine, ...]
    departments: tuple[Department, ...] = ()
