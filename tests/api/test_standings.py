"""Where people stand is read by HR and executives alone, on purpose and with a line in the audit log; levels by all."""

from typing import Any

from tests.api.builder import MANAGERS, Company
from tests.api.conftest import Ask, codes
from tests.api.test_doors import PRINCIPALS, WITH_SECTION

from appraise.api.global_ids import Kind, to_global
from appraise.domain.access import reaches, section_scope, sees_standings
from appraise.domain.section_states import SectionState
from appraise.storage import audit

PLACES = """query ($id: ID!) { section(id: $id) {
  items { result { ... on EstimateResult { standing { listed lower90 upper90 percentile rank tier } } } }
  composite { ... on Composite { standing { rank tier } } } } }"""
LEVELS = """query ($id: ID!) { section(id: $id) {
  items { result { ... on EstimateResult { level flagged } } } composite { ... on Composite { level flagged } } } }"""


def ask_section(ask: Ask, company: Company, who: str, query: str, of: str) -> dict[str, Any]:
    return ask(who, query, id=to_global(Kind.SECTION, company.section(of).section.id))


def lines(company: Company, of: str) -> list[str]:
    with company.deployment.database.reading() as session:
        subject = f"section:{company.section(of, of).section.id}"
        return [entry.actor for entry in audit.about(session, subject) if entry.action == "standing.read"]


def test_a_standing_is_a_rank_with_its_percentile_or_a_tier(company: Company, ask: Ask) -> None:
    answer = ask_section(ask, company, "Hal Novak", PLACES, "Max Weber")
    section = answer["data"]["section"]

    assert "errors" not in answer
    assert [item["result"].get("standing") for item in section["items"]] == [
        {"listed": len(MANAGERS), "lower90": "0.2", "upper90": "0.4", "percentile": "0.2", "rank": 1, "tier": None},
        None,  # repeat purchases are listed of nobody in this run
        None,  # an absence has no standing
        {"listed": len(MANAGERS), "lower90": "0.2", "upper90": "0.8", "percentile": None, "rank": None, "tier": "UNCLEAR"},
    ]  # fmt: skip
    assert section["composite"] == {"standing": {"rank": None, "tier": "ABOVE"}}


def test_each_read_of_a_standing_leaves_one_line(company: Company, ask: Ask) -> None:
    assert lines(company, "Max Weber") == []

    ask_section(ask, company, "Hal Novak", PLACES, "Max Weber")

    assert lines(company, "Max Weber") == [f"employee:{company.ids['Hal Novak']}"]


def test_nobody_but_hr_and_executives_reads_a_standing_through_any_section_that_they_see(
    company: Company, ask: Ask
) -> None:
    """All sections are COLLECTING, so that an executive sees none yet."""
    managers = {
        name: [company.ids[above] for above in (MANAGERS[name], "Dora Lindqvist") if above] for name in MANAGERS
    }
    for who in PRINCIPALS:
        principal = company.principal(who)
        for name in WITH_SECTION:
            seen = reaches(
                section_scope(principal), principal, company.ids[name], managers=managers[name],
                state=SectionState.COLLECTING,
            )  # fmt: skip
            answer = ask_section(ask, company, who, PLACES, name)
            if not seen:
                assert (answer["data"] or {"section": None})["section"] is None, (who, name)
                continue
            found = [item["result"].get("standing") for item in answer["data"]["section"]["items"]]
            assert any(found) is sees_standings(principal), (who, name)
            assert ("FORBIDDEN" in codes(answer)) is not sees_standings(principal), (who, name)
            assert (f"employee:{principal.employee}" in lines(company, name)) is sees_standings(principal), (who, name)


def test_levels_and_flags_are_read_with_the_figure(company: Company, ask: Ask) -> None:
    section = ask_section(ask, company, "Max Weber", LEVELS, "Max Weber")["data"]["section"]

    assert [item["result"] for item in section["items"]] == [
        {"level": 3, "flagged": True},
        {"level": None, "flagged": None},
        {},
        {"level": 3, "flagged": False},
    ]
    assert section["composite"] == {"level": 3, "flagged": True}


def test_a_run_tells_its_attributable_share_and_its_flags(company: Company, ask: Ask) -> None:
    run = """{ cycles { latestRun { attributableShare flags { indicator judged better worse expectedWrong } } } }"""

    (cycle,) = ask("Hal Novak", run)["data"]["cycles"]

    assert cycle["latestRun"] == {
        "attributableShare": "0.7",
        "flags": [{"indicator": "satisfaction", "judged": 5, "better": 2, "worse": 1, "expectedWrong": "0.031"}],
    }
