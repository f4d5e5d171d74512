"""`appraise write-back` and `appraise section pdf`, by a person at the machine."""

import csv
import io
import json
from pathlib import Path

import pytest
from tests.api.builder import AT, build, finalise
from typer.testing import CliRunner

from appraise.bootstrap import initialise
from appraise.cli import app
from appraise.settings import Settings
from appraise.use_cases.rate_item import rate_item
from appraise.use_cases.submit_section import submit_section

HOSTS = """
[[hosts]]
name = "payroll"
sink = "csv"
employee = "hr:id"
scale = { worst = 0, best = 100, step = 1 }
"""


def told(*words: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, list(words), env={"COLUMNS": "250"})
    assert result.exit_code == code, (result.output, result.exception)
    return result.output


def test_a_person_plans_sends_reads_the_answer_and_prints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "hosts.toml").write_text(HOSTS, encoding="utf-8")
    monkeypatch.setenv("APPRAISE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("APPRAISE_HOSTS", str(tmp_path / "hosts.toml"))
    company = build(initialise(Settings()))
    section, manager = company.section("Ann Archer").section, company.principal("Max Weber")
    rated = [item.id for item in section.items if item.is_open]
    for version, item in enumerate(rated, start=1):
        rate_item(
            company.deployment, manager, section.id, item, rating=3, comment=None, expected_version=version, at=AT
        )  # fmt: skip
    submit_section(company.deployment, manager, section.id, expected_version=len(rated) + 1, at=AT)
    finalise(company, "Ann Archer", len(rated) + 2)
    company.deployment.database.close()
    file, pdf = tmp_path / "ratings.csv", tmp_path / "ann.pdf"

    assert "50 of 0 to 100 by 1" in told("write-back", "plan", "2025")
    [planned] = json.loads(told("write-back", "plan", "2025", "--json"))
    assert (planned["total"], planned["written"], planned["state"]) == ("3.00", "50", "NOT_DUE")
    named_wrongly = told("write-back", "send", "2025", "--to", str(file.with_suffix(".xlsx")))
    assert "What is in it is .csv: name it so before it is imported." in named_wrongly
    sent = told("write-back", "send", "2025", "--to", str(file))
    assert "1 sections in" in sent
    assert "What is in it" not in sent
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))
    assert [row["total"] for row in rows] == ["50"]
    assert "1 sent" in told("write-back", "status", "2025")
    assert "1 confirmed" in told("write-back", "check", "2025", "--answers", str(file))
    file.write_text(file.read_text(encoding="utf-8").replace(",50,", ",80,"), encoding="utf-8")
    drifted = told("write-back", "check", "2025", "--answers", str(file), code=3)
    assert "sent '50', holds '80'" in " ".join(drifted.split())  # however wide a terminal other tests have left
    [line] = json.loads(told("write-back", "status", "2025", "--json"))
    assert line["differences"] == [{"field": "total", "sent": "50", "found": "80"}]
    told("write-back", "retry", line["section"], code=1)  # somebody changed it there
    assert "By hand." in told("write-back", "by-hand", line["section"], "--note", "HR agreed to 80")
    assert "bytes in" in told("section", "pdf", "Ann Archer", "--to", str(pdf))
    assert pdf.read_bytes().startswith(b"%PDF-")
