"""The API as a client meets it: HTTP in, HTTP out, on real databases."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.api.builder import AT, Company, build, empty_deployment
from tests.api.importing import Importing
from tests.api.served import Served, serving

from appraise.events.store import EventStore
from appraise.settings import Settings
from appraise.storage.database import Database
from appraise.use_cases.deployment import Deployment
from appraise.web import create_app

Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def company(deployment: Deployment) -> Company:
    return build(deployment)


@pytest.fixture
def client(company: Company) -> Iterator[TestClient]:
    app = create_app(company.deployment, Settings(), lambda: AT)
    with TestClient(app, base_url="http://testserver", follow_redirects=False) as opened:
        yield opened


@pytest.fixture
def ask(company: Company, client: TestClient) -> Ask:
    """`ask("Max Weber", query, variables…)`: the whole answer to a query asked by somebody."""
    tokens: dict[str, str] = {}

    def asked(who: str, query: str, **variables: Any) -> dict[str, Any]:
        if who not in tokens:
            tokens[who] = company.token(who)
        answer = client.post(
            "/graphql",
            json={"query": query, "variables": variables},
            headers={"authorization": f"Bearer {tokens[who]}"},
        )
        body: dict[str, Any] = answer.json()
        return body

    return asked


def codes(answer: dict[str, Any]) -> list[str]:
    return [error["extensions"]["code"] for error in answer.get("errors", [])]


@pytest.fixture(scope="session")
def read_only(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Company, TestClient]]:
    """One company on SQLite for all tests that change nothing."""
    company = build(empty_deployment(tmp_path_factory.mktemp("company")), others=12)
    app = create_app(company.deployment, Settings(), lambda: AT)
    with TestClient(app, base_url="http://testserver", follow_redirects=False) as opened:
        yield company, opened
    company.deployment.database.close()


@pytest.fixture(scope="session")
def token(read_only: tuple[Company, TestClient]) -> str:
    """An HR administrator's."""
    return read_only[0].token("Hal Novak")


@pytest.fixture(scope="session")
def post(read_only: tuple[Company, TestClient], token: str) -> Callable[..., Any]:
    """`post({"query": …}, **headers)`: the response to somebody signed in."""

    def posted(body: Any, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return read_only[1].post("/graphql", json=body, headers={"authorization": f"Bearer {token}"} | named)

    return posted


@pytest.fixture
def served(company: Company) -> Iterator[Served]:
    """The API on a real port, on each kind of database."""
    with serving(company) as running:
        yield running


@pytest.fixture
def served_alone(sqlite_database: Database, tmp_path: Path) -> Iterator[Served]:
    """The same on SQLite only."""
    deployment = Deployment(sqlite_database, EventStore(str(tmp_path / "events")), b"key of the tests", "test")
    with serving(build(deployment)) as running:
        yield running


@pytest.fixture
def importing(company: Company) -> Iterator[Importing]:
    company.deployment.events.initialise()
    clock = [AT]
    app = create_app(company.deployment, Settings(), lambda: clock[0])
    with TestClient(app, base_url="http://testserver", follow_redirects=False) as client:
        yield Importing(company, client, clock)
