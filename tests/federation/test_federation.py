"""The subgraph with the tools that HR vendors have: both composers, and a gateway over two subgraphs."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.api.builder import Company
from tests.node import run_node

from appraise.api.global_ids import Kind, to_global

SCHEMA = Path(__file__).parents[2] / "schema"
QUERY = """query($cycle: ID!) { employees {
  id costCentre
  appraiseRecord { name }
  customerServiceSection(cycle: $cycle) { state items { indicator { key } result { __typename } } }
} }"""

BACK = """query($cycle: ID!) { appraise { sections(cycle: $cycle, first: 2) { totalCount nodes {
  person { name } employee { hrRecord { id costCentre } manager { hrRecord { costCentre } } }
} } } }"""


@pytest.mark.parametrize("file", ["subgraph.graphql", "subgraph-plain.graphql"])
@pytest.mark.parametrize("composer", ["apollo", "guild"])
def test_composers_take_it_beside_another_subgraph(node_modules: Path, composer: str, file: str) -> None:
    run = run_node(node_modules, "compose.mjs", composer, str(SCHEMA / file))

    assert (run.returncode, run.stderr) == (0, "")
    assert [line for line in run.stdout.splitlines() if "INCONSISTENT" in line] == []


def ask(
    node_modules: Path, served: tuple[str, Company], who: str, people: list[str], query: str = QUERY
) -> dict[str, Any]:
    url, company = served
    supergraph = node_modules / "supergraph.graphql"
    composed = run_node(
        node_modules, "compose.mjs", "apollo", str(SCHEMA / "subgraph-plain.graphql"), "--out", str(supergraph)
    )
    assert composed.returncode == 0, composed.stderr
    given = {
        "supergraph": str(supergraph),
        "url": url,
        "token": company.token(who),
        "people": people,
        "query": query,
        "variables": {"cycle": to_global(Kind.CYCLE, company.cycle.id)},
    }
    run = run_node(node_modules, "gateway.mjs", given=json.dumps(given))
    assert run.returncode == 0, run.stderr
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def test_a_gateway_joins_a_list_of_the_hr_system_with_sections_in_one_fetch(
    node_modules: Path, served: tuple[str, Company]
) -> None:
    found = ask(node_modules, served, "Hal Novak", ["E0005", "E9999", "E0006"])
    ann, nobody, ben = found["answer"]["data"]["employees"]

    assert found["fetches"] == 1
    assert (ann["costCentre"], ann["appraiseRecord"]["name"]) == ("CC-E0005", "Ann Archer")
    assert [item["indicator"]["key"] for item in ann["customerServiceSection"]["items"]] == [
        "satisfaction",
        "repeat_purchase",
        "lifetime_value",
        "attrition",
    ]
    assert ben["appraiseRecord"]["name"] == "Ben Castellanos"
    assert (nobody["costCentre"], nobody["appraiseRecord"], nobody["customerServiceSection"]) == (
        "CC-E9999",
        None,
        None,
    )


def test_a_gateway_hands_on_who_asks_and_what_was_refused(node_modules: Path, served: tuple[str, Company]) -> None:
    manager = ask(node_modules, served, "Max Weber", ["E0005", "E0004"])["answer"]
    service = ask(node_modules, served, "people service", ["E0005"])["answer"]

    assert [one["appraiseRecord"] for one in manager["data"]["employees"]] == [{"name": "Ann Archer"}, None]
    assert service["data"]["employees"][0]["customerServiceSection"] is None
    assert {error["extensions"]["code"] for error in service["errors"]} == {"FORBIDDEN"}


def test_a_gateway_goes_from_a_section_back_to_the_hr_system(node_modules: Path, served: tuple[str, Company]) -> None:
    found = ask(node_modules, served, "Max Weber", [], BACK)
    first, second = found["answer"]["data"]["appraise"]["sections"]["nodes"]

    assert (found["fetches"], [one["person"]["name"] for one in (first, second)]) == (
        1,
        ["Ann Archer", "Ben Castellanos"],
    )
    assert [one["employee"]["hrRecord"] for one in (first, second)] == [
        {"id": "E0005", "costCentre": "CC-E0005"},
        {"id": "E0006", "costCentre": "CC-E0006"},
    ]
    assert first["employee"]["manager"] == {"hrRecord": {"costCentre": "CC-E0003"}}
