"""GraphQL over HTTP: status codes, media types, sign-in, and what an error tells."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from starlette.testclient import TestClient
from tests.api.builder import Company
from tests.api.conftest import codes

from appraise.api import nodes

RESPONSE_JSON = "application/graphql-response+json"
NAME = "{ viewer { name } }"
Post = Callable[..., Any]
Served = tuple[Company, TestClient]


def test_without_a_token_nothing_is_answered_and_the_way_in_is_named(read_only: Served) -> None:
    answer = read_only[1].post("/graphql", json={"query": NAME})

    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer realm="appraise"')
    assert codes(answer.json()) == ["UNAUTHENTICATED"]


@pytest.mark.parametrize("token", ["", "x", "apr_live_0_0", "apr_live_" + "a" * 200, "ünï"])
def test_a_token_that_is_none_is_refused(read_only: Served, token: str) -> None:
    header = f"Bearer {token}".encode()
    answer = read_only[1].post("/graphql", json={"query": NAME}, headers={b"authorization": header})

    assert answer.status_code == 401


def test_a_query_is_answered_by_post_and_by_get(read_only: Served, post: Post, token: str) -> None:
    by_get = read_only[1].get("/graphql", params={"query": NAME}, headers={"authorization": f"Bearer {token}"})

    assert post({"query": NAME}).json()["data"] == by_get.json()["data"] == {"viewer": {"name": "Hal Novak"}}


def test_a_change_by_get_is_refused_with_the_method_that_would_do(read_only: Served, token: str) -> None:
    query = 'mutation { submitSection(input: {sectionId: "x", expectedVersion: 1}) { userErrors { code } } }'
    answer = read_only[1].get("/graphql", params={"query": query}, headers={"authorization": f"Bearer {token}"})

    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        (RESPONSE_JSON, RESPONSE_JSON),
        (f"{RESPONSE_JSON}, application/json;q=0.9", RESPONSE_JSON),
        (f"application/json, {RESPONSE_JSON}", "application/json"),
        (f"application/json;q=0.5, {RESPONSE_JSON}", RESPONSE_JSON),
        (f"{RESPONSE_JSON};q=0, application/json", "application/json"),
        (f"text/event-stream;q=0.9, {RESPONSE_JSON}", RESPONSE_JSON),
    ],
)
def test_the_client_s_preference_decides_the_media_type(post: Post, accept: str, media: str) -> None:
    answer = post({"query": NAME}, accept=accept)

    assert (answer.status_code, answer.headers["content-type"]) == (200, f"{media}; charset=utf-8")


def test_a_media_type_that_is_not_offered_is_refused(post: Post) -> None:
    assert post({"query": NAME}, accept="text/html").status_code == 406


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"query": None},
        {"query": ""},
        {"query": 3},
        {"query": NAME, "variables": "x"},
        {"query": NAME, "variables": []},
        {"query": NAME, "operationName": 1},
        {"query": NAME, "extensions": "x"},
        [{"query": NAME}],
        "x",
    ],
)
def test_what_is_no_graphql_request_is_refused(post: Post, body: Any) -> None:
    assert post(body).status_code == 400


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"[" * 100_000, b'{"query": "\xe4"}'])
def test_what_is_no_json_is_refused(read_only: Served, token: str, body: bytes) -> None:
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}

    assert read_only[1].post("/graphql", content=body, headers=headers).status_code == 400


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=utf-16",
    ],
)
def test_a_form_of_another_site_is_not_read(read_only: Served, token: str, content_type: str) -> None:
    headers = {"authorization": f"Bearer {token}", "content-type": content_type}
    answer = read_only[1].post("/graphql", content=orjson.dumps({"query": NAME}), headers=headers)

    assert answer.status_code == 415


def test_a_body_beyond_the_limit_is_refused(post: Post) -> None:
    assert post({"query": NAME, "variables": {"x": "a" * 300_000}}).status_code == 413


def test_another_method_is_refused_with_those_that_are_answered(read_only: Served) -> None:
    answer = read_only[1].put("/graphql")

    assert (answer.status_code, codes(answer.json())) == (405, ["BAD_USER_INPUT"])
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD", "POST"}


@pytest.mark.parametrize("query", ["{", "{ nothing }", "query A { viewer { name } } query B { viewer { name } }"])
def test_a_request_that_cannot_run_has_no_data_and_the_media_type_s_status(post: Post, query: str) -> None:
    modern, plain = post({"query": query}, accept=RESPONSE_JSON), post({"query": query}, accept="application/json")

    assert (modern.status_code, plain.status_code) == (400, 200)
    assert set(codes(modern.json())) == {"BAD_USER_INPUT"}
    assert "data" not in modern.json()


def test_a_variable_of_the_wrong_type_is_said_in_words(post: Post) -> None:
    answer = post({"query": "query ($n: Int!) { employees(first: $n) { totalCount } }", "variables": {"n": "x"}}).json()

    assert (codes(answer), "data" in answer) == (["BAD_USER_INPUT"], False)
    assert "$n" in answer["errors"][0]["message"]


@pytest.mark.parametrize(
    ("document", "variables", "words"),
    [
        (
            '{ auditLog(first: 1, where: {since: "2026-01-01T00:00:00"}) { totalCount } }',
            {},
            "a DateTime has its offset",
        ),
        (
            '{ auditLog(first: 1, where: {since: "0001-01-01T00:00:00+23:59"}) { totalCount } }',
            {},
            "outside the years 1 to 9999",
        ),
        (
            "query ($t: DateTime) { auditLog(first: 1, where: {until: $t}) { totalCount } }",
            {"t": "9999-12-31T23:59:59-23:59"},
            "outside the years 1 to 9999",
        ),
        ('{ employees(first: 1, asOf: "2025-02-30") { totalCount } }', {}, "day is out of range for month"),
        (
            r'{ employees(first: 1, search: "a\u0000b") { totalCount } }',
            {},
            "A text holds a NUL character; leave it out.",
        ),
        (
            "query ($s: String) { employees(first: 1, search: $s) { totalCount } }",
            {"s": "a\0b"},
            "A text holds a NUL character",
        ),
        ("query ($i: ID!) { employee(by: {id: $i}) { name } }", {"i": "x" * 50_001}, "has 50,001 characters"),
    ],
)
def test_what_no_record_can_hold_is_refused_in_words(
    post: Post, document: str, variables: dict[str, Any], words: str
) -> None:
    answer = post({"query": document, "variables": variables}).json()

    assert codes(answer) == ["BAD_USER_INPUT"]
    assert words in answer["errors"][0]["message"]


def test_a_misspelt_field_is_answered_without_suggestions(post: Post) -> None:
    message = post({"query": "{ viewer { nam } }"}).json()["errors"][0]["message"]

    assert message == "Cannot query field 'nam' on type 'Viewer'."


def test_a_defect_is_masked_and_found_again_by_its_request_id(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> Any:
        message = "password=hunter2"
        raise RuntimeError(message)

    monkeypatch.setattr(nodes, "get_cycle", broken)
    answer = post({"query": 'query { cycle(id: "Q3ljbGU6eA") { name } viewer { name } }'})
    error = answer.json()["errors"][0]

    assert answer.json()["data"] == {"cycle": None, "viewer": {"name": "Hal Novak"}}
    assert error["extensions"] == {"code": "INTERNAL", "requestId": answer.headers["x-request-id"]}
    assert "hunter2" not in answer.text


def test_a_session_counts_only_beside_the_header_that_other_sites_cannot_send(read_only: Served, token: str) -> None:
    client, here = read_only[1], "http://127.0.0.1"  # without TLS there are sessions on the loopback interface alone
    client.post(f"{here}/sign-in", data={"token": token})
    alone = client.post(f"{here}/graphql", json={"query": NAME})
    beside = client.post(f"{here}/graphql", json={"query": NAME}, headers={"x-appraise-request": "1"})
    client.cookies.clear()

    assert (alone.status_code, beside.status_code) == (401, 200)


def test_health_says_that_the_database_answers(read_only: Served) -> None:
    assert read_only[1].get("/healthz").json() == {"status": "ok", "version": "test"}
