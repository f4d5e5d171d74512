"""The shape of the source: limits, names, and documents that keep up with the code."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(
    path
    for folder in ("src", "plugins", "tests", "benchmarks", "migrations")
    for path in (ROOT / folder).rglob("*.py")
    if "mutants" not in path.parts
)
PRODUCT = [path for path in SOURCES if path.is_relative_to(ROOT / "src") or "src" in path.relative_to(ROOT).parts]
FILE_LIMIT = 400
FUNCTION_LIMIT = 50
DRAWERS = re.compile(r"^(utils?|helpers?|common|misc|managers?|services?|handlers?|processors?)(_|\.|$)")


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_and_no_function_outgrows_its_limit(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    long = {node.name: (node.end_lineno or 0) - node.lineno + 1 for node in functions(path)}

    assert lines <= FILE_LIMIT
    assert {name: length for name, length in long.items() if length > FUNCTION_LIMIT} == {}


def test_no_element_of_a_page_outgrows_the_limit_of_a_file() -> None:
    elements = sorted((ROOT / "src" / "appraise" / "console" / "static" / "elements").glob("*.js"))
    lengths = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in elements}

    assert lengths
    assert {name: length for name, length in lengths.items() if length > FILE_LIMIT} == {}


def test_no_module_is_a_drawer() -> None:
    assert [str(path) for path in PRODUCT if DRAWERS.match(path.name)] == []


def test_nobody_mocks() -> None:
    guilty = [
        path
        for path in SOURCES
        if re.search(r"^\s*(from|import) unittest\.mock", path.read_text("utf-8"), re.MULTILINE)
    ]

    assert guilty == []


def test_the_readme_mentions_every_command_and_setting() -> None:
    import typer

    from appraise.cli import app
    from appraise.settings import Settings

    readme = (ROOT / "README.md").read_text("utf-8")
    commands = [f"appraise {name}" for name in typer.main.get_command(app).commands]  # type: ignore[attr-defined]
    settings = [f"APPRAISE_{name.upper()}" for name in Settings.model_fields]

    assert [name for name in [*commands, *settings] if name not in readme] == []


def test_documents_name_no_machine_path() -> None:
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]

    assert [
        path for path in documents if re.search(r"(^|\s)/(work|root|home)/", path.read_text("utf-8"), re.MULTILINE)
    ] == []


def test_each_decision_has_a_number_of_its_own() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    numbers = [int(page.name[:4]) for page in pages]

    assert len(set(numbers)) == len(numbers)
    assert [page.read_text("utf-8").split(".")[0] for page in pages] == [f"# {number}" for number in numbers]
