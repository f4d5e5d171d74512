"""What became of messages to people."""

from collections.abc import Collection
from dataclasses import dataclass

from appraise.domain.mails import Mail, MailState
from appraise.storage import mails, people_import
from appraise.use_cases.deployment import Deployment


@dataclass(frozen=True, slots=True)
class NamedMail:
    mail: Mail
    name: str


def read_mails(deployment: Deployment, *, states: Collection[MailState], most: int) -> list[NamedMail]:
    """The newest day first. What a message said is not kept."""
    with deployment.database.reading() as session:
        people = people_import.employees(session)
        found = mails.latest(session, states=states, most=most)
    return [NamedMail(mail, people[mail.owner].display_name) for mail in found]
