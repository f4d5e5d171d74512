"""The attacks of `benchmarks/hostile.py` for some seconds: broken and changed requests, none of which is a defect."""

import time
from collections.abc import Iterator

import pytest
from attack.requests import one
from attack.running import CODES, Tally, codes_of
from starlette.testclient import TestClient
from tests.api.builder import AT, Company, build, empty_deployment

from appraise.settings import Settings
from appraise.web import create_app


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Company, TestClient]]:
    company = build(empty_deployment(tmp_path_factory.mktemp("attacked")))
    app = create_app(company.deployment, Settings(rate_limit=100_000_000, subgraph_source="hr:id"), lambda: AT)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield company, client
    company.deployment.database.close()


def test_nothing_that_is_changed_or_broken_is_a_defect(attacked: tuple[Company, TestClient]) -> None:
    company, client = attacked
    tally, token = Tally(), company.token("Hal Novak")
    for seed in range(1, 301):
        sent = one(seed)
        started = time.monotonic()
        headers = sent.headers | {"authorization": f"Bearer {token}"}
        answer = client.request(sent.method, sent.path, headers=headers, content=sent.body)
        tally.take(sent, answer.status_code, answer.content, time.monotonic() - started)

    assert tally.defects == []
    assert tally.statuses[200] > 20  # some are still good
    assert {"BAD_USER_INPUT", "COST_LIMIT"} <= set(tally.codes)


def test_a_defect_would_be_told_with_its_seed() -> None:
    tally = Tally()
    tally.take(one(7), 500, b'{"errors": [{"extensions": {"code": "INTERNAL"}}]}', 0.1)
    tally.take(one(8), 200, b'{"errors": [{"extensions": {"code": "FORBIDDEN"}}]}', 60.0)

    assert [defect.split(":")[0] for defect in tally.defects] == ["seed 7", "seed 8"]
    assert codes_of(b'{"errors": [{"extensions": {"code": "FORBIDDEN"}}]}') <= CODES


def test_a_seed_makes_the_same_request_again() -> None:
    assert [one(seed) for seed in range(30)] == [one(seed) for seed in range(30)]
