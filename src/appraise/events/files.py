"""A first look at a delimited file before the engine reads it: its hash, its header, what would mislead the reader."""

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path

from appraise.errors import InvalidInput, Place

CHUNK = 1 << 16
LONGEST_LINE = 16 << 20
"""Bytes; the engine holds whole lines in memory."""


@dataclass(frozen=True, slots=True)
class FirstLook:
    """`blank_rows` are rows that hold nothing, the header counted as 1; the engine leaves them out unnumbered.

    No line has more than `longest_line` bytes; the engine's memory follows this bound. `lines` are those below
    the first, so as many as there are rows, or more where cells have line ends in them.
    """

    columns: tuple[str, ...]
    blank_rows: tuple[int, ...]
    longest_line: int
    lines: int


def sha256_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def look_at(path: Path, *, delimiter: str) -> FirstLook:
    """Raises `InvalidInput` for a file that is empty, binary, or has a line of unreasonable length."""
    longest, gaps, lines = _scan(path)
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


def _scan(path: Path) -> tuple[int, bool, int]:
    """A bound of the lines' length, whether two line ends stand side by side somewhere, and how many there are."""
    size = length = lines = 0
    longest = 2 << 20  # of cells with line ends in them, too
    newline = gaps = False
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
            has_returns = b"\r" in chunk
            last = max(chunk.rfind(b"\n"), chunk.rfind(b"\r") if has_returns else -1)
            length = length + len(chunk) if last < 0 else len(chunk) - last
            if length > LONGEST_LINE:
                raise InvalidInput(
                    f"{path.name} has a line of more than {LONGEST_LINE >> 20} MiB",
                    expected="one record per line",
                    place=Place(path.name),
                )
            lines += chunk.count(b"\n") if newline or not has_returns else _count_ends(chunk)
            newline = newline or b"\n" in chunk
            gaps = gaps or _has_blank(tail + chunk if has_returns else chunk, newline) or tail + chunk[:1] == b"\n\n"
            tail = chunk[-1:]
    if size == 0:
        raise InvalidInput(f"{path.name} is empty", expected="a header row and rows of data", place=Place(path.name))
    return longest, gaps, lines - (tail in {b"\n", b"\r"})


def _count_ends(chunk: bytes) -> int:
    return chunk.count(b"\n") or chunk.count(b"\r")


def _has_blank(text: bytes, newlines: bool) -> bool:  # noqa: FBT001  # found so far
    return b"\n\n" in text or b"\n\r" in text or (not newlines and b"\r\r" in text)


def _blank_rows(path: Path, delimiter: str) -> tuple[int, ...]:
    """Two line ends side by side are a blank row, unless they stand within quotes: only a real reader can tell."""
    csv.field_size_limit(LONGEST_LINE)
    with path.open(encoding="utf-8-sig", newline="", errors="replace") as stream:
        try:
            return tuple(row for row, cells in enumerate(csv.reader(stream, delimiter=delimiter), 1) if not cells)
        except csv.Error as error:
            raise InvalidInput(f"{path.name} cannot be read: {error}", place=Place(path.name)) from error
