"""Access tokens through the API: made, replaced and revoked by HR administrators, and none that lets act as another."""

from typing import Any

from starlette.testclient import TestClient
from tests.api.builder import AT, Company
from tests.api.conftest import Ask

from appraise.domain.access import Role, ServiceScope
from appraise.storage import audit
from appraise.use_cases.create_token import create_token

LIST = "{ accessTokens { key name scopes expiresAt isLive canBeRotated employee { name } } }"
CREATE = """mutation ($i: CreateTokenInput!) { createToken(input: $i) { token { key expiresAt scopes } text
  userErrors { code message } } }"""
ROTATE = """mutation ($i: RotateTokenInput!) { rotateToken(input: $i) { token { key } text userErrors { code } } }"""
REVOKE = "mutation ($i: RevokeTokenInput!) { revokeToken(input: $i) { token { name } userErrors { code } } }"


def test_a_services_token_is_made_replaced_and_revoked(company: Company, ask: Ask, client: TestClient) -> None:
    def names(text: str) -> Any:
        headers = {"authorization": f"Bearer {text}"}
        return client.post("/graphql", json={"query": "{ viewer { name } }"}, headers=headers).json().get("data")

    made = ask("Hal Novak", CREATE, i={"name": " orders ", "scopes": ["IMPORT_EVENTS"]})["data"]["createToken"]
    key = made["token"]["key"]
    rotated = ask("Hal Novak", ROTATE, i={"key": key, "overlapHours": 0})["data"]["rotateToken"]
    listed = {one["key"]: one for one in ask("Hal Novak", LIST)["data"]["accessTokens"]}

    assert (made["userErrors"], made["token"]["expiresAt"]) == ([], "2026-05-30T12:00:00Z")  # 90 days after AT
    assert names(rotated["text"]) == {"viewer": {"name": "orders"}}
    assert names(made["text"]) is None  # the overlap is over at once
    assert [(listed[one]["isLive"], listed[one]["canBeRotated"]) for one in (key, rotated["token"]["key"])] == [
        (False, False),
        (True, True),
    ]
    assert not any(made["text"] in str(one) for one in listed.values())
    revoked = [ask("Hal Novak", REVOKE, i={"key": rotated["token"]["key"]})["data"]["revokeToken"] for _ in range(2)]
    assert [one["userErrors"] for one in revoked] == [[], [{"code": "NOT_FOUND"}]]
    assert names(rotated["text"]) is None
    with company.deployment.database.reading() as session:
        lines = [line for line in audit.entries(session) if line.actor == f"employee:{company.ids['Hal Novak']}"]
    assert [line.action for line in lines] == ["token.create", "token.rotate", "token.revoke"]


def test_no_token_of_the_api_lets_anybody_act_as_somebody_else(company: Company, ask: Ask) -> None:
    def minted(**who: Any) -> str:
        text = create_token(company.deployment, name="x", expires_at=None, at=AT, **who)
        return text.split("_")[2]

    scopes = frozenset({ServiceScope.MINT_EMBED, ServiceScope.READ_PEOPLE, ServiceScope.READ_SECTIONS})
    host = minted(employee=None, roles=frozenset({Role.SERVICE}), scopes=scopes)
    own = minted(employee=company.ids["Otto Brandt"], roles=frozenset(), scopes=frozenset())
    refused = [
        ask("Hal Novak", CREATE, i={"name": "host", "scopes": ["MINT_EMBED", "READ_PEOPLE"]})["data"]["createToken"],
        ask("Hal Novak", CREATE, i={"name": "nothing", "scopes": []})["data"]["createToken"],
        *(ask("Hal Novak", ROTATE, i={"key": key})["data"]["rotateToken"] for key in (host, own)),
    ]

    assert [(one["text"], one["token"], one["userErrors"][0]["code"]) for one in refused] == [
        (None, None, "BAD_INPUT")
    ] * 4
    told = {one["key"]: one for one in ask("Hal Novak", LIST)["data"]["accessTokens"]}
    assert told[own]["employee"] == {"name": "Otto Brandt"}
    assert (told[own]["canBeRotated"], told[host]["canBeRotated"]) == (False, False)
    assert ask("Hal Novak", REVOKE, i={"key": own})["data"]["revokeToken"]["token"] == {"name": "x"}
