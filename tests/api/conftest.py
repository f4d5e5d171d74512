"""The API as a client meets it: HTTP in, HTTP out, on real databases."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.api.builder import AT, Company, build

from appraise.settings import Settings
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
