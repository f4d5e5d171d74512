"""Messages to people, through a real SMTP server on this machine, on both kinds of records database."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import update
from tests.use_cases.conftest import AT, Company, done, stepped, submitted
from typer.testing import CliRunner

from appraise.bootstrap import initialise, open_deployment
from appraise.cli import app
from appraise.domain.cycles import CycleRules
from appraise.domain.employees import Employee
from appraise.domain.global_ids import Kind, encoded
from appraise.domain.identifiers import EmployeeId
from appraise.domain.mails import RETRIES, MailState
from appraise.errors import InvalidInput, Retriable
from appraise.settings import Settings
from appraise.storage import cycles, mails, people_import
from appraise.storage.tables import EMPLOYEES
from appraise.use_cases.mail_server import MailServer, Refused
from appraise.use_cases.read_mails import read_mails
from appraise.use_cases.return_section import return_section
from appraise.use_cases.send_mails import Mailed, send_mails
from appraise.use_cases.work import Worker

DAY = timedelta(days=1)


@dataclass
class Post:
    """What came in, and what the server answers: by address, or to everybody."""

    port: int = 0
    came: list[EmailMessage] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    closes: bool = False

    async def handle_RCPT(  # noqa: N802  # the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[Any]
    ) -> str:
        if self.closes:
            return "421 closing"
        answer = self.answers.get(address)
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  # the library's name
        message = message_from_bytes(envelope.content or b"", policy=policy.default)
        assert isinstance(message, EmailMessage)
        assert envelope.rcpt_tos == [message["To"].addresses[0].addr_spec]
        self.came.append(message)
        return "250 OK"

    def taken(self) -> dict[str, str]:
        """The subject by the address, of what came since the last look."""
        found = {message["To"].addresses[0].addr_spec: str(message["Subject"]) for message in self.came}
        assert len(found) == len(self.came)
        self.came.clear()
        return found


class Local(Controller):
    """At a free port, which the library cannot look for."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def post() -> Iterator[Post]:
    post = Post()
    controller = Local(post, hostname="127.0.0.1", port=0)
    controller.start()
    post.port = controller.port
    yield post
    controller.stop()


@pytest.fixture
def wired(company: Company, post: Post) -> Company:
    server = MailServer.parse(
        f"smtp://127.0.0.1:{post.port}",
        sender="Appraise <appraise@example.org>",
        console="https://appraise.example.org",
    )
    company = replace(company, deployment=replace(company.deployment, mail=server))
    company.scored()
    return company


def rate_by(company: Company, day: date) -> None:
    with company.deployment.database.transaction() as session:
        cycle = cycles.get(session, company.cycle.id)
        cycles.save(session, replace(cycle, rules=CycleRules(rate_by=day)))


def test_whoever_has_something_to_do_is_told_once_and_what_is_new_again(wired: Company, post: Post) -> None:
    told = send_mails(wired.deployment, at=AT)
    assert told.sent == len(post.came)
    first = post.taken()
    assert first["max@example.org"] == "3 things to do"
    assert first["ann@example.org"] == "Assess your own work, if you want to"

    assert send_mails(wired.deployment, at=AT + DAY) == Mailed()  # nothing is new, nothing nearly due

    submitted(wired)
    send_mails(wired.deployment, at=AT + 2 * DAY)
    assert post.taken() == {"dora@example.org": "2 things to do"}

    done(stepped(wired, return_section, "dora", reason="The comment is of another customer."))
    send_mails(wired.deployment, at=AT + 3 * DAY)
    assert post.taken() == {
        "max@example.org": "3 things to do",
        "ann@example.org": "Assess your own work, if you want to",
    }


