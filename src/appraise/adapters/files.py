"""Files as rows of text, whatever they are: CSV and TSV in any usual encoding, JSON, JSON lines, worksheets.

Row numbers count as a spreadsheet does (header rows included); in JSON lines they are line numbers and in a JSON
document the record's ordinal. Column names are trimmed, blank ones are called `column_N`, and repeated ones (without
regard to case, as SQL compares them) become `name_1`, `name_2`.
"""

import csv
from collections.abc import Callable, Collection, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Final, TextIO

from appraise.adapters.contract import FileShape
from appraise.adapters.detection import LONGEST_LINE, detect, format_of
from appraise.adapters.documents import json_line, json_records
from appraise.adapters.records import RejectedRow
from appraise.adapters.worksheets import worksheet_rows
from appraise.domain.progress import Reading, Watch, unwatched
from appraise.errors import InvalidInput, Place

__all__ = ["MENDABLE", "as_delimited", "detect", "format_of", "read_header", "read_rows", "write_rows"]

MENDABLE: Final = ("csv", "jsonl")
"""Formats of which single rows make a file of the same format."""
_TOLD: Final = 4096
"""Lines between two looks at how far a file is read."""
Reached = Callable[[int], None]
"""Given the bytes that are read so far."""


def read_header(path: Path, shape: FileShape) -> tuple[str, ...]:
    """The column names; for JSON the keys of all records in the order of their first appearance.

    `shape` must be as `detect` returns it.
    """
    if shape.format == "parquet":
        return _parquet_columns(path)
    if shape.format in {"json", "jsonl"}:
        names: dict[str, None] = {}
        for _, record in _json_rows(path, shape):
            names.update(dict.fromkeys(record))
        return tuple(names)
    with closing(_cell_rows(path, shape)) as rows:
        return _header(path, shape, rows)


def read_rows(
    path: Path,
    shape: FileShape,
    *,
    on_reject: Callable[[RejectedRow], None] | None = None,
    reached: Reached | None = None,
) -> Iterator[tuple[int, dict[str, str]]]:
    """Every row that is not blank, as text by column name; cells that are missing at the end are empty.

    A row with more cells than the header goes to `on_reject`, or raises `InvalidInput` where nobody takes it.
    """
    if shape.format in {"json", "jsonl"}:
        yield from _json_rows(path, shape, reached)
        return
    with closing(_cell_rows(path, shape, reached)) as rows:
        names = _header(path, shape, rows)
        yield from _named(path, shape, names, rows, on_reject)


