"""graphql-transport-ws: who is let in, for how long, and what ends a connection."""

import asyncio
import time
from datetime import timedelta
from typing import Any

import pytest
from starlette.websockets import WebSocket
from tests.api.builder import AT, Company
from tests.api.served import CHANGED, Served, received, send, serving, subscribe
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from appraise.api import live, websocket
from appraise.domain.access import Role
from appraise.domain.identifiers import TokenId
from appraise.use_cases.create_token import create_token
from appraise.use_cases.revoke_token import revoke_token


def closed(socket: ClientConnection) -> int:
    """The code with which the server closes; what comes before is passed over."""
    try:
        while True:
            socket.recv(timeout=20)
    except ConnectionClosed as error:
        return error.rcvd.code if error.rcvd is not None else 0


def test_no_event_passes_a_token_that_has_ended(served_alone: Served) -> None:
    company = served_alone.company
    token = create_token(
        company.deployment,
        name="short",
        employee=company.ids["Max Weber"],
        roles=frozenset(),
        scopes=frozenset(),
        expires_at=AT + timedelta(hours=1),
        at=AT,
    )
    with served_alone.raw() as socket:
        send(socket, type="connection_init", payload={"Authorization": f"Bearer {token}"})
        received(socket)
        subscribe(socket, CHANGED, ids=[served_alone.section_id("Ann Archer")])
        received(socket)
        served_alone.now = AT + timedelta(hours=1)
        served_alone.rate("Ann Archer")
        with pytest.raises(ConnectionClosed) as caught:
            socket.recv(timeout=20)

    assert caught.value.rcvd is not None
    assert (caught.value.rcvd.code, caught.value.rcvd.reason) == (4401, "the token has expired")


def test_a_revoked_token_ends_a_connection_on_which_nothing_happens(
    served_alone: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "SIGN_OF_LIFE_EVERY", 0.2)
    with served_alone.opened("Max Weber") as socket:
        subscribe(socket, CHANGED, ids=[served_alone.section_id("Ann Archer")])
        received(socket)
        token = served_alone.token("Max Weber")
        revoke_token(served_alone.company.deployment, TokenId(token), at=AT, by="test")

        assert closed(socket) == 4401


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({}, 4401),
        (None, 4401),
        ([], 4401),
        ({"authorization": "apr_live_x"}, 4401),
        ({"authorization": "Bearer apr_live_x"}, 4401),
        ({"authorization": {"Bearer": "x"}}, 4401),
    ],
)
def test_who_does_not_say_who_they_are_is_not_let_in(served_alone: Served, payload: Any, code: int) -> None:
    with served_alone.raw() as socket:
        send(socket, type="connection_init", payload=payload)

        assert closed(socket) == code


def test_a_token_in_the_address_or_a_cookie_opens_nothing(served_alone: Served) -> None:
    token = served_alone.token("Max Weber")
    headers = {"authorization": f"Bearer {token}", "cookie": f"appraise_session={token}"}
    address = f"{served_alone.ws}?access_token={token}&authorization=Bearer%20{token}"
    with connect(address, subprotocols=["graphql-transport-ws"], additional_headers=headers) as socket:  # type: ignore[list-item]
        send(socket, type="connection_init")

        assert closed(socket) == 4401


def test_who_may_read_nothing_is_told_so(served_alone: Served) -> None:
    token = create_token(
        served_alone.company.deployment,
        name="nothing",
        employee=None,
        roles=frozenset({Role.SERVICE}),
        scopes=frozenset(),
        expires_at=None,
        at=AT,
    )
    with served_alone.raw() as socket:
        send(socket, type="connection_init", payload={"authorization": f"Bearer {token}"})

        assert closed(socket) == 4403


@pytest.mark.parametrize("protocol", ["graphql-ws", "other"])
def test_the_older_protocol_is_refused(served_alone: Served, protocol: str) -> None:
    with connect(served_alone.ws, subprotocols=[protocol]) as socket:  # type: ignore[list-item]
        assert closed(socket) == 4406


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        (["{"], 4400),
        (["[]"], 4400),
        (['{"type": 1}'], 4400),
        (['{"type": "start", "id": "1"}'], 4400),
        (['{"type": "subscribe"}'], 4400),
        (['{"type": "subscribe", "id": "1", "payload": {}}'], 4400),
        (['{"type": "connection_init"}'], 4429),
        ([b"\xff"], 4400),
    ],
)
def test_a_message_that_is_none_of_the_protocol_ends_the_connection(
    served_alone: Served, messages: list[Any], code: int
) -> None:
    with served_alone.opened("Max Weber") as socket:
        for message in messages:
            socket.send(message)

        assert closed(socket) == code


