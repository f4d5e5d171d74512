"""A scoring run that is asked for through the API."""

from dataclasses import replace
from datetime import timedelta

from tests.api.builder import AT
from tests.api.conftest import codes
from tests.api.importing import APPLY, Importing

from appraise.api.global_ids import Kind, to_global
from appraise.domain.jobs import JobKind
from appraise.domain.policies import DEFAULT_POLICY
from appraise.domain.policy_documents import to_toml
from appraise.domain.progress import silent
from appraise.storage import jobs
from appraise.use_cases.try_policy import try_policy

TRY = """mutation ($cycle: ID!, $document: String) { tryPolicy(input: {cycleId: $cycle, document: $document}) {
  trial { id state changes { otherInputs } } userErrors { message path } } }"""
TRIAL = """query ($id: ID!) { policyTrial(id: $id) { state cycle { name } changes { otherInputs
  indicators { indicator before after changed readings { employee { name } after { side } } }
  weights { compared changed } } } }"""
START = """mutation ($cycle: ID!, $key: String) { startScoring(input: {cycleId: $cycle, idempotencyKey: $key}) {
  job { id state cycle { name } run { id } } userErrors { code path } } }"""
READ = """query ($id: ID!, $cycle: ID!) { scoringJob(id: $id) { state problem run { id state } }
  node(id: $id) { ... on ScoringJob { state } } cycle(id: $cycle) { latestRun { id } } }"""


def test_a_cycle_is_scored_by_a_worker(importing: Importing) -> None:
    cycle = to_global(Kind.CYCLE, importing.company.cycle.id)
    plan = importing.planned()
    importing.ask("Hal Novak", APPLY, id=plan["id"])
    importing.work()
    started = importing.ask("Hal Novak", START, cycle=cycle, key="k")["data"]["startScoring"]
    assert started["job"] == {"id": started["job"]["id"], "state": "WAITING", "cycle": {"name": "2025"}, "run": None}
    assert importing.ask("Hal Novak", START, cycle=cycle, key="k")["data"]["startScoring"] == started
    other = importing.ask("Hal Novak", START, cycle=cycle)["data"]["startScoring"]
    assert other == {"job": None, "userErrors": [{"code": "GOING_ON", "path": ["input", "cycleId"]}]}

    importing.clock[0] = AT + timedelta(minutes=1)  # the company's own run is of this moment too
    assert importing.work() == 1
    told = importing.ask("Hal Novak", READ, id=started["job"]["id"], cycle=cycle)["data"]
    job = told["scoringJob"]
    assert (job["state"], job["problem"], job["run"]["state"]) == ("DONE", None, "DONE")
    assert told["cycle"]["latestRun"]["id"] == job["run"]["id"]
    assert told["node"] == {"state": "DONE"}
    _tried(importing, cycle)


def _tried(importing: Importing, cycle: str) -> None:
    """A trial on that run tells what `try_policy` finds, and writes nothing."""
    policy = replace(DEFAULT_POLICY, attributable_share=0.5, version=2)
    before = importing.ask("Hal Novak", "query ($id: ID!) { cycle(id: $id) { latestRun { id } } }", id=cycle)
    document = to_toml(policy)
    begun = importing.ask("Hal Novak", TRY, cycle=cycle, document=document)["data"]["tryPolicy"]
    assert begun == {"trial": {"id": begun["trial"]["id"], "state": "WAITING", "changes": None}, "userErrors": []}
    assert importing.work() == 1
    told = importing.ask("Hal Novak", TRIAL, id=begun["trial"]["id"])["data"]["policyTrial"]
    expected = try_policy(
        importing.company.deployment,
        importing.company.principal("Hal Novak"),
        importing.company.cycle.id,
        policy,
        memory_limit=None,
        progress=silent,
    )

    assert (told["state"], told["cycle"], told["changes"]["otherInputs"]) == ("DONE", {"name": "2025"}, [])
    assert [
        (one["indicator"], one["before"], one["after"], one["changed"]) for one in told["changes"]["indicators"]
    ] == [(part.indicator, *part.estimates, len(part.readings)) for part in expected.indicators]
    assert [one["employee"]["name"] for part in told["changes"]["indicators"] for one in part["readings"]] == [
        change.name for part in expected.indicators for change in part.readings
    ]
    assert [(one["compared"], one["changed"]) for one in told["changes"]["weights"]] == [
        (one.compared, one.changed) for one in expected.weights
    ]
    assert importing.ask("Hal Novak", "query ($id: ID!) { cycle(id: $id) { latestRun { id } } }", id=cycle) == before
    wrong = importing.ask("Hal Novak", TRY, cycle=cycle, document="versio = 1")["data"]["tryPolicy"]
    assert (wrong["trial"], wrong["userErrors"][0]["path"]) == (None, ["input", "document"])
    assert "did you mean version?" in wrong["userErrors"][0]["message"]
    for who in ("Otto Brandt", "Max Weber"):
        assert codes(importing.ask(who, TRIAL, id=begun["trial"]["id"])) == ["FORBIDDEN"]


def test_a_run_that_cannot_be_says_why_and_nobody_else_starts_one(importing: Importing) -> None:
    cycle = to_global(Kind.CYCLE, importing.company.cycle.id)
    for who in ["Vera Lund", "Otto Brandt", "Max Weber", "shop"]:
        assert codes(importing.ask(who, START, cycle=cycle)) == ["FORBIDDEN"]
    assert codes(importing.ask("Hal Novak", START, cycle=to_global(Kind.CYCLE, "none"))) == ["NOT_FOUND"]
    key = importing.ask("Hal Novak", START, cycle=cycle)["data"]["startScoring"]["job"]["id"]
    importing.work()
    failed = importing.ask("Hal Novak", READ, id=key, cycle=cycle)["data"]["scoringJob"]
    assert (failed["state"], failed["problem"].splitlines()[0], failed["run"]) == (
        "FAILED",
        "no events have been imported",
        None,
    )
    assert codes(importing.ask("Vera Lund", READ, id=key, cycle=cycle)) == ["FORBIDDEN"] * 3


def test_a_run_whose_worker_was_killed_is_begun_anew(importing: Importing) -> None:
    cycle = to_global(Kind.CYCLE, importing.company.cycle.id)
    plan = importing.planned()
    importing.ask("Hal Novak", APPLY, id=plan["id"])
    importing.work()
    key = importing.ask("Hal Novak", START, cycle=cycle)["data"]["startScoring"]["job"]["id"]
    with importing.company.deployment.database.transaction() as session:
        assert jobs.claim(session, JobKind, claim="a worker that is killed", at=AT)
    assert importing.work() == 0
    importing.clock[0] = AT + jobs.CLAIMED_FOR
    assert importing.work() == 1

    assert importing.ask("Hal Novak", READ, id=key, cycle=cycle)["data"]["scoringJob"]["state"] == "DONE"
