"""Records at the boundary: what an HRIS export says of people, before anybody's identity is decided."""

from dataclasses import dataclass
from datetime import date

from appraise.domain.employees import EmploymentStatus, ExternalReference, ReportingKind
from appraise.domain.mapping import RejectedRow

__all__ = ["ManagerReference", "PeopleRecord", "RejectedRow"]


@dataclass(frozen=True, slots=True)
class ManagerReference:
    """Who a person reports to, as the export says it; resolved in a second pass."""

    reference: ExternalReference
    kind: ReportingKind = ReportingKind.SOLID


@dataclass(frozen=True, slots=True)
class PeopleRecord:
    """One row of an export: one person in one job over one period.

    `key` is the source's own stable id of the person; `references` all ids and addresses under which other systems
    may name this person, `key` included. `effective_from`/`effective_to` (exclusive) bound the job where the export
    is effective-dated; None means "as of the import". `ended_as` is how such a job ended, on `termination_date`, where
    `status` tells how it was until then. `row` counts as a spreadsheet does. `attributes` are extra
    columns that a policy may need, e.g. `level`; sensitive columns are never read.
    """

    key: ExternalReference
    references: tuple[ExternalReference, ...]
    display_name: str
    status: EmploymentStatus
    row: int
    email: str | None = None
    job_title: str | None = None
    department_code: str | None = None
    department_name: str | None = None
    hire_date: date | None = None
    termination_date: date | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    managers: tuple[ManagerReference, ...] = ()
    ended_as: EmploymentStatus | None = None
    attributes: tuple[tuple[str, str], ...] = ()
