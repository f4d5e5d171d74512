"""Once a day: what came to lie beyond the thresholds that people keep, so that they can be told of it."""

from datetime import datetime

import structlog

from appraise.domain.identifiers import EmployeeId
from appraise.domain.tasks import TaskKind
from appraise.errors import Retriable
from appraise.storage import mails, watches
from appraise.storage.database import Session, lock
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.read_watches import compared, watcher
from appraise.use_cases.transactions import committed

LOG = structlog.get_logger("appraise.jobs")


def look_at_watches(deployment: Deployment, *, at: datetime) -> int:
    """Each owner in a transaction of their own. Gives how many owners have something that they were not told of.

    Where one owner's cannot be compared, the log says so, and the others' are.
    """
    with deployment.database.reading() as session:
        owners = watches.owners_to_look(session, on=at.date())
    told = 0
    for owner in owners:
        try:
            told += _look(deployment, owner, at)
        except Retriable:
            raise
        except Exception:  # mail, and the other owners', must not wait for it
            LOG.exception("the watch-list of an employee cannot be compared", employee=owner)
    return told


def _look(deployment: Deployment, owner: EmployeeId, at: datetime) -> bool:
    with deployment.database.reading() as session:
        principal = watcher(session, owner, on=at.date())
        kept = watches.of_owner(session, owner)
    if principal is None:
        return False
    found = compared(deployment, principal, kept, {}, at=at)
    beyond = {one.watch: {each.group.key for each in one.findings} for one in found.watches}

    def note(session: Session) -> bool:
        lock(session, f"watches:{owner}")
        is_told_again = False
        still = {watch.id: watch.version for watch in watches.of_owner(session, owner)}
        for watch, keys in beyond.items():
            if still.get(watch.id) != watch.version:
                continue  # changed or taken away meanwhile
            before = watches.findings_of(session, watch.id)
            is_told_again = is_told_again or not keys <= before.keys()
            watches.note_findings(session, watch.id, {key: before.get(key, False) for key in keys})
            watches.looked(session, watch.id, on=at.date())
        if is_told_again:
            mails.untell(session, [(owner, TaskKind.LOOK_AT_WATCHES, owner)])
        return is_told_again

    return committed(deployment, note)
