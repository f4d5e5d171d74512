"""The clients of graphql-ws and graphql-sse as they are published, run by Node."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest
from tests.api.served import CHANGED, Served
from tests.node import CLIENTS, installed


@pytest.fixture(scope="session")
def clients() -> Path:
    return installed(CLIENTS)


@contextmanager
def client(
    clients: Path, served: Served, form: str, query: str, *, who: str, count: int, **variables: Any
) -> Iterator[Any]:
    """`subscribe.mjs` at work; gives a function that reads its next line."""
    url = served.ws if form == "ws" else served.url
    arguments = [form, url, served.token(who), query, orjson.dumps(variables).decode(), str(count)]
    with subprocess.Popen(["node", "subscribe.mjs", *arguments], cwd=clients, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        lines = process.stdout
        yield lambda: orjson.loads(lines.readline())
        assert process.wait(timeout=30) == 0


@pytest.mark.parametrize("form", ["ws", "sse"])
def test_events_reach_the_published_client(clients: Path, served_alone: Served, form: str) -> None:
    ids = [served_alone.section_id("Ann Archer")]
    with client(clients, served_alone, form, CHANGED, who="Max Weber", count=2, ids=ids) as line:
        assert line()["data"]["sectionChanged"]["kind"] == "CURRENT"
        version = served_alone.rate("Ann Archer")

        assert line()["data"]["sectionChanged"] == {"kind": "RATED", "version": version, "section": {"state": "DRAFT"}}
        assert line() == "end"


@pytest.mark.parametrize("form", ["ws", "sse"])
def test_a_query_is_answered_and_complete(clients: Path, served_alone: Served, form: str) -> None:
    with client(clients, served_alone, form, "{ viewer { name } }", who="Ann Archer", count=0) as line:
        assert line()["data"] == {"viewer": {"name": "Ann Archer"}}
        assert line() == "end"


def test_a_refusal_is_an_error_of_the_one_and_a_result_of_the_other(clients: Path, served_alone: Served) -> None:
    ids = [served_alone.section_id("Ann Archer")]
    with client(clients, served_alone, "ws", CHANGED, who="Ben Castellanos", count=0, ids=ids) as line:
        assert line() == {"failed": ["NOT_FOUND"]}
    with client(clients, served_alone, "sse", CHANGED, who="Ben Castellanos", count=0, ids=ids) as line:
        assert line()["errors"][0]["extensions"]["code"] == "NOT_FOUND"
        assert line() == "end"


@pytest.mark.parametrize(("form", "failure"), [("ws", 4401), ("sse", "Unauthorized")])
def test_a_bad_token_is_fatal(clients: Path, served_alone: Served, form: str, failure: Any) -> None:
    served_alone._tokens["nobody"] = "apr_live_x"
    with client(clients, served_alone, form, CHANGED, who="nobody", count=0, ids=[]) as line:
        assert str(failure) in str(line()["failed"])
