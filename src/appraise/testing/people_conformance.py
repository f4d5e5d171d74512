"""Checks of reading people: nothing is lost, ids stay text, references are normalised, headers may drift."""

import difflib
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from appraise.adapters.contract import EmployeeSource, ExampleCompany, ExampleFile, FileShape, ImportOptions, ReadPeople
from appraise.adapters.files import detect, read_header, read_rows
from appraise.adapters.records import PeopleRecord
from appraise.testing.requirements import difference, drifted, require


def no_row_is_lost(adapter: EmployeeSource, path: Path, options: ImportOptions) -> None:
    """Every row from the first record on is a record, a rejected row or one left out with its reason."""
    shape = replace(detect(path, FileShape()), header_row=1, first_data_row=1, columns=("all",))
    in_file = _row_numbers(path, shape)
    read = adapter.read_people(path, options)
    refused = (*read.rejected, *read.skipped)
    taken = {record.row for record in read.records} | {row.row for row in refused}
    require(taken, "no row was read")
    lost = {row for row in in_file if row >= min(taken)} - taken
    require(not lost, f"rows are neither records nor rejected: {sorted(lost)[:10]}")
    require(taken <= in_file, f"rows that the file does not have: {sorted(taken - in_file)[:10]}")
    for row in refused:
        require(row.file == path.name, f"a rejected row names the file {row.file!r}")
        require(row.reason, f"row {row.row} is rejected without a reason")


def _row_numbers(path: Path, shape: FileShape) -> set[int]:
    wide: list[int] = []
    numbers = [number for number, _ in read_rows(path, shape, on_reject=lambda row: wide.append(row.row))]
    return {*numbers, *wide}


def ids_are_normalised_text(adapter: EmployeeSource, path: Path, options: ImportOptions) -> None:
    for record in adapter.read_people(path, options).records:
        require(record.key in record.references, f"row {record.row}: the key is not among the references")
        for reference in record.references:
            require(reference.value, f"row {record.row}: the {reference.namespace} is blank")
            require(reference == reference.normalised(), f"row {record.row}: {reference} is not normalised")
            is_second = reference.namespace == record.key.namespace and reference != record.key
            require(not is_second, f"row {record.row}: {reference.value} is a second id of the key's kind")
        for manager in record.managers:
            require(
                manager.reference == manager.reference.normalised(), f"row {record.row}: {manager} is not normalised"
            )
        require(record.display_name.strip(), f"row {record.row}: the person has no name")


def keys_are_unique_per_period(adapter: EmployeeSource, path: Path, options: ImportOptions) -> None:
    records = adapter.read_people(path, options).records
    keys = {(record.key, record.effective_from) for record in records}
    require(len(keys) == len(records), f"{len(records) - len(keys)} records repeat a person's key and period")


def reading_twice_gives_the_same(adapter: EmployeeSource, path: Path, options: ImportOptions) -> None:
    require(adapter.read_people(path, options) == adapter.read_people(path, options), "two readings differ")


CHECKS = (
    ("no row of people is lost", no_row_is_lost),
    ("ids of people are normalised text", ids_are_normalised_text),
    ("keys of people are unique per period", keys_are_unique_per_period),
    ("reading people twice gives the same", reading_twice_gives_the_same),
)


def survives_drift(adapter: EmployeeSource, path: Path, options: ImportOptions) -> None:
    records = adapter.read_people(path, options).records
    for name, copy in drifted(path, min(record.row for record in records) - 1):
        found = adapter.read_people(copy, options).records
        require(found == records, f"{name}: other people are read")


def survives_drift_of_a_copy(adapter: EmployeeSource, path: Path, options: ImportOptions) -> None:
    """Not of a file whose first row is no header: what stands above it is no part of the table that drifts."""
    if len(read_header(path, detect(path, FileShape()))) == 1:
        return
    with tempfile.TemporaryDirectory(prefix="appraise-drift-") as name:
        survives_drift(adapter, Path(shutil.copy(path, name)), options)


def is_golden(adapter: EmployeeSource, path: Path, options: ImportOptions, *, golden: Path) -> None:
    found = people_text(adapter.read_people(path, options))
    expected = golden.read_text(encoding="utf-8")
    lines = difflib.unified_diff(expected.splitlines(), found.splitlines(), golden.name, "read", lineterm="", n=0)
    require(found == expected, "\n".join(lines))


def people_text(read: ReadPeople) -> str:
    """What was read, one line for each person, rejected row and warning: for a person to check and a test to hold."""
    lines = [_person_text(record) for record in read.records]
    lines += [f"rejected {row.row} {row.column or '-'} {row.value!r}: {row.reason}" for row in read.rejected]
    lines += [f"left out {row.row} {row.value!r}: {row.reason}" for row in read.skipped]
    lines += [f"warning: {warning}" for warning in read.warnings]
    lines += [f"not read: {', '.join(read.unmapped_columns)}", f"complete: {'yes' if read.complete else 'no'}"]
    return "\n".join(lines) + "\n"


def _person_text(record: PeopleRecord) -> str:
    managers = [f"{one.reference.namespace}={one.reference.value} ({one.kind})" for one in record.managers]
    department = {record.department_code: record.department_code, record.department_name: record.department_name}
    parts = {
        "e-mail": record.email,
        "job": record.job_title,
        "department": " ".join(text for text in department if text),
        "hired": record.hire_date,
        "leaves": record.termination_date,
        "from": record.effective_from,
        "to": record.effective_to,
        "manager": ", ".join(managers),
        "ids": ", ".join(
            f"{one.namespace}={one.value}" for one in record.references if one.namespace not in {"email", "name"}
        ),
        **dict(record.attributes),
    }
    told = "; ".join(f"{name} {value}" for name, value in parts.items() if value)
    return f"{record.row} {record.display_name!r} {record.status}; {told}"


def reads_back(adapter: EmployeeSource, example: ExampleFile, company: ExampleCompany) -> None:
    """The people of the snapshot, by key, name, e-mail address, manager and activity."""
    read = adapter.read_people(example.path, example.options)
    require(not read.rejected, f"rows of its own example are rejected: {read.rejected[:3]}")
    table = company.table("employees")
    people = [dict(zip(table, values, strict=True)) for values in zip(*table.values(), strict=True)]
    snapshot = [person for person in people if person["as_of"] == example.options.as_of]
    key_of = {reference.value: record.key.value for record in read.records for reference in record.references}
    expected = [
        (
            key_of.get(str(person["employee"])),
            f"{person['given_name']} {person['family_name']}",
            person["email"],
            None if person["manager"] is None else key_of.get(str(person["manager"])),
            person["active"],
        )
        for person in snapshot
    ]
    found = [
        (
            record.key.value,
            record.display_name,
            record.email,
            record.managers[0].reference.value if record.managers else None,
            record.status.value == "active",
        )
        for record in read.records
    ]
    require(sorted(map(str, found)) == sorted(map(str, expected)), difference(expected, found))
