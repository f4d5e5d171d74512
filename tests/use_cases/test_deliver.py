"""Messages reach a host with nasty habits: at least once, in order within a section, signed, and nowhere else."""

import asyncio
import hashlib
import hmac
import re
import signal
import socket
import ssl
import subprocess
import sys
from base64 import b64decode, b64encode
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from tests.use_cases.receiver import LOOPBACK, Received, Receiver, receiving

from appraise.domain.access import Principal, Role
from appraise.domain.identifiers import SectionId
from appraise.domain.webhooks import PAUSES, Delivery, DeliveryState, Notice, Webhook
from appraise.storage import outbox
from appraise.storage.database import Database
from appraise.storage.tables import DELIVERIES
from appraise.use_cases import deliver, send_webhook
from appraise.use_cases.create_webhook import create_webhook
from appraise.use_cases.deliver import CLAIMED_FOR, Worker
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.read_webhooks import get_webhook, list_deliveries, list_webhooks
from appraise.use_cases.replay_deliveries import replay_delivery, replay_since
from appraise.use_cases.rotate_webhook_secret import rotate_webhook_secret
from appraise.use_cases.switch_webhook import switch_webhook
from appraise.use_cases.work import clear

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
HAL = Principal("Hal", None, frozenset({Role.HR_ADMINISTRATOR}))
EVERYTHING = tuple(Notice)


@pytest.fixture
def host(deployment: Deployment) -> Deployment:
    """A deployment that may send to this machine."""
    return replace(deployment, webhook_networks=LOOPBACK)


@pytest.fixture
def local(sqlite_database: Database) -> Deployment:
    """The same, on SQLite only."""
    return Deployment(sqlite_database, None, b"key of the tests", "test", LOOPBACK)  # type: ignore[arg-type]


def happen(deployment: Deployment, *sections: str, at: datetime = AT) -> list[str]:
    """One message about each section; their ids."""
    with deployment.database.transaction() as session:
        return [
            outbox.append(
                session, Notice.SECTION_STATE_CHANGED, SectionId(section), facts={"sectionId": section, "n": n}, at=at
            ).id
            for n, section in enumerate(sections)
        ]


def work(deployment: Deployment, *, at: datetime = AT) -> int:
    return asyncio.run(Worker(deployment, lambda: at, chance=lambda: 0.5).run_once())


def made(deployment: Deployment, receiver: Receiver) -> tuple[Webhook, str]:
    return create_webhook(deployment, HAL, receiver.url, EVERYTHING, at=AT)


def log(deployment: Deployment, webhook: Webhook) -> list[Delivery]:
    """The oldest message first."""
    page = list_deliveries(deployment, HAL, webhook.id, state=None, first=100, after=None)
    return list(reversed(page.items))


def signatures(received: Received, secret: str) -> bool:
    """Whether the secret signed it: Standard Webhooks 1.0, by hand."""
    signed = f"{received.id}.{received.headers['webhook-timestamp']}.".encode() + received.body
    digest = hmac.new(b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256).digest()
    return f"v1,{b64encode(digest).decode()}" in received.headers["webhook-signature"].split(" ")


def test_a_message_arrives_signed_and_tells_ids_only(host: Deployment) -> None:
    with receiving() as receiver:
        webhook, secret = made(host, receiver)
        (message,) = happen(host, "s1")
        assert work(host) == 1
        (came,) = receiver.received

    assert (came.path, came.id, came.headers["content-type"]) == ("/hook?tenant=1", message, "application/json")
    assert came.headers["webhook-timestamp"] == str(int(AT.timestamp()))
    assert signatures(came, secret)
    assert not signatures(came, "whsec_" + b64encode(b"another").decode())
    assert came.told == {
        "type": "section.state_changed",
        "timestamp": "2026-03-01T12:00:00+00:00",
        "data": {"sectionId": "s1", "n": 0},
    }
    (delivery,) = log(host, webhook)
    assert (delivery.state, delivery.finished_at, [each.status for each in delivery.log]) == ("DELIVERED", AT, [200])


