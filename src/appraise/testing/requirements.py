"""The way in which the conformance checks fail, and the drift to which they put a file."""

import csv
from collections.abc import Callable, Iterator, Sequence
from io import StringIO
from pathlib import Path

from appraise.adapters.contract import FileShape
from appraise.adapters.files import detect
from appraise.errors import InvalidInput


def require(condition: object, sentence: str) -> None:
    """Fails with what an adapter's author has to know."""
    if not condition:
        raise AssertionError(sentence)


def drifted(path: Path, header_rows: int) -> Iterator[tuple[str, Path]]:
    """Copies of a CSV file whose header has drifted as real exports' do; none for other files.

    `header_rows` is the number of rows above the first record: all of them take part in a change of the order.
    """
    shape = detect(path, FileShape())
    if shape.format != "csv":
        return
    text = path.read_text(encoding=shape.encoding)
    delimiter = shape.delimiter or ","
    rows = list(csv.reader(StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter))
    variants = {
        "upper case": [[cell.upper() for cell in rows[0]], *rows[1:]],
        "lower case": [[cell.lower() for cell in rows[0]], *rows[1:]],
        "blanks around": [[f" {cell} " for cell in rows[0]], *rows[1:]],
        "a byte-order mark": rows,
        "an extra column": [[*row, "an extra one" if number < header_rows else "x"] for number, row in enumerate(rows)],
        "another order of columns": [row[::-1] for row in rows],
    }
    for number, (name, changed) in enumerate(variants.items()):
        directory = path.parent / f"drift_{number}"
        directory.mkdir(exist_ok=True)
        copy = directory / path.name
        encoding = "utf-8-sig" if name == "a byte-order mark" else "utf-8"
        with copy.open("w", encoding=encoding, newline="") as stream:
            csv.writer(stream, delimiter=delimiter).writerows(changed)
        yield name, copy


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
