"""Webhooks through the API: who may manage them, what is refused, the log; and the documented receivers at work."""

import asyncio
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.api.builder import AT, Company
from tests.api.conftest import Ask, codes
from tests.node import CLIENTS, installed
from tests.use_cases.receiver import LOOPBACK, receiving

from appraise.api.global_ids import Kind, to_global
from appraise.api.types.webhooks import WebhookEvent
from appraise.bootstrap import utc_now
from appraise.domain.webhooks import Notice
from appraise.storage import outbox
from appraise.use_cases.create_webhook import create_webhook
from appraise.use_cases.deliver import Worker
from appraise.web import delivering

PAGE = Path(__file__).parents[2] / "docs" / "api" / "webhooks.md"
CREATE = """mutation ($url: String!, $events: [WebhookEvent!]!) { createWebhook(input: {url: $url, events: $events}) {
  webhook { id url events isActive secrets } secret userErrors { code path message } } }"""
ROTATE = "mutation ($id: ID!) { rotateWebhookSecret(input: {webhookId: $id}) { webhook { secrets } secret userErrors { code } } }"
SWITCH = """mutation ($id: ID!, $on: Boolean!) { setWebhookActive(input: {webhookId: $id, isActive: $on}) {
  webhook { isActive } userErrors { code } } }"""
DELETE = "mutation ($i: DeleteWebhookInput!) { deleteWebhook(input: $i) { isDeleted userErrors { code } } }"
LOG = """query ($after: String, $state: WebhookDeliveryState) { webhooks { deliveries(first: 2, after: $after, state: $state) {
  totalCount pageInfo { hasNextPage endCursor } nodes { id messageId event state tries { status } } } } }"""
REPLAY = """mutation ($id: ID!) { replayWebhook(input: {webhookId: $id, since: "2026-01-01T00:00:00Z"}) {
  messages userErrors { code } } }"""
ONE = (
    "mutation ($id: ID!) { replayWebhookDelivery(input: {deliveryId: $id}) { delivery { state } userErrors { code } } }"
)
URL = "https://hr.example.org/appraise"


def test_a_webhook_is_made_rotated_switched_off_and_replayed(company: Company, ask: Ask) -> None:
    made = ask("Hal Novak", CREATE, url=URL, events=["RUN_FINISHED"])["data"]["createWebhook"]
    webhook = made["webhook"]
    assert (webhook["url"], webhook["events"], webhook["isActive"], webhook["secrets"]) == (
        URL,
        ["RUN_FINISHED"],
        True,
        1,
    )
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", made["secret"])
    rotated = ask("Hal Novak", ROTATE, id=webhook["id"])["data"]["rotateWebhookSecret"]
    assert (rotated["webhook"]["secrets"], rotated["secret"] == made["secret"]) == (2, False)
    replayed = ask("Hal Novak", REPLAY, id=webhook["id"])["data"]["replayWebhook"]
    assert replayed == {"messages": 1, "userErrors": []}  # the run by which the company was scored
    off = ask("Hal Novak", SWITCH, id=webhook["id"], on=False)["data"]["setWebhookActive"]
    assert off == {"webhook": {"isActive": False}, "userErrors": []}
    node = ask("Hal Novak", "query ($id: ID!) { node(id: $id) { ... on Webhook { isActive } } }", id=webhook["id"])
    assert node["data"] == {"node": {"isActive": False}}
    deleted = [
        ask("Hal Novak", DELETE, i={"webhookId": webhook["id"], "idempotencyKey": key}) for key in ("a", "a", "b")
    ]
    assert [one["data"]["deleteWebhook"] for one in deleted] == [
        {"isDeleted": True, "userErrors": []},
        {"isDeleted": True, "userErrors": []},
        {"isDeleted": False, "userErrors": [{"code": "NOT_FOUND"}]},
    ]
    assert ask("Hal Novak", "{ webhooks { id } }")["data"] == {"webhooks": []}


@pytest.mark.parametrize("who", ["Max Weber", "Vera Lund", "Otto Brandt", "people service", "sections service"])
def test_others_than_hr_administrators_see_and_change_nothing(company: Company, ask: Ask, who: str) -> None:
    known, _ = create_webhook(company.deployment, company.principal("Hal Novak"), URL, list(Notice), at=AT)
    webhook = to_global(Kind.WEBHOOK, known.id)
    for query, variables in (
        (CREATE, {"url": URL, "events": ["RUN_FINISHED"]}),
        (ROTATE, {"id": webhook}),
        (SWITCH, {"id": webhook, "on": False}),
        (REPLAY, {"id": webhook}),
        (ONE, {"id": to_global(Kind.DELIVERY, "x")}),
        (LOG, {}),
        ("query ($id: ID!) { node(id: $id) { id } }", {"id": webhook}),
    ):
        answer = ask(who, query, **variables)
        assert (codes(answer), set(answer["data"].values())) == (["FORBIDDEN"], {None})


@pytest.mark.parametrize(
    ("url", "events"),
    [("https://169.254.169.254/", ["RUN_FINISHED"]), ("http://hr.example.org/", ["RUN_FINISHED"]), (URL, [])],
)
def test_what_cannot_be_is_said_with_what_could(company: Company, ask: Ask, url: str, events: list[str]) -> None:
    answer = ask("Hal Novak", CREATE, url=url, events=events)["data"]["createWebhook"]

    assert (answer["webhook"], answer["secret"], answer["userErrors"][0]["code"]) == (None, None, "BAD_INPUT")
    assert "expected" in answer["userErrors"][0]["message"]


