"""Rows of text from JSON documents and JSON lines, and XML documents."""

import json
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError, fromstring

from appraise.adapters.contract import FileShape
from appraise.adapters.detection import detect
from appraise.errors import InvalidInput, Place

LARGEST_DOCUMENT = 1 << 29  # a JSON document is held in memory as a whole; JSON lines are not


def json_records(path: Path, shape: FileShape) -> Iterator[tuple[int, dict[str, str]]]:
    """Numbered from 1: the record's ordinal. Nested objects become dotted keys, lists their JSON text."""
    document = _parsed(_document_text(path, shape), Place(path.name))
    for ordinal, record in enumerate(_records(document, shape.records_path, path), start=1):
        if not isinstance(record, dict):
            raise InvalidInput(
                f"record {ordinal} is not an object", place=Place(path.name), expected="a list of JSON objects"
            )
        yield ordinal, _flat(record)


def read_json(path: Path, title: str) -> object:
    """A whole JSON document, with numbers as the text that the file holds. Raises `InvalidInput` for any other file."""
    shape = detect(path, FileShape())
    if shape.format != "json":
        raise InvalidInput(f"the file is no {title}", place=Place(path.name), expected="a JSON document")
    return _parsed(_document_text(path, shape), Place(path.name))


def read_xml(path: Path, title: str) -> Element:
    """The root of an XML document. A document type is refused: entities can swell a small file beyond any memory."""
    shape = detect(path, FileShape())
    text = _document_text(path, shape) if shape.format == "xml" else ""
    if not text or "<!DOCTYPE" in text:
        found = "the XML declares a document type" if text else f"the file is no {title}"
        raise InvalidInput(found, place=Place(path.name), expected="an XML document without one")
    try:
        return fromstring(text)  # noqa: S314  # no document type, so no entities
    except ParseError as error:
        raise InvalidInput(f"the XML cannot be read: {error}", place=Place(path.name)) from error


def local_name(tag: str) -> str:
    """An element's name without its namespace, which some systems make up for each report."""
    return tag.rpartition("}")[2]


def json_line(text: str, place: Place) -> dict[str, str]:
    record = _parsed(text, place)
    if not isinstance(record, dict):
        raise InvalidInput("the line is not a JSON object", place=place, expected="one JSON object per line")
    return _flat(record)


def _document_text(path: Path, shape: FileShape) -> str:
    size = path.stat().st_size
    if size > LARGEST_DOCUMENT:
        raise InvalidInput(
            f"the document has {size:,} bytes",
            place=Place(path.name),
            expected=f"at most {LARGEST_DOCUMENT:,} bytes",
            hint="export it as JSON lines (one record per line), which is read as a stream",
        )
    try:
        return path.read_text(encoding=shape.encoding or "utf-8").removeprefix("\ufeff")
    except UnicodeError as error:
        raise InvalidInput(f"the file's text is not {shape.encoding}", place=Place(path.name)) from error


def _parsed(text: str, place: Place) -> object:
    def refuse(constant: str) -> None:
        message = f"{constant} is not JSON"
        raise ValueError(message)

    try:
        # Numbers stay the text that the file holds: ids of 19 digits and prices lose nothing.
        return json.loads(text, parse_int=str, parse_float=str, parse_constant=refuse)
    except ValueError as error:
        raise InvalidInput(f"the JSON cannot be read: {error}", place=place) from error
    except RecursionError as error:
        raise InvalidInput("the JSON is nested too deeply", place=place) from error


def _records(document: object, records_path: str | None, path: Path) -> list[object]:
    if records_path is not None:
        for key in filter(None, records_path.split(".")):
            if not isinstance(document, dict) or key not in document:
                keys = ", ".join(document) if isinstance(document, dict) else "a list"
                raise InvalidInput(
                    f"there is no {key!r} on the path {records_path!r} to the records",
                    place=Place(path.name),
                    expected=f"a path through what is there: {keys}",
                )
            document = document[key]
    if isinstance(document, dict):
        lists = {key: value for key, value in document.items() if isinstance(value, list)}
        if len(lists) != 1:
            raise InvalidInput(
                "cannot tell where the records are: " + (", ".join(lists) or "no list is at the top"),
                place=Place(path.name),
                expected="one list of records",
                hint="declare records_path",
            )
        (document,) = lists.values()
    if not isinstance(document, list):
        raise InvalidInput("the JSON holds no list of records", place=Place(path.name))
    return document


def _flat(record: dict[str, object], prefix: str = "") -> dict[str, str]:
    cells: dict[str, str] = {}
    for key, value in record.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            cells.update(_flat(value, f"{name}."))
        elif isinstance(value, list):
            cells[name] = json.dumps(value, ensure_ascii=False)
        elif isinstance(value, bool):
            cells[name] = "true" if value else "false"
        else:
            cells[name] = "" if value is None else str(value)
    return cells
