"""`appraise audit`: a log that somebody tampered with, in the database itself and in a file."""

import json
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.use_cases.conftest import AT, Company, finalised
from typer.testing import CliRunner

from appraise.cli import app
from appraise.errors import InvalidInput
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.export_audit import export_audit, exported_entries
from appraise.use_cases.verify_audit import verdict_of, verify_audit

COPY_OF_LINE_4 = (
    "INSERT INTO audit_log SELECT 5, at, actor, action, subject, details, 'p', 'h' FROM audit_log WHERE sequence = 4"
)
TAMPERING = {
    "edited": ["UPDATE audit_log SET actor = 'nobody' WHERE sequence = 5"],
    "removed": ["DELETE FROM audit_log WHERE sequence = 5"],
    "reordered": [
        "UPDATE audit_log SET sequence = 1000 WHERE sequence = 5",
        "UPDATE audit_log SET sequence = 5 WHERE sequence = 6",
        "UPDATE audit_log SET sequence = 6 WHERE sequence = 1000",
    ],
    "put in": [
        "UPDATE audit_log SET sequence = sequence + 1000 WHERE sequence >= 5",
        COPY_OF_LINE_4,
        "UPDATE audit_log SET sequence = sequence - 999 WHERE sequence >= 1000",
    ],
}


def tampered(deployment: Deployment, statements: list[str]) -> None:
    """By somebody who owns the database: the triggers are put out of the way first."""
    with deployment.database.transaction() as session:
        if deployment.database.is_sqlite:
            names = session.execute(text("SELECT name FROM sqlite_schema WHERE type = 'trigger'")).scalars().all()
            for name in names:
                session.execute(text(f"DROP TRIGGER {name}"))
        else:
            session.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            session.execute(text(statement))


def lines_of(deployment: Deployment, path: Path) -> list[str]:
    with path.open("wb") as file:
        export_audit(deployment, by="test", write=file.write, at=AT)
    return path.read_text("utf-8").splitlines()


@pytest.mark.parametrize("how", TAMPERING)
def test_a_line_that_was_tampered_with_shows(company: Company, how: str) -> None:
    company.scored()
    finalised(company)
    head = verify_audit(company.deployment).head
    assert verify_audit(company.deployment, kept=head).holds

    tampered(company.deployment, TAMPERING[how])

    verdict = verify_audit(company.deployment, kept=head)
    assert verdict.first_break is not None
    assert verdict.first_break.sequence in {5, 6}
    assert verdict.holds is False


def test_lines_cut_off_at_the_end_show_by_a_head_that_was_kept(company: Company) -> None:
    company.scored()
    before = verify_audit(company.deployment)
    tampered(company.deployment, [f"DELETE FROM audit_log WHERE sequence > {before.entries - 2}"])

    cut = verify_audit(company.deployment, kept=before.head)

    assert (cut.first_break, cut.entries, cut.has_head, cut.holds) == (None, before.entries - 2, False, False)
    assert verify_audit(company.deployment).holds


def test_an_exported_log_is_verified_without_the_database(company: Company, tmp_path: Path) -> None:
    company.scored()
    finalised(company)
    path = tmp_path / "audit.jsonl"
    lines = lines_of(company.deployment, path)
    verdict = verify_audit(company.deployment)

    assert verdict_of(exported_entries(path), kept=verdict.head) == verify_audit(company.deployment, kept=verdict.head)
    assert (len(lines), json.loads(lines[-1])["action"]) == (verdict.entries, "audit.export")
    for changed in (lines[:4] + lines[5:], [*lines[:4], lines[5], lines[4], *lines[6:]]):
        path.write_text("\n".join(changed) + "\n", encoding="utf-8")
        assert verdict_of(exported_entries(path)).holds is False


def test_a_file_that_is_no_log_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    path.write_text('{"sequence": 1}\n', encoding="utf-8")

    with pytest.raises(InvalidInput, match="no line of an audit log") as refused:
        list(exported_entries(path))
    assert str(refused.value.place) == f"{path}, row 1"


def test_the_commands_say_whether_the_chain_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APPRAISE_DATA", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    runner = CliRunner()
    assert runner.invoke(app, ["init"]).exit_code == 0
    exported = runner.invoke(app, ["audit", "export", "--to", "audit.jsonl"])
    good = runner.invoke(app, ["audit", "verify"])
    told = json.loads(runner.invoke(app, ["audit", "verify", "audit.jsonl", "--json"]).output)
    bad = runner.invoke(app, ["audit", "verify", "audit.jsonl", "--head", "0" * 63 + "1"])

    assert (exported.exit_code, exported.output) == (0, "1 lines in audit.jsonl\n")
    assert (good.exit_code, "The chain holds." in good.output) == (0, True)
    assert (told["holds"], told["lines"], told["head"] in good.output) == (True, 1, True)
    assert (bad.exit_code, "lines were cut off" in bad.output) == (1, True)
