"""The policies that scoring runs followed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from appraise.domain.policy_documents import PolicyDocument, from_json
from appraise.storage.database import Session
from appraise.storage.tables import POLICIES

Stored = tuple[str, datetime, PolicyDocument]


def newest_first(session: Session) -> Sequence[Stored]:
    """Each with its hash and when a run first followed it."""
    rows = session.execute(select(POLICIES).order_by(POLICIES.c.stored_at.desc(), POLICIES.c.hash))
    return [(row.hash, row.stored_at, from_json(row.document)) for row in rows]
