"""A person decides what becomes of a line of the ledger that does not go on by itself."""

from collections.abc import Callable
from datetime import datetime

from appraise.domain.identifiers import SectionId
from appraise.domain.sections import Refusal
from appraise.domain.write_back import WriteBack, again, by_hand
from appraise.errors import NotFound
from appraise.storage import write_backs
from appraise.storage.database import Session
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.section_view import Actor
from appraise.use_cases.transactions import committed
from appraise.use_cases.write_back import record


def send_again(
    deployment: Deployment, section: SectionId, host: str, *, overwrite: bool, actor: Actor, at: datetime
) -> WriteBack | Refusal:
    """Raises `NotFound` where nothing of the section was ever due at the host."""
    return _settled(deployment, section, host, lambda line: again(line, overwrite=overwrite, at=at), actor, at)


def settle_by_hand(
    deployment: Deployment, section: SectionId, host: str, *, note: str, actor: Actor, at: datetime
) -> WriteBack | Refusal:
    """Errors as `send_again`."""
    return _settled(deployment, section, host, lambda line: by_hand(line, note, at=at), actor, at)


def _settled(  # which line, by what rule, by whom, when
    deployment: Deployment,
    section: SectionId,
    host: str,
    step: Callable[[WriteBack], WriteBack | Refusal],
    actor: Actor,
    at: datetime,
) -> WriteBack | Refusal:
    def work(session: Session) -> WriteBack | Refusal:
        line = write_backs.latest(session, section, host)
        if line is None:
            raise NotFound(
                f"nothing of this section was ever due at {host}", hint="`appraise write-back status` lists all"
            )
        after = step(line)
        if isinstance(after, WriteBack):
            write_backs.save(session, after)
            record(session, after, actor, at=at)
        return after

    return committed(deployment, work)
