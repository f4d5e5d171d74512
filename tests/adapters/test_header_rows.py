"""Tables of a known system whose header stands below titles, or stands there again."""

from pathlib import Path

import pytest
from openpyxl import Workbook
from tests.adapters.test_people_quirks import FORMAT

from appraise.adapters.contract import FileShape, ImportOptions, ReadPeople
from appraise.adapters.people import people_of, table_rows
from appraise.errors import InvalidInput

TITLES = ("All employees of Acme, Inc.", "", "As of 2025-01-31")
TABLE = (("First Name", "Last Name", "employee_id", "Note"), ("Ann", "Lee", "04111", "a"), ("Bo", "Ray", "7", ""))


def read(path: Path) -> ReadPeople:
    return people_of(table_rows(path, FileShape(), FORMAT), FORMAT, ImportOptions("hr"), path)


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
