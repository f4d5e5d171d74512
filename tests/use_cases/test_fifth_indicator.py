"""One more indicator is one file: the page's own, installed beside Appraise, goes through every door."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.use_cases.conftest import AT, Company, record
from typer.testing import CliRunner

from appraise.adapters.contract import ImportOptions, ReadPeople
from appraise.api.global_ids import Kind, to_global
from appraise.cli import app, showing, showing_training
from appraise.domain.cycles import Cycle
from appraise.domain.identifiers import EmployeeId, IndicatorKey
from appraise.domain.periods import Period
from appraise.domain.policy_documents import read_toml
from appraise.domain.policy_lint import lint
from appraise.domain.progress import silent
from appraise.domain.scorecards import Estimate
from appraise.events.store import EventStore
from appraise.settings import Settings
from appraise.storage import cycles, people, scorecards
from appraise.storage.database import Database
from appraise.use_cases.create_token import create_token
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.import_events import import_events
from appraise.use_cases.import_people import reconcile_people
from appraise.use_cases.open_cycle import open_cycle
from appraise.use_cases.score_again import Verdict, score_again
from appraise.use_cases.score_cycle import score_cycle
from appraise.use_cases.training_effect import training_effect
from appraise.web import create_app

PAGE = (Path(__file__).parents[2] / "docs" / "write-an-indicator.md").read_text(encoding="utf-8")
FILE = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[0].replace("Role.CONTEXT", "Role.RATED")
KEY = IndicatorKey("abandonment")
UNWEIGHED = "[indicators.abandonment]\nweight = 0.5\n[indicators.satisfaction]\nweight = 0.5\n"
POLICY = UNWEIGHED + '[reasons]\n"indicators.abandonment.weight" = "agreed with the works council"\n'
MAPPING = """
kind = "contacts"
time_zone = "UTC"
formats = ["%Y-%m-%d"]

[employee]
namespace = "hr:id"
column = "agent"