def as_delimited(
    path: Path,
    shape: FileShape,
    directory: Path,
    *,
    on_reject: Callable[[RejectedRow], None] | None = None,
    watch: Watch = unwatched,
) -> tuple[Path, FileShape]:
    """The file as UTF-8 CSV with one header row: the file itself where it is that already, else a copy.

    The header of the result is exactly `read_header`. Blank rows stay, so that rows keep their numbers. A Parquet file
    stays one, under a name by which the event store knows it.
    """
    names = read_header(path, shape)
    if shape.format == "parquet":
        if path.suffix == ".parquet":
            return path, shape
        named = directory / f"{path.stem}.parquet"
        named.symlink_to(path.resolve())
        return named, shape
    if shape.format == "csv" and shape.encoding in {"utf-8", "utf-8-sig"} and _is_plain(path, shape, names):
        return path, shape
    copy = directory / f"{path.stem}.csv"
    with copy.open("x", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(names)
        wanted = first = shape.first_data_row
        size = path.stat().st_size

        def reached(position: int) -> None:
            watch(Reading(wanted - first, position, size))

        for number, row in read_rows(path, shape, on_reject=on_reject, reached=reached):
            stream.write("\r\n" * (number - wanted))
            wanted = max(wanted, number) + 1
            writer.writerow([row.get(name, "") for name in names])
    return copy, FileShape(format="csv", encoding="utf-8", delimiter=",")


def write_rows(path: Path, shape: FileShape, rows: Collection[int], target: Path) -> None:
    """Some rows by their numbers, below the export's own header rows: a file that is read as the export is.

    Cells are written as they are, into a new file. `shape` is as `detect` returns it, of a MENDABLE format. Raises
    `InvalidInput` where a quote that is not closed hides where rows begin.
    """
    with target.open("x", encoding=shape.encoding, newline="") as stream:
        if shape.format == "jsonl":
            with path.open(encoding=shape.encoding, newline="\n") as lines:
                stream.writelines(line for number, line in enumerate(_lines(path, lines), start=1) if number in rows)
            return
        writer = csv.writer(stream, delimiter=shape.delimiter or ",", lineterminator="\n")
        with closing(_delimited_rows(path, shape)) as found:
            writer.writerows(cells for number, cells in found if number < shape.first_data_row or number in rows)


def _parquet_columns(path: Path) -> tuple[str, ...]:
    import pyarrow as pa  # noqa: PLC0415  # takes long, and few files need it
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        return tuple(pq.read_schema(path).names)
    except (pa.ArrowException, OSError) as error:
        raise InvalidInput("the Parquet file is damaged or cut off", place=Place(path.name)) from error


def _is_plain(path: Path, shape: FileShape, names: tuple[str, ...]) -> bool:
    if (shape.header_row, shape.first_data_row) != (1, 2) or shape.columns or shape.short_rows:
        return False
    with closing(_cell_rows(path, shape)) as rows:
        return tuple(next(rows)[1]) == names


def _json_rows(path: Path, shape: FileShape, reached: Reached | None = None) -> Iterator[tuple[int, dict[str, str]]]:
    if shape.format == "json":
        yield from json_records(path, shape)
        return
    with path.open(encoding=shape.encoding, newline="\n") as stream:
        for number, line in enumerate(_lines(path, stream, reached), start=1):
            if line.strip():
                yield number, json_line(line, Place(path.name, number))


def _cell_rows(
    path: Path, shape: FileShape, reached: Reached | None = None
) -> Generator[tuple[int, list[str]], None, None]:
    match shape.format:
        case "csv":
            yield from _delimited_rows(path, shape, reached)
        case "xlsx":
            yield from worksheet_rows(path, shape)
        case _:
            raise InvalidInput(
                f"files of the format {shape.format!r} cannot be read row by row",
                place=Place(path.name),
                expected="csv, json, jsonl or xlsx",
            )


def _delimited_rows(path: Path, shape: FileShape, reached: Reached | None = None) -> Generator[tuple[int, list[str]]]:
    number = 0
    with path.open(encoding=shape.encoding, newline="") as stream:
        # Strict, so that a quote that is never closed is an error and not one cell with half of the file in it.
        reader = csv.reader(_lines(path, stream, reached), delimiter=shape.delimiter or ",", strict=True)
        while True:
            number += 1
            try:
                cells = next(reader, None)
            except csv.Error as error:
                raise InvalidInput(
                    f"the row cannot be cut into cells: {error}",
                    place=Place(path.name, number),
                    hint="look for a quote that is not closed or not doubled, or declare the delimiter",
                ) from error
            if cells is None:
                return
            if number == 1 and cells and cells[0].startswith("\ufeff"):
                cells[0] = cells[0].removeprefix("\ufeff").strip('"')  # a second mark, or a declared encoding without
            yield number, cells


def _lines(path: Path, stream: TextIO, reached: Reached | None = None) -> Iterator[str]:
    number = 0
    while True:
        number += 1
        if reached is not None and number % _TOLD == 0:
            reached(stream.buffer.tell())
        try:
            line = stream.readline(LONGEST_LINE)
        except UnicodeError as error:
            raise InvalidInput(
                f"the text is not {stream.encoding}: {error}",
                place=Place(path.name, number),
                hint="declare the file's encoding",
            ) from error
        if not line:
            return
        if len(line) == LONGEST_LINE:
            raise InvalidInput(
                f"a line has {LONGEST_LINE:,} characters or more", place=Place(path.name, number), expected="rows"
            )
        yield line


def _header(path: Path, shape: FileShape, rows: Iterator[tuple[int, list[str]]]) -> tuple[str, ...]:
    if shape.columns:
        return shape.columns
    for number, cells in rows:
        if number == shape.header_row:
            if not any(cell.strip() for cell in cells):
                break
            return _names(cells, drop_blank_end=shape.format == "xlsx")
    raise InvalidInput(
        "the row that should hold the column names is blank or missing", place=Place(path.name, shape.header_row)
    )


def _names(cells: Iterable[str], *, drop_blank_end: bool) -> tuple[str, ...]:
    stripped = [cell.strip() for cell in cells]
    while drop_blank_end and not stripped[-1]:
        stripped.pop()  # formatted but unused columns of a worksheet
    names: list[str] = []
    taken: set[str] = set()
    for position, cell in enumerate(stripped, start=1):
        wanted = cell or f"column_{position}"
        name, count = wanted, 0
        while name.casefold() in taken:
            count += 1
            name = f"{wanted}_{count}"
        taken.add(name.casefold())
        names.append(name)
    return tuple(names)


def _named(
    path: Path,
    shape: FileShape,
    names: tuple[str, ...],
    rows: Iterator[tuple[int, list[str]]],
    on_reject: Callable[[RejectedRow], None] | None,
) -> Iterator[tuple[int, dict[str, str]]]:
    width = len(names)
    for number, cells in rows:
        if number < shape.first_data_row or not any(cell.strip() for cell in cells):
            continue
        surplus = cells[width:]
        if any(cell.strip() for cell in surplus):
            rejected = RejectedRow(
                path.name, number, None, surplus[0], f"the row has {len(cells)} cells and the header {width}"
            )
            if on_reject is None:
                raise InvalidInput(rejected.reason, place=Place(path.name, number), hint="look for an unquoted comma")
            on_reject(rejected)
            continue
        cells.extend([""] * (width - len(cells)))
        yield number, dict(zip(names, cells, strict=False))


def without_header(shape: FileShape, columns: tuple[str, ...]) -> FileShape:
    """The shape of a file whose first row is a record already; `columns` names its cells."""
    return replace(shape, columns=columns, header_row=0, first_data_row=1)
