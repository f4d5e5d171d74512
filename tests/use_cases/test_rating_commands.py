"""What the terminal says of levels, flags, standings and weights, on one real deployment."""

import json
import re
from pathlib import Path

import pytest
from tests.use_cases.conftest import Company
from tests.use_cases.test_policies import SATISFACTION_ALONE
from tests.use_cases.test_policies import score as scored
from tests.use_cases.test_policy_commands import run

from appraise.domain.policies import DEFAULT_POLICY
from appraise.domain.policy_documents import to_toml
from appraise.events.store import EventStore
from appraise.storage import audit
from appraise.storage.database import Database
from appraise.use_cases.deployment import Deployment


@pytest.fixture
def deployment(sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Deployment:
    """The one that the settings name, so that commands open it too."""
    events = EventStore(str(tmp_path / "events"))
    events.initialise()
    monkeypatch.setenv("APPRAISE_DATA", str(tmp_path))
    monkeypatch.setenv("APPRAISE_EVENTS_URL", str(tmp_path / "events"))
    monkeypatch.setenv("APPRAISE_DATABASE_URL", sqlite_database.engine.url.render_as_string())
    monkeypatch.setenv("APPRAISE_SECRET", "key of the tests")
    monkeypatch.setenv("COLUMNS", "160")
    (tmp_path / "alone.toml").write_text(to_toml(SATISFACTION_ALONE), encoding="utf-8")
    return Deployment(database=sqlite_database, events=events, secret=b"key of the tests", code_version="test")


def test_a_run_prints_its_share_its_flags_and_since_the_run_before_who_reads_otherwise(
    rated_company: Company, tmp_path: Path
) -> None:
    scored(rated_company)
    (tmp_path / "wide.toml").write_text(
        to_toml(SATISFACTION_ALONE).replace("margin = 0.5", "margin = 3.0"), encoding="utf-8"
    )

    told = run("score", "2025", "--policy", str(tmp_path / "wide.toml")).output

    assert "The policy takes all of what is not chance to be the employee's own doing." in told
    assert re.search(
        r"Satisfaction: \d of \d flagged as different from expected \(\d better, \d worse; \d\.\d\s% of them expected to be"
        r" wrong\)",
        told,
    )
    assert "Taken together: " in told
    assert "Ann, satisfaction: better, level 5 → better, level 4" in told
    assert "Ben, taken together: worse, level 1 → worse, level 2" in told


def test_a_trial_prints_levels_and_weights(rated_company: Company, tmp_path: Path) -> None:
    scored(rated_company)
    (tmp_path / "all.toml").write_text(to_toml(DEFAULT_POLICY), encoding="utf-8")

    told = run("policy", "try", str(tmp_path / "all.toml"), "--cycle", "2025").output

    assert re.search(r"Taken together\n  figures    \d → 0; 0 appear, \d vanish\n  readings", told)
    assert "Weights: composites at another level, of 0, where one weight moves" in told
    assert "  Satisfaction        25\N{NO-BREAK SPACE}% →  35\N{NO-BREAK SPACE}%  0\n" in told


def test_where_somebody_stands_is_shown_on_purpose_and_logged(rated_company: Company) -> None:
    scored(rated_company)

    plain = run("show", "ann@example.org").output
    told = run("show", "ann@example.org", "--standing").output
    places = json.loads(run("show", "ann@example.org", "--standing", "--json").output)["standings"]

    assert "rank" not in plain
    assert "level 5 of 5" in plain
    assert re.search(r"Satisfaction      rank 1 of \d · 90 % sure: better than \d+\s% … \d+\s%", told)
    assert places["satisfaction"]["rank"] == 1
    with rated_company.deployment.database.reading() as session:
        section = rated_company.section("ann").section.id
        logged = [entry.action for entry in audit.about(session, f"section:{section}")]
    assert logged.count("standing.read") == 2
