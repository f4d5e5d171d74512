"""Private matters, put into each adapter's own examples: none of them comes in, whatever they are called.

Readers look at what they know alone. Of tables of text the conformance suite holds it, by a column too many.
"""

import json
import re
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import SubElement, fromstring, tostring

import pytest
from openpyxl import load_workbook

from appraise.adapters.contract import EmployeeSource
from appraise.adapters.discovery import installed_adapters
from appraise.testing.conformance import Example, golden_files

PLUGINS = Path(__file__).parents[2] / "plugins"
PRIVATE = ("ssn", "DateOfBirth", "birthDate", "gender", "Salary", "payRate", "BSN", "religion", "RemarksOfHR")
SECRET = "Z9-PRIVATE"


def examples() -> dict[str, tuple[EmployeeSource, Example, Path]]:
    found = {}
    for name, adapter in installed_adapters().items():
        directory = PLUGINS / f"appraise-{name}/tests/fixtures"
        if isinstance(adapter, EmployeeSource) and list(directory.glob("*.golden.txt")):
            for one in golden_files(directory, name):
                if one.path is not None and one.path.suffix != ".csv":
                    found[f"{name}: {one.name}"] = adapter, one, one.path
    return found


EXAMPLES = examples()


def with_private(path: Path) -> bytes:
    """The file with a field more for each of the private matters: in every object, element, row and line."""
    content = path.read_bytes()
    match path.suffix:
        case ".json":
            return json.dumps(_objects(json.loads(content))).encode()
        case ".xml":
            root = fromstring(content)  # noqa: S314  # of our own making
            for parent in [one for one in root.iter() if len(one)]:
                namespace = parent[0].tag[: parent[0].tag.find("}") + 1]
                for name in PRIVATE:
                    SubElement(parent, f"{namespace}{name}").text = SECRET
            return tostring(root, encoding="utf-8", xml_declaration=True)
        case ".xlsx":
            return _workbook(content)
        case ".dat":
            return _lines(content.decode()).encode()
        case suffix:
            raise AssertionError(suffix)


def _objects(value: Any) -> Any:
    if isinstance(value, list):
        return [_objects(one) for one in value]
    if not isinstance(value, dict):
        return value
    has_labels = any(isinstance(one, dict) and "label" in one for one in value.values())
    added = {name: {"label": name, "value": SECRET} if has_labels else SECRET for name in PRIVATE}
    return {**added, **{name: _objects(one) for name, one in value.items()}, **added}


def _workbook(content: bytes) -> bytes:
    book, stream = load_workbook(BytesIO(content)), BytesIO()
    sheet = book.worksheets[0]
    for row in list(sheet.iter_rows()):
        for number, name in enumerate(PRIVATE, 1):
            sheet.cell(row[0].row, len(row) + number, name if row[0].row == 1 else SECRET)
    book.save(stream)
    return stream.getvalue()


def _lines(text: str) -> str:
    """Of HCM Data Loader: METADATA names the attributes of the lines of its object."""
    widths, lines = dict[str, int](), []
    for line in text.splitlines():
        cells = re.split(r"(?<!\\)\|", line)
        if cells[0] == "METADATA":
            widths[cells[1]] = len(cells)
            cells += PRIVATE
        elif len(cells) > 1 and cells[1] in widths:
            cells += [""] * (widths[cells[1]] - len(cells)) + [SECRET] * len(PRIVATE)
        lines.append("|".join(cells))
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("name", EXAMPLES)
def test_no_private_matter_comes_in(tmp_path: Path, name: str) -> None:
    adapter, example, path = EXAMPLES[name]
    copy = tmp_path / path.name
    copy.write_bytes(with_private(path))
    assert copy.read_bytes().count(SECRET.encode()) >= len(PRIVATE) or path.suffix == ".xlsx"

    before, after = (adapter.read_people(one, example.options) for one in (path, copy))

    assert SECRET not in repr(after)
    assert (after.records, after.rejected, after.skipped) == (before.records, before.rejected, before.skipped)


def test_every_form_of_export_that_is_no_table_of_text_is_tried() -> None:
    assert {path.suffix for _, _, path in EXAMPLES.values()} == {".json", ".xml", ".xlsx", ".dat"}
    assert len(EXAMPLES) > 10
