"""Worksheets as they are: errors in cells, rows that begin late, and workbooks that are damaged or made to do harm."""

import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from appraise.adapters.contract import FileShape
from appraise.adapters.detection import detect
from appraise.adapters.files import read_rows
from appraise.errors import InvalidInput


def book(directory: Path, cells: dict[str, object], *, title: str = "Sheet") -> Path:
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = title
    for place, value in cells.items():
        sheet[place] = value
    path = directory / "people.xlsx"
    made.save(path)
    return path


def rows_of(path: Path, **shape: object) -> list[tuple[int, dict[str, str]]]:
    return list(read_rows(path, detect(path, FileShape(**shape))))  # type: ignore[arg-type]


def changed(path: Path, member: str, change: Callable[[bytes], bytes]) -> Path:
    """The workbook with one of its files changed."""
    damaged = path.with_name("damaged.xlsx")
    with zipfile.ZipFile(path) as found, zipfile.ZipFile(damaged, "w") as made:
        for one in found.namelist():
            made.writestr(one, change(found.read(one)) if one == member else found.read(one))
    return damaged


@pytest.mark.parametrize("title", ["Sheet", "Größe & <Co>"])
def test_an_error_in_a_cell_is_no_blank(tmp_path: Path, title: str) -> None:
    path = book(tmp_path, {"A1": "id", "B1": "boss", "A2": 7, "B2": "#N/A", "A3": 8, "B3": "#REF!"}, title=title)

    assert rows_of(path) == [(2, {"id": "7", "boss": "#N/A"}), (3, {"id": "8", "boss": "#REF!"})]


def test_an_error_of_a_formula_is_found_in_its_place(tmp_path: Path) -> None:
    """As Excel writes it: a formula and its cached error, which the reader of worksheets shows as a blank."""
    path = book(tmp_path, {"A1": "id", "AB1": "boss", "A2": 7, "AB2": "x"})
    cell = b'<c r="AB2" t="e"><f>VLOOKUP(A2,Old!A:B,2,0)</f><v>#N/A</v></c>'
    member = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(path) as found:
        text = found.read(member)
    before = text[text.index(b'<c r="AB2"') :].partition(b"</c>")[0] + b"</c>"

    path = changed(path, member, lambda content: content.replace(before, cell))

    assert rows_of(path)[0][1]["boss"] == "#N/A"


def test_rows_and_columns_that_begin_late_keep_their_numbers(tmp_path: Path) -> None:
    path = book(tmp_path, {"C4": "id", "D4": "since", "C5": "04111", "D5": datetime.fromisoformat("2025-03-01")})

    [(number, cells)] = rows_of(path, header_row=4, first_data_row=5)

    assert (number, cells["id"], cells["since"]) == (5, "04111", "2025-03-01")


@pytest.mark.parametrize("member", ["xl/worksheets/sheet1.xml", "xl/workbook.xml"])
@pytest.mark.parametrize("change", [lambda text: text[: len(text) // 2], lambda _: b"<<<"], ids=["cut", "no XML"])
def test_a_workbook_of_broken_xml_is_refused(tmp_path: Path, member: str, change: Callable[[bytes], bytes]) -> None:
    path = book(tmp_path, {"A1": "id", "B1": "name", "A2": "7", "B2": "Ann"})

    with pytest.raises(InvalidInput, match="the workbook") as refusal:
        rows_of(changed(path, member, change))

    assert refusal.value.place is not None
    assert refusal.value.place.file == "damaged.xlsx"


@pytest.mark.parametrize("length", [8, 600, 5_000])
def test_a_damaged_xls_is_refused_and_harms_nobody(tmp_path: Path, length: int) -> None:
    """The mark of an .xls file, and zeros: some of these drive the reader of worksheets into panic."""
    path = tmp_path / "people.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * (length - 8))

    with pytest.raises(InvalidInput, match="the workbook cannot be read") as refusal:
        rows_of(path)

    assert refusal.value.hint == "open it in a spreadsheet program and save it again, or export it as CSV"


def test_two_cells_as_far_apart_as_can_be_do_not_take_all_memory(tmp_path: Path) -> None:
    """5 kB that ask for 17 thousand million cells."""
    path = book(tmp_path, {"A1": "id", "XFD1048576": "x"})

    with pytest.raises(InvalidInput, match="has cells so far apart that memory does not hold it"):
        rows_of(path)


def test_a_sheet_that_is_not_there_is_refused_with_those_that_are(tmp_path: Path) -> None:
    path = book(tmp_path, {"A1": "id", "A2": "7"}, title="People")

    with pytest.raises(InvalidInput, match="no sheet named 'Persons'") as refusal:
        rows_of(path, sheet="Persons")

    assert refusal.value.expected == "one of: People"
