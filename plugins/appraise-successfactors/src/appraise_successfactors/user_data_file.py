"""Reading the User Data File: two header rows, user ids as text, sentinels for "nobody"."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from itertools import islice
from pathlib import Path

from appraise.adapters.columns import find_columns
from appraise.adapters.contract import FileShape, ImportOptions, ReadPeople
from appraise.adapters.days import read_day
from appraise.adapters.files import detect, read_header, read_rows
from appraise.adapters.overrides import never_read, refuse_sensitive
from appraise.adapters.records import ManagerReference, PeopleRecord, RejectedRow
from appraise.adapters.settings import own_settings
from appraise.domain.damaged_ids import AS_NUMBER, MADE_A_NUMBER
from appraise.domain.employees import EmploymentStatus, ExternalReference, ReportingKind

NOBODY = frozenset({"", "no_manager", "no_mgr", "no_hr"})

_COLUMNS = {
    name: (name,)
    for name in (
        "STATUS",
        "USERID",
        "USERNAME",
        "FIRSTNAME",
        "LASTNAME",
        "MI",
        "EMAIL",
        "MANAGER",
        "DEPARTMENT",
        "HIREDATE",
        "EMPID",
        "TITLE",
        "MATRIX_MANAGER",
    )
}
_REQUIRED = frozenset({"STATUS", "USERID", "FIRSTNAME", "LASTNAME", "MANAGER"})
_STATUS = {"active": EmploymentStatus.ACTIVE, "inactive": EmploymentStatus.TERMINATED}
_TOLD = {"TITLE": "job_title", "DEPARTMENT": "department", "MATRIX_MANAGER": "dotted_managers"}
_SETTINGS = ("reference.", "attribute.")
_ADDRESS = frozenset({"FAX", "ADDR1", "ADDR2", "CITY", "STATE"})


class _Refused(Exception):  # noqa: N818  # never leaves this module
    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason


def read_user_data_file(path: Path, options: ImportOptions) -> ReadPeople:
    settings = _extra_columns(options.settings)
    shape = detect(path, FileShape())
    header = read_header(path, shape)
    extra = {column: (column,) for column in settings.values()}
    found = find_columns(
        header,
        _COLUMNS | extra,
        required=_REQUIRED | extra.keys(),
        path=path,
        title="SuccessFactors user data file",
    )
    attributes = {target for target in settings if target.startswith("attribute.")}
    shape = _without_labels(path, shape, found)
    rejected: list[RejectedRow] = []
    records: list[PeopleRecord] = []
    row_of: dict[ExternalReference, int] = {}
    for number, cells in read_rows(path, shape, on_reject=rejected.append):
        row = {column: cells[name].strip() for column, name in found.items()}
        try:
            record = _record(number, row, settings, options)
            first = row_of.setdefault(record.key, number)
            if first != number:
                raise _Refused("USERID", f"this USERID is on row {first} already")  # noqa: TRY301  # one place rejects
        except _Refused as refused:
            value = row.get(refused.column) or None
            rejected.append(RejectedRow(path.name, number, found.get(refused.column), value, refused.reason))
        else:
            records.append(record)
    return ReadPeople(
        records=tuple(records),
        rejected=tuple(sorted(rejected, key=lambda row: row.row)),
        unmapped_columns=tuple(column for column in header if column not in found.values()),
        warnings=tuple(_warnings(records)),
        told=frozenset({"status", "managers"} | {_TOLD[name] for name in _TOLD if name in found} | attributes),
    )


def _extra_columns(settings: Mapping[str, str]) -> dict[str, str]:
    """`reference.CUSTOM01=zendesk:agent` and `attribute.CUSTOM02=level`, as target → column."""
    extra: dict[str, str] = {}
    for key, target in own_settings(settings, _SETTINGS).items():
        prefix, _, column = key.partition(".")
        refuse_sensitive(column)
        if column.upper() in _ADDRESS:
            raise never_read(column)
        extra[f"{prefix}.{target}"] = column
    return extra


def _without_labels(path: Path, shape: FileShape, found: Mapping[str, str]) -> FileShape:
    """Row 2 holds labels where its first cells repeat the keys; customers rename the others."""
    for number, cells in islice(read_rows(path, shape, on_reject=lambda _: None), 1):
        texts = [cells[found[column]].strip().casefold() for column in ("STATUS", "USERID")]
        if texts == ["status", "userid"]:
            return replace(shape, first_data_row=number + 1)
    return shape


def _record(number: int, row: Mapping[str, str], extra: Mapping[str, str], options: ImportOptions) -> PeopleRecord:
    if not row["USERID"]:
        raise _Refused("USERID", "the USERID is blank")
    for column in ("USERID", "EMPID", *(column for name, column in extra.items() if name.startswith("reference."))):
        if AS_NUMBER.fullmatch(row.get(column, "")):
            raise _Refused(column, MADE_A_NUMBER)
    status = _STATUS.get(row["STATUS"].casefold())
    if status is None:
        raise _Refused("STATUS", "the status is neither active nor inactive")
    name = " ".join(f"{row['FIRSTNAME']} {row['LASTNAME']}".split())
    if not name:
        raise _Refused("LASTNAME", "the user has no name")
    users = f"{options.source}:userid"
    key = ExternalReference(users, row["USERID"])
    named = {
        f"{options.source}:empid": row.get("EMPID", ""),
        **_extras("reference", row, extra),
        "email": row.get("EMAIL", ""),
    }
    references = [ExternalReference(space, value).normalised() for space, value in named.items() if value]
    department = row.get("DEPARTMENT") or None
    return PeopleRecord(
        key=key,
        references=tuple(dict.fromkeys([key, *references, ExternalReference("name", name).normalised()])),
        display_name=name,
        status=status,
        row=number,
        email=row.get("EMAIL") or None,
        job_title=row.get("TITLE") or None,
        department_code=department,
        department_name=department,
        hire_date=_hire_date(row, options),
        managers=tuple(_managers(row, users)),
        attributes=tuple((name, value) for name, value in _extras("attribute", row, extra).items() if value),
    )


def _extras(prefix: str, row: Mapping[str, str], extra: Mapping[str, str]) -> dict[str, str]:
    return {
        target.partition(".")[2]: row[column] for target, column in extra.items() if target.startswith(f"{prefix}.")
    }


def _hire_date(row: Mapping[str, str], options: ImportOptions) -> date | None:
    text = row.get("HIREDATE", "")
    try:
        return read_day(text, options.date_format, options.time_zone)
    except ValueError as error:
        raise _Refused("HIREDATE", str(error)) from error


def _managers(row: Mapping[str, str], users: str) -> list[ManagerReference]:
    pairs = (("MANAGER", ReportingKind.SOLID), ("MATRIX_MANAGER", ReportingKind.DOTTED))
    return [
        ManagerReference(ExternalReference(users, row[column]), kind)
        for column, kind in pairs
        if row.get(column, "").casefold() not in NOBODY
    ]


def _warnings(records: list[PeopleRecord]) -> list[str]:
    inactive = sum(record.status is EmploymentStatus.TERMINATED for record in records)
    if not inactive:
        return []
    return [f"{inactive} inactive users are taken to have left: the file does not tell leave from leaving"]
