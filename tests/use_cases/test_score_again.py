"""Runs computed again from their manifests: to the last digit, whatever happened to events, people and policy since."""

import json
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest
from sqlalchemy import text
from tests.use_cases.conftest import AT, Company, record
from typer.testing import CliRunner

from appraise.adapters.contract import ImportOptions, ReadPeople
from appraise.cli import again as command
from appraise.cli import app
from appraise.domain.canonical import sha256
from appraise.domain.events import EventKind
from appraise.domain.identifiers import IndicatorKey
from appraise.domain.indicators import COMPOSITE, REPEAT_PURCHASE, SATISFACTION
from appraise.domain.people_documents import documents_of, people_of
from appraise.domain.policies import DEFAULT_POLICY, DEFAULTS, Policy
from appraise.domain.progress import silent
from appraise.domain.reading import ScoringRun
from appraise.domain.scorecards import Composite, Estimate
from appraise.errors import NotFound
from appraise.events.engine import open_engine
from appraise.events.store import EventStore
from appraise.scoring.installed import installed
from appraise.scoring.run import score
from appraise.storage import people, people_snapshots, scorecards
from appraise.storage.database import Database
from appraise.storage.documents import manifest_document
from appraise.use_cases.compact_events import compact_events
from appraise.use_cases.compare_runs import compare_runs
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.import_events import import_events
from appraise.use_cases.import_people import reconcile_people
from appraise.use_cases.inputs_of_then import Input, State
from appraise.use_cases.score_again import Again, Difference, Verdict, score_again
from appraise.use_cases.score_cycle import score_cycle
from appraise.use_cases.store_scores import store_scores
from appraise.use_cases.undo_load import undo_load

MAPPING = """
kind = "{kind}"
time_zone = "UTC"
formats = ["%Y-%m-%d"]

[employee]
namespace = "hr:id"
column = "agent"
{more}
[columns]
event_id = "id"
customer_key = "customer"
occurred_at = "at"
"""
ANSWERS = MAPPING.format(
    kind="ratings", more='[scale]\nname = "csat_1_5"\nlow = 1\nhigh = 5\n'
) + 'score = "answer"\nchannel = "channel"\n'  # fmt: skip
SALES = MAPPING.format(
    kind="purchases", more='[constants]\ncurrency = "EUR"\nkind = "purchase"\n'
) + 'order_id = "id"\namount = "amount"\n'  # fmt: skip
TEAM = ("ann", "ben", "dora", "hal", "max", "otto", "vera")
CHARM = """
from dataclasses import replace
from appraise.scoring.transfers import INDICATOR as OTHER, share_of_contacts

def charm(shared, policy):
    outcomes = shared.prepared.contacts.mutate(happened=shared.prepared.contacts.transferred, left_out=None)
    return share_of_contacts("charm", outcomes, shared.prepared, policy, missing="records of charm")

INDICATOR = replace(OTHER, definition=replace(OTHER.definition, key="charm", name="Charm"), measure=charm)
"""
POLICY = replace(
    DEFAULT_POLICY,
    indicators=tuple((key, replace(DEFAULT_POLICY.of(key), weight=0.5)) for key in (SATISFACTION, REPEAT_PURCHASE)),
    publish_reliability=0.5,
)

EITHER = pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # to score takes seconds


@pytest.fixture
def deployment(database: Database, tmp_path: Path) -> Deployment:
    (events := EventStore(str(tmp_path / "events"))).initialise()
    return Deployment(database=database, events=events, secret=b"key of the tests", code_version="test")


@pytest.fixture
def served(company: Company, tmp_path: Path) -> Company:
    """Several files of each kind, so that two threads have something to share."""
    for part in range(3):
        answers(company, tmp_path, f"part{part}")
        sales(company, tmp_path, f"part{part}", first=part * 90)
    return company


def load(company: Company, directory: Path, name: str, mapping: str, rows: list[str]) -> None:
    (directory / f"{name}.toml").write_text(mapping, encoding="utf-8")
    (directory / f"{name}.csv").write_text("\n".join(rows), encoding="utf-8")
    import_events(
        company.deployment, "csv", directory / f"{name}.csv", ImportOptions(name, mapping=directory / f"{name}.toml"),
        at=AT, dry_run=False, error_policy="reject-file", rejected_to=None, progress=silent,
    )  # fmt: skip


