"""The way in which the conformance checks fail, and the drift to which they put a file."""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from io import StringIO
from pathlib import Path

from appraise.adapters.contract import FileShape
from appraise.adapters.files import detect
from appraise.errors import InvalidInput


def require(condition: object, sentence: str) -> None:
    """Fails with what an adapter's author has to know."""
    if not condition:
        raise AssertionError(sentence)


Rows = list[list[str]]
Drift = Callable[[Rows, int], Rows]
"""From all rows and the number of those above the first record to the rows as a later export may have them."""

DRIFTS: Mapping[str, Drift] = {
    "upper case": lambda rows, _: [[cell.upper() for cell in rows[0]], *rows[1:]],
    "lower case": lambda rows, _: [[cell.lower() for cell in rows[0]], *rows[1:]],
    "blanks around": lambda rows, _: [[f" {cell} " for cell in rows[0]], *rows[1:]],
    "a byte-order mark": lambda rows, _: rows,
    "an extra column": lambda rows, header_rows: [
        [*row, "an extra one" if number < header_rows else "x"] if len(row) == len(rows[0]) else row
        for number, row in enumerate(rows)
    ],
    "another order of columns": lambda rows, _: [row[::-1] if len(row) == len(rows[0]) else row for row in rows],
}


def drifted(path: Path, header_rows: int) -> Iterator[tuple[str, Path]]:
    """Copies of a CSV file whose header has drifted as real exports' do; none for other files.

    `header_rows` is the number of rows above the first record: all of them take part in a change of the order.
    """
    for name in DRIFTS:
        yield from drifted_by([name], path, header_rows)


def drifted_by(names: Sequence[str], path: Path, header_rows: int) -> Iterator[tuple[str, Path]]:
    """One copy, in which the named drifts come together; none of a file that is not CSV."""
    shape = detect(path, FileShape())
    if shape.format != "csv":
        return
    text = path.read_text(encoding=shape.encoding)
    delimiter = shape.delimiter or ","
    rows = list(csv.reader(StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter))
    for name in names:
        rows = DRIFTS[name](rows, header_rows)
    title = ", ".join(names)
    directory = path.parent / f"drift {title}"
    directory.mkdir(exist_ok=True)
    encoding = "utf-8-sig" if "a byte-order mark" in names else "utf-8"
    with (directory / path.name).open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream, delimiter=delimiter).writerows(rows)
    yield title, directory / path.name


def refused(sentence: str, call: Callable[[], object]) -> None:
    """Requires that the call raises `InvalidInput`: any other error is a crash, and an answer is worse."""
    try:
        call()
    except InvalidInput as refusal:
        require(str(refusal).strip(), f"{sentence}: the refusal says nothing")
        return
    raise AssertionError(sentence)


def difference(expected: Sequence[object], found: Sequence[object]) -> str:
    """A readable account of two lists that should hold the same, in any order."""
    missing = sorted({str(item) for item in expected} - {str(item) for item in found})
    surplus = sorted({str(item) for item in found} - {str(item) for item in expected})
    return f"{len(expected)} expected, {len(found)} found; missing {missing[:5]}, surplus {surplus[:5]}"
