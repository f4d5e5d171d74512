"""Where a table lies in its file: as a person says, or by the columns that its system is known to have."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Final

from appraise.adapters.contract import FileShape
from appraise.adapters.detection import DELIMITERS, detect, format_of
from appraise.adapters.files import read_rows
from appraise.adapters.people_format import NAMES, PeopleFormat
from appraise.errors import InvalidInput

OF_TABLES: Final = ("header_row", "sheet")
"""Settings by which a person says where the table is."""
_TITLES: Final = 30
_WIDEST: Final = 2_000


def folded(column: str) -> str:
    """A column's name without case, blanks and punctuation."""
    return re.sub(r"[^\w#]|_", "", column.casefold()) or column.casefold()


def as_said(shape: FileShape, settings: Mapping[str, str]) -> FileShape:
    """The shape with the row of the header and the worksheet that the settings name.

    Raises `InvalidInput` where the row is no number.
    """
    text = settings.get("header_row")
    if text is not None:
        if not re.fullmatch(r"[1-9]\d{0,6}", text, re.ASCII):
            raise InvalidInput(f"the setting header_row is {text!r}", expected="the number of a row, counted from 1")
        shape = replace(shape, header_row=int(text), first_data_row=int(text) + 1)
    return replace(shape, sheet=settings.get("sheet", shape.sheet))


def below_titles(path: Path, shape: FileShape, people: PeopleFormat | None) -> FileShape:
    """The shape with the row as its header in which columns of an id and of a name stand, below others; else as it is.

    Its delimiter is to be detected from there on: commas of a title say nothing of the table.
    """
    if people is None or shape.header_row != 1 or format_of(path) not in {"csv", "xlsx"}:
        return shape
    ids = {folded(name) for kind in people.ids for name in people.columns.get(kind, ())}
    names = {folded(name) for part in NAMES for name in people.columns.get(part, ())}
    for delimiter in DELIMITERS if shape.delimiter is None else shape.delimiter:
        for number, cells in _first_rows(path, detect(path, replace(shape, delimiter=delimiter))):
            if cells & ids and cells & names:
                return replace(shape, header_row=number, first_data_row=max(number + 1, shape.first_data_row))
    return shape


def _first_rows(path: Path, shape: FileShape) -> Iterator[tuple[int, set[str]]]:
    bare = replace(shape, columns=tuple(map(str, range(_WIDEST))), header_row=0, first_data_row=1)
    try:
        for number, cells in islice(read_rows(path, bare, on_reject=lambda _: None), _TITLES):
            yield number, {folded(text) for text in cells.values() if text.strip()}
    except InvalidInput:  # cut by another delimiter it is no table
        return