def test_nothing_is_answered_before_the_connection_is_initialised(
    served_alone: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served_alone.raw() as socket:
        subscribe(socket, "{ viewer { name } }")
        assert closed(socket) == 4401
    monkeypatch.setattr(websocket, "INIT_WITHIN", 0.2)
    with served_alone.raw() as socket:
        assert closed(socket) == 4408


def test_an_id_cannot_be_used_twice_at_a_time(served_alone: Served) -> None:
    with served_alone.opened("Max Weber") as socket:
        for _ in range(2):
            subscribe(socket, CHANGED, ids=[served_alone.section_id("Ann Archer")])

        assert closed(socket) == 4409


def test_a_connection_and_a_principal_have_so_many_subscriptions_and_no_more(
    served_alone: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket, "MOST_SUBSCRIPTIONS", 2)
    monkeypatch.setattr(live, "MOST_OPEN", 3)
    ids = [served_alone.section_id("Ann Archer")]
    with served_alone.opened("Max Weber") as one, served_alone.opened("Max Weber") as other:
        for name in "12":
            subscribe(one, CHANGED, name=name, ids=ids)
            received(one)
        subscribe(one, CHANGED, name="3", ids=ids)
        beyond = received(one)
        assert (beyond["type"], beyond["id"]) == ("error", "3")
        assert beyond["payload"][0]["extensions"]["code"] == "RATE_LIMITED"
        subscribe(other, CHANGED, name="1", ids=ids)
        assert received(other)["type"] == "next"
        subscribe(other, CHANGED, name="2", ids=ids)
        assert received(other)["payload"][0]["extensions"]["code"] == "RATE_LIMITED"
        send(one, type="complete", id="1")
        version = served_alone.rate("Ann Archer")
        assert [received(one)["id"] for _ in range(1)] == ["2"]
        assert received(other)["payload"]["data"]["sectionChanged"]["version"] == version
        subscribe(one, CHANGED, name="1", ids=ids)
        assert received(one)["id"] == "1"


DEEP = "subscription { sectionChanged(ids: []) { section " + "{ employee { manager " * 8 + "{ name }" + "}}" * 8 + "}}"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        (DEEP, "COST_LIMIT"),
        (
            "subscription { sectionChanged(ids: []) {" + " ".join(f"a{n}: version" for n in range(31)) + "} }",
            "COST_LIMIT",
        ),
        ("subscription { sectionChanged(ids: []) { nothing } }", "BAD_USER_INPUT"),
        ("subscription { sectionChanged(ids: []) { version } }", "BAD_USER_INPUT"),
        ('subscription { sectionChanged(ids: ["x"]) { version } }', "BAD_USER_INPUT"),
        ('subscription { scoringProgress(run: "x") { state } }', "FORBIDDEN"),
        (
            "subscription { one: sectionChanged(ids: []) { version } sectionChanged(ids: []) { version } }",
            "BAD_USER_INPUT",
        ),
        ("{ viewer ", "BAD_USER_INPUT"),
    ],
)
def test_the_limits_of_documents_hold_for_subscriptions(served_alone: Served, query: str, code: str) -> None:
    with served_alone.opened("Max Weber") as socket:
        subscribe(socket, query)
        told = received(socket)

    assert (told["type"], told["payload"][0]["extensions"]["code"]) == ("error", code)


def test_queries_changes_and_pings_are_answered_on_the_same_connection(served_alone: Served) -> None:
    with served_alone.opened("Max Weber") as socket:
        send(socket, type="ping")
        assert received(socket) == {"type": "pong"}
        subscribe(socket, "{ viewer { name } }", name="q")
        assert received(socket)["payload"]["data"] == {"viewer": {"name": "Max Weber"}}
        assert received(socket) == {"type": "complete", "id": "q"}
        subscribe(
            socket, 'mutation { submitSection(input: {sectionId: "x", expectedVersion: 1}) { userErrors { code } } }'
        )
        assert received(socket)["payload"]["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize("idle", [{"type": "ping"}, {"type": "pong"}, {"type": "complete", "id": "none"}])
def test_messages_that_ask_for_nothing_are_read_no_faster_than_twenty_a_second(
    served_alone: Served, idle: dict[str, str]
) -> None:
    """They take no turn: a flood of them must not take the event loop from everybody."""
    with served_alone.opened("Max Weber") as socket:
        begin = time.monotonic()
        for _ in range(5):
            send(socket, **idle)
        subscribe(socket, "{ viewer { name } }", name="q")
        while received(socket).get("id") != "q":
            pass

        assert time.monotonic() - begin >= 5 * websocket.REST


def test_the_end_of_the_server_ends_connections_in_order(company: Company) -> None:
    with serving(company) as served, served.opened("Max Weber") as socket:
        subscribe(socket, CHANGED, ids=[served.section_id("Ann Archer")])
        received(socket)
        served.stop()

        assert closed(socket) == 1012


def test_a_client_that_takes_nothing_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket, "SENT_WITHIN", 0.1)

    async def send(message: Any) -> None:
        if message["type"] != "websocket.accept":
            await asyncio.Event().wait()  # as a server does while the client's buffers are full

    async def receive() -> Any:
        if not asked:
            await asyncio.Event().wait()
        return asked.pop(0)

    asked: list[dict[str, Any]] = [{"type": "websocket.connect"}]
    asked += [{"type": "websocket.receive", "text": '{"type": "ping"}'}]
    scope = {"type": "websocket", "subprotocols": [websocket.PROTOCOL], "headers": []}
    nothing: Any = None
    endpoint = websocket.WebSocketEndpoint(nothing, nothing, reception=nothing, operations=nothing, live=nothing)

    async def run() -> None:
        async with asyncio.timeout(10):
            await endpoint.answer(WebSocket(scope, receive, send))

    asyncio.run(run())
    assert asked == []
