"""What is written as a table is read as that table, whatever the text and the way of writing."""

import csv
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appraise.adapters.contract import FileShape
from appraise.adapters.files import as_delimited, detect, read_header, read_rows
from appraise.errors import InvalidInput

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=12)
NAMES = ("id", "the name", "note")


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.from_regex(r"[0-9]{1,25}", fullmatch=True), TEXT, TEXT), min_size=1, max_size=8),
    st.sampled_from(",;\t|"),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_a_written_table_is_read_back(
    rows: list[tuple[str, str, str]], delimiter: str, encoding: str, line_end: str
) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "table.csv"
        with path.open("w", encoding=encoding, newline="") as stream:
            csv.writer(stream, delimiter=delimiter, lineterminator=line_end).writerows([NAMES, *rows])
        shape = FileShape(delimiter=delimiter, encoding=None if encoding != "utf-8" else "utf-8")

        found = list(read_rows(path, detect(path, shape)))

    assert found == [(number, dict(zip(NAMES, row, strict=True))) for number, row in enumerate(rows, start=2)]


@settings(max_examples=60)
@given(st.lists(st.tuples(st.from_regex(r"[0-9]{1,25}", fullmatch=True), TEXT, TEXT), min_size=1, max_size=8))
def test_a_copy_holds_the_same_rows(rows: list[tuple[str, str, str]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "table.csv"
        with path.open("w", encoding="utf-16", newline="") as stream:
            csv.writer(stream, delimiter=";").writerows([NAMES, *rows])
        original = detect(path, FileShape(delimiter=";"))
        (Path(name) / "copy").mkdir()

        copy, shape = as_delimited(path, original, Path(name) / "copy")

        assert read_header(copy, shape) == read_header(path, original)
        assert [row for _, row in read_rows(copy, shape)] == [row for _, row in read_rows(path, original)]


@settings(max_examples=200)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_but_never_crash(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "table.csv"
        path.write_bytes(content)
        with suppress(InvalidInput):
            list(read_rows(path, detect(path, FileShape())))


@pytest.mark.parametrize("content", [b"\xff\xfe", b"\xef\xbb\xbf", b"\xff\xfe\x00\x00", b"PK\x03\x04", b"\r\n\r\n"])
def test_a_mark_without_a_file_behind_it_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(content)

    with pytest.raises(InvalidInput):
        detect(path, FileShape())
