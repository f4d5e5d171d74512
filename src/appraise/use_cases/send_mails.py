"""Write to people who have something to do: what is new to them, and what is nearly due."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from appraise.domain.employees import Employee
from appraise.domain.identifiers import EmployeeId
from appraise.domain.language import Speech, speaking
from appraise.domain.mails import RETRIES, Mail, MailState, is_to_be_written, text_of, told_of
from appraise.domain.tasks import NamedTask
from appraise.errors import Retriable
from appraise.languages import language
from appraise.storage import languages, mails, people_import, tasks
from appraise.storage.database import Session, lock
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.mail_server import Connection, MailServer, Refused
from appraise.use_cases.read_tasks import all_tasks
from appraise.use_cases.transactions import committed

LOG = structlog.get_logger("appraise.mail")
BATCH: Final = 50
CLAIM: Final = timedelta(minutes=30)
"""Longer than a batch takes where the server answers each message at its slowest."""
REMEMBERED: Final = timedelta(days=90)

_Owed = Mapping[EmployeeId, Sequence[NamedTask]]


@dataclass(frozen=True, slots=True)
class Mailed:
    """How many messages left, were no more needed, and are given up."""

    sent: int = 0
    needless: int = 0
    failed: int = 0

    def __add__(self, other: "Mailed") -> "Mailed":
        return Mailed(self.sent + other.sent, self.needless + other.needless, self.failed + other.failed)


def send_mails(deployment: Deployment, *, at: datetime) -> Mailed:
    """Queue what is to be written, then send what is due. Nothing happens where no mail server is set."""
    server = deployment.mail
    if server is None:
        return Mailed()
    owed = _everything_owed(deployment, at)
    committed(deployment, lambda session: _queue(session, owed, at))
    total = Mailed()
    while batch := committed(deployment, lambda session: _claim(session, at)):
        done, is_reached = _send(deployment, server, batch, owed, at)
        total += done
        if not is_reached:
            break
    return total


def _everything_owed(deployment: Deployment, at: datetime) -> _Owed:
    owed: dict[EmployeeId, list[NamedTask]] = defaultdict(list)
    with deployment.database.reading() as session:
        for named in all_tasks(session, hr=tasks.hr_administrators(session), viewer=None, on=at.date()):
            owed[named.task.owner].append(named)
    return owed


def _queue(session: Session, owed: _Owed, at: datetime) -> None:
    lock(session, "mails")
    on = at.date()
    mails.forget(session, before=on - REMEMBERED)
    now = {told_of(named.task) for waiting in owed.values() for named in waiting}
    before = mails.told(session)
    mails.untell(session, before - now)
    already = mails.written_to(session, on=on)
    owners = [
        owner
        for owner, waiting in owed.items()
        if owner not in already and is_to_be_written([named.task for named in waiting], told=before, on=on)
    ]
    mails.queue(session, owners, at=at)
    mails.tell(session, {told_of(named.task) for owner in owners for named in owed[owner]} - before)


def _claim(session: Session, at: datetime) -> list[Mail]:
    if not mails.has_due(session, at=at):
        return []
    lock(session, "mails")
    return mails.claim(session, at=at, until=at + CLAIM, most=BATCH)


def _send(
    deployment: Deployment, server: MailServer, batch: Sequence[Mail], owed: _Owed, at: datetime
) -> tuple[Mailed, bool]:
    """And whether the server takes messages; where not, all that is left of the batch is put off."""
    with deployment.database.reading() as session:
        people = people_import.employees(session)
    total = Mailed()
    left = list(batch)
    try:
        with server.connected() as connection:
            while left:
                mail = left[0]
                with speaking(language_of(deployment, mail.owner)):
                    after = _tried(connection, mail, people[mail.owner], owed.get(mail.owner, ()), at)
                total += _settled(deployment, after)
                left.pop(0)
    except Retriable as error:
        LOG.warning("mail waits", problem=str(error))
        for mail in left:
            total += _settled(deployment, _put_off(mail, str(error), at))
        return total, False
    return total, True


def language_of(deployment: Deployment, employee: EmployeeId) -> Speech:
    """In which somebody is written to: the one that they chose, else the deployment's."""
    with deployment.database.reading() as session:
        return language(languages.chosen(session, employee) or deployment.language)


def _tried(connection: Connection, mail: Mail, to: Employee, waiting: Sequence[NamedTask], at: datetime) -> Mail:
    if not waiting:
        return replace(mail, state=MailState.NEEDLESS, next_try_at=None)
    if to.email is None:
        return _given_up(mail, f"{to.display_name} has no e-mail address here; mend it in the HR system")
    text = text_of(to.display_name, waiting, on=at.date(), console=connection.console)
    try:
        connection.send(mail.id, to.display_name, to.email, text, at=at)
    except Refused as refusal:
        return _given_up(mail, refusal.found) if refusal.for_good else _put_off(mail, refusal.found, at)
    return replace(mail, state=MailState.SENT, tries=mail.tries + 1, next_try_at=None, problem=None)


def _put_off(mail: Mail, problem: str, at: datetime) -> Mail:
    if mail.tries >= len(RETRIES):
        return _given_up(mail, problem)
    return replace(mail, tries=mail.tries + 1, next_try_at=at + RETRIES[mail.tries], problem=problem)


def _given_up(mail: Mail, problem: str) -> Mail:
    LOG.warning("mail is given up", mail=mail.id, problem=problem)
    return replace(mail, state=MailState.FAILED, tries=mail.tries + 1, next_try_at=None, problem=problem)


def _settled(deployment: Deployment, after: Mail) -> Mailed:
    committed(deployment, lambda session: mails.settle(session, after))
    states = (MailState.SENT, MailState.NEEDLESS, MailState.FAILED)
    return Mailed(*(int(after.state is state) for state in states))
