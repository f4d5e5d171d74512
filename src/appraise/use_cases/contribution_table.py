"""Contributions as a workbook: one row for each group, cycle and indicator, and what the columns mean."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any, Final

from appraise.domain.access import Principal
from appraise.domain.contributions import (
    TOTALS,
    ContributionQuery,
    ContributionRow,
    Dimension,
    Figure,
    Reading,
    RowOrder,
)
from appraise.domain.explanations import absence_sentence
from appraise.domain.indicators import BY_KEY, Unit, definition_of
from appraise.domain.language import say
from appraise.domain.money import in_whole_units
from appraise.errors import InvalidInput
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.read_contributions import contributions_of

COLUMNS: Final = (
    ("Group", 28, "Department, team or person; the whole organisation where nothing stands here."),
    ("Cycle", 12, "The appraisal cycle."),
    ("Indicator", 20, "What was measured; each is explained below."),
    (
        "Figure",
        10,
        "The mean of what the members were measured at, each weighted by how sure it is. Never add figures.",
    ),
    ("Lower", 10, "With 95 % certainty the true figure is not below this."),
    ("Upper", 10, "With 95 % certainty the true figure is not above this."),
    ("Expected", 10, "What would be expected of anybody with the same customers."),
    ("Told from expected", 16, "Better or worse where the 90 % interval lies clear of what was expected."),
    ("Adds up to", 14, "What was credited beyond expectation; this may be added over groups and cycles."),
    ("Total, lower", 14, "With 95 % certainty the true total is not below this."),
    ("Total, upper", 14, "With 95 % certainty the true total is not above this."),
    ("Unit of the total", 16, "A currency in whole units, purchases or customers."),
    ("Measured", 10, "How many of the group have a figure."),
    ("Employees", 10, "How many the group has."),
    ("Data up to", 12, "The first day without data."),
    ("Why there is no figure", 50, "An absence is never a zero."),
)
MOST_ROWS: Final = 1_048_575
"""Of a sheet, without its head."""
UNITS: Final = {Unit.POINTS: "of 100 points", Unit.RATIO: "times what was expected", Unit.PERCENT: "per cent"}


def contribution_table(
    deployment: Deployment, principal: Principal, dimension: Dimension, *, is_finalised: bool, at: datetime
) -> bytes:
    """An XLSX file of what the principal may read. Reads of single people are audited."""
    query = ContributionQuery(dimension, order=RowOrder.BY_GROUP)
    found = contributions_of(deployment, principal, query, at=at)
    return workbook([row for rows in found.values() for row in rows], is_finalised=is_finalised)


def workbook(rows: Iterable[ContributionRow], *, is_finalised: bool) -> bytes:
    """Text is written as text, whatever it begins with: no cell is a formula, a link or a number by its looks.

    Raises `InvalidInput` where there are more rows than a sheet has.
    """
    import xlsxwriter  # noqa: PLC0415  # only needed here

    file = BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    book.set_properties({"title": say("Contributions"), "author": "Appraise"})
    formats = {
        "head": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
        "number": book.add_format({"num_format": "0.00"}),
        "amount": book.add_format({"num_format": "#,##0.00"}),
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
    }
    sheet = book.add_worksheet(say("Contributions")[:31])
    for column, (name, width, _) in enumerate(COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, say(name), formats["head"])
    lines = [line for row in rows for line in _lines(row, is_finalised=is_finalised)]
    if len(lines) > MOST_ROWS:  # the library would leave out the others without a word
        raise InvalidInput(
            f"these are {len(lines):,} rows, and a sheet holds {MOST_ROWS:,} below its head",
            hint="take fewer cycles or one department, or the CSV file",
        )
    for number, line in enumerate(lines, start=1):
        for column, value in enumerate(line):
            _write(sheet, number, column, value, formats)
    sheet.freeze_panes(1, 3)
    sheet.autofilter(0, 0, max(len(lines), 1), len(COLUMNS) - 1)
    _definitions(book, formats, {line[2] for line in lines})
    book.close()
    return file.getvalue()


def _lines(row: ContributionRow, *, is_finalised: bool) -> Iterable[list[Any]]:
    for contribution in row.contributions:
        reading = contribution.finalised if is_finalised else contribution.now
        yield [row.group.name, row.cycle.name, say(definition_of(contribution.indicator).name), *_cells(reading)]


def _cells(reading: Reading | None) -> list[Any]:
    figure: list[Any] = [None] * 5
    why: str | None = None
    if reading is None:
        return [*[None] * 12, say("not scored")]
    cover = (None, None) if reading.cover is None else (reading.cover.measured, reading.cover.employees)
    if isinstance(reading.result, Figure):
        result = reading.result
        side = {True: say("better"), False: say("worse"), None: None}[result.is_better]
        figure = [result.value, result.lower, result.upper, result.expected, side]
    else:
        why = absence_sentence(reading.result)
    return [*figure, *_total(reading), *cover, reading.data_as_of, why]


def _total(reading: Reading) -> list[Any]:
    total = reading.total
    if total is None:
        return [None] * 4
    ends = (total.amount, total.lower, total.upper)
    currency = total.currency
    amounts = [Amount(one if currency is None else in_whole_units(one, currency)) for one in ends]
    return [*amounts, currency or say(total.unit.value)]


class Amount(Decimal):
    """Something that adds up."""


def _write(sheet: Any, row: int, column: int, value: Any, formats: dict[str, Any]) -> None:
    match value:
        case None:
            return
        case Amount():
            sheet.write_number(row, column, float(value), formats["amount"])
        case Decimal():
            sheet.write_number(row, column, float(value), formats["number"])
        case int():
            sheet.write_number(row, column, value)
        case date():
            sheet.write_datetime(row, column, datetime.combine(value, datetime.min.time()), formats["date"])
        case _:
            sheet.write_string(row, column, str(value))


def _definitions(book: Any, formats: dict[str, Any], shown: set[str]) -> None:
    """What each column and each indicator means."""
    sheet = book.add_worksheet(say("Definitions")[:31])
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 100)
    lines = [(say(name), say(meaning)) for name, _, meaning in COLUMNS]
    for definition in BY_KEY.values():
        if say(definition.name) in shown:
            unit = say(UNITS[definition.unit]) if definition.unit else ""
            total = TOTALS.get(definition.key)
            parts = [
                say(definition.question),
                unit,
                "" if total is None else f"{say('Adds up to')}: {say(total.meaning)}",
            ]
            lines.append((say(definition.name), " · ".join(filter(None, parts))))
    for row, (name, meaning) in enumerate(lines):
        sheet.write_string(row, 0, name, formats["head"])
        sheet.write_string(row, 1, meaning, formats["wrap"])
