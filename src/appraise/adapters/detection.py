"""Telling what a file is from what is in it: format, encoding, delimiter.

Format and delimiter are judged by the first MiB. The encoding is judged by the whole file in constant memory, because
one name in the last row is enough to prove a guess wrong.
"""

import codecs
import csv
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from io import StringIO
from pathlib import Path

from appraise.adapters.code_pages import code_page
from appraise.adapters.contract import FileShape
from appraise.errors import InvalidInput, Place

PREFIX = 1 << 20
CHUNK = 1 << 16  # decoded texts of this size stay in the processor's cache
LONGEST_LINE = 1 << 24
LARGEST_WORKBOOK = 1 << 30  # unpacked; a small archive can unpack into more than any memory holds
DELIMITERS = ",;\t|"

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it starts with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FOREIGN = (
    (b"%PDF", "a PDF document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\x7fELF", "a program"),
)
_XML = re.compile(rb"""\s*<\?xml[^>]*\bencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_CHARACTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
"""Of UTF-8, in several bytes."""
_STRAY = re.compile(rb"[\x80-\xff]")
_EXPECTED = "a CSV, TSV, JSON, JSON lines, XLSX or Parquet file"


def detect(path: Path, shape: FileShape) -> FileShape:
    """`shape` with its blanks filled by what the file shows.

    Raises `InvalidInput` for a file that is missing, empty, binary or in no encoding that can be told.
    """
    prefix = _prefix(path)
    file_format = shape.format or _binary_format(path, prefix)
    if file_format in {"xlsx", "parquet"}:
        return replace(shape, format=file_format)
    encoding, text = _beginning(path, prefix, shape.encoding)
    file_format = file_format or _text_format(path, text)
    if file_format == "csv" and shape.delimiter is None:
        delimiter = _delimiter(text, shape)
        _check_body(path, text, shape, delimiter)
        shape = replace(shape, delimiter=delimiter)
    if file_format in {"json", "jsonl"}:
        shape = replace(shape, header_row=0, first_data_row=1)
    return replace(shape, format=file_format, encoding=encoding)


def format_of(path: Path) -> str:
    """The format alone, wherever in the file its table is. Raises `InvalidInput` as `detect` does."""
    prefix = _prefix(path)
    return _binary_format(path, prefix) or _text_format(path, _beginning(path, prefix, None)[1])


def _beginning(path: Path, prefix: bytes, declared: str | None) -> tuple[str, str]:
    """The encoding, and the text of the prefix."""
    encoding = declared or _encoding(path, prefix)
    text = _decoded(path, prefix, encoding)
    if not text.strip():
        raise InvalidInput("the file is empty", place=Place(path.name), expected=_EXPECTED)
    return encoding, text


def _prefix(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            prefix = stream.read(PREFIX)
    except OSError as error:
        raise InvalidInput(
            f"the file cannot be read: {error.strerror}", place=Place(path.name), expected=_EXPECTED
        ) from error
    if not prefix:
        raise InvalidInput("the file is empty (0 bytes)", place=Place(path.name), expected=_EXPECTED)
    return prefix


def _binary_format(path: Path, prefix: bytes) -> str | None:
    if prefix.startswith(b"PAR1"):
        return "parquet"
    if prefix.startswith(b"\xd0\xcf\x11\xe0"):
        return "xlsx"  # the old .xls container; the same reader opens it
    if prefix.startswith(b"PK\x03\x04"):
        _check_workbook(path)
        return "xlsx"
    for magic, name in _FOREIGN:
        if prefix.startswith(magic):
            raise InvalidInput(
                f"the file is {name}", place=Place(path.name), expected=_EXPECTED, hint="export or unpack it first"
            )
    return None


def _check_workbook(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except zipfile.BadZipFile as error:
        raise InvalidInput("the file is a damaged archive or workbook", place=Place(path.name)) from error
    if not any(entry.filename.startswith(("xl/", "content.xml")) for entry in entries):
        raise InvalidInput(
            "the file is a zip archive, not a workbook",
            place=Place(path.name),
            expected=_EXPECTED,
            hint="unpack it and import the files in it",
        )
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > LARGEST_WORKBOOK:
        raise InvalidInput(
            f"the workbook unpacks to {unpacked:,} bytes",
            place=Place(path.name),
            expected=f"at most {LARGEST_WORKBOOK:,} bytes",
            hint="save it as CSV, which is read as a stream",
        )


def _encoding(path: Path, prefix: bytes) -> str:
    for mark, name in _BOMS:
        if prefix.startswith(mark):
            return name
    found = path.stat()
    return _encoding_without_mark(path, found.st_ino, found.st_size, found.st_mtime_ns)


@lru_cache(maxsize=8)
def _encoding_without_mark(path: Path, *_unchanged: int) -> str:
    """Reads the whole file; adapters ask several times for one file."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf8, offset = True, 0
    for chunk in _chunks(path):
        if (zero := chunk.find(b"\0")) >= 0:
            raise _with_zero_byte(path, offset + zero)
        if is_utf8 and not (chunk.isascii() and decoder.getstate()[0] == b""):
            is_utf8 = _decodes(decoder, chunk)
        offset += len(chunk)
    if is_utf8 and decoder.getstate()[0] == b"":
        return "utf-8"
    characters, strays, line = _damage(path)
    if characters > strays:
        raise InvalidInput(
            f"the file's text is UTF-8, but {strays:,} of its bytes are not, the first of them in line {line:,}",
            place=Place(path.name),
            expected="one encoding in the whole file",
            hint="text of another encoding was pasted in there: export it again, mend it, or declare the encoding",
        )
    with path.open("rb") as stream:
        declared = _XML.match(stream.read(200))
    return declared[1].decode("ascii") if declared else code_page(path)


def _damage(path: Path) -> tuple[int, int, int]:
    """Characters of several bytes that are UTF-8, bytes that belong to none, and the line of the first of these.

    Hardly any two letters of Windows-1252 that follow each other are UTF-8, as `É»` is.
    """
    characters = strays = first = 0
    number = 1
    with path.open("rb") as stream:
        while part := stream.readline(CHUNK):
            if not part.isascii():
                rest, found = _CHARACTER.subn(b"", part)
                characters += found
                if left := len(_STRAY.findall(rest)):
                    strays += left
                    first = first or number
            number += part.endswith(b"\n")
    return characters, strays, first


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            yield chunk


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes) -> bool:
    try:
        decoder.decode(chunk)
    except UnicodeDecodeError:
        return False
    return True


