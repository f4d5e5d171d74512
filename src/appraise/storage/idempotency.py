"""Answers kept under the caller's own key, so that a repeated request repeats the answer and not the deed."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select

from appraise.errors import Conflict
from appraise.storage.database import Session, lock
from appraise.storage.tables import IDEMPOTENCY_KEYS


def answer(session: Session, owner: str, key: str, *, body_hash: str) -> Any | None:
    """What the first request with this key was answered; None where this is the first.

    Raises `Conflict` where the key was used for another request. Another request with this key waits until then.
    """
    lock(session, f"key:{owner}:{key}")
    return kept(session, owner, key, body_hash=body_hash)


def kept(session: Session, owner: str, key: str, *, body_hash: str) -> Any | None:
    """As `answer`, without waiting for another request."""
    table = IDEMPOTENCY_KEYS.c
    statement = select(table.body_hash, table.answer).where(table.principal == owner, table.key == key)
    row = session.execute(statement).first()
    if row is None:
        return None
    if row.body_hash != body_hash:
        raise Conflict(
            "this idempotency key was used for another request",
            expected="a new key for a new request; the same key only to repeat one",
        )
    return row.answer


def keep(session: Session, owner: str, key: str, *, body_hash: str, answer: Any, at: datetime) -> None:
    row = {"principal": owner, "key": key, "body_hash": body_hash, "answer": answer, "created_at": at}
    session.execute(insert(IDEMPOTENCY_KEYS), row)


def forget(session: Session, *, kept_before: datetime) -> None:
    """A request repeated after that is a new one."""
    session.execute(delete(IDEMPOTENCY_KEYS).where(IDEMPOTENCY_KEYS.c.created_at < kept_before))
