"""Following sections and scoring runs: what is told, to whom, and what is not."""

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import text
from tests.api.builder import AT
from tests.api.served import CHANGED, Served, received, subscribe, told

from appraise.api.feed import LOOK_EVERY, MOST_WAITING, Follower, Lost
from appraise.api.global_ids import Kind, to_global
from appraise.domain.exports import ExportFormat, ExportKind, ExportRequest
from appraise.domain.identifiers import EmployeeId, SectionId
from appraise.domain.indicators import COMPOSITE
from appraise.domain.jobs import Job
from appraise.domain.people import PeopleSnapshot
from appraise.domain.policies import DEFAULT_POLICY
from appraise.domain.progress import silent
from appraise.domain.reading import SILENT_FOR, ScoringRun
from appraise.domain.scorecards import Absence, AbsenceKind, Scorecard, ScoringResult
from appraise.domain.section_states import Action
from appraise.storage import cycles, scorecards
from appraise.storage.database import Session
from appraise.use_cases.announce_run import announced
from appraise.use_cases.create_export import create_export
from appraise.use_cases.follow_sections import Happening
from appraise.use_cases.start_scoring import start_scoring
from appraise.use_cases.store_scores import store_scores
from appraise.use_cases.work import Worker

NOBODY = PeopleSnapshot((), (), ())
ABSENT = Absence(COMPOSITE, AbsenceKind.INSUFFICIENT_EVIDENCE, "There is 1 indicator with a figure.")
PROGRESS = "subscription ($run: ID!) { scoringProgress(run: $run) { id state progress { step done total } } }"
JOB = "subscription ($job: ID!) { jobProgress(job: $job) { ... on Export { id state done total rows } } }"
RUNS = """
import sys
from datetime import datetime
from appraise.domain.identifiers import CycleId
from appraise.storage.database import Database
from appraise.use_cases.announce_run import announced
from appraise.use_cases.deployment import Deployment
deployment = Deployment(Database(sys.argv[1]), None, b"", "test")
at = datetime.fromisoformat(sys.argv[3])
with announced(deployment, CycleId(sys.argv[2]), clock=lambda: at, progress=lambda *_: None) as (run, advance):
    advance("reading events", 0, 2)
    print(run, flush=True)
    sys.stdin.readline()
    advance("scoring satisfaction", 1, 2)
    sys.stdin.readline()
    raise SystemExit(1)
"""


@contextmanager
def running(served: Served) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A scoring run of another process, which goes on where it is given a line; with the run's id."""
    company = served.company
    url = company.deployment.database.url.render_as_string()
    arguments = [sys.executable, "-c", RUNS, url, company.cycle.id, AT.isoformat()]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as scoring:
        assert scoring.stdout is not None
        yield scoring, to_global(Kind.RUN, scoring.stdout.readline().strip())


def go_on(scoring: subprocess.Popen[str]) -> None:
    assert scoring.stdin is not None
    scoring.stdin.write("\n")
    scoring.stdin.flush()


def test_a_change_made_elsewhere_is_told_to_whoever_may_see_it(served: Served) -> None:
    ids = [served.section_id("Ann Archer")]
    found = asyncio.run(served.collect("Max Weber", CHANGED, 2, {"ids": ids}, lambda: served.rate("Ann Archer")))

    version = served.company.section("Ann Archer").section.version
    assert [each["sectionChanged"] for each in found] == [
        {"kind": "CURRENT", "version": version - 1, "section": {"state": "COLLECTING"}},
        {"kind": "RATED", "version": version, "section": {"state": "DRAFT"}},
    ]


def test_changes_in_a_quick_row_are_told_one_by_one(served_alone: Served) -> None:
    def twice() -> None:
        served_alone.rate("Ann Archer")
        served_alone.rate("Ann Archer")

    ids = [served_alone.section_id("Ann Archer")]
    found = asyncio.run(served_alone.collect("Max Weber", CHANGED, 3, {"ids": ids}, twice))

    changes = [one["sectionChanged"] for one in found]
    first = changes[0]["version"]
    assert [(one["kind"], one["version"]) for one in changes] == [
        ("CURRENT", first),
        ("RATED", first + 1),
        ("RATED", first + 2),
    ]


def test_only_the_sections_that_are_followed_are_told_of(served_alone: Served) -> None:
    with served_alone.opened("Max Weber") as socket:
        subscribe(socket, CHANGED, ids=[served_alone.section_id("Ann Archer")])
        assert told(socket)["kind"] == "CURRENT"
        served_alone.rate("Ben Castellanos")
        version = served_alone.rate("Ann Archer")

        assert told(socket)["version"] == version


def test_new_figures_are_told_where_a_section_took_them(served_alone: Served) -> None:
    company = served_alone.company
    with served_alone.opened("Max Weber") as socket:
        subscribe(socket, CHANGED, ids=[served_alone.section_id("Ann Archer")])
        version = told(socket)["version"]
        rescore(served_alone)

        assert told(socket) == {"kind": "RESCORED", "version": version + 1, "section": {"state": "COLLECTING"}}
    assert company.section("Ann Archer").section.version == version + 1


