"""Final sections as goals, filled into the workbook that the customer's own Workday made for its import (EIB).

Which columns a tenant's workbook has nobody outside it knows: the settings name them. Nothing in it is moved or
changed; rows are added under its headers, formatted as its first empty row is.
"""

import zipfile
from collections.abc import Iterator, Sequence
from copy import copy
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any, ClassVar, Final

from appraise.adapters.contract import Verification
from appraise.adapters.section_papers import zipped
from appraise.adapters.section_tables import table_answers
from appraise.adapters.section_texts import fitting
from appraise.adapters.sinks import (
    FileAnswer,
    HostEntry,
    HostRefused,
    SinkDeclaration,
    SinkOptions,
    Writes,
    employee_id,
    number_text,
)
from appraise.domain.finished_sections import FinishedSection, WrittenTotal
from appraise.errors import InvalidInput, Place

WHOSE: Final = ("key", "employee", "section")
FIELDS: Final = {
    "name": "Column for the goal's name.",
    "description": "Column for the items, their comments and the receipt.",
    "score": "Column for the total.",
    "status": "Column for the status; without it a section without a total is rejected.",
    "due": "Column for the period's last day.",
}
LONGEST: Final = 4_000
PROPERTIES: Final = "docProps/core.xml"
"""Where a workbook holds the time at which it was saved."""


class WorkdaySink:
    suffix: ClassVar[str] = ".xlsx"
    declaration: ClassVar[SinkDeclaration] = SinkDeclaration(
        name="workday",
        title="Workday: goals in the tenant's own import workbook (EIB, XLSX)",
        version=(
            "rules of the workbook by an integrator's page; columns are the customer's; XLSX instead of "
            "XML Spreadsheet 2003 is unverified, and so is the loading of any"
        ),
        verification=Verification.UNVERIFIED,
        writes=(Writes.TOTAL, Writes.ITEMS, Writes.COMMENTS, Writes.STATUS, Writes.RECEIPT),
        employee="workday:employee-id",
        scale="The declared one; without one 1 to 5, with two places.",
        settings={
            "template": "Path of the workbook that the tenant made for Manage Goals, as XLSX, without data; needed.",
            "sheet": "Name of the worksheet; the first where not given.",
            "header_row": "Number of the row with the names of columns; 5 where not given.",
            "column.employee": "Text of the header over employee ids; needed, as is column.description.",
            "column.key": "Column that numbers the rows (Spreadsheet Key).",
            "column.section": "Column for our id of the section (the goal's reference id); reports are read by it.",
            **{f"column.{name}": sentence for name, sentence in FIELDS.items()},
            "name": "The goal's name; Customer service and the cycle where not given.",
        },
        limits=(
            "No way into a running review is known: a goal carries the total, and the review's goals pull it.",
            "Imported with Add Only, the same file makes each goal again; with a reference id it need not.",
            "Pictures and charts in the workbook are lost.",
            "Confirmed only when a report with these columns is read back as CSV.",
        ),
    )

    def plan(self, section: FinishedSection, options: SinkOptions) -> HostEntry:
        columns = _columns(options)
        total = WrittenTotal.of(section, options.scale)
        if total is None and "status" not in columns:
            raise HostRefused(f"{section.status}: the workbook has no column for a status, in which absences stand")
        employee = employee_id(section, options, self.declaration)
        end = section.period.end
        values = {
            "name": options.settings.get("name", f"Customer service {section.cycle}"),
            "description": fitting(section, LONGEST),
            "score": None if total is None else number_text(total.value),
            "status": section.status,
            "due": None if end is None else (end - timedelta(days=1)).isoformat(),
        }
        fields = {columns[name]: value for name, value in values.items() if name in columns}
        key = {columns["employee"]: employee}
        if "section" in columns:
            key[columns["section"]] = str(section.id)
        return HostEntry(section.id, section.revision, f"goal of {employee}", fields, total, key)

    def content(self, entries: Sequence[HostEntry], options: SinkOptions) -> bytes:
        columns, path = _columns(options), Path(options.settings["template"])
        workbook = _opened(path)
        sheet = _sheet(workbook, path, options)
        header = _header_row(options)
        places = {text: _place(sheet, header, text, path) for text in columns.values()}
        held = (number for number, row in enumerate(sheet.iter_rows(min_row=header + 1, values_only=True), header + 1)
                if any(value not in {None, ""} for value in row))  # fmt: skip
        if (first := next(held, None)) is not None:
            raise InvalidInput(f"row {first} holds data", place=Place(path.name), expected="a workbook without data")
        styles = {cell.column: copy(cell._style) for cell in sheet[header + 1]}  # noqa: SLF001  # openpyxl has no other way
        for number, entry in enumerate(entries, start=1):
            row: dict[str, str | None] = {**entry.key, **entry.fields}
            if "key" in columns:
                row[columns["key"]] = str(number)
            for text, column in places.items():
                _fill(sheet.cell(header + number, column), row.get(text), text == columns.get("score"))
            for column, style in styles.items():
                sheet.cell(header + number, column)._style = copy(style)  # noqa: SLF001
        buffer = BytesIO()
        workbook.save(buffer)
        return _untimed(buffer, path)

    def answers(self, path: Path, options: SinkOptions) -> Iterator[FileAnswer]:
        columns = _columns(options)
        if "section" not in columns:
            raise InvalidInput(
                "nothing in the workbook tells whose section a goal is",
                hint="name a column for it as column.section of the host, and have it in the report",
            )
        others = [columns[name] for name in WHOSE if name in columns]
        return table_answers(path, section=columns["section"], others=others)


