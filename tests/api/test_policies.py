"""Policies in the API: what runs followed, word for word, and what lint says of it."""

from dataclasses import replace

from tests.api.builder import Company
from tests.api.conftest import Ask, codes

from appraise.domain.exclusions import Exclusion
from appraise.domain.indicators import ATTRITION
from appraise.domain.policies import DEFAULT_POLICY
from appraise.domain.policy_documents import policy_hash, read_toml
from appraise.domain.policy_lint import lint
from appraise.domain.profiles import Profile
from appraise.storage import cycles

POLICIES = """{ policies { hash version isDefault firstUsedAt findings { code level sentence path } document
  choices { key indicatorName value defaultValue isDefault reason } exceptions } }"""
THEN = "query ($at: DateTime!) { policies(asOf: $at) { hash } policy(asOf: $at) { hash } }"
ONE = "query ($at: DateTime!, $hash: String) { policy(hash: $hash, asOf: $at) { hash } }"
LINT = "query ($document: String!) { lintPolicy(document: $document) { problem findings { path } } }"


def test_a_policy_is_told_as_the_document_that_it_is(company: Company, ask: Ask) -> None:
    own = replace(
        DEFAULT_POLICY,
        version=7,
        attributable_share=1.0,
        minimum_group=8,
        profiles=(Profile("Keepers", ((ATTRITION, 1.0),), departments=("B",)),),
        exclusions=(Exclusion("trainers serve no customers", jobs=("Trainer",)),),
    )
    with company.deployment.database.transaction() as session:
        run = cycles.latest_run(session, company.cycle.id)
        assert run is not None
        later = replace(run, id="later", started_at=run.started_at.replace(hour=13))
        cycles.add_run(session, later, own, policy_hash=policy_hash(own))

    newest, first = ask("Ann Archer", POLICIES)["data"]["policies"]

    document = read_toml(newest["document"])
    assert document.policy() == own
    assert (newest["hash"], newest["version"], newest["isDefault"]) == (policy_hash(own), 7, False)
    assert newest["findings"] == [
        {"code": one.code, "level": one.level.name, "sentence": one.sentence, "path": one.path}
        for one in lint(document)
    ]
    assert newest["findings"]
    told = {(one["indicatorName"], one["key"]): one for one in newest["choices"]}
    departs = {key for key, one in told.items() if not one["isDefault"]}
    assert departs == {(None, "version"), (None, "attributable_share"), (None, "minimum_group")}
    profile, left_out = newest["exceptions"]
    assert profile.startswith(
        "Keepers, for all jobs of B, and jobs that the HR system calls Keepers: Attrition 100\N{NO-BREAK SPACE}%."
    )
    assert left_out == "Left out, jobs Trainer: trainers serve no customers"
    assert first["exceptions"] == []
    share = told[None, "attributable_share"]
    values = ["1 (100\N{NO-BREAK SPACE}%)", "0.7 (70\N{NO-BREAK SPACE}%)", None]
    assert [share[name] for name in ("value", "defaultValue", "reason")] == values
    assert told["Repeat purchases", "horizon_days"]["value"] == "90 days"
    drafts = ("attributable_share = 1", "rank_width = 7", "= nonsense")
    linted = [ask("Hal Novak", LINT, document=text)["data"]["lintPolicy"] for text in drafts]
    assert [(bool(one["findings"]), (one["problem"] or "")[:10]) for one in linted] == [
        (True, ""),
        (False, "rank_width"),
        (False, "the policy"),
    ]
    assert codes(ask("Ann Archer", LINT, document="")) == ["FORBIDDEN"]
    assert (first["isDefault"], read_toml(first["document"]).policy()) == (True, DEFAULT_POLICY)
    assert newest["firstUsedAt"] == "2026-03-01T13:00:00Z"


def test_one_is_read_by_its_hash_and_the_defaults_without(company: Company, ask: Ask) -> None:
    assert company.cycle
    default = ask("Ann Archer", "{ defaultPolicy { hash isDefault firstUsedAt findings { level } } }")["data"][
        "defaultPolicy"
    ]
    assert default == {"hash": policy_hash(DEFAULT_POLICY), "isDefault": True, "firstUsedAt": None, "findings": []}
    one = "query ($hash: String!) { policy(hash: $hash) { hash version } }"
    assert ask("Ann Archer", one, hash=default["hash"])["data"]["policy"] == {"hash": default["hash"], "version": 1}
    unknown = ask("Ann Archer", one, hash="0" * 64)
    assert (unknown["data"], codes(unknown)) == ({"policy": None}, ["NOT_FOUND"])


def test_policies_are_those_of_a_time(company: Company, ask: Ask) -> None:
    own = replace(DEFAULT_POLICY, version=7)
    with company.deployment.database.transaction() as session:
        run = cycles.latest_run(session, company.cycle.id)
        assert run is not None
        later = run.started_at.replace(hour=13)
        cycles.add_run(
            session, replace(run, id="later", started_at=later, finished_at=later), own, policy_hash=policy_hash(own)
        )

    def told(at: str) -> list[str]:
        found = ask("Ann Archer", THEN, at=at)["data"]
        return [one["hash"] for one in (*found["policies"], found["policy"])]

    (first, last) = told("2026-03-01T12:30:00Z")
    assert (first, last) == (first, first)
    assert told("2026-03-01T13:00:00Z") == [policy_hash(own), first, policy_hash(own)]
    unknown = ({"at": "2026-03-01T12:30:00Z", "hash": policy_hash(own)}, {"at": "2001-01-01T00:00:00Z"})
    assert [codes(ask("Ann Archer", ONE, **one)) for one in unknown] == [["NOT_FOUND"]] * 2
