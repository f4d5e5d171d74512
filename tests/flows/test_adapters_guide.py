"""The rest of docs/write-an-adapter.md: that it is a page, its example of a sink, and the matrix that the command prints."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from appraise.cli import app

GUIDE = (Path(__file__).parents[2] / "docs" / "write-an-adapter.md").read_text(encoding="utf-8")
READING, _, WRITING = GUIDE.partition("## Writing back")
LINES, WORDS = 80, 450
"""Of a printed page, code included."""


def test_the_guide_to_a_reader_fits_on_one_page() -> None:
    assert len(READING.splitlines()) <= LINES
    assert len(READING.split()) <= WORDS


def test_the_example_of_a_sink_proves_one(tmp_path: Path) -> None:
    """Word by word, with the sink and the server of an adapter of ours for those that a stranger writes."""
    (example,) = re.findall(r"```python\n(.*?)```", WRITING, re.DOTALL)
    package = tmp_path / "appraise_acme"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "sections.py").write_text("from appraise_odoo.sections import sink\n\n__all__ = ['sink']\n")
    path = tmp_path / "test_sections.py"
    path.write_text(f"from appraise.testing.hosts.odoo import FakeOdoo as FakeAcme\n{example}")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(path)]

    run = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=tmp_path)

    assert run.returncode == 0, run.stdout + run.stderr
    assert "1 passed" in run.stdout


@pytest.mark.long
def test_the_command_prints_what_is_proven_as_the_docs_have_it() -> None:
    page = (Path(__file__).parents[2] / "docs" / "write-back.md").read_text(encoding="utf-8")
    tables = [
        page.partition(f"<!-- {one} -->\n")[2].partition("\n<!-- end -->")[0] for one in ("proven", "proven files")
    ]

    shown = CliRunner().invoke(app, ["adapters", "--proven"])

    assert shown.exit_code == 0, shown.output
    assert [table in shown.output for table in tables] == [True, True]
