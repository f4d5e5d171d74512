"""Server-sent events, the distinct connections mode, with a bare HTTP client; and who is answered by plain JSON."""

import asyncio
import http.client
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Any

import orjson
import pytest
from tests.api.builder import AT, Company
from tests.api.served import CHANGED, Served, serving

from appraise.api import event_stream, live
from appraise.api.event_stream import EventStream
from appraise.api.global_ids import Kind, to_global
from appraise.domain.exports import ExportFormat, ExportKind, ExportRequest
from appraise.domain.jobs import Job
from appraise.use_cases.create_export import create_export
from appraise.use_cases.create_token import create_token
from appraise.use_cases.work import Worker

STREAM = "text/event-stream"
URQL = (
    "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed"
)


@contextmanager
def posted(
    served: Served, who: str, query: str, accept: str = STREAM, **variables: Any
) -> Iterator[http.client.HTTPResponse]:
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=20)
    headers = {"authorization": f"Bearer {served.token(who)}", "accept": accept, "content-type": "application/json"}
    connection.request("POST", "/graphql", orjson.dumps({"query": query, "variables": variables}), headers)
    try:
        yield connection.getresponse()
    finally:
        connection.close()


def event(answer: http.client.HTTPResponse) -> tuple[str, Any]:
    """The next event that is no mere sign of life; ("", None) at the end of the body."""
    name = ""
    while line := answer.readline():
        text = line.decode().rstrip("\n")
        if text.startswith("event: "):
            name = text.removeprefix("event: ")
        elif text.startswith("data:") and name:
            data = text.removeprefix("data:").strip()
            answer.readline()
            return name, orjson.loads(data) if data else None
    return "", None


def test_events_come_as_they_happen_and_the_stream_is_not_stored(served_alone: Served) -> None:
    with posted(served_alone, "Max Weber", CHANGED, ids=[served_alone.section_id("Ann Archer")]) as answer:
        assert (answer.status, answer.getheader("content-type")) == (200, "text/event-stream; charset=utf-8")
        assert answer.getheader("cache-control") == "no-store"
        assert event(answer)[1]["data"]["sectionChanged"]["kind"] == "CURRENT"
        version = served_alone.rate("Ann Archer")
        name, body = event(answer)

    assert (name, body["data"]["sectionChanged"]["version"]) == ("next", version)


@pytest.mark.parametrize(
    "accept", [URQL, f"{STREAM}, application/json", f"{STREAM};q=1, */*;q=0.1", f"{STREAM};q=0.9, application/json"]
)
def test_a_query_is_answered_by_json_wherever_json_is_accepted(served_alone: Served, accept: str) -> None:
    with posted(served_alone, "Max Weber", "{ viewer { name } }", accept) as answer:
        media = (answer.getheader("content-type") or "").split(";")[0]
        body = orjson.loads(answer.read())

    assert (media.endswith("json"), body["data"]) == (True, {"viewer": {"name": "Max Weber"}})


@pytest.mark.parametrize("accept", [URQL, f"application/json, {STREAM}"])
def test_a_subscription_is_a_stream_wherever_streams_are_accepted(served_alone: Served, accept: str) -> None:
    ids = [served_alone.section_id("Ann Archer")]
    with posted(served_alone, "Max Weber", CHANGED, accept, ids=ids) as answer:
        assert event(answer)[0] == "next"


@pytest.mark.parametrize("accept", ["application/json", "*/*", f"application/json, {STREAM};q=0"])
def test_a_subscription_without_a_stream_is_refused(served_alone: Served, accept: str) -> None:
    with posted(served_alone, "Max Weber", CHANGED, accept, ids=[]) as answer:
        assert (answer.status, STREAM in orjson.loads(answer.read())["errors"][0]["message"]) == (406, True)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ viewer { name } }", None),
        ("{ nothing }", "BAD_USER_INPUT"),
        ("subscription { sectionChanged(ids: []) { version } }", "BAD_USER_INPUT"),
        (
            "subscription { sectionChanged(ids: []) {" + " ".join(f"a{n}: version" for n in range(31)) + "} }",
            "COST_LIMIT",
        ),
        ('subscription { scoringProgress(run: "x") { state } }', "FORBIDDEN"),
    ],
)
def test_what_ends_at_once_is_one_answer_and_the_end(served_alone: Served, query: str, code: str | None) -> None:
    with posted(served_alone, "Max Weber", query) as answer:
        name, body = event(answer)
        errors = [error["extensions"]["code"] for error in body.get("errors", ())]

        assert (name, errors) == ("next", [code] if code else [])
        assert (event(answer), event(answer)) == (("complete", None), ("", None))


