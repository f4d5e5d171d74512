"""A gateway that reads `@authenticated` and `@requiresScopes` demands them before it asks Appraise."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.api.builder import Company
from tests.node import installed, run_node

from appraise.api.global_ids import Kind, to_global

SUBGRAPH = Path(__file__).parents[2] / "schema" / "subgraph.graphql"
QUERY = """query($cycle: ID!) { employees {
  costCentre
  appraiseRecord { name }
  customerServiceSection(cycle: $cycle) { state }
} }"""


@pytest.mark.long
def test_a_gateway_that_demands_scopes_asks_for_nothing_that_a_token_does_not_open(
    served: tuple[str, Company],
) -> None:
    url, company = served
    asking = [None, "openid", "read:people", "read:people read:sections"]
    given = {
        "subgraph": str(SUBGRAPH),
        "url": url,
        "token": company.token("Hal Novak"),
        "query": QUERY,
        "variables": {"cycle": to_global(Kind.CYCLE, company.cycle.id)},
        "asking": asking,
    }
    run = run_node(installed(Path(__file__).parent / "hive"), "gateway.mjs", given=json.dumps(given))
    assert run.returncode == 0, run.stderr
    nobody, without, people, everything = json.loads(run.stdout)

    for told in (nobody, without):
        assert told["fetches"] == 0
        assert employee(told) == {"costCentre": "CC-E0005", "appraiseRecord": None, "customerServiceSection": None}
        assert len(refused(told)) == 2
    assert employee(people) == {
        "costCentre": "CC-E0005",
        "appraiseRecord": {"name": "Ann Archer"},
        "customerServiceSection": None,
    }
    assert refused(people) == {("employees", "customerServiceSection")}
    assert employee(everything)["customerServiceSection"] == {"state": "COLLECTING"}
    assert (refused(everything), everything["fetches"]) == (set(), 1)


def employee(told: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = told["answer"]["data"]["employees"][0]
    return found


def refused(told: dict[str, Any]) -> set[tuple[str, ...]]:
    """Where in the document."""
    errors = told["answer"].get("errors", [])
    return {tuple(part for part in error["path"] if isinstance(part, str)) for error in errors}
