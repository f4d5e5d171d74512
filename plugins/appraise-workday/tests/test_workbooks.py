"""Workbooks of both forms and of any shape: what is filled in is read there by another reader, and the rest as it was."""

import re
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring
from xml.sax.saxutils import escape

from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from appraise_workday.grid import Value, filled, first_held, texts_of
from appraise_workday.workbooks import opened, sheet_of

SS = "urn:schemas-microsoft-com:office:spreadsheet"
SHEET = "Ziele & mehr"
WORDS = ["Employee ID", "Größe", "a < b & c", "  two   blanks ", "0017", "_x0041_", "=1+1", "Škoda"]
Grid = dict[tuple[int, int], object]


@dataclass(frozen=True)
class Shape:
    """`below` are rows under the header: their columns with a look of their own, and how many alike follow."""

    cells: Grid
    header: int
    columns: tuple[int, ...]
    below: tuple[tuple[int, frozenset[int], int], ...]


@st.composite
def shapes(draw: st.DrawFn) -> Shape:
    header = draw(st.integers(1, 5))
    columns = tuple(sorted(draw(st.sets(st.integers(1, 30), min_size=1, max_size=4))))
    cells: Grid = {(header, column): f"Head {column}" for column in columns}
    for row in range(1, header):
        cells |= {(row, one): draw(st.sampled_from(WORDS)) for one in draw(st.sets(st.integers(1, 30), max_size=3))}
    below, number = [], header + 1
    for _ in range(draw(st.integers(0, 3))):
        number += draw(st.integers(0, 2))
        more = draw(st.integers(0, 3))
        below.append((number, draw(st.frozensets(st.integers(1, 30), max_size=3)), more))
        number += more + 1
    return Shape(cells, header, columns, tuple(below))


@st.composite
def values(draw: st.DrawFn, shape: Shape) -> list[dict[int, Value]]:
    one = st.sampled_from(WORDS).map(Value) | st.decimals("-99", "99", places=2).map(lambda x: Value(str(x), True))
    rows = draw(st.lists(st.fixed_dictionaries({column: st.none() | one for column in shape.columns}), max_size=9))
    kept = [{column: value for column, value in row.items() if value is not None} for row in rows]
    return [row for row in kept if row]


def expected(shape: Shape, rows: list[dict[int, Value]]) -> Grid:
    added = {
        (number, column): float(value.text) if value.is_number else value.text
        for number, row in enumerate(rows, shape.header + 1)
        for column, value in row.items()
    }
    return {**shape.cells, **added}


def written_into(source: bytes, shape: Shape, rows: list[Mapping[int, Value]]) -> bytes:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "template"
        path.write_bytes(source)
        workbook = opened(path)
        name, sheet = sheet_of(workbook, path, SHEET)
        assert texts_of(sheet, shape.header) == {column: f"Head {column}" for column in shape.columns}
        assert first_held(sheet, shape.header) is None
        return workbook.saved(name, filled(sheet, shape.header, rows))


def prefixed(source: bytes) -> bytes:
    """As other programs write it: elements with a prefix, and rows that are numbered by how they follow."""
    buffer = BytesIO()
    with zipfile.ZipFile(BytesIO(source)) as before, zipfile.ZipFile(buffer, "w") as after:
        for about in before.infolist():
            content = before.read(about)
            if about.filename.startswith("xl/worksheets/"):
                content = re.sub(rb"<(/?)(?=\w)", rb"<\1x:", content).replace(b"xmlns=", b"xmlns:x=", 1)
                content = re.sub(rb'(<x:row r="(\d+)".*?</x:row>)(<x:row) r="(\d+)"', _without_number, content)
            after.writestr(about, content)
    return buffer.getvalue()


def _without_number(rows: re.Match[bytes]) -> bytes:
    return rows[0] if int(rows[4]) != int(rows[2]) + 1 else rows[1] + rows[3]


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.data())
def test_xlsx(data: st.DataObject) -> None:
    shape = data.draw(shapes())
    book, stream = Workbook(), BytesIO()
    book.create_sheet("Before", 0)["A1"] = "=1+1"
    sheet = book.worksheets[1]
    sheet.title = SHEET
    for (row, column), text in shape.cells.items():
        sheet.cell(row, column).value = text
        sheet.cell(row, column).data_type = "s"
    for number, columns, _ in shape.below:
        for column in columns:
            sheet.cell(number, column).number_format = "@"
    book.save(stream)
    rows = data.draw(values(shape))

    source = prefixed(stream.getvalue()) if data.draw(st.booleans()) else stream.getvalue()
    after = load_workbook(BytesIO(written_into(source, shape, rows)))

    assert after["Before"]["A1"].value == "=1+1"
    found = {
        (cell.row, cell.column): cell.value
        for row in after[SHEET].iter_rows()
        for cell in row
        if cell.value is not None
    }
    wanted = {place: re.sub("_(x0041_)", r"_x005F_\1", x) if place[0] > shape.header and isinstance(x, str) else x
              for place, x in expected(shape, rows).items()}  # fmt: skip  # as the format has them; openpyxl leaves it
    assert found == wanted
    for number, columns, _ in shape.below:
        assert all(after[SHEET].cell(number, column).number_format == "@" for column in columns)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.data())
