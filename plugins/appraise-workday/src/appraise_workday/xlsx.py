"""XLSX: an archive, of which the document of one worksheet changes, and no other file."""

import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from posixpath import join, normpath
from typing import Final

from appraise_workday.grid import Cell, Merged, Row, Value, opening, with_attribute, written
from appraise_workday.markup import Edit, Element, Markup, read_markup

TYPES: Final = "[Content_Types].xml"
BOOK: Final = "xl/workbook.xml"
RELATIONS: Final = "xl/_rels/workbook.xml.rels"
STRINGS: Final = "sharedStrings"
_PLACE: Final = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")
_SIGN: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
"""How a worksheet holds characters that markup does not take, and what looks like one of them."""


class Xlsx:
    def __init__(self, source: bytes) -> None:
        """Raises `ValueError`, `KeyError` and `BadZipFile` for another archive."""
        self._source = source
        with zipfile.ZipFile(BytesIO(source)) as archive:
            parts = {name: archive.read(name) for name in (BOOK, RELATIONS)}
            targets = {one.attributes["Id"]: one for one in read_markup(parts[RELATIONS]).root.children}
            self._members = {
                one.attributes["name"]: _member(targets[_relation(one)])
                for sheets in read_markup(parts[BOOK]).root.named("sheets")
                for one in sheets.children
            }
            self._documents = {member: archive.read(member) for member in self._members.values()}
            strings = [_member(one) for one in targets.values() if one.attributes["Type"].endswith(f"/{STRINGS}")]
            self._strings = [text for one in strings for text in _strings(archive.read(one))]
            self.suffix = ".xlsm" if b"macroEnabled" in archive.read(TYPES) else ".xlsx"

    @property
    def sheets(self) -> Sequence[str]:
        return list(self._members)

    def sheet(self, name: str) -> "XlsxSheet":
        markup = read_markup(self._documents[self._members[name]])
        data = next(markup.root.named("sheetData"), None)
        rows = () if data is None else tuple(_rows(data, self._strings))
        merged = [_merged(one.attributes["ref"]) for all_ in markup.root.named("mergeCells") for one in all_.children]
        return XlsxSheet(markup, rows, merged)

    def saved(self, name: str, content: bytes) -> bytes:
        """The archive with all of its files in their order and with their times."""
        buffer = BytesIO()
        with zipfile.ZipFile(BytesIO(self._source)) as before, zipfile.ZipFile(buffer, "w") as after:
            after.comment = before.comment
            for about in before.infolist():
                is_filled = about.filename == self._members[name]
                after.writestr(about, content if is_filled else before.read(about))
        return buffer.getvalue()


@dataclass(frozen=True, slots=True)
class XlsxSheet:
    markup: Markup
    rows: Sequence[Row]
    merged: Sequence[Merged]

    def row(self, like: Element | None, number: int, columns: int, more: int = 0) -> tuple[bytes, bytes]:
        assert not more  # noqa: S101  # each row is written here
        name = (like or self.rows[0].element).prefix + b"row"
        tag = b"<" + name + b">" if like is None else opening(self._bytes(like))
        spans = "" if like is None else like.attributes.get("spans", "")
        if ":" in spans and int(spans.partition(":")[2]) < columns:
            tag = with_attribute(tag, b"spans", f"{spans.partition(':')[0]}:{columns}")
        if like is None or like.attributes.get("r", str(number)) != str(number):
            tag = with_attribute(tag, b"r", number)
        return tag, b"</" + name + b">"

    def cell(self, row: int, column: int, value: Value, *, own: Element | None, like: Element | None) -> bytes:
        prefix = self.rows[0].element.prefix
        tag = self._bare(row, column, like) + b">" if own is None else opening(self._bytes(own))
        tag = with_attribute(tag, b"t", None if value.is_number else "inlineStr")
        if value.is_number:
            content = b"<%bv>%b</%bv>" % (prefix, written(value.text), prefix)
        else:
            text = written(_SIGN.sub(lambda match: f"_x005F{match[0]}", value.text))
            content = b'<%bis><%bt xml:space="preserve">%b</%bt></%bis>' % (prefix, prefix, text, prefix, prefix)
        return tag + content + b"</%bc>" % prefix

    def bare(self, row: int, column: int, like: Element) -> bytes:
        return self._bare(row, column, like) + b"/>" if "s" in like.attributes else b""

    def extent(self, row: int, column: int) -> Iterator[Edit]:
        for one in self.markup.root.named("dimension"):
            old = _merged(one.attributes["ref"])
            new = f"{_letters(old.left)}{old.top}:{_letters(max(old.right, column))}{max(old.bottom, row)}"
            if (row, column) != (min(row, old.bottom), min(column, old.right)):
                yield Edit(one.start, one.opened, with_attribute(self._bytes(one), b"ref", new))

    def _bare(self, row: int, column: int, like: Element | None) -> bytes:
        tag = b'<%bc r="%b%d"' % (self.rows[0].element.prefix, _letters(column).encode(), row)
        style = None if like is None else like.attributes.get("s")
        return tag if style is None else tag + b' s="%b"' % style.encode()

    def _bytes(self, one: Element) -> bytes:
        return self.markup.text[one.start : one.opened]


def _relation(sheet: Element) -> str:
    return next(value for key, value in sheet.attributes.items() if key.endswith(" id"))


def _member(relation: Element) -> str:
    return normpath(join("/xl", relation.attributes["Target"])).lstrip("/")


def _strings(source: bytes) -> list[str]:
    return [_text(one) for one in read_markup(source).root.named("si")]


def _text(one: Element) -> str:
    """Of a text in parts, without how its letters are spoken."""
    texts = [*one.named("t"), *(text for part in one.named("r") for text in part.named("t"))]
    return _SIGN.sub(lambda match: chr(int(match[1], 16)), "".join(text.text for text in texts))


def _rows(data: Element, strings: Sequence[str]) -> Iterator[Row]:
    following = 1
    for element in data.named("row"):
        number = int(element.attributes.get("r", following))
        yield Row(element, number, dict(_cells(element, strings)))
        following = number + 1


def _cells(row: Element, strings: Sequence[str]) -> Iterator[tuple[int, Cell]]:
    following = 1
    for element in row.named("c"):
        place = _PLACE.fullmatch(element.attributes.get("r", ""))
        column = _column(place[1]) if place else following
        yield column, Cell(element, _shown(element, strings))
        following = column + 1


def _shown(cell: Element, strings: Sequence[str]) -> str:
    value = "".join(one.text for one in cell.named("v"))
    if value and cell.attributes.get("t") == "s":
        return strings[int(value)]
    formula, inline = (
        "".join(one.text for one in cell.named("f")),
        "".join(_text(one) for one in cell.named("is")),
    )
    return value + inline or formula


def _merged(text: str) -> Merged:
    first, _, last = text.partition(":")
    (left, top), (right, bottom) = (_place(one) for one in (first, last or first))
    return Merged(top, left, bottom, right)


def _place(text: str) -> tuple[int, int]:
    found = _PLACE.fullmatch(text)
    if found is None:
        raise ValueError(f"{text} is no place in a worksheet")
    return _column(found[1]), int(found[2])


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _letters(column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
