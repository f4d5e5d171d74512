import codecs
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from appraise.adapters.contract import FileShape
from appraise.adapters.files import as_delimited, detect, read_header, read_rows, without_header
from appraise.adapters.records import RejectedRow
from appraise.errors import InvalidInput, Place


def written(directory: Path, content: bytes | str, name: str = "export.csv") -> Path:
    path = directory / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def rows_of(path: Path, shape: FileShape | None = None) -> list[tuple[int, dict[str, str]]]:
    return list(read_rows(path, detect(path, shape or FileShape())))


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (codecs.BOM_UTF8 + "név,a\nÁrvíz,1\n".encode(), "utf-8-sig"),
        ("név,a\nÁrvíz,1\n".encode("utf-16"), "utf-16"),
        ("név,a\nÁrvíz,1\n".encode(), "utf-8"),
    ],
    ids=["utf-8 with BOM", "utf-16 with BOM", "utf-8"],
)
def test_the_encoding_is_told_by_the_content(tmp_path: Path, content: bytes, encoding: str) -> None:
    path = written(tmp_path, content)

    shape = detect(path, FileShape())

    assert shape == FileShape(format="csv", encoding=encoding, delimiter=",")
    assert list(read_rows(path, shape)) == [(2, {"név": "Árvíz", "a": "1"})]


def test_a_foreign_letter_behind_the_first_mebibyte_still_decides_the_encoding(tmp_path: Path) -> None:
    path = written(tmp_path, b"name,a\n" + b"plain,1\n" * 150_000 + "Jürgen,1\n".encode("cp1252"))

    assert detect(path, FileShape()).encoding == "cp1252"


def test_one_foreign_byte_does_not_make_utf_8_into_another_encoding(tmp_path: Path) -> None:
    path = written(tmp_path, "name,a\nJürgen,1\nZoë,2\n".encode() + "Müller,3\n".encode("cp1252"))

    with pytest.raises(InvalidInput, match="is UTF-8, but 1 of its bytes are not, the first of them in line 4"):
        detect(path, FileShape())

    assert detect(path, FileShape(encoding="cp1252")).encoding == "cp1252"


def test_letters_that_happen_to_be_utf_8_do_not_make_a_code_page_into_it(tmp_path: Path) -> None:
    path = written(tmp_path, "nom,a\n«CAFÉ»,1\nCrème brûlée,2\n".encode("cp1252"))

    with pytest.raises(InvalidInput, match="is not UTF-8, and a word of it may be") as refusal:
        detect(path, FileShape())

    assert "'Crème' (cp1252, cp1254), 'Crčme' (cp1250, cp1257)" in refusal.value.found


def test_a_letter_cut_by_a_chunk_boundary_is_still_utf_8(tmp_path: Path) -> None:
    content = b"a,b\n" + b"x" * ((1 << 20) - 5) + "ë,1\n".encode()
    assert content[(1 << 20) - 1] == 0xC3

    assert detect(written(tmp_path, content), FileShape()).encoding == "utf-8"


@pytest.mark.parametrize(
    ("header", "row", "delimiter"),
    [
        ("a,b,c", "1,2,3", ","),
        ("a;b;c", "1,5;2,5;3,5", ";"),
        ("a\tb\tc", "1\t2, and more\t3", "\t"),
        ("a|b|c", "1|2|3", "|"),
        ("Name, first;Age", "Doe, John;3", ";"),
        ('"a;1",b', '"x;y",2', ","),
        ("only", "1", ","),
    ],
)
def test_the_delimiter_is_told_by_the_rows(tmp_path: Path, header: str, row: str, delimiter: str) -> None:
    path = written(tmp_path, f"{header}\n{row}\n{row}\n")

    assert detect(path, FileShape()).delimiter == delimiter


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.json", '{"ratings": [{"id": 1}]}', "json"),
        ("a.json", '[{"id": 1}]', "json"),
        ("a.json", '{"id": 1}\n{"id": 2}\n', "jsonl"),
        ("a.ndjson", '{"id": 1}\n', "jsonl"),
        ("a.txt", "[id],name\n1,x\n", "csv"),
        ("a.csv", '{\n "ratings": [{"id": 1}]\n}', "json"),
    ],
)
def test_the_format_is_told_by_the_content(tmp_path: Path, name: str, content: str, expected: str) -> None:
    assert detect(written(tmp_path, content, name), FileShape()).format == expected


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "the file is empty (0 bytes)"),
        (codecs.BOM_UTF8 + b" \n", "the file is empty"),
        (b"%PDF-1.7 whatever", "the file is a PDF document"),
        (b"a,b\n1,\x00\n", "the file holds a NUL byte at offset 6: it is binary, or UTF-16 without a byte-order mark"),
        (
            b"a,b\n\x81\x8d,1\n",
            "the file's text is not UTF-8, and a word of it may be 'ЃЌ' (cp1251), 'Åç' (mac_roman), 'Āć' (mac_latin2)",
        ),
        (b"PK\x03\x04nonsense", "the file is a damaged archive or workbook"),
    ],
)
def test_what_is_no_table_is_refused_by_its_name(tmp_path: Path, content: bytes, found: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        detect(written(tmp_path, content), FileShape())

    assert (refusal.value.found, refusal.value.place) == (found, Place("export.csv"))


def test_a_missing_file_and_an_unknown_encoding_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="No such file"):
        detect(tmp_path / "nowhere.csv", FileShape())
    with pytest.raises(InvalidInput, match="no encoding named 'klingon'"):
        detect(written(tmp_path, "a,b\n"), FileShape(encoding="klingon"))


