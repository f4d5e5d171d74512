# ruff: noqa: F401, F811  # fixtures
"""That somebody signed out at the identity provider is told by it (OpenID Connect Back-Channel Logout 1.0)."""

from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.console.provider import OpenIdProvider
from tests.console.test_issuer_sign_in import (
    HOME,
    Clock,
    client,
    clock,
    company,
    provider,
    signed_in,
)
from tests.use_cases.issuer import OTHER_RSA

LOGOUT = "/sign-in/with/staff/logout"


def told(client: TestClient, token: str) -> Any:
    return client.post(LOGOUT, data={"logout_token": token})


def is_in(client: TestClient) -> bool:
    return client.get("/people").status_code == 200


def test_all_sessions_of_a_subject_end_and_others_stay(client: TestClient, provider: OpenIdProvider) -> None:
    signed_in(client)
    ann = [client.cookies["appraise_session"]]
    client.cookies.clear()
    signed_in(client)
    ann.append(client.cookies["appraise_session"])
    client.cookies.clear()
    provider.claims = {"sub": "E0006"}
    signed_in(client)  # Ben
    answer = told(client, provider.logout_token())

    assert (answer.status_code, answer.headers["cache-control"], answer.content) == (200, "no-store", b"")
    assert is_in(client)
    client.cookies.clear()
    for session in ann:
        assert client.get("/people", headers={"cookie": f"appraise_session={session}"}).status_code == 303


def test_one_session_alone_ends_where_the_provider_names_it(client: TestClient, provider: OpenIdProvider) -> None:
    provider.claims = {"sid": "one"}
    signed_in(client)

    assert told(client, provider.logout_token(sub=None, sid="two")).status_code == 200
    assert told(client, provider.logout_token(sub="E0006", sid="one")).status_code == 200
    assert is_in(client)
    assert told(client, provider.logout_token(sub=None, sid="one")).status_code == 200
    assert not is_in(client)


def test_a_session_whose_id_token_had_no_sid_ends_with_its_subject(
    client: TestClient, provider: OpenIdProvider
) -> None:
    signed_in(client)

    assert told(client, provider.logout_token(sub=None, sid="one")).status_code == 200
    assert is_in(client)  # nothing says that it is this one
    assert told(client, provider.logout_token(sid="one")).status_code == 200
    assert not is_in(client)


def test_the_same_token_ends_nothing_again(client: TestClient, provider: OpenIdProvider) -> None:
    signed_in(client)
    token = provider.logout_token(jti="once")
    assert told(client, token).status_code == 200
    signed_in(client)

    assert told(client, token).status_code == 200
    assert is_in(client)
    assert told(client, provider.logout_token(jti="once", sid="other")).status_code == 400
    assert is_in(client)


EVENT = "http://schemas.openid.net/event/backchannel-logout"


@pytest.mark.parametrize(
    "changes",
    [
        {"form": "none"},
        {"key": OTHER_RSA},
        {"typ": "at+jwt"},
        {"iss": "https://elsewhere.example"},
        {"aud": "another client"},
        {"exp": None},
        {"exp": 1_000_000_000},
        {"iat": None},
        {"jti": None},
        {"jti": 7},
        {"events": None},
        {"events": {}},
        {"events": {EVENT: True}},
        {"events": [EVENT]},
        {"nonce": "n"},
        {"sub": None},
        {"sub": 5},
        {"sid": ["E0005"]},
    ],
)
def test_what_is_no_logout_token_ends_nothing(
    client: TestClient,
    provider: OpenIdProvider,
    changes: dict[str, Any],
) -> None:
    signed_in(client)
    answer = told(client, provider.logout_token(**changes))

    assert (answer.status_code, answer.json(), answer.headers["cache-control"]) == (
        400,
        {"error": "invalid_request"},
        "no-store",
    )
    assert is_in(client)


def test_an_id_token_and_no_token_end_nothing(client: TestClient, provider: OpenIdProvider) -> None:
    signed_in(client)
    for sent in (provider.id_token({"nonce": "n"}), "", "a.b.c"):
        assert told(client, sent).status_code == 400
    assert client.post("/sign-in/with/other/logout", data={"logout_token": provider.logout_token()}).status_code == 404
    assert client.get(LOGOUT).status_code == 405
    assert is_in(client)


def test_the_provider_is_asked_to_tell_again_while_its_keys_are_not_to_be_had(
    client: TestClient,
    provider: OpenIdProvider,
) -> None:
    provider.broken = {"keys"}
    answer = told(client, provider.logout_token())

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
