"""docs/write-an-adapter.md, followed word by word."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from appraise.cli import app

GUIDE = (Path(__file__).parents[2] / "docs" / "write-an-adapter.md").read_text(encoding="utf-8")
READING = GUIDE.partition("## Writing back")[0]
BLOCKS = dict(re.findall(r"```(\w+)\n(.*?)```", READING, re.DOTALL))


@pytest.fixture
def package(tmp_path: Path) -> Path:
    command, name = BLOCKS["console"].removeprefix("$ appraise ").split()
    result = CliRunner().invoke(app, [command, name, "--to", str(tmp_path)])
    assert result.exit_code == 0, result.output
    return tmp_path / f"appraise-{name}"


def tried(package: Path) -> subprocess.CompletedProcess[str]:
    """The package's tests, with the package installed as far as Python can see: its modules and its entry points."""
    project = tomllib.loads((package / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    metadata = package / "src" / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    metadata.mkdir(exist_ok=True)
    (metadata / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    points = project["entry-points"]["appraise.adapters"]
    lines = "".join(f"{name} = {value}\n" for name, value in points.items())
    (metadata / "entry_points.txt").write_text(f"[appraise.adapters]\n{lines}")
    environment = {**os.environ, "PYTHONPATH": str(package / "src")}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(package), str(package)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=package)


def test_a_new_package_fails_by_its_golden_result_alone(package: Path) -> None:
    run = tried(package)

    failed = re.findall(r"^FAILED .*\[(.*)\]", run.stdout, re.MULTILINE)
    assert failed == ["people.csv: what is read is the golden result"], run.stdout + run.stderr


def test_the_guide_ends_in_a_package_that_passes(package: Path) -> None:
    fixtures = package / "tests" / "fixtures"
    (fixtures / "people.csv").write_text(BLOCKS["csv"], encoding="utf-8")
    (fixtures / "people.csv.golden.txt").write_text(BLOCKS["text"], encoding="utf-8")
    adapter = package / "src" / "appraise_acme" / "adapter.py"
    text = adapter.read_text(encoding="utf-8")
    adapter.write_text(re.sub(r"^EXPORT = .*?^\)\n", lambda _: BLOCKS["python"], text, flags=re.DOTALL | re.MULTILINE))

    run = tried(package)

    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("name", ["Acme", "../acme", "acme_hr", "1st"])
def test_a_name_that_no_package_can_have_is_refused(tmp_path: Path, name: str) -> None:
    result = CliRunner().invoke(app, ["new-adapter", name, "--to", str(tmp_path)])

    assert result.exit_code != 0
    assert list(tmp_path.iterdir()) == []


def test_a_package_is_not_written_over(package: Path) -> None:
    result = CliRunner().invoke(app, ["new-adapter", "acme", "--to", str(package.parent)])

    assert result.exit_code != 0
