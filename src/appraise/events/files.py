"""A first look at a delimited file before the engine reads it: its hash, its header, what would mislead the reader."""

import csv
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from appraise.errors import InvalidInput, Place

CHUNK = 1 << 16
LONGEST_LINE = 16 << 20
"""Bytes; the engine holds whole lines in memory."""
USUAL_ROW = 2 << 20
"""Bytes of a row of which nothing is to be known; what is longer, the engine would cut, and read its parts as rows."""
_LINE_END = re.compile(rb"[\r\n]")


@dataclass(frozen=True, slots=True)
class FirstLook:
    """`blank_rows` are rows that hold nothing, the header counted as 1; the engine leaves them out unnumbered.

    No row has more than `longest_row` bytes; the engine's memory follows this bound. `lines` are those below
    the first, so as many as there are rows, or more where cells have line ends in them.
    """

    columns: tuple[str, ...]
    blank_rows: tuple[int, ...]
    longest_row: int
    lines: int


def sha256_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def look_at(path: Path, *, delimiter: str) -> FirstLook:
    """Raises `InvalidInput` for a file that is empty, binary, or has a line of unreasonable length."""
    longest, gaps, lines, is_long = _scan(path)
    if is_long:
        longest = max(longest, _longest_row(path, delimiter))
    # Bytes that are not UTF-8 matter in the header only: further down they reject their row.
    with path.open(encoding="utf-8-sig", newline="", errors="replace") as stream:
        try:
            header = next(csv.reader(stream, delimiter=delimiter), [])
        except csv.Error as error:
            raise _unreadable_header(path, str(error)) from error
    if any("\ufffd" in name for name in header):
        raise _unreadable_header(path, "it is not UTF-8")
    if not header:
        raise InvalidInput(f"{path.name} is empty", expected="a header row and rows of data", place=Place(path.name, 1))
    return FirstLook(tuple(header), _blank_rows(path, delimiter) if gaps else (), longest, lines)


def _unreadable_header(path: Path, why: str) -> InvalidInput:
    return InvalidInput(
        f"The header of {path.name} cannot be read: {why}",
        expected="delimited text in UTF-8",
        place=Place(path.name, 1),
    )


def _scan(path: Path) -> tuple[int, bool, int, bool]:
    """A bound of the lines' length, whether two line ends stand side by side somewhere, how many there are.

    At last whether there may be a row of several lines that is longer than usual.
    """
    size = length = lines = row = 0
    longest = USUAL_ROW
    newline = gaps = quoted = is_long = False
    tail = b""
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            if b"\0" in chunk:
                raise InvalidInput(
                    f"{path.name} holds NUL bytes, so it is not text",
                    expected="delimited text in UTF-8",
                    hint="Export the file again; do not rename a spreadsheet or an archive to .csv.",
                    place=Place(path.name),
                )
            size += len(chunk)
            longest = max(longest, length + len(chunk))
            last = max(chunk.rfind(b"\n"), chunk.rfind(b"\r") if b"\r" in chunk else -1)
            length = length + len(chunk) if last < 0 else len(chunk) - last
            if length > LONGEST_LINE:
                raise InvalidInput(
                    f"{path.name} has a line of more than {LONGEST_LINE >> 20} MiB",
                    expected="one record per line",
                    place=Place(path.name),
                )
            row = len(chunk) + (0 if _has_row_end(chunk, quoted) else row)
            quoted ^= _count(chunk, b'"') % 2 == 1
            is_long = is_long or row > USUAL_ROW - CHUNK
            newline = newline or b"\n" in chunk
            lines += _count(chunk, b"\n" if newline else b"\r")
            gaps = gaps or _has_blank(tail + chunk, newline)
            tail = chunk[-1:]
    if size == 0:
        raise InvalidInput(f"{path.name} is empty", expected="a header row and rows of data", place=Place(path.name))
    return longest, gaps, lines - (tail in {b"\n", b"\r"}), is_long


def _has_row_end(chunk: bytes, quoted: bool) -> bool:  # noqa: FBT001  # found so far
    """Whether a line ends outside of quotes. A quote within a cell that has none around it misleads this."""
    looked = 0
    for end in _LINE_END.finditer(chunk):
        quoted ^= chunk.count(b'"', looked, end.start()) % 2 == 1
        looked = end.start()
        if not quoted:
            return True
    return False


def _longest_row(path: Path, delimiter: str) -> int:
    """In bytes, by a real reader. Raises `InvalidInput` where a row is longer than the engine could hold."""
    csv.field_size_limit(LONGEST_LINE)
    longest = row = taken = 0
    with path.open(encoding="latin-1", newline="") as stream:  # a character for each byte

        def lines() -> Iterator[str]:
            nonlocal taken
            for line in stream:
                taken += len(line)
                yield line

        try:
            for _ in csv.reader(lines(), delimiter=delimiter):
                longest, taken, row = max(longest, taken), 0, row + 1
        except csv.Error:
            longest = LONGEST_LINE + 1
    if longest > LONGEST_LINE:
        raise InvalidInput(
            f"{path.name} has a row of more than {LONGEST_LINE >> 20} MiB",
            expected="cells that end where their quotes do",
            hint="look for a quote that is not closed, or leave the column with the long texts out of the export",
            place=Place(path.name, row + 1),
        )
    return longest


def _are(text: bytes, sign: bytes) -> NDArray[np.bool_]:
    """Which bytes are this one; several times as fast as looking for one after the other."""
    return np.equal(np.frombuffer(text, np.uint8), ord(sign))


def _count(text: bytes, sign: bytes) -> int:
    return int(np.count_nonzero(_are(text, sign)))


def _has_blank(text: bytes, newlines: bool) -> bool:  # noqa: FBT001  # found so far
    """Whether a line end stands directly behind another; a return with a newline behind it is one line end."""
    first = _are(text, b"\n" if newlines else b"\r")
    second = first | _are(text, b"\r") if newlines and b"\r" in text else first
    return bool(np.any(first[:-1] & second[1:]))


def _blank_rows(path: Path, delimiter: str) -> tuple[int, ...]:
    """Two line ends side by side are a blank row, unless they stand within quotes: only a real reader can tell."""
    csv.field_size_limit(LONGEST_LINE)
    with path.open(encoding="utf-8-sig", newline="", errors="replace") as stream:
        try:
            return tuple(row for row, cells in enumerate(csv.reader(stream, delimiter=delimiter), 1) if not cells)
        except csv.Error as error:
            raise InvalidInput(f"{path.name} cannot be read: {error}", place=Place(path.name)) from error
