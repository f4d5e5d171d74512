"""`Section.change` as query text and answers, on both kinds of database."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.api.builder import AT, Company
from tests.api.conftest import Ask, codes

from appraise.api.global_ids import Kind, to_global
from appraise.domain.cycles import Cycle
from appraise.domain.indicators import SATISFACTION
from appraise.domain.people import PeopleSnapshot
from appraise.domain.periods import Period
from appraise.domain.policies import DEFAULT_POLICY
from appraise.domain.scorecards import Estimate, Manifest, Scorecard, ScoringResult
from appraise.storage import audit
from appraise.use_cases.open_cycle import open_cycle
from appraise.use_cases.read_change import read_change
from appraise.use_cases.store_scores import store_scores

CHANGE = """query ($id: ID!, $from: ID!) { section(id: $id) { change(from: $from) { indicator { key } result {
  __typename
  ... on ChangeEstimate { value lower upper lower90 upper90 unshrunk probabilityImproved isImproved sentence }
  ... on Absence { kind reason } } population { employees change correlation } } } }"""
SCORED = ("Max Weber", "Nia Okafor", "Ann Archer", "Ben Castellanos", "Cem Yıldız")


@pytest.fixture
def earlier(company: Company) -> Cycle:
    """The results of 2025, with satisfaction two points lower."""
    cycle = open_cycle(company.deployment, "2024", Period(date(2024, 1, 1), date(2025, 1, 1)), at=AT)
    cards = []
    for name in SCORED:
        results = [item.result for item in company.section(name).section.items]
        lower = tuple(
            replace(result, unshrunk=result.unshrunk - 2)
            if isinstance(result, Estimate) and result.indicator == SATISFACTION
            else result
            for result in results
        )
        cards.append(Scorecard(company.ids[name], lower))
    manifest = Manifest("test", "p" * 64, "q" * 64, (), date(2024, 1, 1), date(2025, 1, 1), AT.date())
    result = ScoringResult(tuple(cards), (), manifest)
    store_scores(
        company.deployment, cycle, result, DEFAULT_POLICY, scored=PeopleSnapshot((), (), ()), started_at=AT, at=AT
    )
    return cycle


def asked(company: Company, ask: Ask, who: str, of: str, since: Cycle) -> dict[str, Any]:
    section = to_global(Kind.SECTION, company.section(of).section.id)
    return ask(who, CHANGE, **{"id": section, "from": to_global(Kind.CYCLE, since.id)})


def test_a_change_is_read_digit_for_digit(company: Company, ask: Ask, earlier: Cycle) -> None:
    answer = asked(company, ask, "Ann Archer", "Ann Archer", earlier)
    own = company.principal("Ann Archer")
    found = read_change(company.deployment, own, company.ids["Ann Archer"], earlier.id, company.cycle.id, at=AT)
    stored: Any = found.employees[0].results[0]
    population: Any = found.population[0]
    first, *_, lifetime, _ = answer["data"]["section"]["change"]

    assert first == {
        "indicator": {"key": "satisfaction"},
        "result": {
            "__typename": "ChangeEstimate",
            "value": f"{stored.value:f}",
            "lower": f"{stored.lower:f}",
            "upper": f"{stored.upper:f}",
            "lower90": f"{stored.lower_90:f}",
            "upper90": f"{stored.upper_90:f}",
            "unshrunk": f"{stored.unshrunk:f}",
            "probabilityImproved": f"{stored.probability_improved:f}",
            "isImproved": stored.is_improved,
            "sentence": first["result"]["sentence"],
        },
        "population": {
            "employees": 5,
            "change": f"{population.change:f}",
            "correlation": f"{population.correlation:f}",
        },
    }
    assert (stored.unshrunk, float(stored.value)) == (Decimal(2), pytest.approx(2, abs=1e-3))
    assert first["result"]["sentence"].startswith("The plain figures differ by +2.0 points; allowing for chance")
    assert lifetime["population"] is None
    assert (lifetime["result"]["__typename"], lifetime["result"]["kind"]) == ("Absence", "INSUFFICIENT_EVIDENCE")


def test_reading_anothers_change_is_audited_and_refusals_have_their_words(
    company: Company, ask: Ask, earlier: Cycle
) -> None:
    answer = asked(company, ask, "Max Weber", "Ann Archer", earlier)
    refused = asked(company, ask, "Max Weber", "Ann Archer", company.cycle)
    with company.deployment.database.reading() as session:
        lines = audit.about(session, f"section:{company.section('Ann Archer').section.id}")

    assert "errors" not in answer
    assert (refused["data"]["section"], codes(refused)) == ({"change": None}, ["BAD_USER_INPUT"])
    assert "overlap" in refused["errors"][0]["message"]
    changes = [line.actor for line in lines if line.action == "change.read"]
    assert changes == [f"employee:{company.ids['Max Weber']}"]
