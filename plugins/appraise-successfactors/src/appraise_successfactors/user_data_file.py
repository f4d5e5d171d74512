"""Reading the User Data File: two header rows, user ids as text, sentinels for "nobody"."""

from dataclasses import replace
from pathlib import Path

from appraise.adapters.columns import find_columns
from appraise.adapters.contract import ImportOptions, ReadPeople
from appraise.adapters.overrides import never_read, read_overrides
from appraise.adapters.people import ManagerColumn, PeopleFormat, Rows, people_of, table_rows
from appraise.domain.employees import EmploymentStatus, ReportingKind

USERS = PeopleFormat(
    title="SuccessFactors user data file",
    columns={
        "user": ("USERID",),
        "given_name": ("FIRSTNAME",),
        "family_name": ("LASTNAME",),
        "email": ("EMAIL",),
        "status": ("STATUS",),
        "job_title": ("TITLE",),
        "department_name": ("DEPARTMENT",),
        "hire_date": ("HIREDATE",),
        "manager": ("MANAGER",),
        "matrix_manager": ("MATRIX_MANAGER",),
    },
    ids={"user": "userid"},
    managers=(ManagerColumn("manager", "userid"), ManagerColumn("matrix_manager", "userid", ReportingKind.DOTTED)),
    statuses={"active": EmploymentStatus.ACTIVE, "inactive": EmploymentStatus.TERMINATED},
)
_REQUIRED = ("STATUS", "USERID", "FIRSTNAME", "LASTNAME", "MANAGER")
_ADDRESS = frozenset({"FAX", "ADDR1", "ADDR2", "CITY", "STATE"})


def read_user_data_file(path: Path, options: ImportOptions) -> ReadPeople:
    overrides = read_overrides(options, USERS.columns)
    for column in (*overrides.references.values(), *overrides.attributes.values()):
        if column.upper() in _ADDRESS:
            raise never_read(column)
    rows = table_rows(path, options, USERS)
    known = {name: (name,) for name in (*_REQUIRED, "EMPID")}
    found = find_columns(rows.header, known, required=_REQUIRED, path=path, title=USERS.title, row=rows.header_row)
    if "EMPID" in found:  # which need not be one person's, and so is no key
        references = {f"{options.source}:empid": found["EMPID"], **overrides.references}
        overrides = replace(overrides, references=references)
    read = people_of(_without_labels(rows), USERS, options, path, overrides)
    inactive = sum(record.status is EmploymentStatus.TERMINATED for record in read.records)
    if not inactive:
        return read
    warning = f"{inactive} inactive users are taken to have left: the file does not tell leave from leaving"
    return replace(read, warnings=(*read.warnings, warning))


def _without_labels(rows: Rows) -> Rows:
    """Row 2 holds labels where its first cells repeat the keys; customers rename the others."""
    first = rows.rows[0].cells if rows.rows else {}
    named = {name.strip().casefold(): text.strip().casefold() for name, text in first.items()}
    is_labels = (named.get("status"), named.get("userid")) == ("status", "userid")
    return replace(rows, rows=rows.rows[1:]) if is_labels else rows