def test_column_names_are_trimmed_named_and_made_unique_without_regard_to_case(tmp_path: Path) -> None:
    path = written(tmp_path, " Id ,ID,,Note,Note,id_1\n1,2,3,4,5,6\n")

    assert read_header(path, detect(path, FileShape())) == ("Id", "ID_1", "column_3", "Note", "Note_1", "id_1_1")


def test_rows_are_numbered_as_a_spreadsheet_does(tmp_path: Path) -> None:
    """Blank rows and quoted line breaks count once each; missing cells are empty."""
    path = written(tmp_path, 'a,b\n1,"x\ny"\n\n,\n2\n')

    assert rows_of(path) == [(2, {"a": "1", "b": "x\ny"}), (5, {"a": "2", "b": ""})]


def test_a_row_with_too_many_cells_is_handed_over_or_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "a,b\n1,Doe, John\n2,x,\n")
    shape = detect(path, FileShape())
    rejected: list[RejectedRow] = []

    rows = list(read_rows(path, shape, on_reject=rejected.append))

    assert rows == [(3, {"a": "2", "b": "x"})]
    assert rejected == [RejectedRow("export.csv", 2, None, " John", "the row has 3 cells and the header 2")]
    with pytest.raises(InvalidInput, match="the row has 3 cells and the header 2"):
        list(read_rows(path, shape))


def test_a_quote_that_is_never_closed_does_not_swallow_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, 'a,b\n1,"x\n2,y\n3,z\n')

    with pytest.raises(InvalidInput, match="cannot be cut into cells") as refusal:
        rows_of(path)

    assert refusal.value.place == Place("export.csv", 2)


def test_a_line_without_end_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, b"a,b\n" + b"x" * (1 << 24))

    with pytest.raises(InvalidInput, match="a line has 16,777,216 characters or more"):
        rows_of(path)


def test_a_wrongly_declared_encoding_is_refused_where_it_shows(tmp_path: Path) -> None:
    path = written(tmp_path, b"a,b\n" + b"x,1\n" * 400_000 + "Zoë,1\n".encode("cp1252"))

    with pytest.raises(InvalidInput, match="the text is not utf-8"):
        rows_of(path, FileShape(encoding="utf-8"))


def test_a_file_without_header_takes_declared_names(tmp_path: Path) -> None:
    path = written(tmp_path, "1|x\n2|y\n")

    assert rows_of(path, without_header(FileShape(), ("id", "name"))) == [
        (1, {"id": "1", "name": "x"}),
        (2, {"id": "2", "name": "y"}),
    ]


