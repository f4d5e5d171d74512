"""Rows of worksheets, read by a process of its own: what a damaged workbook does to the reader ends that one alone."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from appraise.adapters.contract import FileShape
from appraise.adapters.worksheet_child import END
from appraise.adapters.worksheet_errors import error_cells
from appraise.errors import InvalidInput, Place

_CHILD: Final = Path(__file__).with_name("worksheet_child.py")
_HINT: Final = "open it in a spreadsheet program and save it again, or export it as CSV"


def worksheet_rows(path: Path, shape: FileShape) -> Iterator[tuple[int, list[str]]]:
    """Cells as text, numbered as the worksheet numbers its rows. Whole numbers lose their `.0`, dates are ISO.

    Numbers of which a worksheet cannot hold every digit are written as it shows them, 1.23456789012345E+18, so that
    none is taken for an id. Errors are written as they are shown, #N/A, so that none is taken for a blank.
    """
    wanted = [] if shape.sheet is None else [shape.sheet]
    with subprocess.Popen(  # noqa: S603  # our own file, and a path that is opened alone
        [sys.executable, "-P", str(_CHILD), str(path), *wanted],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="ascii",
    ) as child:
        try:
            yield from _rows(path, iter(child.stdout or ()), wanted)
        finally:
            child.kill()


def _rows(path: Path, lines: Iterator[str], wanted: list[str]) -> Iterator[tuple[int, list[str]]]:
    told = _line(path, next(lines, ""))
    if "problem" in told:
        raise _unreadable(path, told["problem"])
    sheets, sheet = told["sheets"], told["sheet"]
    if not sheets:
        raise InvalidInput("the workbook has no sheet", place=Place(path.name))
    if sheet not in sheets:
        raise InvalidInput(
            f"the workbook has no sheet named {wanted[0]!r}",
            place=Place(path.name),
            expected=f"one of: {', '.join(sheets)}",
        )
    errors = error_cells(path, sheet)
    number = 0
    while (cells := _line(path, next(lines, ""))) != END:
        number += 1
        if isinstance(cells, dict):
            raise _unreadable(path, cells["problem"])
        if errors:
            cells = [errors.get((number - 1, column)) or text for column, text in enumerate(cells)]
        yield number, cells


def _line(path: Path, line: str) -> Any:
    if not line.endswith("\n"):
        raise _unreadable(path, "it is damaged, or has cells so far apart that memory does not hold it")
    return json.loads(line)


def _unreadable(path: Path, why: str) -> InvalidInput:
    return InvalidInput(f"the workbook cannot be read: {why}", place=Place(path.name), hint=_HINT)