def test_what_is_not_there_is_said(company: Company, ask: Ask) -> None:
    unknown = to_global(Kind.WEBHOOK, "nothing")
    for query, field, extra in (
        (ROTATE, "rotateWebhookSecret", {}),
        (SWITCH, "setWebhookActive", {"on": True}),
        (REPLAY, "replayWebhook", {}),
    ):
        answer = ask("Hal Novak", query, id=unknown, **extra)["data"][field]
        assert answer["userErrors"] == [{"code": "NOT_FOUND"}]
    answer = ask("Hal Novak", ONE, id=to_global(Kind.DELIVERY, "nothing"))["data"]["replayWebhookDelivery"]
    assert answer["userErrors"] == [{"code": "NOT_FOUND"}]


def test_the_log_is_read_page_by_page_and_one_delivery_is_sent_again(company: Company, ask: Ask) -> None:
    deployment = replace(company.deployment, webhook_networks=LOOPBACK)
    with receiving() as receiver:
        create_webhook(deployment, company.principal("Hal Novak"), receiver.url, list(Notice), at=AT)
        with deployment.database.transaction() as session:
            sent = [outbox.append(session, Notice.RUN_FINISHED, company.cycle.id, facts={}, at=AT).id for _ in range(3)]
        asyncio.run(Worker(deployment, lambda: AT).run_once())
        first = ask("Hal Novak", LOG)["data"]["webhooks"][0]["deliveries"]
        second = ask("Hal Novak", LOG, after=first["pageInfo"]["endCursor"])["data"]["webhooks"][0]["deliveries"]
        nodes = first["nodes"] + second["nodes"]
        assert [node["messageId"] for node in nodes] == list(reversed(sent))
        assert {(node["event"], node["state"], node["tries"][0]["status"]) for node in nodes} == {
            ("RUN_FINISHED", "DELIVERED", 200)
        }
        assert (first["totalCount"], first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]) == (
            3,
            True,
            False,
        )
        again = ask("Hal Novak", ONE, id=nodes[0]["id"])["data"]["replayWebhookDelivery"]
        assert again["delivery"] == {"state": "WAITING"}
        waiting = ask("Hal Novak", LOG, state="WAITING")["data"]["webhooks"][0]["deliveries"]
        assert [node["id"] for node in waiting["nodes"]] == [nodes[0]["id"]]


def test_the_server_sends_meanwhile_and_ends_in_order(company: Company) -> None:
    deployment = replace(company.deployment, webhook_networks=LOOPBACK)
    with receiving() as receiver, delivering(deployment, utc_now):
        create_webhook(deployment, company.principal("Hal Novak"), receiver.url, list(Notice), at=utc_now())
        with deployment.database.transaction() as session:
            outbox.append(session, Notice.RUN_FINISHED, company.cycle.id, facts={}, at=utc_now())

        receiver.wait_for(1)


@pytest.fixture
def delivered(company: Company) -> tuple[str, dict[str, str], str]:
    """A message as a host got it just now: body, headers, and the secret."""
    deployment = replace(company.deployment, webhook_networks=LOOPBACK)
    with receiving() as receiver:
        _, secret = create_webhook(deployment, company.principal("Hal Novak"), receiver.url, list(Notice), at=utc_now())
        with deployment.database.transaction() as session:
            outbox.append(session, Notice.RUN_FINISHED, company.cycle.id, facts={"cycleId": "é"}, at=utc_now())
        asyncio.run(Worker(deployment, utc_now).run_once())
        (came,) = receiver.received
    return came.body.decode(), came.headers, secret


CALLS: dict[str, tuple[str, str]] = {
    "python": (
        "import json, sys\nbody, headers = json.load(sys.stdin)\n",
        "print(json.dumps([receive(body.encode(), headers), receive(body.encode() + b' ', headers)]))",
    ),
    "js": (
        'import { readFileSync } from "node:fs";\nconst [body, headers] = JSON.parse(readFileSync(0, "utf-8"));\n',
        "console.log(JSON.stringify([receive(body, headers), receive(body + ' ', headers)]));",
    ),
}


@pytest.mark.parametrize("language", list(CALLS))
def test_the_documented_receiver_tells_our_message_from_another(
    delivered: tuple[str, dict[str, str], str], language: str
) -> None:
    body, headers, secret = delivered
    (example,) = re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    before, after = CALLS[language]
    program = f"{before}{example}\n{after}\n"
    if language == "python":
        command: dict[str, Any] = {"args": [sys.executable, "-c", program]}
    else:
        command = {"args": ["node", "--input-type=module", "-e", program], "cwd": installed(CLIENTS)}
    ran = subprocess.run(
        **command,
        input=json.dumps([body, headers]),
        env=os.environ | {"APPRAISE_WEBHOOK_SECRET": secret},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout) == [[204, "run.finished"], [401, ""]]


def test_every_notice_can_be_asked_for() -> None:
    assert {event.value for event in WebhookEvent} == set(Notice)