def answers(company: Company, directory: Path, name: str) -> None:
    rows = [
        f"{name}-{who}-{i},{name}-{i},2025-03-{1 + i:02},{agent},{1 + (i * i + who * (2 + i % 3)) % 5},{['chat', 'phone'][i % 2]}"
        for who, agent in enumerate(TEAM)
        for i in range(20)
    ]
    load(company, directory, f"answers-{name}", ANSWERS, ["id,customer,at,agent,answer,channel", *rows])


def sales(company: Company, directory: Path, name: str, *, first: int) -> None:
    """A customer of a later agent comes back sooner."""
    rows = [
        f"{name}-{i},c{i % 63},{date(2024, 12, 1) + timedelta(days=first + (i * (9 - i % 7)) % 90)},{TEAM[i % 7]},{100 + i}"
        for i in range(420)
    ]
    load(company, directory, f"sales-{name}", SALES, ["id,customer,at,agent,amount", *rows])


def scored(company: Company, *, policy: Policy = POLICY, threads: int = 2) -> ScoringRun:
    """As `score_cycle` does it, with a number of threads of the engine's."""
    with company.deployment.database.reading() as session:
        known = people.snapshot(session)
    snapshot = company.deployment.events.snapshot()
    result = score(
        snapshot.tables(open_engine(threads=threads)),
        known,
        policy,
        company.cycle.period,
        data_as_of=date(2025, 9, 1),
        event_versions=snapshot.versions,
        code_version="test",
        progress=silent,
    )
    return store_scores(company.deployment, company.cycle, result, policy, scored=known, started_at=AT, at=AT)


def again(company: Company, wanted: str, by: str = "hal") -> Again:
    return score_again(company.deployment, company.principal(by), wanted, memory_limit=None, progress=silent)


def states(found: Again) -> dict[str, State]:
    return {one.name: one.state for one in found.inputs}


def change(company: Company, statement: str, **values: object) -> None:
    with company.deployment.database.transaction() as session:
        assert session.execute(text(statement), values).rowcount == 1


@pytest.mark.parametrize(("threads", "database"), [(1, "postgresql"), (2, "sqlite")], indirect=["database"])
def test_a_run_comes_out_to_the_last_digit_after_everything_has_changed(
    served: Company, move: Callable[[str, str | None], None], tmp_path: Path, threads: int
) -> None:
    """More events, one of them before the end of the data, another manager, a name, a leaver, and another policy."""
    first = scored(served, threads=threads)
    answers(served, tmp_path, "later")
    sales(served, tmp_path, "later", first=45)
    move("ann", "dora")
    renamed = replace(record("ben", "max", 2), display_name="Benjamin", termination_date=date(2025, 2, 1))
    read = ReadPeople((renamed,), (), complete=False)
    reconcile_people(
        served.deployment, read, ImportOptions("hr", as_of=AT.date()), file="people.csv", at=AT, dry_run=False
    )
    second = score_cycle(
        served.deployment, served.cycle.id, replace(POLICY, attributable_share=0.5), memory_limit=None,
        clock=lambda: AT + timedelta(hours=1), data_as_of=date(2025, 9, 1), progress=silent,
    )  # fmt: skip
    changes = compare_runs(served.deployment, served.principal("hal"), first.id, second.id)
    assert changes.inputs == ("events", "people", "policy")
    assert all(part.moves for part in changes.indicators)
    found = again(served, first.id)

    assert (found.verdict, found.differences) == (Verdict.SAME, ())
    assert set(states(found).values()) == {State.SAME}
    assert again(served, served.cycle.name).run == second.id
    undone = next(one for one in served.deployment.events.loads() if one.origin.source == "sales-part1")
    compact_events(served.deployment, settle_before=None, at=AT + timedelta(days=1), progress=silent)
    undo_load(served.deployment, undone.id, at=AT + timedelta(days=2))
    compact_events(served.deployment, settle_before=None, at=AT + timedelta(days=4), progress=silent)
    assert again(served, first.id).differences == ()
    with served.deployment.database.reading() as session:
        cards = scorecards.of_run(session, first.id)
    estimates = [one for card in cards for one in card.results if isinstance(one, Estimate)]
    assert len({one.indicator for one in estimates}) == len(POLICY.indicators)
    assert any(isinstance(card.composite, Composite) for card in cards)
    assert found.results == 3 * len(TEAM) + 3  # of each of the team, of both indicators, and the flags of both together
    assert found.figures > 25 * len(estimates)