def rescore(served: Served) -> ScoringRun:
    company = served.company
    with company.deployment.database.reading() as session:
        latest = cycles.latest_run(session, company.cycle.id)
        assert latest is not None
        assert latest.manifest is not None
        card = scorecard(session, latest, company.ids["Ann Archer"])
    result = ScoringResult((card,), (), latest.manifest)
    return store_scores(company.deployment, company.cycle, result, DEFAULT_POLICY, scored=NOBODY, started_at=AT, at=AT)


def scorecard(session: Session, run: ScoringRun, employee: EmployeeId) -> Scorecard:
    return Scorecard(employee, tuple(scorecards.of(session, run.id, employee).values()), ABSENT)


def test_a_section_that_is_not_the_reader_s_cannot_be_followed(served_alone: Served) -> None:
    with served_alone.opened("Ben Castellanos") as socket:
        subscribe(socket, CHANGED, ids=[served_alone.section_id("Ann Archer")])
        answer = received(socket)

    assert (answer["type"], answer["payload"][0]["extensions"]["code"]) == ("error", "NOT_FOUND")


def test_what_a_reader_may_no_longer_see_is_not_told(served_alone: Served) -> None:
    """An executive reads a section while it is with HR; once it is given back, not even that is told."""
    section = served_alone.rate_all("Ann Archer")
    served_alone.submit("Ann Archer", section.version)
    with served_alone.opened("Vera Lund") as socket:
        subscribe(socket, CHANGED, ids=[served_alone.section_id("Ann Archer")])
        assert told(socket)["section"] == {"state": "SUBMITTED"}
        served_alone.send_back("Ann Archer", section.version + 1)
        version = served_alone.rate("Ann Archer", 4)
        time.sleep(3 * LOOK_EVERY)  # the server has looked by now
        served_alone.submit("Ann Archer", version)

        assert told(socket) == {"kind": "SUBMITTED", "version": version + 1, "section": {"state": "SUBMITTED"}}


def test_ratings_stay_withheld_from_the_employee_until_the_end(served_alone: Served) -> None:
    section = served_alone.rate_all("Ann Archer")
    query = "subscription ($ids: [ID!]!) { sectionChanged(ids: $ids) { kind section { state items { rating } } } }"
    with served_alone.opened("Ann Archer") as socket:
        subscribe(socket, query, ids=[served_alone.section_id("Ann Archer")])
        first = received(socket)["payload"]
        served_alone.submit("Ann Archer", section.version)
        assert told(socket)["kind"] == "SUBMITTED"
        served_alone.finalise("Ann Archer", section.version + 1)
        last = told(socket)
        while last["section"]["state"] != "FINALISED":  # the steps are told one by one or together
            last = told(socket)

    assert {error["extensions"]["code"] for error in first["errors"]} == {"FORBIDDEN"}
    assert {item["rating"] for item in first["data"]["sectionChanged"]["section"]["items"]} == {None}
    assert {item["rating"] for item in last["section"]["items"]} == {3, None}


def test_a_follower_that_is_too_slow_is_told_that_it_missed_something() -> None:
    async def follow() -> None:
        follower = Follower(frozenset({SectionId("a")}))
        for sequence in range(MOST_WAITING + 1):
            follower.tell(Happening(sequence, AT, SectionId("a"), Action.RATE))
            follower.tell(Happening(sequence, AT, SectionId("b"), Action.RATE))
        for _ in range(MOST_WAITING):
            await follower.next()
        with pytest.raises(Lost):
            await follower.next()

    asyncio.run(follow())


def test_a_run_of_another_process_is_followed_until_it_fails(served_alone: Served) -> None:
    with running(served_alone) as (scoring, run), served_alone.opened("Otto Brandt") as socket:
        subscribe(socket, PROGRESS, run=run)
        found = [told(socket, "scoringProgress")]
        while found[-1]["progress"] is None or not found[-1]["progress"]["total"]:
            found.append(told(socket, "scoringProgress"))
        for _ in range(2):
            go_on(scoring)
            found.append(told(socket, "scoringProgress"))
        assert received(socket)["type"] == "complete"

    assert {each["id"] for each in found} == {run}
    assert [
        (each["state"], *each["progress"].values()) for each in found if each["progress"] and each["progress"]["total"]
    ] == [
        ("RUNNING", "reading events", 0, 2),
        ("RUNNING", "scoring satisfaction", 1, 2),
        ("FAILED", "scoring satisfaction", 1, 2),
    ]


