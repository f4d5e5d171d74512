"""`appraise roles`: granted, listed and taken away at the machine, and never from the last HR administrator."""

import json
from datetime import date
from pathlib import Path

import pytest
from tests.use_cases.conftest import AT, record
from typer.testing import CliRunner

from appraise.adapters.contract import ImportOptions, ReadPeople
from appraise.bootstrap import initialise, open_deployment
from appraise.cli import app
from appraise.errors import Conflict, InvalidInput, NotFound
from appraise.settings import Settings
from appraise.storage import audit
from appraise.use_cases.import_people import reconcile_people


def run(*arguments: str) -> str:
    return CliRunner().invoke(app, ["roles", *arguments], catch_exceptions=False).output


def test_roles_are_granted_listed_and_taken_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APPRAISE_DATA", str(tmp_path))
    initialise(Settings())
    deployment = open_deployment(Settings())
    people = ReadPeople(tuple(record(name, None, row) for row, name in enumerate(("hal", "ann"), start=2)), ())
    reconcile_people(deployment, people, ImportOptions("hr", as_of=date(2025, 1, 1)), file="x", at=AT, dry_run=False)
    assert "Nobody was granted a role" in run("list")

    assert run("grant", "hal@example.org", "hr_administrator") == "Hal is hr_administrator now\n"
    assert run("grant", "Ann", "auditor") == "Ann is auditor now\n"
    told = [(one["name"], one["role"], one["granted_by"]) for one in json.loads(run("list", "--json"))]
    assert told == [("Ann", "auditor", "command line"), ("Hal", "hr_administrator", "command line")]
    assert [line.split()[:2] for line in run("list").splitlines()[1:]] == [
        ["Ann", "auditor"],
        ["Hal", "hr_administrator"],
    ]

    with pytest.raises(Conflict, match="nobody else is HR administrator"):
        run("revoke", "Hal", "hr_administrator")
    with pytest.raises(NotFound, match="was not granted this role"):
        run("revoke", "Hal", "auditor")
    with pytest.raises(InvalidInput, match="no role 'service' to grant"):
        run("grant", "Hal", "service")
    assert run("revoke", "Ann", "auditor") == "Ann is no auditor any more\n"
    with deployment.database.reading() as session:
        lines = [(one.action, one.actor) for one in audit.entries(session) if one.action.startswith("role.")]
    deployment.database.close()
    assert lines == [(f"role.{deed}", "command line") for deed in ("grant", "grant", "revoke")]