def _with_zero_byte(path: Path, offset: int) -> InvalidInput:
    return InvalidInput(
        f"the file holds a NUL byte at offset {offset:,}: it is binary, or UTF-16 without a byte-order mark",
        place=Place(path.name),
        expected=_EXPECTED,
        hint="export it again as UTF-8, or declare the encoding (utf-16-le)",
    )


def _decoded(path: Path, prefix: bytes, encoding: str) -> str:
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
    except LookupError as error:
        raise InvalidInput(
            f"there is no encoding named {encoding!r}", place=Place(path.name), expected="e.g. utf-8, cp1252 or utf-16"
        ) from error
    try:
        return decoder.decode(prefix).removeprefix("\ufeff")
    except UnicodeError as error:
        raise InvalidInput(
            f"the file's text is not {encoding}: {error}", place=Place(path.name), hint="declare another encoding"
        ) from error


def _text_format(path: Path, text: str) -> str:
    start = text.lstrip()
    if start[0] == "<":
        return "xml"
    inner = start[1:].lstrip()[:1]
    if start[0] == "[" and (not inner or inner in '{["]-0123456789tfn'):
        return "json"
    if start[0] != "{" or (inner and inner not in '"}'):
        return "csv"
    first, _, rest = start.partition("\n")
    if path.suffix.lower() in {".jsonl", ".ndjson"}:
        return "jsonl"
    return "jsonl" if rest.strip() and _is_object(first) else "json"


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _delimiter(text: str, shape: FileShape) -> str:
    """The delimiter by which most of the first rows have as many cells as the header, then the widest header."""
    sample = text[: 1 << 16]

    def fit(delimiter: str) -> tuple[int, int, int]:
        rows = _sample_rows(sample, delimiter, shape)
        width = len(rows[0]) if rows else 0
        if width < 2:  # noqa: PLR2004  # a delimiter that never occurs in the header explains nothing
            return (0, 0, 0)
        alike = sum(len(row) == width for row in rows[1:])
        return (1 + alike, width, -sum(cell.startswith(" ") for cell in rows[0]))

    return max(DELIMITERS, key=fit)


def _check_body(path: Path, text: str, shape: FileShape, delimiter: str) -> None:
    """Refuse a header that was written with one delimiter above rows of another, as editing by hand leaves it."""
    sample = text[: 1 << 16]
    header, *rows = _sample_rows(sample, delimiter, shape) or [[]]
    if len(header) == 1 or any(len(row) != 1 for row in rows):
        return
    for other in DELIMITERS.replace(delimiter, ""):
        widths = {len(row) for row in _sample_rows(sample, other, shape)[1:]}
        if widths == {len(header)}:
            raise InvalidInput(
                f"the header has {delimiter!r} between its cells, and the rows below have {other!r}",
                place=Place(path.name),
                expected="one delimiter in the whole file",
                hint="write the header again as the rows are written, or, where this is a title, say header_row",
            )


def _sample_rows(sample: str, delimiter: str, shape: FileShape) -> list[list[str]]:
    """The first rows that are not blank, from the header on."""
    rows: list[list[str]] = []
    try:
        for number, row in enumerate(csv.reader(StringIO(sample, newline=""), delimiter=delimiter), start=1):
            if row and number >= shape.header_row:
                rows.append(row)
            if len(rows) > 50:  # noqa: PLR2004  # enough to see a pattern
                break
    except csv.Error:
        return rows
    return rows[:-1] if len(rows) > 2 and len(sample) == 1 << 16 else rows  # noqa: PLR2004  # the cut row is not one