def test_json_records_become_flat_text_that_keeps_every_digit(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        '{"count": 1, "people": [{"id": 12345678901234567890, "pay": 1.10, "on": true, "gone": null,'
        ' "name": {"first": "Zoë"}, "tags": ["a", 1]}, {"extra": "x"}]}',
        "a.json",
    )
    shape = detect(path, FileShape())

    assert read_header(path, shape) == ("id", "pay", "on", "gone", "name.first", "tags", "extra")
    assert list(read_rows(path, shape)) == [
        (
            1,
            {
                "id": "12345678901234567890",
                "pay": "1.10",
                "on": "true",
                "gone": "",
                "name.first": "Zoë",
                "tags": '["a", "1"]',
            },
        ),
        (2, {"extra": "x"}),
    ]


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("a.json", '{"a": [], "b": []}', "cannot tell where the records are: a, b"),
        ("a.json", "[1]", "record 1 is not an object"),
        ("a.json", '[{"a": NaN}]', "the JSON cannot be read: NaN is not JSON"),
        ("a.json", "[" * 100_000, "the JSON is nested too deeply"),
        ("a.jsonl", '{"a": 1}\n[2]\n', "the line is not a JSON object"),
    ],
)
def test_json_that_is_no_list_of_records_is_refused(tmp_path: Path, name: str, content: str, found: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        rows_of(written(tmp_path, content, name))

    assert refusal.value.found == found


def test_a_worksheet_is_read_as_text_with_its_own_row_numbers(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["id", "when", "text", None])
    sheet.append([5480, datetime.fromisoformat("2025-03-01"), "04111", None])
    sheet.append([])
    sheet.append([2.5, datetime.fromisoformat("2025-03-01T09:30"), True])
    path = tmp_path / "people.xlsx"
    book.save(path)

    assert rows_of(path) == [
        (2, {"id": "5480", "when": "2025-03-01", "text": "04111"}),
        (4, {"id": "2.5", "when": "2025-03-01 09:30:00", "text": "true"}),
    ]


def test_a_number_that_a_worksheet_cannot_hold_is_written_as_the_worksheet_shows_it(tmp_path: Path) -> None:
    """2**53 - 1 is the last whole number below which IEEE 754 doubles leave none out."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["id"], [9007199254740991], [1234567890123450000], [-1234567890123450000], [1e22]):
        sheet.append(row)
    path = tmp_path / "people.xlsx"
    book.save(path)

    texts = [cells["id"] for _, cells in rows_of(path)]
    assert texts == ["9007199254740991", "1.23456789012345E+18", "-1.23456789012345E+18", "1E+22"]


def test_a_plain_file_is_its_own_delimited_form(tmp_path: Path) -> None:
    path = written(tmp_path, "a;b\n1;2\n")
    shape = detect(path, FileShape())

    assert as_delimited(path, shape, tmp_path) == (path, shape)


@pytest.mark.parametrize(
    ("content", "shape"),
    [
        ("a,b\nË,2\n".encode("utf-16"), FileShape()),
        (b"a,b\nlabel a,label b\n\xcb,2\n", FileShape(first_data_row=3, encoding="cp1252")),
        ("Ë,2\n".encode(), without_header(FileShape(), ("a", "b"))),
        ('[{"a": "Ë", "b": 2}]'.encode(), FileShape()),
    ],
    ids=["other encoding", "two header rows", "no header row", "JSON"],
)
def test_anything_else_is_copied_into_utf_8_csv(tmp_path: Path, content: bytes, shape: FileShape) -> None:
    path = written(tmp_path, content, "source.dat")
    (tmp_path / "copies").mkdir()

    copy, found = as_delimited(path, detect(path, shape), tmp_path / "copies")

    assert found == FileShape(format="csv", encoding="utf-8", delimiter=",")
    assert copy.read_text(encoding="utf-8") == "a,b\nË,2\n"


@pytest.mark.parametrize(
    ("body", "other"), [("1;Ann;Lee\n2;Bo;Park\n", ";"), ("1\tAnn\tLee\n", "\t"), ('1;"Lee; Ann";x\n', ";")]
)
def test_a_header_of_another_delimiter_than_the_rows_is_named(tmp_path: Path, body: str, other: str) -> None:
    with pytest.raises(InvalidInput, match="the header has ',' between its cells, and the rows below have") as refused:
        detect(written(tmp_path, f"id,first,last\n{body}"), FileShape())

    assert repr(other) in refused.value.found
    assert refused.value.expected == "one delimiter in the whole file"


@pytest.mark.parametrize("body", ["", "1\n2\n", "1;Ann;Lee\n2\n", "1;Ann;Lee\n2,Bo,Park\n"])
def test_short_rows_alone_are_no_other_delimiter(tmp_path: Path, body: str) -> None:
    assert detect(written(tmp_path, f"id,first,last\n{body}"), FileShape()).delimiter == ","
