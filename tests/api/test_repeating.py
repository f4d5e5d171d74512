"""A change that is sent again under its key is done once, and nothing secret is kept for the repetition."""

from typing import Any

from graphql import GraphQLInputObjectType, get_named_type
from sqlalchemy import select
from starlette.testclient import TestClient
from tests.api.builder import AT, Company
from tests.api.conftest import Ask, codes

from appraise.api.global_ids import Kind, to_global
from appraise.api.schema import GRAPHQL_SCHEMA
from appraise.domain.access import Role, ServiceScope
from appraise.storage import audit
from appraise.storage.tables import IDEMPOTENCY_KEYS
from appraise.use_cases.create_token import create_token

HAL = "Hal Novak"
CYCLE = {"name": "2027", "start": "2027-01-01", "end": "2028-01-01"}


SAFE = {"sendWriteBacks"}
"""What waits is not queued a second time, whoever asks how often."""


def test_every_mutation_takes_a_key() -> None:
    assert GRAPHQL_SCHEMA.mutation_type
    inputs = {
        name: get_named_type(field.args["input"].type) for name, field in GRAPHQL_SCHEMA.mutation_type.fields.items()
    }

    assert [
        name
        for name, of in inputs.items()
        if name not in SAFE and (not isinstance(of, GraphQLInputObjectType) or "idempotencyKey" not in of.fields)
    ] == []


class Twice:
    """Sends each change twice under one key, and looks whether the second left a line in the audit log."""

    def __init__(self, company: Company, ask: Ask) -> None:
        self.company, self.ask, self.keys = company, ask, 0
        self.first: dict[str, Any] = {}

    def lines(self) -> int:
        with self.company.deployment.database.reading() as session:
            return sum(not line.action.endswith(".read") for line in audit.entries(session))

    def sent(self, change: str, shown: str, **wanted: Any) -> tuple[Any, Any]:
        self.keys += 1
        kind = GRAPHQL_SCHEMA.mutation_type.fields[change].args["input"].type  # type: ignore[union-attr]
        query = f"mutation ($i: {kind}) {{ {change}(input: $i) {{ {shown} userErrors {{ code path }} }} }}"
        wanted["idempotencyKey"] = f"key {self.keys}"
        first = self.ask(HAL, query, i=wanted)["data"][change]
        before = self.lines()
        again = self.ask(HAL, query, i=wanted)["data"][change]
        assert (self.lines(), first["userErrors"]) == (before, []), (change, first)
        return first, again

    def __call__(self, change: str, shown: str, **wanted: Any) -> Any:
        first, again = self.sent(change, shown, **wanted)
        assert first == again, change
        return first


def test_changes_are_done_once(company: Company, ask: Ask) -> None:
    twice = Twice(company, ask)
    ann = {"id": to_global(Kind.EMPLOYEE, company.ids["Ann Archer"])}
    max_weber = {"id": to_global(Kind.EMPLOYEE, company.ids["Max Weber"])}
    cycle = twice("planCycle", "cycle { id }", **CYCLE)["cycle"]["id"]
    seen = {"cycleId": cycle, "expectedState": "PLANNED"}
    twice("setCycleRules", "cycle { id }", **seen, rules={"responseDays": 20})
    assert twice("advanceCycle", "cycle { state }", **seen)["cycle"] == {"state": "OPEN"}
    twice("cancelCycle", "cycle { state }", cycleId=cycle, expectedState="OPEN", reason="a slip")
    named = {
        "delegate": {"reference": {"namespace": "name", "value": "Nia Okafor"}},
        "manager": max_weber,
        "reason": "leave",
    }
    delegation = twice("nameDelegate", "delegation { id }", **named, firstDay="2026-03-01", lastDay="2026-04-01")
    twice("endDelegation", "delegation { id }", delegationId=delegation["delegation"]["id"])
    proposed = twice("proposePersonRequest", "request { id }", employee=ann, kind="EXPORT", reason="she asked")
    twice("withdrawPersonRequest", "request { id state }", requestId=proposed["request"]["id"])
    twice("setLegalHold", "hold { reason }", employee=ann, reason="a case")
    assert twice("setLegalHold", "hold { reason }", employee=ann)["hold"] is None
    rule = {
        "indicator": "satisfaction",
        "groupBy": "DEPARTMENT",
        "measure": "LEVEL",
        "side": "BELOW",
        "threshold": "70",
    }
    kept = twice("keepWatch", "watchList { watches { id version } }", **rule)["watchList"]["watches"][0]
    told = {"watchId": kept["id"], "expectedVersion": kept["version"]}
    twice("markWatchSeen", "watchList { watches { id } }", **told, groups=[])
    assert twice("dropWatch", "watchList { watches { id } }", **told)["watchList"]["watches"] == []
    trial = twice("tryPolicy", "trial { id }", cycleId=to_global(Kind.CYCLE, company.cycle.id))
    assert trial["trial"]["id"]