def test_it_is_brought_to_mind_before_the_last_day(wired: Company, post: Post) -> None:
    rate_by(wired, AT.date() + 10 * DAY)
    days = {}
    for day in range(12):
        Worker(wired.deployment, lambda day=day: AT + day * DAY).run_once()  # type: ignore[misc]
        days[day] = post.taken().get("max@example.org")
    found = {day: subject for day, subject in days.items() if subject}
    due = "3 things to do, the first by 11 March 2026"
    assert found == {0: due, 7: due, 9: due}


def test_a_message_says_what_when_and_where_and_no_figure(wired: Company, post: Post) -> None:
    rate_by(wired, AT.date() + 10 * DAY)
    send_mails(wired.deployment, at=AT)
    message = next(one for one in post.came if one["To"].addresses[0].addr_spec == "max@example.org")
    plain = message.get_body(("plain",))
    page = message.get_body(("html",))
    assert plain is not None
    assert page is not None
    assert str(message["From"]) == "Appraise <appraise@example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    section = wired.section("ann", "max").section
    text = plain.get_content().replace("\r\n", "\n")
    assert text.startswith("Max,\n\n3 things to do:\n\n- Rate Ann and hand the section in\n")
    assert (
        "\n- Rate Ann and hand the section in\n  2025; by 11 March 2026, in 10 days\n"
        f"  https://appraise.example.org/sections/{encoded(Kind.SECTION, section.id)}\n\n"
    ) in text
    assert f'href="https://appraise.example.org/sections/{encoded(Kind.SECTION, section.id)}"' in page.get_content()


def test_what_was_done_meanwhile_needs_no_message(wired: Company, post: Post) -> None:
    post.answers = {"max@example.org": "450 try later", "ann@example.org": "450 try later"}
    send_mails(wired.deployment, at=AT)
    submitted(wired)
    post.answers = {}
    post.taken()

    done_meanwhile = send_mails(wired.deployment, at=AT + RETRIES[0])

    assert done_meanwhile.needless == 1  # Ann's; Max has Ben's section left
    assert "ann@example.org" not in post.taken()


def test_a_refusal_for_good_is_given_up_and_one_for_now_is_tried_again(wired: Company, post: Post) -> None:
    post.answers = {"max@example.org": "550 no such user", "ann@example.org": "450 greylisted"}
    first = send_mails(wired.deployment, at=AT)
    assert first.failed == 1
    failed = read_mails(wired.deployment, states=[MailState.FAILED], most=9)
    assert [named.name for named in failed] == ["Max"]
    assert failed[0].mail.problem is not None
    assert "answers 550 for max@example.org: no such user" in failed[0].mail.problem

    post.taken()
    at = AT
    for pause in RETRIES:
        at += pause
        assert send_mails(wired.deployment, at=at - timedelta(seconds=1)).sent == 0
        send_mails(wired.deployment, at=at)
    failed = read_mails(wired.deployment, states=[MailState.FAILED], most=9)
    assert sorted((named.name, named.mail.tries) for named in failed) == [("Ann", len(RETRIES) + 1), ("Max", 1)]


def test_a_server_that_is_away_loses_no_message(wired: Company, post: Post) -> None:
    post.closes = True
    assert send_mails(wired.deployment, at=AT) == Mailed()
    waiting = read_mails(wired.deployment, states=[MailState.WAITING], most=99)
    assert {named.mail.next_try_at for named in waiting} == {AT + RETRIES[0]}

    post.closes = False
    assert send_mails(wired.deployment, at=AT + RETRIES[0]).sent == len(waiting) == len(post.came)


@pytest.mark.parametrize(
    "address", ["max", "max@example.org, eve@example.com", "max@example.org\nBcc: eve@example.com", ""]
)
def test_an_address_of_an_export_names_one_person_or_nobody(wired: Company, post: Post, address: str) -> None:
    with wired.deployment.database.transaction() as session:
        session.execute(update(EMPLOYEES).where(EMPLOYEES.c.id == wired.ids["max"]).values(email=address))
    told = send_mails(wired.deployment, at=AT)
    assert told.failed == 1
    assert not any("eve@example.com" in one.as_string() for one in post.came)