[columns]
event_id = "id"
customer_key = "id"
occurred_at = "at"
outcome = "outcome"
"""
AGENTS = [f"agent{number:02}" for number in range(20)]
CONTACTS = 16
SECTION = """query ($id: ID!) { section(id: $id) { items { weight indicator { key name unit direction role question }
  result { ... on EstimateResult { value working { raw } } } } cycle { latestRun { manifest { indicators { indicator package } } } } } }"""


@pytest.fixture
def deployment(sqlite_database: Database, tmp_path: Path) -> Deployment:
    events = EventStore(str(tmp_path / "events"))
    events.initialise()
    return Deployment(database=sqlite_database, events=events, secret=b"key of the tests", code_version="test")


@pytest.fixture
def scored(company: Company, install: Callable[[str, str], None], tmp_path: Path) -> tuple[Company, Cycle]:
    """Twenty agents in two cycles. In pairs they lost 2, 4, 6, … of 16 contacts; the first of each pair loses 1 less then."""
    install("abandonment", FILE)
    records = tuple(record(name, None, row) for row, name in enumerate(AGENTS, start=2))
    read = ReadPeople(records, (), complete=False)
    reconcile_people(
        company.deployment, read, ImportOptions("more", as_of=date(2024, 1, 1)), file="more.csv", at=AT, dry_run=False
    )
    rows = [
        f"{year}-{who}-{i},{year}-02-{1 + i:02},{agent},{'abandoned' if i < lost(who, year) else 'resolved'}"
        for year in (2024, 2025)
        for who, agent in enumerate(AGENTS)
        for i in range(CONTACTS)
    ]
    (tmp_path / "mapping.toml").write_text(MAPPING, encoding="utf-8")
    (tmp_path / "contacts.csv").write_text("\n".join(["id,at,agent,outcome", *rows]), encoding="utf-8")
    options = ImportOptions("desk", mapping=tmp_path / "mapping.toml")
    import_events(
        company.deployment, "csv", tmp_path / "contacts.csv", options, at=AT, dry_run=False,
        error_policy="reject-file", rejected_to=None, progress=silent,
    )  # fmt: skip
    earlier = open_cycle(company.deployment, "2024", Period(date(2024, 1, 1), date(2024, 7, 1)), at=AT)
    policy = read_toml(POLICY).policy()
    for cycle in (earlier, company.cycle):
        score_cycle(
            company.deployment, cycle.id, policy, clock=lambda: AT, memory_limit=None,
            data_as_of=date(2026, 1, 1), progress=silent,
        )  # fmt: skip
    return company, earlier


def lost(who: int, year: int) -> int:
    return 1 + who // 2 - (year == 2025 and who % 2 == 0)


def ids(company: Company) -> dict[str, EmployeeId]:
    with company.deployment.database.reading() as session:
        return {person.display_name: person.id for person in people.snapshot(session).employees}


def test_it_is_linted_scored_stored_and_computed_again(scored: tuple[Company, Cycle]) -> None:
    company, _ = scored
    assert lint(read_toml(POLICY)) == ()
    assert [finding.code for finding in lint(read_toml(UNWEIGHED))] == ["unapproved-indicator"]

    with company.deployment.database.reading() as session:
        run = cycles.latest_run(session, company.cycle.id)
        assert run is not None
        cards = {card.employee: card for card in scorecards.of_run(session, run.id)}

    assert run.manifest is not None
    assert dict(run.manifest.indicators)[KEY] == "abandonment 1.2"
    known = ids(company)
    for who, agent in enumerate(AGENTS):
        result = cards[known[agent.title()]].result(KEY)
        assert isinstance(result, Estimate)
        assert result.working.raw == Decimal(100 * lost(who, 2025)) / CONTACTS
    hal = company.principal("hal")
    assert score_again(company.deployment, hal, run.id, memory_limit=None, progress=silent).verdict is Verdict.SAME


def test_it_is_read_through_the_api(scored: tuple[Company, Cycle]) -> None:
    company, _ = scored
    person = ids(company)["Agent03"]
    company = replace(company, ids={**company.ids, "agent03": person})
    hal = company.principal("hal")
    token = create_token(
        company.deployment,
        name="Hal",
        employee=hal.employee,
        roles=hal.roles,
        scopes=hal.scopes,
        expires_at=None,
        at=AT,
    )
    section = to_global(Kind.SECTION, company.section("agent03", seen_by="otto").section.id)
    with TestClient(create_app(company.deployment, Settings(), lambda: AT), base_url="http://testserver") as client:
        answer = client.post(
            "/graphql",
            json={"query": SECTION, "variables": {"id": section}},
            headers={"authorization": f"Bearer {token}"},
        ).json()

    assert "errors" not in answer, answer
    found = answer["data"]["section"]
    item = next(one for one in found["items"] if one["indicator"]["key"] == KEY)
    assert item["indicator"] == {
        "key": "abandonment",
        "name": "Abandonment",
        "unit": "PERCENT",
        "direction": "LOWER_IS_BETTER",
        "role": "RATED",
        "question": "How many of this employee's contacts did the customer give up on?",
    }
    assert (item["weight"], item["result"]["working"]["raw"]) == ("0.5", "12.500000")
    assert {"indicator": KEY, "package": "abandonment 1.2"} in found["cycle"]["latestRun"]["manifest"]["indicators"]


def test_its_working_is_shown_in_its_own_words(scored: tuple[Company, Cycle], monkeypatch: pytest.MonkeyPatch) -> None:
    company, _ = scored
    monkeypatch.setattr(showing, "open_deployment", lambda _settings: company.deployment)

    shown = CliRunner().invoke(app, ["show", "Agent03", "--cycle", "2025", "--why"], catch_exceptions=False).output

    assert "Abandonment" in shown
    assert "Of 16 contacts with 16 customers, 12.5 % were given up by the customer." in " ".join(shown.split())


def test_a_training_s_effect_on_it_is_told(
    scored: tuple[Company, Cycle], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By hand: every trained agent loses one contact of sixteen less, their partners as many as before. Less is better."""
    company, earlier = scored
    trained = [f"{agent},2024-09-01" for agent in AGENTS[::2]]
    (tmp_path / "trained.csv").write_text("\n".join(["employee_id,trained_on", *trained]), encoding="utf-8")
    told = training_effect(
        company.deployment,
        company.principal("hal"),
        tmp_path / "trained.csv",
        indicator=KEY,
        before=earlier.id,
        after=company.cycle.id,
        prices=None,
    )

    assert told.matched.estimate == pytest.approx(100 / CONTACTS, abs=1e-9)
    assert told.naive == pytest.approx(100 / CONTACTS, abs=1e-5)
    monkeypatch.setattr(showing_training, "open_deployment", lambda _settings: company.deployment)
    arguments = ["training", str(tmp_path / "trained.csv"), "--indicator", KEY, "--before", "2024", "--after", "2025"]
    printed = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert printed.exit_code == 0
    assert "6.3" in printed.output
