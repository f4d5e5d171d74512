"""Sessions of the console."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, or_, select, update

from appraise.domain.access import Role
from appraise.domain.identifiers import EmployeeId, TokenId
from appraise.storage.database import Session
from appraise.storage.tables import WEB_SESSIONS


@dataclass(frozen=True, slots=True)
class WebSession:
    """`id_hash` is the SHA-256 of the session's id in hexadecimal; `token` and `issuer` are how it was begun."""

    id_hash: str
    employee: EmployeeId
    token: TokenId | None
    issuer: str | None
    id_token: str | None
    roles: frozenset[Role]
    used_at: datetime
    expires_at: datetime


def add(session: Session, new: WebSession) -> None:
    """`used_at` is when it begins."""
    session.execute(
        insert(WEB_SESSIONS),
        {
            "id_hash": new.id_hash,
            "employee_id": new.employee,
            "token_id": new.token,
            "issuer": new.issuer,
            "id_token": new.id_token,
            "roles": sorted(new.roles),
            "begun_at": new.used_at,
            "used_at": new.used_at,
            "expires_at": new.expires_at,
        },
    )


def get(session: Session, id_hash: str) -> WebSession | None:
    row = session.execute(select(WEB_SESSIONS).where(WEB_SESSIONS.c.id_hash == id_hash)).first()
    return None if row is None else _web_session(row)


def of_issuer(session: Session, issuer: str) -> list[WebSession]:
    """Those that were begun by it."""
    rows = session.execute(select(WEB_SESSIONS).where(WEB_SESSIONS.c.issuer == issuer).order_by(WEB_SESSIONS.c.id_hash))
    return [_web_session(row) for row in rows]


def _web_session(row: Any) -> WebSession:
    return WebSession(
        id_hash=row.id_hash,
        employee=EmployeeId(row.employee_id),
        token=None if row.token_id is None else TokenId(row.token_id),
        issuer=row.issuer,
        id_token=row.id_token,
        roles=frozenset(Role(role) for role in row.roles),
        used_at=row.used_at,
        expires_at=row.expires_at,
    )


def touch(session: Session, id_hash: str, *, at: datetime) -> None:
    table = WEB_SESSIONS.c
    session.execute(update(WEB_SESSIONS).where(table.id_hash == id_hash, table.used_at < at).values(used_at=at))


def end(session: Session, id_hash: str) -> None:
    session.execute(delete(WEB_SESSIONS).where(WEB_SESSIONS.c.id_hash == id_hash))


def forget(session: Session, *, expired_before: datetime, unused_since: datetime) -> None:
    table = WEB_SESSIONS.c
    session.execute(delete(WEB_SESSIONS).where(or_(table.expires_at <= expired_before, table.used_at <= unused_since)))
