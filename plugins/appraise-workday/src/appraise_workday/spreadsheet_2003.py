"""XML Spreadsheet 2003, in which a tenant's Workday makes workbooks: one document, whose cells need not say where."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from appraise_workday.grid import Cell, Merged, Row, Value, opening, with_attribute, written
from appraise_workday.markup import Edit, Element, Markup, attribute_of, read_markup

NAMESPACE: Final = "urn:schemas-microsoft-com:office:spreadsheet"
NAME, INDEX, STYLE, FORMULA, MORE = (
    attribute_of(NAMESPACE, name) for name in ("Name", "Index", "StyleID", "Formula", "Span")
)
ACROSS, DOWN = attribute_of(NAMESPACE, "MergeAcross"), attribute_of(NAMESPACE, "MergeDown")


class Spreadsheet2003:
    suffix: Final = ".xml"

    def __init__(self, source: bytes) -> None:
        """Raises `ValueError` for another document."""
        self._markup = read_markup(source)
        root = self._markup.root
        if (root.namespace, root.name) != (NAMESPACE, "Workbook"):
            raise ValueError(f"it is XML of another kind, {root.name}")
        self._sheets = {one.attributes.get(NAME, ""): one for one in root.named("Worksheet")}

    @property
    def sheets(self) -> Sequence[str]:
        return list(self._sheets)

    def sheet(self, name: str) -> "Sheet2003":
        table = next(self._sheets[name].named("Table"), None)
        rows = () if table is None else tuple(_rows(table))
        merged = [one for row in rows for one in _merged(row)]
        return Sheet2003(self._markup, rows, merged, table)

    def saved(self, name: str, content: bytes) -> bytes:
        del name
        return content


@dataclass(frozen=True, slots=True)
class Sheet2003:
    markup: Markup
    rows: Sequence[Row]
    merged: Sequence[Merged]
    table: Element | None

    def row(self, like: Element | None, number: int, columns: int, more: int = 0) -> tuple[bytes, bytes]:
        """A row is numbered where it does not follow the one before it; those that are added do."""
        del columns
        name = (self._prefix() if like is None else like.prefix) + b"Row"
        if like is None:
            return b"<" + name + b">", b"</" + name + b">"
        tag = opening(self._bytes(like.start, like.opened))
        if like.attributes.get(INDEX) != str(number):
            tag = with_attribute(tag, b"Index", None)
        return with_attribute(tag, b"Span", more or None), b"</" + name + b">"

    def cell(self, row: int, column: int, value: Value, *, own: Element | None, like: Element | None) -> bytes:
        del row
        prefix, attribute = self._prefix(), self._attribute()
        kind = b"Number" if value.is_number else b"String"
        data = b'<%bData %bType="%b">%b</%bData>' % (prefix, attribute, kind, written(value.text), prefix)
        if own is None:
            return self._tag(column, like) + b">" + data + b"</%bCell>" % prefix
        empty = next(own.named("Data"), None)
        before = self._bytes(own.opened, empty.start if empty else own.opened)
        after = self._bytes(empty.end if empty else own.opened, own.closed)
        return opening(self._bytes(own.start, own.opened)) + before + data + after + b"</%bCell>" % own.prefix

    def bare(self, row: int, column: int, like: Element) -> bytes:
        del row
        return self._tag(column, like) + b"/>" if STYLE in like.attributes else b""

    def extent(self, row: int, column: int) -> Iterator[Edit]:
        table = self.table
        assert table is not None  # noqa: S101  # it has the header
        tag = self._bytes(table.start, table.opened)
        for name, least in (("ExpandedRowCount", row), ("ExpandedColumnCount", column)):
            said = table.attributes.get(attribute_of(NAMESPACE, name))
            if said is not None and int(said) < least:
                tag = with_attribute(tag, name.encode(), least)
        yield Edit(table.start, table.opened, tag)

    def _tag(self, column: int, like: Element | None) -> bytes:
        """Numbered, so that no cell after it moves."""
        style = "" if like is None else like.attributes.get(STYLE, "")
        tag = b'<%bCell %bIndex="%d"' % (self._prefix(), self._attribute(), column)
        return tag + (b' %bStyleID="%b"' % (self._attribute(), written(style)) if style else b"")

    def _prefix(self) -> bytes:
        return b"" if self.table is None else self.table.prefix

    def _attribute(self) -> bytes:
        return self.markup.prefixes[NAMESPACE]

    def _bytes(self, start: int, end: int) -> bytes:
        return self.markup.text[start:end]


def _rows(table: Element) -> Iterator[Row]:
    following = 1
    for element in table.named("Row"):
        number, more = int(element.attributes.get(INDEX, following)), int(element.attributes.get(MORE, 0))
        yield Row(element, number, dict(_cells(element)), more)
        following = number + more + 1


def _cells(row: Element) -> Iterator[tuple[int, Cell]]:
    following = 1
    for element in row.named("Cell"):
        column = int(element.attributes.get(INDEX, following))
        text = "".join(one.whole_text() for one in element.named("Data"))
        yield column, Cell(element, element.attributes.get(FORMULA, "") + text)
        following = column + 1 + int(element.attributes.get(ACROSS, 0))


def _merged(row: Row) -> Iterator[Merged]:
    for column, cell in row.cells.items():
        across, down = (int(cell.element.attributes.get(name, 0)) for name in (ACROSS, DOWN))
        if across or down:
            yield Merged(row.number, column, row.number + down, column + across)
