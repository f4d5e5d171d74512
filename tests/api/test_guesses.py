"""Unknown tokens at every door: after some hundred of an address no more are looked up, and who is known goes on."""

from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from tests.api.builder import AT, Company

from appraise.api.answers import Answers
from appraise.api.feed import Feed
from appraise.api.http import GraphQLEndpoint
from appraise.api.live import Live
from appraise.api.operations import Operations
from appraise.api.reception import Doorkeeper, Reception
from appraise.api.running import Running
from appraise.api.trusted import TrustedDocuments
from appraise.api.uploads import Uploads
from appraise.api.websocket import PROTOCOL, Code, WebSocketEndpoint
from appraise.domain.identifiers import TokenId
from appraise.use_cases.guesses import MOST, Guesses
from appraise.use_cases.revoke_token import revoke_token
from appraise.use_cases.token_text import LIVE, TokenText, new_secret, read_token
from appraise.use_cases.verify_jwt import TrustedIssuers

HOST = "testclient"
"""Starlette's client says so."""


def unknown(number: int) -> str:
    return str(TokenText(LIVE, TokenId(f"{number:016x}"), new_secret()))


def app_of(company: Company, guesses: Guesses) -> Starlette:
    running = Running(timeout=30)
    doorkeeper = Doorkeeper(company.deployment, TrustedIssuers([]), session=lambda _: None)
    reception = Reception(doorkeeper, running, guesses, lambda: AT)
    trusted = TrustedDocuments.packaged(only=False)
    operations = Operations(rate_limit=600_000, trusted=trusted, running=running, answers=Answers(0))
    shared: dict[str, Any] = {
        "reception": reception,
        "operations": operations,
        "live": Live(operations, Feed(company.deployment)),
    }
    return Starlette(
        routes=[
            Route("/graphql", GraphQLEndpoint(company.deployment, lambda: AT, **shared).answer, methods=["POST"]),
            WebSocketRoute("/graphql", WebSocketEndpoint(company.deployment, lambda: AT, **shared).answer),
            Route("/uploads", Uploads(company.deployment, lambda: AT, reception).take, methods=["POST"]),
        ]
    )


def connected(client: TestClient, token: str) -> int | str:
    """The code with which the server closes, or the type of its first message."""
    try:
        with client.websocket_connect("/graphql", subprotocols=[PROTOCOL]) as socket:
            socket.send_json({"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}})
            return str(socket.receive_json()["type"])
    except WebSocketDisconnect as closed:
        return closed.code


def test_who_guesses_is_looked_up_no_more_at_any_door_and_who_is_known_is(
    read_only: tuple[Company, TestClient],
) -> None:
    company, guesses = read_only[0], Guesses(lambda: 0.0)
    known, late = company.token("Max Weber"), company.token("Max Weber")

    def asked(client: TestClient, token: str, path: str = "/graphql") -> tuple[int, str | None]:
        headers = {"authorization": f"Bearer {token}"}
        answer = client.post(path, json={"query": "{ viewer { name } }"}, headers=headers)
        return answer.status_code, answer.headers.get("retry-after")

    with TestClient(app_of(company, guesses)) as client:
        assert asked(client, known) == (200, None)
        for _ in range(MOST - 3):
            guesses.wrong(HOST)
        assert asked(client, unknown(1)) == (401, None)
        assert connected(client, unknown(2)) == Code.UNAUTHENTICATED
        assert asked(client, unknown(3), "/uploads?name=a.csv") == (401, None)
        # The limit is reached, whatever the door was.
        assert asked(client, unknown(4)) == (429, "1")
        assert connected(client, unknown(5)) == Code.TRY_AGAIN
        assert asked(client, unknown(6), "/uploads?name=a.csv") == (429, "1")
        assert asked(client, late) == (429, "1")
        assert (asked(client, known), connected(client, known)) == ((200, None), "connection_ack")


def test_a_token_that_was_good_once_is_no_guess(company: Company) -> None:
    guesses, token = Guesses(lambda: 0.0), company.token("Max Weber")
    revoke_token(company.deployment, read_token(token).id, at=AT, by="test")
    with TestClient(app_of(company, guesses)) as client:
        for _ in range(3):
            answer = client.post("/graphql", json={}, headers={"authorization": f"Bearer {token}"})
            assert answer.status_code == 401

    assert guesses._tried == {}


@pytest.mark.parametrize("token", ["x", "apr_live_short"])
def test_what_cannot_be_a_token_is_not_looked_up_and_counts_for_nothing(
    read_only: tuple[Company, TestClient], token: str
) -> None:
    guesses = Guesses(lambda: 0.0)
    with TestClient(app_of(read_only[0], guesses)) as client:
        assert client.post("/graphql", json={}, headers={"authorization": f"Bearer {token}"}).status_code == 401

    assert guesses._tried == {}