def _columns(options: SinkOptions) -> dict[str, str]:
    """Our name → the text of the customer's header. Raises `InvalidInput` where what is needed is not named."""
    known = (*WHOSE, *FIELDS)
    columns = {name: options.settings[f"column.{name}"] for name in known if f"column.{name}" in options.settings}
    missing = [f"column.{name}" for name in ("employee", "description") if name not in columns]
    if not options.settings.get("template"):
        missing.append("template")
    if missing:
        raise InvalidInput(
            f"the host {options.name} lacks {', '.join(missing)}",
            expected="settings.template, settings.column.employee and settings.column.description",
        )
    return columns


def _header_row(options: SinkOptions) -> int:
    text = options.settings.get("header_row", "5")
    if not text.isdecimal() or int(text) < 1:
        raise InvalidInput(f"the setting header_row is {text!r}", expected="the number of a row, counted from 1")
    return int(text)


def _opened(path: Path) -> Any:
    import openpyxl  # noqa: PLC0415  # large, and only needed here

    try:
        return openpyxl.load_workbook(path)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, openpyxl.utils.exceptions.InvalidFileException) as error:
        raise InvalidInput(
            f"the workbook cannot be read: {error}",
            place=Place(str(path)),
            expected="the tenant's workbook as XLSX",
            hint="check settings.template; a workbook in XML Spreadsheet 2003 is saved as XLSX first",
        ) from error


def _sheet(workbook: Any, path: Path, options: SinkOptions) -> Any:
    name = options.settings.get("sheet", workbook.sheetnames[0])
    if name not in workbook.sheetnames:
        raise InvalidInput(
            f"the workbook has no sheet {name!r}",
            place=Place(path.name),
            expected=f"one of: {', '.join(workbook.sheetnames)}",
        )
    return workbook[name]


def _place(sheet: Any, header: int, text: str, path: Path) -> int:
    found = [cell.column for cell in sheet[header] if cell.value is not None and str(cell.value).strip() == text]
    if len(found) != 1:
        held = ", ".join(str(cell.value) for cell in sheet[header] if cell.value is not None) or "nothing"
        raise InvalidInput(
            f"row {header} of {sheet.title} has {len(found)} columns {text!r}",
            place=Place(path.name),
            expected=f"one of this name; the row holds {held}",
            hint="check the column's setting and header_row",
        )
    return int(found[0])


def _fill(cell: Any, value: str | None, is_number: bool) -> None:  # noqa: FBT001  # of the one column
    """Text stays text: an id keeps its zeros, and nothing is run as a formula. Line breaks are not allowed."""
    if value is None:
        return
    if is_number:
        cell.value = Decimal(value)
        return
    cell.value = "".join(" " if ord(sign) < ord(" ") else sign for sign in value)
    cell.data_type = "s"


def _untimed(saved: BytesIO, template: Path) -> bytes:
    """The saved workbook without the time of its saving, so that the same sections give the same bytes."""
    with zipfile.ZipFile(saved) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(template) as archive:
        if PROPERTIES in archive.namelist():
            files[PROPERTIES] = archive.read(PROPERTIES)
    return zipped(files)


sink = WorkdaySink()