def test_what_is_about_one_section_keeps_its_order_and_holds_up_no_other(host: Deployment) -> None:
    with receiving(500, 200) as receiver:
        made(host, receiver)
        (first,) = happen(host, "s1")
        work(host)
        other, second = happen(host, "s2", "s1")
        work(host)
        work(host, at=AT + PAUSES[0])

        assert [came.id for came in receiver.received] == [first, other, first, second]


@pytest.mark.parametrize(
    ("habit", "problem"),
    [
        (500, "500"),
        ("truncate", "cut off"),
        ("garbage", "no HTTP"),
        ("close", "cut off|without an answer"),
        ("endless head", "no HTTP"),
        ((302, (("location", "http://127.0.0.1:1/elsewhere"),)), "redirects are not followed"),
        ("hang", "no whole answer within"),
        ("drip", "no whole answer within"),
    ],
)
def test_a_nasty_answer_is_noted_and_tried_again(
    local: Deployment, monkeypatch: pytest.MonkeyPatch, habit: Any, problem: str
) -> None:
    monkeypatch.setattr(send_webhook, "ANSWERED_WITHIN", 1.0)
    with receiving(habit, 200) as receiver:
        webhook, _ = made(local, receiver)
        happen(local, "s1")
        work(local)
        (failed,) = log(local, webhook)
        work(local, at=AT + PAUSES[0])
        (done,) = log(local, webhook)

    assert re.search(problem, failed.log[0].problem or "")
    assert (failed.state, failed.next_try_at) == (DeliveryState.WAITING, AT + PAUSES[0])
    assert (done.state, len(done.log), len({came.id for came in receiver.received})) == ("DELIVERED", 2, 1)


def test_a_flood_of_an_answer_is_not_read_to_its_end(local: Deployment) -> None:
    with receiving("flood") as receiver:
        webhook, _ = made(local, receiver)
        happen(local, "s1")
        work(local)
        (done,) = log(local, webhook)

    assert done.state is DeliveryState.DELIVERED


def test_after_the_last_try_a_delivery_is_dead_and_the_next_one_passes(local: Deployment) -> None:
    at = AT
    with receiving(503) as receiver:
        webhook, _ = made(local, receiver)
        first, second = happen(local, "s1", "s1")
        for pause in PAUSES:
            work(local, at=at)
            at += pause
        work(local, at=at)
        dead, waiting = log(local, webhook)
        assert (dead.state, dead.tries, dead.next_try_at) == (DeliveryState.DEAD, len(PAUSES) + 1, None)
        assert (waiting.state, waiting.tries) == (DeliveryState.WAITING, 1)
        receiver.habits = [200]
        replay_delivery(local, HAL, dead.id, at=at)
        work(local, at=at + PAUSES[0])
        again = [came.id for came in receiver.received][-2:]

    assert again == [first, second]
    assert {each.state for each in log(local, webhook)} == {DeliveryState.DELIVERED}


def test_a_host_that_asks_for_time_gets_it_for_all_its_messages(local: Deployment) -> None:
    with receiving((429, (("retry-after", "600"),)), 200) as receiver:
        made(local, receiver)
        happen(local, "s1")
        work(local)
        happen(local, "s2")
        work(local, at=AT + timedelta(seconds=599))
        assert len(receiver.received) == 1
        work(local, at=AT + timedelta(seconds=600))
        assert len(receiver.received) == 3


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        (None, 0),
        ("120", 120),
        ("Sun, 01 Mar 2026 12:01:00 GMT", 60),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0),
        ("soon", 0),
        ("-5", 0),
        ("9" * 400, 999_999_999),
        (f"Mon, 01 Jan {'9' * 20} 00:00:00 GMT", 0),
    ],
)
def test_retry_after_is_read_as_rfc_9110_has_it(text: str | None, seconds: float) -> None:
    assert send_webhook.seconds_to_wait(text, now=AT.timestamp()) == seconds


