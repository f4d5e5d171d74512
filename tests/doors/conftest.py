from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient
from tests.api.builder import AT, build, empty_deployment
from tests.api.served import serving
from tests.doors import collection
from tests.doors.ways import Way, ways
from tests.doors.world import RULES, WHO, Key, World, populate

from appraise.api.schema import GRAPHQL_SCHEMA
from appraise.settings import Settings
from appraise.web import create_app

Shown = dict[tuple[str, str], set[Key]]
"""By principal and way in."""
DOORS = {
    "Query.auditLog": {"audit log"},
    "Query.accessTokens": {"access tokens"},
    "Query.roleGrants": {"role grants"},
    "Query.personRequests": {"person requests"},
    "Query.legalHolds": {"person requests"},
    "Query.fairnessReports": {"fairness verdicts"},
    "Query.contributions": {"Section"},
    "Query.sectionsAsOf": {"Section"},
    "Subscription.sectionChanged": {"Section", "ratings", "standing", "write-back"},
    "Subscription.scoringProgress": {"ScoringRun"},
    "Subscription.jobProgress": {"Export", "Import"},
    "_entities": {"Employee"},
    "export EMPLOYEES": {"Employee"},
    "export PEOPLE": set(),  # of all sources together, not of one: tests/api/test_exports.py
    "export SECTIONS": {"Section"},
    "export ESTIMATES": {"Section", "ratings"},
    "export AUDIT": {"audit file"},
}
"""Ways in beside the generated ones, and of which types they show all that a principal may see."""


@pytest.fixture(scope="session")
def generated() -> list[Way]:
    return ways(GRAPHQL_SCHEMA, set(RULES))


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    company = build(empty_deployment(tmp_path_factory.mktemp("doors")))
    app = create_app(company.deployment, Settings(rate_limit=100_000_000, subgraph_source="hr:id"), lambda: AT)
    with TestClient(app, base_url="http://testserver") as client:
        made = World(company, client)
        populate(made)
        yield made
    company.deployment.database.close()


@pytest.fixture(scope="session")
def shown(world: World, generated: list[Way]) -> Shown:
    found: Shown = {(who, way): seen for who in WHO for way, seen in collection.by_ways(world, generated, who).items()}
    with serving(world.company) as served:
        for who in WHO:
            found[who, "Query.contributions"] = collection.contributions(world, who)
            found[who, "Query.sectionsAsOf"] = collection.sections_then(world, who)
            found[who, "Query.auditLog"] = collection.audit_log(world, who)
            found[who, "Query.fairnessReports"] = collection.fairness_reports(world, who)
            found[who, "pdf"] = collection.printed(world, who)
            found[who, "Query.accessTokens"] = collection.access_tokens(world, who)
            found[who, "Query.roleGrants"] = collection.role_grants(world, who)
            for name in ("personRequests", "legalHolds"):
                found[who, f"Query.{name}"] = collection.person_requests(world, who, name)
            found[who, "_entities"] = collection.entities(world, world.client, who)
            for name, (query, variable, kinds) in collection.FOLLOWED.items():
                keys = {kind: world.keys(kind) for kind in kinds}
                found[who, f"Subscription.{name}"] = collection.followed(world, served, who, query, variable, keys)
    return found | collection.exports(world)