def test_spreadsheet_2003(data: st.DataObject) -> None:
    shape = data.draw(shapes())
    prefix = data.draw(st.sampled_from(["", "ss:"]))
    encoding = data.draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "windows-1250", "us-ascii"]))
    text = document(data.draw, shape, prefix, encoding.removesuffix("-sig"))
    rows = data.draw(values(shape))

    source = text.encode(encoding, "xmlcharrefreplace")
    after = written_into(source, shape, rows)

    root = fromstring(after)  # noqa: S314  # we wrote it
    assert grid_of(root) == expected(shape, rows)
    old, new = (one.decode(encoding) for one in (source, after))
    assert new.partition(f"<{prefix}Table")[0] == old.partition(f"<{prefix}Table")[0]
    assert new.partition(f"</{prefix}Table>")[2] == old.partition(f"</{prefix}Table>")[2]
    looks = {number: height for number, height, _ in heights(root)}
    for number, _, more in shape.below:
        assert [looks[number + one] for one in range(more + 1)] == [f"{number}"] * (more + 1)


def document(draw: st.DrawFn, shape: Shape, prefix: str, encoding: str) -> str:
    """Numbers stand where they have to, and elsewhere as it happens."""
    p, lines = prefix, []
    at = 1
    texts = {row: {c: str(t) for (r, c), t in shape.cells.items() if r == row} for row in range(1, shape.header + 1)}
    alike = [(row, dict.fromkeys(columns, ""), more) for row, columns, more in shape.below]
    for row, cells, more in [*((row, cells, 0) for row, cells in texts.items() if cells), *alike]:
        index = f' ss:Index="{row}"' if row != at or draw(st.booleans()) else ""
        inside, column = "", 1
        for one, text in sorted(cells.items() if not more else ()):
            place = f" ss:Index='{one}'" if one != column or draw(st.booleans()) else ""
            held = (
                f'<{p}Data ss:Type="String">{escape(text)}</{p}Data>'
                if text
                else draw(st.sampled_from(["", f'<{p}Data ss:Type="String"/>']))
            )
            inside += f'<{p}Cell{place} ss:StyleID="s">{held}</{p}Cell>\n'
            column = one + 1
        span = f' ss:Span="{more}"' if more else ""
        lines.append(f'<{p}Row{index}{span} ss:Height="{row}">{inside}</{p}Row>' if inside or draw(st.booleans())
                     else f'<{p}Row{index}{span} ss:Height="{row}"/>')  # fmt: skip
        at = row + more + 1
    counts = f' ss:ExpandedColumnCount="30" ss:ExpandedRowCount="{at - 1}"' if draw(st.booleans()) else ""
    default = "" if p else f' xmlns="{SS}"'
    return f"""<?xml version="1.0" encoding="{encoding}"?>
<?mso-application progid="Excel.Sheet"?>
<{p}Workbook{default} xmlns:ss="{SS}"><!-- > & ä -->
<{p}Worksheet ss:Name="{escape(SHEET)}"><{p}Table{counts} >
{"".join(lines)}
</{p}Table></{p}Worksheet><{p}Worksheet ss:Name="Größe"/></{p}Workbook>
"""


def heights(root: Element) -> list[tuple[int, str | None, Element]]:
    """Number, height and element of each row, those that are written as one counted out."""
    found, following = [], 1
    for row in root.iter(f"{{{SS}}}Row"):
        number, more = int(row.get(f"{{{SS}}}Index", following)), int(row.get(f"{{{SS}}}Span", 0))
        assert number >= following
        found += [(number + one, row.get(f"{{{SS}}}Height"), row) for one in range(more + 1)]
        following = number + more + 1
    (table,) = root.iter(f"{{{SS}}}Table")
    assert int(table.get(f"{{{SS}}}ExpandedRowCount", following)) >= following - 1
    return found


def grid_of(root: Element) -> Grid:
    found: Grid = {}
    for number, _, row in heights(root):
        following = 1
        for cell in row.iter(f"{{{SS}}}Cell"):
            column = int(cell.get(f"{{{SS}}}Index", following))
            assert column >= following
            following = column + 1
            for data in cell.iter(f"{{{SS}}}Data"):
                if data.text:
                    is_number = data.get(f"{{{SS}}}Type") == "Number"
                    found[number, column] = float(data.text) if is_number else data.text
    return found
