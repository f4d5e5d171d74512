"""The examples in `docs/api/bulk.md` are run as they stand there, against a server with its worker."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.api.builder import AT, Company, build, empty_deployment
from tests.api.importing import MAPPING
from tests.serving import serving

from appraise.api.global_ids import Kind, to_global
from appraise.settings import Settings
from appraise.web import create_app, working

PAGE = Path(__file__).parents[2] / "docs" / "api" / "bulk.md"
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    built = build(empty_deployment(tmp_path_factory.mktemp("company")))
    yield built
    built.deployment.database.close()


@pytest.fixture(scope="module")
def run(company: Company, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """`run(call)`: the page's Python examples and `call` after them, as Hal."""
    source = "\n".join(re.findall(r"^```python\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL))
    directory = tmp_path_factory.mktemp("examples")
    deployment, token = company.deployment, company.token("Hal Novak")

    def ran(call: str, **more: Any) -> subprocess.CompletedProcess[str]:
        (directory / "example.py").write_text(f"{source}\n{call}\n", encoding="utf-8")
        command = [sys.executable, "-W", "error", "example.py"]
        return subprocess.run(
            command, cwd=directory, env=os.environ | known, capture_output=True, text=True, timeout=120, check=False
        )

    with working(deployment, Settings(), lambda: AT), serving(create_app(deployment, Settings(), lambda: AT)) as url:
        known = {"APPRAISE_URL": url, "APPRAISE_TOKEN": token}
        yield ran


def test_a_file_is_sent_planned_and_applied(company: Company, run: Run, tmp_path: Path) -> None:
    company.deployment.events.initialise()
    (tmp_path / "ratings.csv").write_bytes(b"id,at,agent,answer\n1,2025-03-01,E0005,5\n2,2025-03-02,E0005,4\n")
    (tmp_path / "ratings.toml").write_text(MAPPING)
    options = f"adapter='csv', source='desk', mapping=Path({str(tmp_path / 'ratings.toml')!r}).read_text()"
    done = run(f"print(json.dumps(import_file(Path({str(tmp_path / 'ratings.csv')!r}), {options})))")

    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert (told["state"], told["applied"]["kinds"]) == ("APPLIED", [{"kind": "ratings", "accepted": 2}])


def test_sections_are_closed_by_one_request(company: Company, run: Run) -> None:
    section = company.section("Ann Archer").section
    row = {"sectionId": to_global(Kind.SECTION, section.id), "expectedVersion": section.version, "reason": "agreed"}
    done = run(f"print(json.dumps(finalise([{row!r}], 'k')))")

    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert (told["failed"], told["rows"][0]["userErrors"][0]["code"]) == (1, "WRONG_STATE")


def test_an_export_is_fetched_and_gone_on_with(company: Company, run: Run, tmp_path: Path) -> None:
    cycle = to_global(Kind.CYCLE, company.cycle.id)
    call = f"export(Path({str(tmp_path / 'estimates.jsonl')!r}), kind='ESTIMATES', format='JSONL', cycle={cycle!r})"
    done = run(call)
    assert (done.returncode, done.stderr) == (0, "")
    whole = (tmp_path / "estimates.jsonl").read_bytes()
    assert len([json.loads(line) for line in whole.splitlines()]) == 5 * 4
    (tmp_path / "estimates.jsonl").write_bytes(whole[:1000])  # as if it had broken off; the same file is written again
    assert run(call).stderr == ""
    assert (tmp_path / "estimates.jsonl").read_bytes() == whole