def test_a_run_whose_process_was_killed_is_told_as_failed(served_alone: Served) -> None:
    with running(served_alone) as (scoring, run), served_alone.opened("Hal Novak") as socket:
        scoring.send_signal(signal.SIGKILL)
        scoring.wait()
        subscribe(socket, PROGRESS, run=run)
        assert told(socket, "scoringProgress")["state"] == "RUNNING"
        served_alone.now = AT + SILENT_FOR + timedelta(seconds=1)

        assert told(socket, "scoringProgress")["state"] == "FAILED"
        assert received(socket)["type"] == "complete"


def test_the_run_that_goes_on_is_found_by_its_cycle(served_alone: Served) -> None:
    cycle = to_global(Kind.CYCLE, served_alone.company.cycle.id)
    query = f'{{ cycle(id: "{cycle}") {{ runGoingOn {{ id state }} latestRun {{ state }} }} }}'
    with running(served_alone) as (_, run), served_alone.opened("Hal Novak") as socket:
        subscribe(socket, query)
        assert told(socket, "cycle") == {"runGoingOn": {"id": run, "state": "RUNNING"}, "latestRun": {"state": "DONE"}}
    with served_alone.opened("Max Weber") as socket:
        subscribe(socket, f'{{ node(id: "{run}") {{ id }} }}')
        assert told(socket, "node") is None


def test_a_finished_run_takes_the_place_of_its_announcement(served_alone: Served) -> None:
    company = served_alone.company
    with announced(company.deployment, company.cycle.id, clock=lambda: AT, progress=silent) as (run, _):
        with company.deployment.database.reading() as session:
            assert [each.id for each in cycles.runs_going_on(session, company.cycle.id)] == [run]
            before = cycles.latest_run(session, company.cycle.id)
        assert before is not None
        assert before.manifest is not None
        empty = ScoringResult((), (), before.manifest)
        store_scores(
            company.deployment, company.cycle, empty, DEFAULT_POLICY, scored=NOBODY, started_at=AT, at=AT, announced=run
        )

    with company.deployment.database.reading() as session:
        assert cycles.runs_going_on(session, company.cycle.id) == []
        assert cycles.run(session, run).state == "DONE"


def asked_for(served: Served, who: str) -> str:
    """The id of an export that waits for a worker."""
    company = served.company
    wanted = ExportRequest(kind=ExportKind.EMPLOYEES, format=ExportFormat.JSONL)
    job = create_export(company.deployment, company.principal(who), wanted, at=AT)
    assert isinstance(job, Job)
    return to_global(Kind.EXPORT, job.id)


def test_a_job_is_followed_until_it_is_done(served_alone: Served) -> None:
    job = asked_for(served_alone, "Hal Novak")
    with served_alone.opened("Hal Novak") as socket:
        subscribe(socket, JOB, job=job)
        waiting = told(socket, "jobProgress")
        Worker(served_alone.company.deployment, lambda: AT).run_once()
        found = [told(socket, "jobProgress")]
        while found[-1]["state"] != "DONE":
            found.append(told(socket, "jobProgress"))
        assert received(socket)["type"] == "complete"

    assert waiting == {"id": job, "state": "WAITING", "done": 0, "total": 0, "rows": None}
    assert found[-1] == {"id": job, "state": "DONE", "done": 9, "total": 9, "rows": 9}


def test_an_export_is_followed_by_nobody_but_its_asker(served_alone: Served) -> None:
    job = asked_for(served_alone, "Max Weber")
    with served_alone.opened("Hal Novak") as socket:
        subscribe(socket, JOB, job=job)

        assert received(socket)["payload"][0]["extensions"]["code"] == "NOT_FOUND"


def test_who_follows_a_job_is_asked_again_at_each_event(served_alone: Served) -> None:
    company = served_alone.company
    job = start_scoring(company.deployment, company.principal("Hal Novak"), company.cycle.id, at=AT)
    assert isinstance(job, Job)
    query = "subscription ($job: ID!) { jobProgress(job: $job) { ... on ScoringJob { state } } }"
    with served_alone.opened("Hal Novak") as socket:
        subscribe(socket, query, job=to_global(Kind.SCORING, job.id))
        assert told(socket, "jobProgress") == {"state": "WAITING"}
        with company.deployment.database.transaction() as session:
            session.execute(text("DELETE FROM role_grants WHERE role = 'hr_administrator'"))
            session.execute(text("UPDATE access_tokens SET roles = '[]' WHERE name = 'Hal Novak'"))
        answer = received(socket)

    assert (answer["type"], answer["payload"][0]["extensions"]["code"]) == ("error", "FORBIDDEN")


def test_what_is_no_job_cannot_be_followed_as_one(served: Served) -> None:
    with served.opened("Hal Novak") as socket:
        subscribe(socket, JOB, job=served.section_id("Ann Archer"))
        [error] = received(socket)["payload"]

    assert error["message"] == "this is the id of a Section"
    assert error["extensions"]["expected"] == "that of one of Export, Import, ScoringJob, PolicyTrial"