def test_a_stored_figure_that_was_changed_is_named_with_both_digits(served: Company) -> None:
    run = scored(served)
    with served.deployment.database.reading() as session:
        card = next(card for card in scorecards.of_run(session, run.id) if card.employee == served.ids["ben"])
    result = card.result(SATISFACTION)
    assert isinstance(result, Estimate)
    assert isinstance(card.composite, Composite)
    where = "WHERE run_id = :run AND employee_id = :who"
    text_of = "" if served.deployment.database.is_sqlite else "::jsonb"
    raised = f"value = value + 0.000001, working = replace(CAST(working AS TEXT), '\"raw\"', '\"row\"'){text_of}"
    change(
        served,
        f"UPDATE scorecards SET {raised} {where} AND indicator = 'satisfaction'",
        run=run.id,
        who=served.ids["ben"],
    )
    change(served, f"DELETE FROM composites {where}", run=run.id, who=served.ids["ann"])
    moved = f"UPDATE standings SET listed = listed + 1 {where} AND indicator = 'satisfaction'"
    change(served, moved, run=run.id, who=served.ids["max"])

    found = again(served, run.id)

    assert found.verdict is Verdict.DIFFERENT
    assert set(states(found).values()) == {State.SAME}
    ben, ann, judge, raw = served.ids["ben"], served.ids["ann"], served.ids["max"], str(result.working.raw)
    by_figure = {(one.employee, one.figure): one for one in found.differences}
    assert set(by_figure) == {
        (ann, "result"),
        (ben, "value"),
        (ben, "working.raw"),
        (ben, "working.row"),
        (judge, "standing.listed"),
    }
    assert by_figure[ann, "result"] == Difference(ann, "Ann", COMPOSITE, "result", None, "there")
    assert by_figure[ben, "working.raw"] == Difference(ben, "Ben", SATISFACTION, "working.raw", None, raw)
    value = by_figure[ben, "value"]
    assert value.computed == str(result.value)
    assert value.stored != value.computed
    assert float(value.stored or 0) == pytest.approx(float(result.value) + 0.000001, abs=1e-12)


@EITHER
def test_nothing_is_computed_from_files_that_are_gone_and_the_rest_is_compared(served: Company) -> None:
    run = scored(served)
    table = served.deployment.events.open_table(EventKind.PURCHASES)
    removed = unquote(table.file_uris()[0])
    Path(removed).unlink()

    found = again(served, run.id)

    assert (found.verdict, found.differences) == (Verdict.NOT_COMPUTED, ())
    others = dict.fromkeys(("policy", "people", "indicators", "software"), State.SAME)
    assert states(found) == {"events": State.GONE, **others}
    assert found.inputs[0].says == (
        f"purchases: 1 of 3 files of version {table.version()} are gone: {os.path.basename(removed)}"  # noqa: PTH119
    )


@EITHER
def test_event_tables_restored_from_an_older_copy_are_told(served: Company) -> None:
    run = scored(served)
    log = Path(served.deployment.events.root) / "ratings" / "_delta_log"
    newest = served.deployment.events.open_table(EventKind.RATINGS).version()
    (log / f"{newest:020}.json").unlink()

    [events, *_] = again(served, run.id).inputs
    assert events == Input(
        "events",
        State.GONE,
        f"ratings: version {newest} is not there; the table ends at version {newest - 1}: restored from an older copy?",
    )


@EITHER
def test_who_was_erased_is_not_compared_and_the_others_are(served: Company) -> None:
    run = scored(served)
    with served.deployment.database.transaction() as session:
        assert people_snapshots.erase(session, served.ids["ann"]) == 1

    found = again(served, run.id)

    assert found.inputs[2] == Input(
        "people", State.DIFFERENT, "of 7, 1 were erased since; figures of the others rested on theirs too"
    )
    assert found.left_out == ("1 erased since",)
    assert found.results == 3 * (len(TEAM) - 1) + 3
    assert served.ids["ann"] not in {one.employee for one in found.differences}
    assert found.verdict is Verdict.DIFFERENT


@pytest.mark.long
@EITHER
def test_people_whose_stored_text_was_changed_are_told(served: Company) -> None:
    run = scored(served)
    change(
        served,
        "UPDATE person_texts SET text = replace(text, 'Ann', 'Eve') WHERE employee_id = :who",
        who=served.ids["ann"],
    )

    assert again(served, run.id).inputs[2] == Input("people", State.DIFFERENT, "of 7, 1 are not as the index says")


