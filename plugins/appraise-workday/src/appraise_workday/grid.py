"""Rows filled into a worksheet whose markup stays as it is: what both forms of workbooks have in common."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Protocol
from xml.sax.saxutils import escape

from appraise_workday.markup import Edit, Element, Markup

_BREAKS: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
_NO_XML: Final = frozenset("\ufffe\uffff")


@dataclass(frozen=True, slots=True)
class Value:
    text: str
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """`text` is empty where it holds nothing; a formula is text."""

    element: Element
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """`more` rows below it are as it is and are not written."""

    element: Element
    number: int
    cells: Mapping[int, Cell]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Merged:
    """Cells that are shown as one. Rows and columns are counted from 1, the last ones are in it."""

    top: int
    left: int
    bottom: int
    right: int

    def covers(self, row: int, column: int) -> bool:
        """Whether nothing can be seen of the cell."""
        is_in = self.top <= row <= self.bottom and self.left <= column <= self.right
        return is_in and (row, column) != (self.top, self.left)


class Sheet(Protocol):
    """A worksheet of one form."""

    @property
    def markup(self) -> Markup: ...

    @property
    def rows(self) -> Sequence[Row]: ...

    @property
    def merged(self) -> Sequence[Merged]: ...

    def row(self, like: Element | None, number: int, columns: int, more: int = 0) -> tuple[bytes, bytes]:
        """Start and end tag of a row that is like another, or is it: its number, and how many columns it holds."""
        ...

    def cell(self, row: int, column: int, value: Value, *, own: Element | None, like: Element | None) -> bytes:
        """A cell with a value: `own` is the one that is there, `like` one to look like."""
        ...

    def bare(self, row: int, column: int, like: Element) -> bytes:
        """A cell that only looks like another."""
        ...

    def extent(self, row: int, column: int) -> Iterator[Edit]:
        """What says how large the sheet is, now that a last row and column are filled."""
        ...


def texts_of(sheet: Sheet, number: int) -> dict[int, str]:
    """Column → what stands in the row, with one blank for each stretch of them."""
    row = next((one for one in sheet.rows if one.number == number), None)
    texts = {} if row is None else {column: " ".join(cell.text.split()) for column, cell in row.cells.items()}
    return {column: text for column, text in texts.items() if text}


def first_held(sheet: Sheet, below: int) -> int | None:
    """The first row with anything in it."""
    held = (row.number for row in sheet.rows if any(cell.text.strip() for cell in row.cells.values()))
    return next((number for number in held if number > below), None)


def filled(sheet: Sheet, header: int, values: Sequence[Mapping[int, Value]]) -> bytes:
    """The sheet's document with rows of column → value below the header, which is there.

    A row that is there keeps its own look; one that is not looks as the first below the header.
    """
    if not values:
        return sheet.markup.edited(())
    last, columns = header + len(values), max(max(one) for one in values)
    rows = {one: row for row in sheet.rows for one in range(row.number, min(row.number + row.more, last) + 1)}
    first = rows.get(header + 1)
    edits = list[Edit]()
    at = rows[header].element.end
    for row, numbered in groupby(enumerate(values, header + 1), key=lambda one: rows.get(one[0])):
        mine = dict(numbered)
        if row is None:
            added = (_new_row(sheet, first, number, one, columns) for number, one in mine.items())
            edits.append(Edit(at, at, b"".join(added)))
        else:
            edits += (
                _repeated(sheet, row, mine, columns) if row.more else _in_row(sheet, row, mine[row.number], columns)
            )
            at = row.element.end
    return sheet.markup.edited([*edits, *sheet.extent(last, columns)])


def _new_row(sheet: Sheet, like: Row | None, number: int, values: Mapping[int, Value], columns: int) -> bytes:
    looks = {} if like is None else {column: cell.element for column, cell in like.cells.items()}
    start, end = sheet.row(None if like is None else like.element, number, columns)
    cells = (
        sheet.cell(number, column, values[column], own=None, like=looks.get(column))
        if column in values
        else sheet.bare(number, column, looks[column])
        for column in sorted({*values, *looks})
    )
    return b"".join((start, *cells, end))


def _in_row(sheet: Sheet, row: Row, values: Mapping[int, Value], columns: int) -> Iterator[Edit]:
    element = row.element
    start, end = sheet.row(element, row.number, columns)
    yield Edit(element.start, element.opened, start)
    for column, value in sorted(values.items()):
        own = row.cells.get(column)
        if own is not None:
            content = sheet.cell(row.number, column, value, own=own.element, like=None)
            yield Edit(own.element.start, own.element.end, content)
            continue
        before = [cell.element.end for known, cell in row.cells.items() if known < column]
        at = max(before, default=element.opened)
        yield Edit(at, at, sheet.cell(row.number, column, value, own=None, like=None))
    if element.is_empty_tag:
        yield Edit(element.end, element.end, end)


def _repeated(sheet: Sheet, row: Row, values: Mapping[int, Mapping[int, Value]], columns: int) -> Iterator[Edit]:
    """Rows that are written as one, each for itself, and what is left of them as one again."""
    parts = [_new_row(sheet, row, number, one, columns) for number, one in values.items()]
    left = row.more + 1 - len(values)
    if left:
        parts += sheet.row(row.element, row.number + len(values), columns, left - 1)
    yield Edit(row.element.start, row.element.end, b"".join(parts))


def written(text: str) -> bytes:
    """Text as markup holds it. Line breaks are not allowed; neither is what XML has no place for."""
    kept = (" " if unicodedata.category(sign) in _BREAKS or sign in _NO_XML else sign for sign in text)
    return escape("".join(kept)).encode()


def with_attribute(tag: bytes, name: bytes, value: int | str | None) -> bytes:
    """A start tag with an attribute set, or without it where there is no value; its prefix stays where it is there."""
    known = re.compile(
        rb"""(\s(?:[\w.-]+:)?""" + re.escape(name.rpartition(b":")[2]) + rb"""\s*=\s*)("[^"]*"|'[^']*')"""
    )
    if value is None:
        return known.sub(b"", tag)
    text = f'"{value}"'.encode()
    changed, found = known.subn(lambda match: match[1] + text, tag)
    if found:
        return changed
    ends = len(tag) - (2 if tag.endswith(b"/>") else 1)
    return tag[:ends].rstrip() + b" " + name + b"=" + text + tag[ends:]


def opening(tag: bytes) -> bytes:
    """A start tag of an element that holds something."""
    return tag[:-2].rstrip() + b">" if tag.endswith(b"/>") else tag
