"""The API before the tools of others: the audits of GraphQL over HTTP, Relay's compiler, and a linter of schemas."""

import json
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.api.builder import AT, Company
from tests.node import CLIENTS, installed, run_node
from tests.serving import serving

from appraise.api.schema import sdl
from appraise.settings import Settings
from appraise.web import create_app


@pytest.fixture(scope="session")
def clients() -> Path:
    return installed(CLIENTS)


def test_all_audits_of_graphql_over_http_are_passed(
    clients: Path, read_only: tuple[Company, TestClient], token: str
) -> None:
    with serving(create_app(read_only[0].deployment, Settings(), lambda: AT)) as url:
        run = run_node(clients, "audits.mjs", f"{url}/graphql", token)
    assert run.returncode == 0, run.stderr
    audits = json.loads(run.stdout)

    assert [audit for audit in audits if audit["status"] != "ok"] == []
    assert len(audits) == 61


def test_relays_compiler_takes_the_schema(clients: Path) -> None:
    project = clients / "relay"
    (project / "schema.graphql").write_text(sdl(), encoding="utf-8")
    run = run_node(project, "../node_modules/relay-compiler/cli.js")

    assert run.returncode == 0, run.stdout + run.stderr
    written = {path.stem.removesuffix(".graphql") for path in (project / "src" / "__generated__").glob("*.js")}
    assert written >= {"PeopleQuery", "PeoplePageQuery", "PeoplePersonQuery", "PeopleRateMutation", "People_page"}


def lint(clients: Path, schema: str) -> dict[str, Any]:
    (clients / "linted.graphql").write_text(schema, encoding="utf-8")
    run = run_node(clients, "lint.mjs", "linted.graphql")
    assert run.returncode == 0, run.stderr
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def test_the_schema_keeps_the_recommended_rules_but_for_listed_departures(clients: Path) -> None:
    assert lint(clients, sdl()) == {"found": [], "stale": []}


def test_the_linter_sees_what_breaks_a_rule(clients: Path) -> None:
    worse = sdl().replace("  cursor: String!", "  cursor: [String!]", 1).replace("  FINALISE\n", "  finalise\n", 1)
    broken = {one["ruleId"].removeprefix("@graphql-eslint/") for one in lint(clients, worse)["found"]}

    assert broken == {"relay-edge-types", "naming-convention"}
