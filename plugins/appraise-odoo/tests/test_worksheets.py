"""Long ids in cells that are numbers: Excel keeps 15 digits of them."""

from pathlib import Path

import pytest
from openpyxl import Workbook

from appraise.adapters.contract import ImportOptions, ReadPeople
from appraise.domain.damaged_ids import MADE_A_NUMBER
from appraise_odoo import adapter

ANN, BEA = 1234567890123440000, 1234567890987650000  # what Excel makes of 1234567890123449857 and 1234567890987654321


def read(directory: Path, *rows: list[object]) -> ReadPeople:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["External ID", "Employee Name", "Manager/External ID"], *rows):
        sheet.append(row)
    path = directory / "employees.xlsx"
    book.save(path)
    return adapter.read_people(path, ImportOptions(source="odoo"))


@pytest.mark.parametrize("others", [[], [[BEA, "Bea Lee", None]], [["1234567890987654321", "Bea Lee", None]]])
def test_a_long_id_in_a_number_is_rejected_alone_and_beside_others(tmp_path: Path, others: list[list[object]]) -> None:
    rejected = read(tmp_path, [ANN, "Ann Day", None], *others).rejected[0]

    assert (rejected.row, rejected.column, rejected.value, rejected.reason) == (
        2,
        "External ID",
        "1.23456789012344E+18",
        MADE_A_NUMBER,
    )


def test_a_manager_named_by_such_a_number_is_rejected(tmp_path: Path) -> None:
    people = read(tmp_path, ["1234567890123449857", "Ann Day", None], ["7", "Bea Lee", ANN])

    assert [one.key.value for one in people.records] == ["1234567890123449857"]
    [rejected] = people.rejected
    assert (rejected.row, rejected.value) == (3, "1.23456789012344E+18")
    assert rejected.reason.startswith("a spreadsheet has made a number of the manager's id")


def test_long_ids_in_cells_of_text_keep_every_digit(tmp_path: Path) -> None:
    people = read(tmp_path, ["1234567890123449857", "Ann Day", None], [12345, "Bea Lee", "1234567890123449857"])

    assert [one.key.value for one in people.records] == ["1234567890123449857", "12345"]
    assert people.records[1].managers[0].reference.value == "1234567890123449857"
    assert people.rejected == ()
