"""A scoring run that is asked for through the API."""

from datetime import timedelta

from tests.api.builder import AT
from tests.api.conftest import codes
from tests.api.importing import APPLY, Importing

from appraise.api.global_ids import Kind, to_global
from appraise.domain.jobs import JobKind
from appraise.storage import jobs

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