def test_what_is_shown_once_is_neither_kept_nor_shown_again(company: Company, ask: Ask, client: TestClient) -> None:
    twice = Twice(company, ask)
    done = [{"code": "ALREADY_DONE", "path": ["input", "idempotencyKey"]}]
    token, token_again = twice.sent("createToken", "text token { key }", name="shop", scopes=["IMPORT_EVENTS"])
    key = token["token"]["key"]
    rotated, rotated_again = twice.sent("rotateToken", "text token { key }", key=key)
    hook, hook_again = twice.sent(
        "createWebhook", "secret webhook { id }", url="https://example.com/", events=["RUN_FINISHED"]
    )
    of = {"webhookId": hook["webhook"]["id"]}
    secret, secret_again = twice.sent("rotateWebhookSecret", "secret webhook { id }", **of)
    twice("revokeToken", "token { key }", key=rotated["token"]["key"])
    twice("setWebhookActive", "webhook { isActive }", **of, isActive=False)
    twice("replayWebhook", "messages", **of, since="2026-01-01T00:00:00Z")
    pairs = [(token, token_again, "text"), (rotated, rotated_again, "text")]
    pairs += [(hook, hook_again, "secret"), (secret, secret_again, "secret")]
    with company.deployment.database.reading() as session:
        kept = str(session.execute(select(IDEMPOTENCY_KEYS)).all())

    for first, again, shown_once in pairs:
        assert again == first | {shown_once: None, "userErrors": done}
        assert first[shown_once] not in kept
    scopes = frozenset(ServiceScope)
    host = create_token(
        company.deployment,
        name="hris",
        employee=None,
        roles=frozenset({Role.SERVICE}),
        scopes=scopes,
        expires_at=None,
        at=AT,
    )
    mint = (
        """mutation ($i: CreateEmbedTokenInput!) { createEmbedToken(input: $i) { token userErrors { code path } } }"""
    )
    wanted = {
        "viewer": {"id": to_global(Kind.EMPLOYEE, company.ids["Max Weber"])},
        "sectionId": to_global(Kind.SECTION, company.section("Ann Archer").section.id),
        "origin": "https://hr.example.org",
        "idempotencyKey": "k",
    }
    body, headers = {"query": mint, "variables": {"i": wanted}}, {"authorization": f"Bearer {host}"}
    minted = [client.post("/graphql", json=body, headers=headers).json()["data"]["createEmbedToken"] for _ in range(2)]
    assert minted[0]["token"].startswith("apr_embed_")
    assert minted[1] == {"token": None, "userErrors": done}


def test_keys_have_a_length_and_serve_one_request_and_refusals_use_none_up(company: Company, ask: Ask) -> None:
    plan = "mutation ($i: PlanCycleInput!) { planCycle(input: $i) { cycle { id } userErrors { code path } } }"
    for key in ("", "k" * 256):
        answer = ask(HAL, plan, i=CYCLE | {"idempotencyKey": key})
        assert (codes(answer), answer["errors"][0]["path"]) == (["BAD_USER_INPUT"], ["planCycle"])
        assert "input.idempotencyKey" in answer["errors"][0]["message"]
    taken = [{"code": "NAME_TAKEN", "path": ["input", "name"]}]
    refused = ask(HAL, plan, i=CYCLE | {"name": "2025", "idempotencyKey": "k"})["data"]["planCycle"]
    done = ask(HAL, plan, i=CYCLE | {"idempotencyKey": "k"})["data"]["planCycle"]

    assert (refused["userErrors"], done["userErrors"]) == (taken, [])
    assert codes(ask(HAL, plan, i=CYCLE | {"end": "2027-07-01", "idempotencyKey": "k"})) == ["CONFLICT"]
    assert ask("Hal Novak", plan, i=CYCLE | {"idempotencyKey": "k" * 255})["data"]["planCycle"]["userErrors"] == taken