@pytest.mark.long
@EITHER
def test_other_code_and_a_package_that_is_gone_are_told_and_the_rest_is_compared(
    served: Company, install: Callable[[str, str], None], tmp_path: Path
) -> None:
    install("charming", CHARM)
    charm = IndicatorKey("charm")
    shared = tuple((key, replace(rules, weight=0.4)) for key, rules in POLICY.indicators)
    run = scored(served, policy=replace(POLICY, indicators=(*shared, (charm, replace(DEFAULTS[charm], weight=0.2)))))
    assert run.manifest is not None
    assert run.manifest.indicators[-1] == ("charm", "charming 1.2")
    assert again(served, run.id).verdict is Verdict.SAME
    then = tuple((name, "1.0" if name == "numpy" else version) for name, version in run.manifest.software)
    older = json.dumps(manifest_document(replace(run.manifest, code_version="0.0.9", software=then)))
    change(served, "UPDATE scoring_runs SET manifest = :manifest WHERE id = :run", manifest=older, run=run.id)
    shutil.rmtree(tmp_path / "charming-1.2.dist-info")
    installed.cache_clear()

    found = again(served, run.id)

    says = {one.name: one.says for one in found.inputs if one.state is State.DIFFERENT}
    assert says["indicators"] == "charm is not installed, it was from charming 1.2"
    assert re.fullmatch(r"appraise 0\.0\.9, now test; numpy 1\.0, now [\d.]+", says["software"])
    assert found.left_out == (
        "charm: its package is not installed",
        "what the indicators say together: not all of them can be computed",
    )
    assert (found.verdict, found.differences) == (Verdict.SAME, ())
    assert found.results == 2 * len(TEAM) + 2


@EITHER
def test_only_who_may_read_everybody_s_section_may_do_it(served: Company) -> None:
    run = scored(served)

    with pytest.raises(NotFound):
        again(served, run.id, by="max")
    with pytest.raises(NotFound, match="no finished scoring run 'nothing'"):
        again(served, "nothing")


@EITHER
def test_the_command_prints_what_agrees_and_ends_by_it(served: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    run = scored(served)
    monkeypatch.setattr(command, "open_deployment", lambda _settings: served.deployment)

    def typed(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["score", *arguments], catch_exceptions=False)
        return done.exit_code, done.output

    code, output = typed("--again", run.id)
    assert (code, output.splitlines()[0]) == (0, f"Scoring run {run.id} of 2025, scored 2026-03-01 12:00 UTC")
    assert output.splitlines()[1].startswith("  events     as then   contacts 0, ")
    assert re.search(r"^[\d,]+ figures in 24 results: all come out as stored, to the last digit$", output, re.MULTILINE)
    change(
        served,
        "UPDATE scorecards SET reliability = 0.999999 WHERE run_id = :run AND employee_id = :who AND indicator = 'satisfaction'",
        run=run.id,
        who=served.ids["ben"],
    )
    code, output = typed("--again", "2025")
    assert code == 1
    assert "  Ben, satisfaction, reliability: 0.999999 stored, 0." in output
    assert "the stored figures were changed afterwards" in output
    code, output = typed("--again", run.id, "--json")
    told = json.loads(output)
    assert (code, told["verdict"], len(told["again"]["differences"])) == (1, "different", 1)
    assert typed("2025", "--again", run.id)[0] == typed()[0] == 2


def test_what_is_kept_of_people_is_read_back_as_it_was(served: Company) -> None:
    """The hash in the manifest is that of the index, which holds the hash of every text."""
    run = scored(served)
    assert run.manifest is not None
    with served.deployment.database.reading() as session:
        known, kept = people.snapshot(session), people_snapshots.of(session, run.manifest.people_hash)

    assert kept == documents_of(known)
    assert people_of(kept) == known
    assert sha256(kept.index) == run.manifest.people_hash
    index = json.loads(kept.index)["people"]
    assert [one for one, digest in index if sha256(kept.texts[one]) == digest] == sorted(served.ids.values())


def test_a_second_run_keeps_only_what_is_new_of_people(served: Company, move: Callable[..., None]) -> None:
    def counted() -> list[int | None]:
        names = ("people_snapshots", "person_texts")
        with served.deployment.database.reading() as session:
            return [session.scalar(text(f"SELECT count(*) FROM {name}")) for name in names]

    scored(served)
    scored(served)
    assert counted() == [1, 7]
    move("ann", "dora")
    scored(served)
    assert counted() == [2, 8]
