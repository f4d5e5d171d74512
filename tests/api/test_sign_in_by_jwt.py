"""A JWT at the door of the API, beside the tokens of our own."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.api.builder import AT, Company
from tests.api.conftest import codes
from tests.use_cases.issuer import OTHER_RSA, RSA, Provider, served, signed, unsigned

from appraise.console.cookies import SESSION
from appraise.errors import InvalidInput
from appraise.settings import Settings
from appraise.web import create_app

NAME = {"query": "{ viewer { name } }"}
GOOD = {"iss": "https://login.example.org", "aud": "appraise", "sub": "E0005", "exp": int(AT.timestamp()) + 600}


@pytest.fixture
def provider() -> Iterator[Provider]:
    with served() as one:
        one.publish(one=RSA)
        yield one


@pytest.fixture
def opened(read_only: tuple[Company, TestClient], provider: Provider, tmp_path: Path) -> Iterator[TestClient]:
    file = tmp_path / "issuers.toml"
    file.write_text(
        f'[[issuers]]\nissuer = "{GOOD["iss"]}"\naudience = "appraise"\njwks_url = "{provider.url}"\n'
        'algorithms = ["RS256"]\nemployee_namespace = "hr:id"\nroles = { hr = "hr_administrator" }\n',
        encoding="utf-8",
    )
    app = create_app(read_only[0].deployment, Settings(issuers=file), lambda: AT)
    with TestClient(app, base_url="http://testserver") as client:
        yield client


def asked(client: TestClient, token: str, body: dict[str, Any] = NAME) -> Any:
    return client.post("/graphql", json=body, headers={"authorization": f"Bearer {token}"})


def test_a_jwt_signs_its_employee_in_with_the_rights_of_an_employee(opened: TestClient) -> None:
    query = {"query": "{ viewer { name } employees(first: 50) { nodes { name } } }"}

    plain = asked(opened, signed(GOOD, RSA), query).json()["data"]
    hr = asked(opened, signed(GOOD | {"roles": ["hr"]}, RSA), query).json()["data"]

    assert plain["viewer"]["name"] == hr["viewer"]["name"] == "Ann Archer"
    assert [node["name"] for node in plain["employees"]["nodes"]] == ["Ann Archer"]
    assert len(hr["employees"]["nodes"]) > 10


def test_who_waits_for_an_issuer_takes_nobodys_turn(
    opened: TestClient, read_only: tuple[Company, TestClient], provider: Provider
) -> None:
    ours = read_only[0].token("Max Weber")
    provider.wait = 1.5
    with ThreadPoolExecutor(6) as pool:
        strangers = [pool.submit(asked, opened, signed(GOOD | {"jti": str(n)}, RSA)) for n in range(5)]
        while not provider.asked:
            time.sleep(0.01)
        begun = time.monotonic()
        assert asked(opened, ours).status_code == 200
        taken = time.monotonic() - begun

        assert [one.result().status_code for one in strangers] == [200] * 5
    assert taken < 1
    assert provider.asked == 1


@pytest.mark.parametrize(
    "token",
    [unsigned(GOOD), signed(GOOD, OTHER_RSA), signed(GOOD | {"aud": "x"}, RSA), signed(GOOD | {"sub": "x"}, RSA)],
)
def test_refusals_are_alike(opened: TestClient, token: str) -> None:
    answer = asked(opened, token)

    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer realm="appraise"')
    assert answer.json()["errors"][0]["message"] == "the token is not accepted"


def test_our_own_tokens_open_as_before_and_ask_no_issuer(opened: TestClient, token: str, provider: Provider) -> None:
    provider.status = 500

    assert asked(opened, token).json() == asked(opened, token).json() | {"data": {"viewer": {"name": "Hal Novak"}}}
    assert asked(opened, token[:-1]).json()["errors"][0]["message"] == "the token is malformed"
    assert provider.asked == 0


def test_while_the_issuer_is_down_from_the_start_the_client_is_told_to_come_back(
    opened: TestClient, provider: Provider
) -> None:
    provider.status = 500
    answer = asked(opened, signed(GOOD, RSA))

    assert (answer.status_code, codes(answer.json())) == (503, ["UNAVAILABLE"])
    assert answer.headers["retry-after"]


def test_a_jwt_in_the_session_cookie_opens_nothing(opened: TestClient, provider: Provider) -> None:
    opened.cookies.set(SESSION, signed(GOOD, RSA))
    answer = opened.post("/graphql", json=NAME, headers={"x-appraise-request": "1"})

    assert (answer.status_code, provider.asked) == (401, 0)


def test_without_configured_issuers_a_jwt_opens_nothing(read_only: tuple[Company, TestClient]) -> None:
    answer = asked(read_only[1], signed(GOOD, RSA))

    assert (answer.status_code, answer.json()["errors"][0]["message"]) == (401, "the token is malformed")


def test_a_server_does_not_start_with_a_file_it_cannot_read(read_only: tuple[Company, TestClient]) -> None:
    with pytest.raises(InvalidInput, match=r"nowhere\.toml"):
        create_app(read_only[0].deployment, Settings(issuers=Path("nowhere.toml")), lambda: AT)
