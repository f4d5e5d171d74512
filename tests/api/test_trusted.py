"""Trusted documents: sent by id, and with `only` the only ones; the pages' own documents are among them."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.api.builder import AT, Company
from tests.api.conftest import codes

from appraise.api import trusted
from appraise.settings import Settings, TrustedMode
from appraise.web import create_app

ROOT = Path(__file__).parents[2]
FRAME = (ROOT / "schema" / "operations" / "ReadFrame.graphql").read_text(encoding="utf-8")
FRAME_ID = "sha256:" + hashlib.sha256(FRAME.strip().encode()).hexdigest()
Served = tuple[Company, TestClient]


@pytest.fixture
def only(read_only: Served) -> Iterator[TestClient]:
    settings = Settings(trusted_documents=TrustedMode.ONLY)
    with TestClient(create_app(read_only[0].deployment, settings, lambda: AT)) as client:
        yield client


def ask(client: TestClient, token: str, body: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = client.post("/graphql", json=body, headers={"authorization": f"Bearer {token}"}).json()
    return answer


def test_a_trusted_document_is_run_by_its_id_in_both_modes(read_only: Served, only: TestClient, token: str) -> None:
    by_text = ask(read_only[1], token, {"query": FRAME})

    for client in (read_only[1], only):
        assert ask(client, token, {"documentId": FRAME_ID})["data"] == by_text["data"]
    assert by_text["data"]["cycles"][0]["name"] == "2025"


def test_only_trusted_documents_are_run_where_the_setting_says_so(only: TestClient, token: str) -> None:
    assert "data" in ask(only, token, {"query": f"\n{FRAME}"})
    for query in ("{ viewer { name } }", FRAME.replace("name", "key"), "{ __schema { queryType { name } } }", "{"):
        assert codes(ask(only, token, {"query": query})) == ["FORBIDDEN"]


def test_an_unknown_id_and_an_id_beside_a_query_are_refused(read_only: Served, token: str) -> None:
    unknown = ask(read_only[1], token, {"documentId": "sha256:" + "0" * 64})
    both = ask(read_only[1], token, {"documentId": FRAME_ID, "query": FRAME})
    neither = ask(read_only[1], token, {"documentId": 3})

    assert [codes(answer) for answer in (unknown, both, neither)] == [
        ["NOT_FOUND"],
        ["BAD_USER_INPUT"],
        ["BAD_USER_INPUT"],
    ]


def test_without_sign_in_an_id_opens_nothing(only: TestClient) -> None:
    assert only.post("/graphql", json={"documentId": FRAME_ID}).status_code == 401


def test_the_manifest_holds_every_document_in_git() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "schema" / "operations").glob("*.graphql")]

    assert (ROOT / "src" / "appraise" / "api" / trusted.MANIFEST).read_text(encoding="utf-8") == trusted.manifest(texts)
