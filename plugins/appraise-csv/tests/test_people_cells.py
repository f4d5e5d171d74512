"""What spreadsheets and hidden columns do to a table with our own column names."""

from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from appraise.adapters.contract import ImportOptions, ReadPeople
from appraise.adapters.records import ManagerReference, RejectedRow
from appraise.domain.damaged_ids import AN_ERROR, MADE_A_NUMBER
from appraise.domain.employees import EmploymentStatus, ExternalReference
from appraise_csv import adapter


def read(directory: Path, *rows: str) -> ReadPeople:
    (directory / "people.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return adapter.read_people(directory / "people.csv", ImportOptions(source="payroll"))


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("key", "1.2E+18", MADE_A_NUMBER),
        ("reference.desk:agent", "5480.0", MADE_A_NUMBER),
        ("job_title", "#REF!", AN_ERROR),
        ("hire_date", "#N/A", AN_ERROR),
    ],
)
def test_what_a_spreadsheet_did_to_a_cell_is_noticed(tmp_path: Path, column: str, cell: str, reason: str) -> None:
    row = {"key": "04111", "display_name": "Ann", "reference.desk:agent": "7", "job_title": "", "hire_date": ""}

    people = read(tmp_path, ",".join(row), ",".join((row | {column: cell}).values()))

    assert people.rejected == (RejectedRow("people.csv", 2, column, cell, reason),)


def test_an_id_guarded_against_spreadsheets_is_the_id(tmp_path: Path) -> None:
    people = read(tmp_path, "key,display_name,manager", '"=""04111""",Ann,"=""007"""')

    assert people.records[0].key == ExternalReference("payroll:key", "04111")
    assert people.records[0].managers == (ManagerReference(ExternalReference("payroll:key", "007")),)


@pytest.mark.parametrize("column", ["key", "reference.desk:agent"])
def test_ids_rounded_by_a_spreadsheet_are_rejected(tmp_path: Path, column: str) -> None:
    rows = [
        {"key": f"{number}", "display_name": "Ann", "reference.desk:agent": f"{number}", column: f"{number}" + "0" * 17}
        for number in (1, 2)
    ]
    people = read(tmp_path, ",".join(rows[0]), *(",".join(row.values()) for row in rows))

    assert [(row.row, row.column, "rounded" in row.reason) for row in people.rejected] == [
        (2, column, True),
        (3, column, True),
    ]


def test_a_manager_whose_id_a_spreadsheet_made_a_number_is_found_or_refused(tmp_path: Path) -> None:
    people = read(tmp_path, "key,display_name,manager", "12,Ann,", "7,Bo,12.0", "8,Cy,99.0")

    assert [(one.key.value, [m.reference.value for m in one.managers]) for one in people.records] == [
        ("12", []),
        ("7", ["12"]),
    ]
    assert [(row.row, row.value) for row in people.rejected] == [(4, "99.0")]


def test_a_column_that_is_blank_on_every_row_is_hidden_and_not_told(tmp_path: Path) -> None:
    header = "key,display_name,status,job_title,department_name,manager,attribute.level"

    people = read(tmp_path, header, "7,Ann,,,,,", "8,Bo,,,,,")

    assert people.told == frozenset()
    assert [record.status for record in people.records] == [EmploymentStatus.ACTIVE] * 2
    assert people.warnings == (
        "no column tells who has left: everybody in the file is taken to be employed",
        "no row has job_title, department_name, manager: not selected for the export, or hidden from who exported it",
    )


def test_people_of_a_worksheet_are_those_of_the_table(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["Key", "display_name", "manager", "hire_date", "job_title", None],
        ["04111", "Ann Lee", None, datetime.fromisoformat("2020-01-02"), "Lead"],
        [4111, "Bo  Park", "04111", "2021-03-04", "=+39"],
        [1234567890123456789, "Cy", 4111, None, "x"],
        ["9", "Di", "#N/A", None, "x"],
    ):
        sheet.append(row)
    book.save(tmp_path / "people.xlsx")

    people = adapter.read_people(tmp_path / "people.xlsx", ImportOptions(source="payroll"))

    assert adapter.holds_people(tmp_path / "people.xlsx", ImportOptions(source="payroll"))
    assert [
        (one.row, one.key.value, one.display_name, one.hire_date, [m.reference.value for m in one.managers])
        for one in people.records
    ] == [
        (2, "04111", "Ann Lee", date(2020, 1, 2), []),
        (3, "4111", "Bo Park", date(2021, 3, 4), ["04111"]),
    ]
    assert people.rejected == (
        RejectedRow("people.xlsx", 4, "Key", "1.23456789012346E+18", MADE_A_NUMBER),
        RejectedRow("people.xlsx", 5, "manager", "#N/A", AN_ERROR),
    )


def test_of_several_rows_of_one_person_the_current_one_counts(tmp_path: Path) -> None:
    people = read(tmp_path, "key,display_name,status,job_title", "7,Ann,terminated,Clerk", "7,Ann,active,Lead")

    assert [(record.row, record.job_title) for record in people.records] == [(3, "Lead")]
