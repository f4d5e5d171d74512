"""Tables of a known system whose header stands below titles, or stands there again."""

import re
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from tests.adapters.test_people_quirks import FORMAT

from appraise.adapters.contract import ImportOptions, ReadPeople
from appraise.adapters.discovery import installed_adapters
from appraise.adapters.people import people_of, table_rows
from appraise.errors import InvalidInput

TITLES = ("All employees of Acme, Inc.", "", "As of 2025-01-31")
TABLE = (("First Name", "Last Name", "employee_id", "Note"), ("Ann", "Lee", "04111", "a"), ("Bo", "Ray", "7", ""))


def read(path: Path) -> ReadPeople:
    return people_of(table_rows(path, ImportOptions("hr"), FORMAT), FORMAT, ImportOptions("hr"), path)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("titles", [1, 3])
def test_a_header_below_titles_is_found_and_told(tmp_path: Path, delimiter: str, titles: int) -> None:
    path = tmp_path / "report.csv"
    lines = [f'"{one}"' if delimiter in one else one for one in TITLES[:titles]]
    path.write_text("\n".join([*lines, *(delimiter.join(row) for row in TABLE)]) + "\n")

    people = read(path)

    assert [(one.row, one.key.value, one.display_name) for one in people.records] == [
        (titles + 2, "04111", "Ann Lee"),
        (titles + 3, "7", "Bo Ray"),
    ]
    assert (people.unmapped_columns, people.rejected) == (("Note",), ())
    assert people.warnings[0] == f"the header was found in row {titles + 1}, below other text"


@pytest.mark.parametrize("adapter", ["workday", "frappe", "bamboohr", "adp", "personio", "successfactors"])
@pytest.mark.parametrize("settings", [{"header_row": "2"}, {}])
def test_commas_of_a_title_say_nothing_of_a_table_with_semicolons(
    tmp_path: Path, adapter: str, settings: dict[str, str]
) -> None:
    """As many of them as the table has semicolons: by the first row alone it is a header of another kind."""
    header = COLUMNS[adapter][:3] if adapter != "successfactors" else COLUMNS[adapter]
    rows = [header, *([*one, *["active", "NO_MANAGER"][: len(header) - 3]] for one in (LAST_YEAR, THIS_YEAR))]
    path = tmp_path / "export.csv"
    title = "Acme" + ", Inc." * (len(header) - 1) + "\n"
    path.write_text(title + "\n".join(";".join(row) for row in rows) + "\n", encoding="utf-8")

    assert [one.key.value for one in read_by(adapter, path, **settings).records] == ["1", "0417"]


def test_a_header_with_commas_above_rows_with_semicolons_is_refused_wherever_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    table = "\n".join([",".join(TABLE[0]), *(";".join(row) for row in TABLE[1:])])
    for text in (table, f"{TITLES[2]}\n{table}"):
        path.write_text(text + "\n")

        with pytest.raises(InvalidInput, match="the header has ',' between its cells, and the rows below have ';'"):
            read(path)


def test_so_is_one_of_a_worksheet(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in ([TITLES[0]], [], [None, TITLES[2]], *TABLE):
        sheet.append(list(row))
    book.save(tmp_path / "report.xlsx")

    assert [(one.row, one.key.value) for one in read(tmp_path / "report.xlsx").records] == [(5, "04111"), (6, "7")]


def test_a_header_that_stands_there_again_is_nobody(tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    path.write_text("\n".join(",".join(row) for row in (*TABLE[:2], TABLE[0], TABLE[2])) + "\n")

    people = read(path)

    assert [one.row for one in people.records] == [2, 4]
    assert [(row.row, row.reason) for row in people.skipped] == [(3, "repeats the header")]


def test_a_table_without_such_a_row_is_refused_by_its_first(tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    path.write_text("Staff no,Who\n7,Ann\n")

    with pytest.raises(InvalidInput, match="it has no column 'Employee ID'"):
        read(path)


COLUMNS = {
    "adp": ("Associate ID", "Legal First Name", "Legal Last Name"),
    "bamboohr": ("Employee #", "First Name", "Last Name"),
    "csv": ("key", "given_name", "family_name"),
    "frappe": ("ID", "First Name", "Last Name"),
    "horilla": ("Badge ID", "First Name", "Last Name"),
    "odoo": ("External ID", "Name", "Work Email"),
    "orangehrm": ("employee_id", "first_name", "last_name"),
    "personio": ("ID", "Vorname", "Nachname"),
    "successfactors": ("USERID", "FIRSTNAME", "LASTNAME", "STATUS", "MANAGER"),
    "workday": ("Employee ID", "First Name", "Last Name"),
}
LAST_YEAR = ("1", "Old", "Lee")
THIS_YEAR = ("0417", "New", "Ray")


def read_by(adapter: str, path: Path, **settings: str) -> ReadPeople:
    source: Any = installed_adapters()[adapter]
    return source.read_people(path, ImportOptions("hr", settings=settings))


@pytest.mark.parametrize("adapter", COLUMNS)
def test_which_row_and_sheet_hold_the_table_may_be_said(tmp_path: Path, adapter: str) -> None:
    """Two tables in one file, and last year's first: what is found without a word is not what is meant."""
    header = COLUMNS[adapter]
    rows = [
        header,
        LAST_YEAR,
        [],
        ["Staff of today"],
        header,
        [*THIS_YEAR, *["active", "NO_MANAGER"][: len(header) - 3]],
    ]
    path = tmp_path / "export.csv"
    path.write_text("\n".join(";".join(row) for row in rows) + "\n", encoding="utf-8")
    book = Workbook()
    book.create_sheet("Staff")
    for row in rows:
        book["Staff"].append(list(row))
    book.save(tmp_path / "export.xlsx")

    for read in (
        read_by(adapter, path, header_row="5"),
        read_by(adapter, tmp_path / "export.xlsx", header_row="5", sheet="Staff"),
    ):
        assert [(one.row, one.key.value, one.display_name[:3]) for one in read.records] == [(6, "0417", "New")]
        assert not [warning for warning in read.warnings if "header" in warning]


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"header_row": "0"}, "the setting header_row is '0'\n  expected: the number of a row, counted from 1"),
        (
            {"header_row": "3"},
            "no column 'Employee ID', 'Full Name'\n  where:    export.csv, row 3\n.*columns are: 7, Bo, Ray",
        ),
        ({"header_row": "9"}, "column names is blank or missing\n  where:    export.csv, row 9"),
        ({"sheet": "Staff"}, "the setting sheet=Staff does not go with this file\n.*\n  expected: a workbook"),
        ({"headr_row": "2"}, "there is no setting 'headr_row'\n.*\n  to do:    did you mean 'header_row'"),
    ],
)
def test_a_row_or_sheet_that_is_not_there_is_refused_with_what_is(
    tmp_path: Path, settings: dict[str, str], told: str
) -> None:
    path = tmp_path / "export.csv"
    path.write_text("Employee_ID,First_Name,Last_Name\n1,Ann,Lee\n7,Bo,Ray\n8,Cy,Day\n", encoding="utf-8")

    with pytest.raises(InvalidInput) as refusal:
        read_by("workday", path, **settings)

    assert re.search(told, str(refusal.value), re.DOTALL), str(refusal.value)


def test_no_row_is_the_header_of_a_document(tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    path.write_text('{"Report_Entry": [{"Employee_ID": "1", "Full_Name": "Ann Lee"}]}', encoding="utf-8")

    with pytest.raises(InvalidInput, match="the setting header_row=2 does not go with this file"):
        read_by("workday", path, header_row="2")
