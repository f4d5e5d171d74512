"""A policy tried on a scored cycle, what a run keeps of its policy, and what a repeated run says otherwise.

One real deployment: seven people, ratings imported from a file, an SQLite database and Delta tables on disk.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from tests.use_cases.conftest import AT, Company, submitted

from appraise.domain.indicators import COMPOSITE, SATISFACTION
from appraise.domain.periods import Period
from appraise.domain.policies import DEFAULT_POLICY, Policy
from appraise.domain.progress import silent
from appraise.domain.reading import ScoringRun
from appraise.domain.scorecards import Estimate
from appraise.errors import InvalidInput, NotEnough, NotFound
from appraise.events.store import EventStore
from appraise.storage import cycles, scorecards, standings
from appraise.storage.database import Database
from appraise.storage.tables import METADATA
from appraise.use_cases.compare_runs import (
    Reading,
    ReadingChange,
    RunChanges,
    Side,
    compare_runs,
    compare_with_previous,
)
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.open_cycle import open_cycle
from appraise.use_cases.read_policy import policy_in_force, policy_of_cycle, read_document
from appraise.use_cases.score_cycle import score_cycle
from appraise.use_cases.try_policy import try_policy

SATISFACTION_ALONE = replace(
    DEFAULT_POLICY,
    indicators=((SATISFACTION, replace(DEFAULT_POLICY.of(SATISFACTION), weight=1.0)),),
    attributable_share=1.0,
    rank_width=0.45,  # of seven places three: draws hang on ids, which chance gives
    reasons=(("attributable_share", "answers were dealt by the tests"),),
)
STRICT = replace(SATISFACTION_ALONE, publish_reliability=0.98, consequence_reliability=0.98)


@pytest.fixture
def deployment(sqlite_database: Database, tmp_path: Path) -> Deployment:
    events = EventStore(str(tmp_path / "events"))
    events.initialise()
    return Deployment(database=sqlite_database, events=events, secret=b"key of the tests", code_version="test")


def score(company: Company, policy: Policy = SATISFACTION_ALONE, *, hours: int = 0) -> ScoringRun:
    at = AT + timedelta(hours=hours)
    return score_cycle(
        company.deployment, company.cycle.id, policy, clock=lambda: at, memory_limit=None, progress=silent
    )


def tried(company: Company, policy: Policy, *, by: str = "hal") -> RunChanges:
    return try_policy(
        company.deployment, company.principal(by), company.cycle.id, policy, memory_limit=None, progress=silent
    )


def rows(company: Company, sql: str, **values: Any) -> list[Any]:
    with company.deployment.database.reading() as session:
        return [tuple(row) for row in session.execute(text(sql), values)]


def everything(company: Company) -> tuple[dict[str, list[Any]], dict[str, str]]:
    """Every row of every table, and every file of the event store by its hash."""
    tables = {name: rows(company, f'SELECT * FROM "{name}" ORDER BY 1, 2') for name in METADATA.tables}
    root = Path(company.deployment.events.root)
    files = {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }
    return tables, files


def test_trying_a_policy_writes_nothing(rated_company: Company) -> None:
    score(rated_company)
    before = everything(rated_company)

    tried(rated_company, STRICT)

    assert everything(rated_company) == before
    assert before[0]["scorecards"]
    assert any(name.endswith(".parquet") for name in before[1])


def test_a_stricter_policy_makes_those_estimates_vanish_whose_reliability_it_refuses(rated_company: Company) -> None:
    run = score(rated_company)
    kept = "SELECT count(*) FROM scorecards WHERE run_id = :run AND CAST(reliability AS REAL) >= :least"
    (((before,),), ((after,),)) = (rows(rated_company, kept, run=run.id, least=least) for least in (0.0, 0.98))

    found, together = tried(rated_company, STRICT).indicators

    assert 0 < after < before
    assert (found.estimates, found.appeared, found.vanished) == ((before, after), 0, before - after)
    assert together.indicator == COMPOSITE
    assert [(change.name, change.before, change.after) for change in found.readings] == [
        (name.title(), before_reading, Reading(Side.ABSENT))
        for name, before_reading in sorted(_readings(rated_company, run).items())
        if _reliability(rated_company, run, name) < 0.98
    ]


def test_a_laxer_policy_makes_estimates_appear(rated_company: Company) -> None:
    score(rated_company, STRICT)

    found, _ = tried(rated_company, SATISFACTION_ALONE).indicators

    assert (found.appeared > 0, found.vanished) == (True, 0)
    assert {change.before for change in found.readings} == {Reading(Side.ABSENT)}


def test_trying_the_policy_of_the_stored_run_changes_nothing(rated_company: Company) -> None:
    run = score(rated_company)

    changes = tried(rated_company, SATISFACTION_ALONE)

    for part in changes.indicators:
        assert (changes.inputs, part.readings, part.moves, part.appeared, part.vanished) == ((), (), (), 0, 0)
    found, together = changes.indicators
    assert together.coverage == (None, None)
    assert found.coverage == (run.coverage[0], run.coverage[0])


def test_a_wider_margin_changes_levels_and_no_side(rated_company: Company) -> None:
    run = score(rated_company)
    levels = {name: result.level for name, result in _results(rated_company, run).items()}

    wide = tried(rated_company, replace(SATISFACTION_ALONE, margin=3.0))

    for part in wide.indicators:
        assert part.readings
        for change in part.readings:
            assert change.before.side is change.after.side
            assert (change.before.level, change.after.level) in {(5, 4), (1, 2)}
    assert {change.name for change in wide.indicators[0].readings} == {
        name.title() for name, level in levels.items() if level in {1, 5}
    }


def test_a_trial_says_how_far_the_weights_decide(rated_company: Company) -> None:
    score(rated_company)

    moved = tried(rated_company, DEFAULT_POLICY).weights

    assert [(shift.indicator, shift.moved_to) for shift in moved] == [
        (key, pytest.approx(to)) for key, _ in DEFAULT_POLICY.indicators for to in (0.35, 0.15)
    ]
    assert tried(rated_company, SATISFACTION_ALONE).weights == ()


def test_the_largest_moves_are_sorted_by_name(rated_company: Company) -> None:
    score(rated_company)

    found, _ = tried(rated_company, replace(SATISFACTION_ALONE, attributable_share=0.1)).indicators

    names = [move.name for move in found.moves]
    sizes = [abs(move.after - move.before) for move in found.moves]
    assert names == sorted(names)
    assert {"Ann", "Ben"} < set(names)
    assert sizes != sorted(sizes, reverse=True)


def test_an_indicator_that_the_policy_drops_loses_its_estimates_and_its_coverage(rated_company: Company) -> None:
    score(rated_company, DEFAULT_POLICY)

    found = {part.indicator: part for part in tried(rated_company, SATISFACTION_ALONE).indicators}

    assert found[SATISFACTION].coverage[1] is not None
    assert [part.coverage[1] for key, part in found.items() if key != SATISFACTION] == [None] * 4


def test_events_that_came_after_the_run_are_not_seen_by_a_trial(
    rated_company: Company, rate: Callable[..., None]
) -> None:
    score(rated_company)
    rate("later", {"ann": [1] * 40}, 8)

    assert tried(rated_company, SATISFACTION_ALONE).indicators[0].moves == ()


@pytest.mark.parametrize("by", ["ann", "max", "vera"])
def test_only_who_may_read_everybodys_section_may_try_a_policy(company: Company, by: str) -> None:
    with pytest.raises(NotFound, match="no such scoring runs"):
        tried(company, SATISFACTION_ALONE, by=by)


def test_a_cycle_that_was_never_scored_cannot_be_tried_on(company: Company) -> None:
    with pytest.raises(NotFound, match="2025 has not been scored"):
        tried(company, SATISFACTION_ALONE)


def test_errors_of_the_policy_stop_scoring_and_trying(rated_company: Company) -> None:
    wrong = replace(SATISFACTION_ALONE, publish_reliability=0.1)
    for attempt in (score, tried):
        with pytest.raises(InvalidInput, match="publish-under-floor"):
            attempt(rated_company, wrong)

    assert rows(rated_company, "SELECT count(*) FROM scoring_runs") == [(0,)]


def test_warnings_of_the_policy_are_kept_with_the_run(rated_company: Company) -> None:
    run = score(rated_company, replace(SATISFACTION_ALONE, attributable_share=0.8))
    with rated_company.deployment.database.reading() as session:
        kept = cycles.run(session, run.id).manifest

    assert kept is not None
    assert [warning.split("; ")[-1] for warning in kept.policy_warnings] == ["share-above-range)", "policy-of-one)"]


def test_scoring_unchanged_data_again_gives_the_same_digits_and_the_same_manifest(rated_company: Company) -> None:
    first, second = score(rated_company, DEFAULT_POLICY), score(rated_company, DEFAULT_POLICY, hours=1)
    with rated_company.deployment.database.reading() as session:
        stored = [scorecards.of_run(session, run.id) for run in (first, second)]

    assert stored[0] == stored[1]
    assert any(isinstance(card.result(SATISFACTION), Estimate) for card in stored[0])
    assert (first.manifest, first.coverage) == (second.manifest, second.coverage)


def test_a_run_keeps_its_flags_its_share_and_where_people_stand(rated_company: Company) -> None:
    run = score(rated_company)
    with rated_company.deployment.database.reading() as session:
        stored = cycles.run(session, run.id)
        places = {name: standings.of(session, run.id, key) for name, key in rated_company.ids.items()}
    judged = {name: result for name, result in _results(rated_company, run).items() if result.consequence}

    assert stored == run
    assert run.summary is not None
    assert run.summary.attributable_share == 1
    assert [(flags.indicator, flags.judged) for flags in run.summary.flags] == [
        (SATISFACTION, len(judged)),
        (COMPOSITE, len(judged)),
    ]
    assert all(flags.expected_wrong <= Decimal("0.05") for flags in run.summary.flags)
    flagged = [name for name, result in judged.items() if result.flagged]
    assert (judged["ann"].level, judged["ben"].level) == (5, 1)
    assert {"ann", "ben"} <= set(flagged)
    assert len(flagged) == run.summary.flags[0].better + run.summary.flags[0].worse
    assert {name for name, found in places.items() if found} == set(judged)
    assert (places["ann"][SATISFACTION].rank, places["ben"][SATISFACTION].rank) == (1, len(judged))


def test_the_manifests_policy_hash_is_that_of_the_stored_document(rated_company: Company) -> None:
    run = score(rated_company)
    ((stored, document),) = rows(rated_company, "SELECT hash, document FROM policies")

    canonical = json.dumps(json.loads(document), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert run.manifest is not None
    assert hashlib.sha256(canonical.encode()).hexdigest() == stored == run.manifest.policy_hash


def test_the_policy_of_a_scored_cycle_can_be_read_back(rated_company: Company) -> None:
    score(rated_company, STRICT)
    score(rated_company, SATISFACTION_ALONE, hours=1)

    assert policy_of_cycle(rated_company.deployment, rated_company.principal("ann"), rated_company.cycle.id) == (
        SATISFACTION_ALONE
    )


def test_a_run_on_changed_data_says_who_changed_sides_and_what_was_handed_in(
    rated_company: Company, rate: Callable[..., None]
) -> None:
    company = rated_company
    first = score(company)
    submitted(company)
    rate("later", {"ann": [1, 2] * 40}, 7)
    second = score(company, hours=1)

    changes = compare_runs(company.deployment, company.principal("hal"), first.id, second.id)

    assert changes.inputs == ("events", "end of the data")
    for part, level in zip(changes.indicators, (5, 4), strict=True):
        ann = next(change for change in part.readings if change.name == "Ann")
        assert ann == ReadingChange(
            company.ids["ann"], "Ann", Reading(Side.BETTER, level), Reading(Side.CANNOT_TELL, 3), handed_in=True
        )
    assert compare_with_previous(company.deployment, company.principal("hal"), second) == changes


def test_the_first_run_of_a_cycle_has_no_run_before(rated_company: Company) -> None:
    run = score(rated_company)

    assert compare_with_previous(rated_company.deployment, rated_company.principal("hal"), run) is None


def test_a_policy_file_is_read_or_refused_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    file.write_text("annual_discount = 0.2\n", encoding="utf-8")
    assert policy_in_force(file) == replace(DEFAULT_POLICY, annual_discount=0.2)
    assert policy_in_force(None) == DEFAULT_POLICY
    file.write_text("annual_discount = 0.2\n", encoding="utf-8-sig")
    assert policy_in_force(file) == replace(DEFAULT_POLICY, annual_discount=0.2)

    with pytest.raises(InvalidInput, match="cannot be read: No such file"):
        read_document(tmp_path / "other.toml")
    file.write_bytes("# Größe".encode("latin-1"))
    with pytest.raises(InvalidInput, match="not UTF-8"):
        read_document(file)


def _results(company: Company, run: ScoringRun) -> dict[str, Estimate]:
    names = {identity: name for name, identity in company.ids.items()}
    with company.deployment.database.reading() as session:
        cards = scorecards.of_run(session, run.id)
    results = {names[card.employee]: card.result(SATISFACTION) for card in cards}
    return {name: result for name, result in results.items() if isinstance(result, Estimate)}


def _reliability(company: Company, run: ScoringRun, name: str) -> float:
    return float(_results(company, run)[name].reliability)


def _readings(company: Company, run: ScoringRun) -> dict[str, Reading]:
    words = {True: Side.BETTER, False: Side.WORSE, None: Side.CANNOT_TELL}
    return {name: Reading(words[result.is_better], result.level) for name, result in _results(company, run).items()}


def test_a_cycle_after_the_end_of_the_data_is_not_scored(rated_company: Company) -> None:
    """Every absence in it would have a false reason."""
    later = open_cycle(rated_company.deployment, "2027", Period(date(2027, 1, 1), date(2028, 1, 1)), at=AT)

    with pytest.raises(NotEnough, match=r"the data end on 2025-\d\d-\d\d, before the cycle begins on 2027-01-01"):
        score(replace(rated_company, cycle=later))