def test_without_a_server_nothing_is_queued(company: Company) -> None:
    company.scored()
    assert send_mails(company.deployment, at=AT) == Mailed()
    assert read_mails(company.deployment, states=list(MailState), most=9) == []


def test_a_password_goes_through_tls_alone() -> None:
    server = MailServer.parse("smtp://u:p%40ss@127.0.0.2:25", sender="a@example.org", console="https://x.example")
    assert (server.user, server.password, server.port) == ("u", "p@ss", 25)
    assert "p@ss" not in repr(server)


def test_nothing_goes_to_another_machine_without_tls(post: Post) -> None:
    # The name is not this machine's to the product, so that it asks for TLS, which the server does not offer.
    url = f"smtp://u:p@127.0.0.1.nip.invalid:{post.port}"
    server = replace(MailServer.parse(url, sender="a@example.org", console="https://x.example"), host="0.0.0.0")  # noqa: S104
    with pytest.raises(Retriable, match="STARTTLS"), server.connected():
        pass


@pytest.mark.parametrize(
    ("url", "sender", "console", "named"),
    [
        ("mail.example.org", "a@example.org", "https://x.example", "APPRAISE_MAIL_SERVER"),
        ("http://mail.example.org", "a@example.org", "https://x.example", "APPRAISE_MAIL_SERVER"),
        ("smtp://u:secret@mail.example.org:99999", "a@example.org", "https://x.example", "APPRAISE_MAIL_SERVER"),
        ("smtp://mail.example.org", None, "https://x.example", "APPRAISE_MAIL_FROM"),
        ("smtp://mail.example.org", "Appraise", "https://x.example", "APPRAISE_MAIL_FROM"),
        ("smtp://mail.example.org", "a@example.org", None, "APPRAISE_PUBLIC_URL"),
    ],
)
def test_settings_that_cannot_be_used_are_named(url: str, sender: str | None, console: str | None, named: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        MailServer.parse(url, sender=sender, console=console)
    told = f"{raised.value} {raised.value.expected}"
    assert named in told
    assert "secret" not in told


def test_the_commands_send_one_message_and_tell_what_became_of_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, post: Post
) -> None:
    monkeypatch.setenv("APPRAISE_DATA", str(tmp_path / "data"))
    initialise(Settings())

    def run(*arguments: str) -> str:
        return CliRunner().invoke(app, ["mail", *arguments], catch_exceptions=False, env={"COLUMNS": "200"}).output

    with pytest.raises(InvalidInput, match="no mail server is set"):
        run("test", "me@example.org")
    monkeypatch.setenv("APPRAISE_MAIL_SERVER", f"smtp://127.0.0.1:{post.port}")
    monkeypatch.setenv("APPRAISE_MAIL_FROM", "appraise@example.org")
    monkeypatch.setenv("APPRAISE_PUBLIC_URL", "https://appraise.example.org")
    assert run("test", "me@example.org") == f"Taken by the mail server 127.0.0.1:{post.port} for me@example.org.\n"
    assert post.taken() == {"me@example.org": "Appraise can write to you"}
    post.answers = {"me@example.org": "550 no"}
    with pytest.raises(Refused, match=r"answers 550 for me@example\.org: no"):
        run("test", "me@example.org")
    assert run("log") == "Nothing.\n"

    deployment = open_deployment(Settings())
    with deployment.database.transaction() as session:
        people_import.add_employees(session, [Employee(EmployeeId("max"), "Max", None)], at=AT)
        mails.queue(session, [EmployeeId("max")], at=AT)
    deployment.database.close()
    assert run("log").splitlines()[1].split() == ["2026-03-01", "Max", "waiting", "0", "2026-03-01", "12:00"]
    assert '"state": "WAITING"' in run("log", "--json")
    assert run("log", "--state", "failed") == "Nothing.\n"