def test_a_host_that_is_gone_is_told_no_more(local: Deployment) -> None:
    with receiving(410) as receiver:
        webhook, _ = made(local, receiver)
        happen(local, "s1")
        work(local)
        happen(local, "s2")
        work(local, at=AT + timedelta(days=1))

        assert len(receiver.received) == 1
    assert not get_webhook(local, HAL, webhook.id, at=AT).is_active
    assert [each.state for each in log(local, webhook)] == [DeliveryState.DEAD]


def test_while_a_secret_is_replaced_both_sign(local: Deployment) -> None:
    with receiving() as receiver:
        webhook, old = made(local, receiver)
        _, new = rotate_webhook_secret(local, HAL, webhook.id, overlap=timedelta(hours=1), at=AT)
        happen(local, "s1")
        work(local)
        happen(local, "s1")
        work(local, at=AT + timedelta(hours=1))
        during, after = receiver.received

    assert (signatures(during, old), signatures(during, new)) == (True, True)
    assert (signatures(after, old), signatures(after, new)) == (False, True)


def test_a_webhook_that_is_off_gets_nothing_and_keeps_what_waits(local: Deployment) -> None:
    with receiving() as receiver:
        webhook, _ = made(local, receiver)
        kept, *_ = happen(local, "s1")
        switch_webhook(local, HAL, webhook.id, on=False, at=AT)
        happen(local, "s2")
        work(local)
        assert receiver.received == []
        switch_webhook(local, HAL, webhook.id, on=True, at=AT)
        work(local)

        assert [came.id for came in receiver.received] == [kept]


def test_all_messages_since_a_time_can_be_sent_again(local: Deployment) -> None:
    before = happen(local, "s1", at=AT - timedelta(days=2))
    missed = happen(local, "s1", "s2", at=AT - timedelta(hours=1))
    with receiving() as receiver:
        webhook, _ = made(local, receiver)
        told = happen(local, "s1")
        work(local)
        assert replay_since(local, HAL, webhook.id, since=AT - timedelta(days=1), at=AT) == 3
        work(local)
        came = [each.id for each in receiver.received]

    assert came[0] == told[0]
    assert sorted(came[1:]) == sorted([*missed, *told])
    assert came[1:].index(missed[0]) < came[1:].index(told[0])
    assert before[0] not in came


