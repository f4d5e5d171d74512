"""`appraise policy …` and `appraise score --policy` as somebody types them."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from appraise.bootstrap import initialise
from appraise.cli import app
from appraise.domain.policies import DEFAULT_POLICY
from appraise.domain.policy_documents import policy_hash, read_toml
from appraise.errors import InvalidInput, NotEnough
from appraise.settings import Settings

SCHEMA = Path(__file__).parents[2] / "schema" / "records" / "policy.schema.json"
ODD = "attributable_share = 0.8\n"
WRONG = "[indicators.satisfaction]\nweight = 0.5\n"


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("APPRAISE_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), catch_exceptions=False)


def test_what_show_prints_is_the_policy_in_force_as_a_document(directory: Path) -> None:
    shown = run("policy", "show").output

    assert read_toml(shown).policy() == DEFAULT_POLICY
    assert shown.startswith(f"# SHA-256 {policy_hash(DEFAULT_POLICY)}\n")
    assert "Adams et al. 2010, N Engl J Med 362:1014" in shown


def test_a_policy_named_in_the_environment_is_in_force(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (directory / "ours.toml").write_text(ODD, encoding="utf-8")
    monkeypatch.setenv("APPRAISE_POLICY", "ours.toml")

    assert json.loads(run("policy", "show", "--json").output)["attributable_share"] == 0.8


@pytest.mark.parametrize(
    ("text", "code", "ending"),
    [
        ("", 0, "policy.toml: 0 errors, 0 warnings\n"),
        (ODD, 0, "policy.toml: 0 errors, 1 warning\n"),
        (WRONG, 1, "policy.toml: 1 error, 0 warnings\n"),
    ],
)
def test_lint_ends_with_the_counts_and_fails_on_errors(directory: Path, text: str, code: int, ending: str) -> None:
    (directory / "policy.toml").write_text(text, encoding="utf-8")

    result = run("policy", "lint", "policy.toml")

    assert result.exit_code == code
    assert result.output.endswith(ending)


def test_lint_speaks_to_machines(directory: Path) -> None:
    (directory / "policy.toml").write_text(WRONG, encoding="utf-8")

    assert json.loads(run("policy", "lint", "policy.toml", "--json").output) == [
        {
            "code": "weights-do-not-sum",
            "level": "error",
            "sentence": "the weights of the indicators sum to 0.5, not to 1",
            "path": "indicators",
        }
    ]


def test_schema_prints_the_published_schema() -> None:
    assert run("policy", "schema").output == SCHEMA.read_text(encoding="utf-8")


@pytest.mark.parametrize("command", [("score", "2025", "--policy"), ("policy", "try")])
def test_a_policy_with_errors_is_refused_before_anything_is_opened(directory: Path, command: tuple[str, ...]) -> None:
    (directory / "policy.toml").write_text(WRONG, encoding="utf-8")

    with pytest.raises(InvalidInput, match="weights-do-not-sum"):
        run(*command, "policy.toml")
    assert not (directory / "data").exists()


def test_score_takes_the_policy_of_the_file(directory: Path) -> None:
    """Without events there is nothing to score: the refusal shows that the policy passed."""
    initialise(Settings()).database.close()
    (directory / "policy.toml").write_text(ODD, encoding="utf-8")

    with pytest.raises(NotEnough, match="no events have been imported"):
        run("score", "2025", "--from", "2025-01-01", "--to", "2026-01-01", "--policy", "policy.toml")
