"""Final sections as goals, filled into the workbook that the customer's own Workday made for its import (EIB).

Which columns a tenant's workbook has nobody outside it knows: the settings name them. Values are added under its
headers; every other byte stays, as whatever else the workbook holds may be what the import goes by.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import ClassVar, Final

from appraise.adapters.contract import Verification
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
from appraise_workday.grid import Value, filled, first_held, texts_of
from appraise_workday.workbooks import opened, sheet_of

WHOSE: Final = ("key", "employee", "section")
FIELDS: Final = {
    "name": "Column for the goal's name.",
    "description": "Column for the items, their comments and the receipt.",
    "score": "Column for the total.",
    "status": "Column for the status; without it a section without a total is rejected.",
    "due": "Column for the period's last day.",
}
LONGEST: Final = 4_000


class WorkdaySink:
    declaration: ClassVar[SinkDeclaration] = SinkDeclaration(
        name="workday",
        title="Workday: goals in the tenant's own import workbook (EIB, XML Spreadsheet 2003 or XLSX)",
        version=(
            "rules of the workbook by an integrator's page, which asks to keep it XML Spreadsheet 2003; columns are "
            "the customer's; the loading of any is unverified"
        ),
        verification=Verification.UNVERIFIED,
        writes=(Writes.TOTAL, Writes.ITEMS, Writes.COMMENTS, Writes.STATUS, Writes.RECEIPT),
        employee="workday:employee-id",
        scale="The declared one; without one 1 to 5, with two places.",
        settings={
            "template": "Path of the workbook that the tenant made for Manage Goals, without data; needed.",
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
            "The file is in the form of the tenant's workbook, of which every byte stays but for the rows added.",
            "Confirmed only when a report with these columns is read back as CSV.",
        ),
    )

    def suffix(self, options: SinkOptions) -> str:
        _columns(options)
        return opened(Path(options.settings["template"])).suffix

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
        workbook = opened(path)
        name, sheet = sheet_of(workbook, path, options.settings.get("sheet"))
        header = _header_row(options)
        heads = texts_of(sheet, header)
        places = {ours: _place(heads, text, header, Place(path.name), name) for ours, text in columns.items()}
        if (first := first_held(sheet, header)) is not None:
            raise InvalidInput(f"row {first} holds data", place=Place(path.name), expected="a workbook without data")
        rows = [_row(number, entry, columns, places) for number, entry in enumerate(entries, start=1)]
        for number, row in enumerate(rows, header + 1):
            if any(merged.covers(number, column) for merged in sheet.merged for column in row):
                raise InvalidInput(
                    f"row {number} has cells that lie under a merged one",
                    place=Place(path.name),
                    expected="a cell of its own for each column",
                )
        return workbook.saved(name, filled(sheet, header, rows))

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


def _row(number: int, entry: HostEntry, columns: Mapping[str, str], places: Mapping[str, int]) -> dict[int, Value]:
    """Text stays text: an id keeps its zeros, and nothing is run as a formula."""
    texts = {**entry.key, **entry.fields}
    if "key" in columns:
        texts[columns["key"]] = str(number)
    held = {ours: texts.get(text) for ours, text in columns.items()}
    return {places[ours]: Value(text, ours == "score") for ours, text in held.items() if text is not None}


def _place(heads: Mapping[int, str], text: str, header: int, place: Place, sheet: str) -> int:
    found = [column for column, head in heads.items() if head == " ".join(text.split())]
    if len(found) != 1:
        raise InvalidInput(
            f"row {header} of {sheet} has {len(found)} columns {text!r}",
            place=place,
            expected=f"one of this name; the row holds {', '.join(heads.values()) or 'nothing'}",
            hint="check the column's setting and header_row",
        )
    return found[0]


sink = WorkdaySink()
