"""`appraise webhook …` and `appraise deliver` as somebody types them."""

import json
from pathlib import Path

import pytest
from tests.use_cases.receiver import receiving
from typer.testing import CliRunner, Result

from appraise.bootstrap import initialise, utc_now
from appraise.cli import app
from appraise.domain.identifiers import CycleId
from appraise.domain.webhooks import Notice
from appraise.errors import InvalidInput, NotFound
from appraise.settings import Settings
from appraise.storage import outbox
from appraise.use_cases.deployment import Deployment


@pytest.fixture
def deployment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Deployment:
    monkeypatch.setenv("APPRAISE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("APPRAISE_WEBHOOK_NETWORKS", "127.0.0.0/8")
    return initialise(Settings())


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), catch_exceptions=False, env={"COLUMNS": "200"})


def happen(deployment: Deployment) -> None:
    with deployment.database.transaction() as session:
        outbox.append(session, Notice.RUN_FINISHED, CycleId("c"), facts={}, at=utc_now())


def test_a_webhook_is_made_told_listed_and_sent_to_again(deployment: Deployment) -> None:
    assert "There is no webhook" in run("webhook", "list").output
    with receiving(503, 200) as receiver:
        made = json.loads(run("webhook", "create", receiver.url, "--event", "run.finished", "--json").output)
        happen(deployment)
        assert run("deliver", "--once").output.endswith("1 tries\n")
        assert "503; again" in run("webhook", "log", made["id"]).output
        (delivery,) = json.loads(run("webhook", "log", made["id"], "--state", "waiting", "--json").output)
        assert run("webhook", "replay", made["id"], "--delivery", delivery["id"]).output == "1 to be sent again\n"
        run("deliver", "--once")
        assert run("webhook", "replay", made["id"], "--since", "2020-01-01").output == "1 to be sent again\n"
        run("deliver", "--once")
        assert len({came.id for came in receiver.received}) == 1
        assert len(receiver.received) == 3
    rotated = json.loads(run("webhook", "rotate", made["id"], "--json").output)
    assert rotated["secret"] != made["secret"]
    assert run("webhook", "disable", made["id"]).output.startswith("Off")
    (known,) = json.loads(run("webhook", "list", "--json").output)
    assert known == {"id": made["id"], "url": receiver.url, "events": ["run.finished"], "active": False}
    assert run("webhook", "enable", made["id"]).output == "On.\n"


def test_what_is_not_there_or_not_said_is_refused_in_words(deployment: Deployment) -> None:
    with pytest.raises(NotFound, match="there is no such webhook"):
        run("webhook", "log", "nothing")
    with pytest.raises(InvalidInput, match="it is not said what to send again"):
        run("webhook", "replay", "nothing")
    with pytest.raises(InvalidInput, match="in a network of our own"):
        run("webhook", "create", "https://10.0.0.1/")
    made = json.loads(run("webhook", "create", "https://hr.example.org/", "--json").output)
    with pytest.raises(InvalidInput, match="there is no state 'lost'"):
        run("webhook", "log", made["id"], "--state", "lost")