def test_without_a_token_no_stream_begins(served_alone: Served) -> None:
    served_alone._tokens["nobody"] = "apr_live_x"
    with posted(served_alone, "nobody", CHANGED, ids=[]) as answer:
        assert (answer.status, answer.getheader("www-authenticate")) == (401, 'Bearer realm="appraise"')


def test_the_stream_ends_with_its_token_though_nothing_happens(
    served_alone: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "SIGN_OF_LIFE_EVERY", 0.2)
    company = served_alone.company
    served_alone._tokens["short"] = create_token(
        company.deployment,
        name="short",
        employee=company.ids["Max Weber"],
        roles=frozenset(),
        scopes=frozenset(),
        expires_at=AT + timedelta(hours=1),
        at=AT,
    )
    with posted(served_alone, "short", CHANGED, ids=[served_alone.section_id("Ann Archer")]) as answer:
        assert event(answer)[0] == "next"
        served_alone.now = AT + timedelta(hours=1)

        assert event(answer)[1]["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
        assert event(answer) == ("complete", None)


def test_the_end_of_the_server_ends_a_stream_without_saying_complete(company: Company) -> None:
    with serving(company) as served, ExitStack() as stack:
        ids = [served.section_id("Ann Archer")]
        answer = stack.enter_context(posted(served, "Max Weber", CHANGED, ids=ids))
        assert event(answer)[0] == "next"
        served.stop()

        assert event(answer) == ("", None)


def test_a_client_that_goes_leaves_nothing_running(served_alone: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "MOST_OPEN", 1)
    ids = [served_alone.section_id("Ann Archer")]
    for _ in range(3):
        with posted(served_alone, "Max Weber", CHANGED, ids=ids) as answer:
            assert "data" in event(answer)[1]
        time.sleep(0.3)  # the server notices that it is gone


def test_a_client_that_takes_nothing_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_stream, "SENT_WITHIN", 0.1)
    sent: list[dict[str, Any]] = []
    closed: list[bool] = []

    async def answers() -> AsyncIterator[dict[str, Any]]:
        try:
            while True:
                yield {"data": None}
        finally:
            closed.append(True)

    async def send(message: Any) -> None:
        sent.append(message)
        if len(sent) > 2:
            await asyncio.Event().wait()  # as a server does while the client's buffers are full

    async def receive() -> Any:
        await asyncio.Event().wait()

    async def run() -> None:
        async with asyncio.timeout(10):
            await EventStream(answers(), {})({"type": "http"}, receive, send)

    asyncio.run(run())
    assert (len(sent), closed) == (3, [True])


def test_a_job_s_stream_ends_when_the_job_has_ended(served_alone: Served) -> None:
    company = served_alone.company
    wanted = ExportRequest(kind=ExportKind.EMPLOYEES, format=ExportFormat.JSONL)
    job = create_export(company.deployment, company.principal("Max Weber"), wanted, at=AT)
    assert isinstance(job, Job)
    Worker(company.deployment, lambda: AT).run_once()
    query = "subscription ($job: ID!) { jobProgress(job: $job) { ... on Export { state } } }"
    with posted(served_alone, "Max Weber", query, job=to_global(Kind.EXPORT, job.id)) as answer:
        told = [event(answer), event(answer)]

    assert told == [("next", {"data": {"jobProgress": {"state": "DONE"}}}), ("complete", None)]
