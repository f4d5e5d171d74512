"""The policies that scoring runs followed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from appraise.domain.policy_documents import PolicyDocument, from_json
from appraise.domain.reading import RunState
from appraise.storage.database import Session
from appraise.storage.tables import POLICIES, SCORING_RUNS

Stored = tuple[str, datetime, PolicyDocument]


def newest_first(session: Session, *, by: datetime | None = None) -> Sequence[Stored]:
    """Each with its hash and when a run first followed it; only those that one had followed `by` a time."""
    statement = select(POLICIES).order_by(POLICIES.c.stored_at.desc(), POLICIES.c.hash)
    rows = session.execute(statement if by is None else statement.where(POLICIES.c.stored_at <= by))
    return [(row.hash, row.stored_at, from_json(row.document)) for row in rows]


def last_followed(session: Session, *, by: datetime) -> str | None:
    """The hash of the policy of the last scoring run that had finished `by` a time; None where there was none."""
    run = SCORING_RUNS.c
    statement = select(run.policy_hash).where(run.state == RunState.DONE.value, run.finished_at <= by)
    return session.execute(statement.order_by(run.finished_at.desc(), run.id.desc()).limit(1)).scalar()
