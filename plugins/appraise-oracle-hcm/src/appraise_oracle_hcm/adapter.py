from pathlib import Path
from typing import ClassVar

from appraise.adapters.contract import Declaration, ImportOptions, ReadPeople, Verification
from appraise.adapters.detection import format_of
from appraise.adapters.people import PeopleFormat, people_of
from appraise.domain.employees import EmploymentStatus
from appraise_oracle_hcm.data_loader import read_components, rows_of_workers
from appraise_oracle_hcm.rest import rest_rows

WORKERS = PeopleFormat(
    title="file of Oracle HCM workers",
    columns={
        "person_number": ("PersonNumber",),
        "source_id": ("SourceSystemId",),
        "person_id": ("PersonId",),
        "given_name": ("FirstName",),
        "family_name": ("LastName",),
        "display_name": ("DisplayName", "ListName"),
        "email": ("EmailAddress",),
        "status": ("AssignmentStatus",),
        "worker_type": ("WorkerType",),
        "job_title": ("AssignmentName", "JobName", "JobCode"),
        "department_name": ("DepartmentName",),
        "hire_date": ("StartDate",),
        "termination_date": ("TerminationDate",),
    },
    ids={"person_number": "person-number", "source_id": "source-system-id", "person_id": "person-id"},
    statuses={
        **dict.fromkeys(("active_process", "active_no_process", "active"), EmploymentStatus.ACTIVE),
        **dict.fromkeys(("suspend_process", "suspend_no_process", "suspended"), EmploymentStatus.SUSPENDED),
        **dict.fromkeys(("inactive_process", "inactive_no_process", "inactive"), EmploymentStatus.TERMINATED),
    },
    attributes=("worker_type",),
)


class OracleHcmAdapter:
    """Oracle Fusion HCM, by HCM Data Loader files or the REST API's workers."""

    declaration: ClassVar[Declaration] = Declaration(
        name="oracle-hcm",
        title="Oracle HCM workers",
        format_version="HCM Data Loader as in Oracle's documents; REST workers as described",
        verification=Verification.SECOND_HAND,
        files=(
            "Worker.dat (HCM Data Loader): vendor's documents",
            "workers (json, REST): names and e-mail second-hand, assignments unverified",
        ),
        reads=("people",),
        quirks=(
            "Several METADATA blocks and any order of attributes; escapes, and SET FILE_DELIMITER and FILE_ESCAPE.",
            "The components of a person are joined by person number, source key or surrogate id.",
            "Of date-effective lines the one in force on the day of the import counts, without that day the latest.",
            "Whoever has a line whose effective days cannot be read is rejected: nothing else tells what holds.",
            "A manager is an assignment's number, not a person's: assignments are references of their holder.",
            "A line manager is the manager, other kinds of manager are dotted lines.",
            "A day 4712/12/31 means that there is none; #NULL is a blank.",
        ),
        unknowable=("A file of changes holds no names: it is refused, since it shows nobody.",),
    )

    def read_people(self, path: Path, options: ImportOptions) -> ReadPeople:
        if format_of(path) == "json":
            return people_of(rest_rows(path, options.source), WORKERS, options, path)
        components = read_components(path)
        return people_of(rows_of_workers(components, path, options), WORKERS, options, path)


adapter = OracleHcmAdapter()
