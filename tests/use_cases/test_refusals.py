"""Slips at the command line: each is said in words, with what was meant, and none is called a defect."""

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from appraise.adapters.discovery import adapter_named
from appraise.bootstrap import initialise
from appraise.cli import app
from appraise.errors import InvalidInput, NotFound
from appraise.settings import Settings


def test_a_misspelt_adapter_is_answered_with_the_one_that_is_installed() -> None:
    with pytest.raises(NotFound) as refusal:
        adapter_named("zendsk")

    assert refusal.value.hint == "did you mean 'zendesk'?"


def test_a_time_zone_that_there_is_not_is_refused_before_the_file_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APPRAISE_DATA", str(tmp_path))
    initialise(Settings())

    with pytest.raises(InvalidInput) as refusal:
        CliRunner().invoke(
            app, ["import", "shopify", "orders.csv", "--time-zone", "Europe/Berlinn"], catch_exceptions=False
        )

    assert refusal.value.hint == "did you mean Europe/Berlin?"


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_port_that_there_is_not_is_wrong_usage(command: str) -> None:
    assert CliRunner().invoke(app, [command, "--port", "99999"]).exit_code == 2


def test_a_place_that_cannot_be_written_is_a_problem_and_no_defect(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file", encoding="utf-8")

    ended = subprocess.run(
        [sys.executable, "-m", "appraise", "init"],
        env={"APPRAISE_DATA": "taken"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ended.returncode, ended.stderr) == (
        1,
        "Error: the system says: File exists\n  where:    taken\n  to do:    check the path, and who may read and write there\n",
    )
