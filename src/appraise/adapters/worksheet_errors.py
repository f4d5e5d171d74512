"""Cells of a worksheet that hold an error, such as #N/A: the reader of worksheets shows them as blanks."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element, ParseError, fromstring

from appraise.errors import InvalidInput, Place

_CHUNK: Final = 1 << 20
_CELL: Final = re.compile(rb'<(?:\w+:)?c\b([^>]*\bt="e"[^>]*)(?<!/)>(.*?)</(?:\w+:)?c>', re.DOTALL)
_PLACE: Final = re.compile(rb'\br="([A-Z]{1,3})(\d+)"')
_VALUE: Final = re.compile(rb"<(?:\w+:)?v>([^<]*)<")


def error_cells(path: Path, sheet: str) -> dict[tuple[int, int], str]:
    """(row, column), both from 0, → the error. Of `.xlsx` alone: other workbooks do not tell errors from blanks."""
    if not zipfile.is_zipfile(path):
        return {}
    try:
        with zipfile.ZipFile(path) as archive:
            member = _member(archive, sheet)
            if member is None or not _has_errors(archive, member):
                return {}
            cells = dict(_errors(archive.read(member), Place(path.name)))
    except (zipfile.BadZipFile, ParseError, KeyError, NotImplementedError, RuntimeError) as error:
        raise InvalidInput(f"the workbook cannot be read: {error}", place=Place(path.name)) from error
    return cells


def _member(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """The file of the sheet within an `.xlsx`; None of another kind of workbook."""
    if "xl/workbook.xml" not in archive.namelist():
        return None
    ids = [
        next(value for key, value in one.attrib.items() if key.endswith("}id"))
        for one in _elements(archive, "xl/workbook.xml", "sheet")
        if one.get("name") == sheet
    ]
    targets = {
        one.get("Id"): one.get("Target", "") for one in _elements(archive, "xl/_rels/workbook.xml.rels", "Relationship")
    }
    target = targets.get(ids[0], "") if ids else ""
    return None if not target else target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _elements(archive: zipfile.ZipFile, member: str, name: str) -> Iterator[Element]:
    text = archive.read(member)
    if b"<!DOCTYPE" in text:
        raise ParseError("it declares a document type")
    root = fromstring(text)  # noqa: S314  # no document type, so no entities
    return (one for one in root.iter() if one.tag.rpartition("}")[2] == name)


def _has_errors(archive: zipfile.ZipFile, member: str) -> bool:
    before = b""
    with archive.open(member) as stream:
        while chunk := stream.read(_CHUNK):
            if b't="e"' in before + chunk:
                return True
            before = chunk[-4:]
    return False


def _errors(text: bytes, place: Place) -> Iterator[tuple[tuple[int, int], str]]:
    for attributes, content in _CELL.findall(text):
        found, value = _PLACE.search(attributes), _VALUE.search(content)
        if found is None:
            raise InvalidInput("the worksheet has errors in cells that it does not name", place=place)
        column = 0
        for letter in found[1]:
            column = column * 26 + letter - 64
        yield (int(found[2]) - 1, column - 1), value[1].decode() if value else "#N/A"