def test_what_a_name_means_is_looked_at_on_connecting(local: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = socket.getaddrinfo  # of a name that meant something else when the webhook was made
    monkeypatch.setattr(socket, "getaddrinfo", lambda _host, *rest, **more: asked("127.0.0.1", *rest, **more))
    with receiving() as receiver:
        url = f"https://hr.example.org:{receiver.port}/hook"
        webhook, _ = create_webhook(replace(local, webhook_networks=()), HAL, url, EVERYTHING, at=AT)
        happen(local, "s1")
        work(replace(local, webhook_networks=()))

    assert receiver.received == []
    problem = log(local, webhook)[0].log[0].problem
    assert (problem or "").startswith("refused: hr.example.org is in a network of our own")


def test_a_certificate_that_nobody_vouches_for_is_refused(local: Deployment, tmp_path: Any) -> None:
    made_by = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
    subprocess.run([*made_by, "-keyout", tmp_path / "key", "-out", tmp_path / "cert"], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert", tmp_path / "key")

    async def run() -> None:
        server = await asyncio.start_server(lambda _r, w: w.close(), "127.0.0.1", 0, ssl=context)
        port = server.sockets[0].getsockname()[1]
        create_webhook(local, HAL, f"https://localhost:{port}/", EVERYTHING, at=AT)
        happen(local, "s1")
        await Worker(local, lambda: AT).run_once()
        server.close()
        await server.wait_closed()

    asyncio.run(run())
    (webhook,) = list_webhooks(local, HAL, at=AT)
    assert "certificate is not good" in (log(local, webhook)[0].log[0].problem or "")


def test_several_workers_send_each_message_once_and_in_order(host: Deployment) -> None:
    sections = [f"s{n % 5}" for n in range(30)]
    with receiving() as receiver:
        made(host, receiver)
        ids = happen(host, *sections)
        with ThreadPoolExecutor(3) as pool:
            tries = list(pool.map(lambda _: work(host), range(3)))
        came = [each.id for each in receiver.received]

    assert (sum(tries), sorted(came)) == (30, sorted(ids))
    for section in set(sections):
        own = [name for name, of in zip(ids, sections, strict=True) if of == section]
        assert [name for name in came if name in own] == own


WORKER = """
import asyncio, sys
from datetime import datetime
from ipaddress import ip_network
from appraise.storage.database import Database
from appraise.use_cases.deliver import Worker
from appraise.use_cases.deployment import Deployment
deployment = Deployment(Database(sys.argv[1]), None, b"key of the tests", "test", (ip_network("127.0.0.0/8"),))
asyncio.run(Worker(deployment, lambda: datetime.fromisoformat(sys.argv[2])).run_once())
"""


def test_a_worker_that_is_killed_in_the_middle_loses_nothing(local: Deployment) -> None:
    with receiving("hang", 200) as receiver:
        webhook, _ = made(local, receiver)
        ids = happen(local, "s1", "s1")
        arguments = [sys.executable, "-c", WORKER, local.database.url.render_as_string(), AT.isoformat()]
        with subprocess.Popen(arguments) as worker:
            receiver.wait_for(1)
            worker.send_signal(signal.SIGKILL)
            assert worker.wait() == -signal.SIGKILL
        assert work(local) == 0
        work(local, at=AT + CLAIMED_FOR)
        came = [each.id for each in receiver.received]

    assert came == [ids[0], *ids]
    assert {each.state for each in log(local, webhook)} == {DeliveryState.DELIVERED}


def test_a_host_that_hangs_does_not_hold_up_another(local: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliver, "LOOK_EVERY", 0.05)
    with receiving("hang") as stuck, receiving() as quick:
        made(local, stuck)
        happen(local, *(f"s{n}" for n in range(3 * deliver.AT_A_TIME)))
        made(local, quick)
        happen(local, "q")

        async def run() -> None:
            stop = asyncio.Event()
            working = asyncio.create_task(Worker(local, lambda: AT).run(stop))
            await asyncio.to_thread(quick.wait_for, 1)
            await asyncio.to_thread(stuck.wait_for, deliver.AT_A_TIME)
            assert len(stuck.received) == deliver.AT_A_TIME
            stop.set()
            stuck.go_on.set()
            await working

        asyncio.run(run())


def test_a_rolled_back_change_is_told_to_nobody(host: Deployment) -> None:
    with receiving() as receiver:
        made(host, receiver)

        def fail() -> None:
            with host.database.transaction() as session:
                outbox.append(session, Notice.RUN_FINISHED, SectionId("c"), facts={}, at=AT)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()
        work(host)

        assert receiver.received == []


def test_what_has_ended_is_kept_for_a_time_and_what_waits_for_ever(host: Deployment) -> None:
    with receiving() as receiver:
        webhook, _ = made(host, receiver)
        happen(host, "s1")
        work(host)
        given_up, waiting = happen(host, "s2", "s3")
    with host.database.transaction() as session:
        is_given_up = DELIVERIES.c.message_id == given_up
        session.execute(update(DELIVERIES).where(is_given_up).values(state="DEAD", finished_at=AT))
    kept, second = host.webhook_retention, timedelta(seconds=1)
    left = []
    for at in (AT + kept, AT + kept + second, AT + 4 * kept, AT + 4 * kept + second):
        clear(host, at=at)
        with host.database.reading() as session:
            assert [each.message.id for each in log(host, webhook)] == [each.id for each in outbox.since(session, AT)]
        left.append([each.state for each in log(host, webhook)])

    assert left == [["DELIVERED", "DEAD", "WAITING"], ["DEAD", "WAITING"], ["DEAD", "WAITING"], ["WAITING"]]
    assert [each.message.id for each in log(host, webhook)] == [waiting]
