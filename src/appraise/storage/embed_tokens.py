"""Tokens that a host minted for one viewer of one section."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select

from appraise.domain.identifiers import EmployeeId, SectionId, TokenId
from appraise.storage.database import Session
from appraise.storage.tables import EMBED_TOKENS, SECTIONS


@dataclass(frozen=True, slots=True)
class EmbedToken:
    """`secret_hash` as in `Token`; `minted_by` is the service's access token; `subject` is whose section it is."""

    id: TokenId
    secret_hash: str
    minted_by: TokenId
    viewer: EmployeeId
    section: SectionId
    subject: EmployeeId
    origin: str
    expires_at: datetime


def add(session: Session, token: EmbedToken, *, at: datetime) -> None:
    session.execute(
        insert(EMBED_TOKENS),
        {
            "id": token.id,
            "secret_hash": token.secret_hash,
            "minted_by": token.minted_by,
            "viewer_id": token.viewer,
            "section_id": token.section,
            "origin": token.origin,
            "created_at": at,
            "expires_at": token.expires_at,
        },
    )


def get(session: Session, token: TokenId) -> EmbedToken | None:
    table = EMBED_TOKENS.c
    statement = select(EMBED_TOKENS, SECTIONS.c.employee_id).join(SECTIONS, SECTIONS.c.id == table.section_id)
    row = session.execute(statement.where(table.id == token)).first()
    if row is None:
        return None
    return EmbedToken(
        id=TokenId(row.id),
        secret_hash=row.secret_hash,
        minted_by=TokenId(row.minted_by),
        viewer=EmployeeId(row.viewer_id),
        section=SectionId(row.section_id),
        subject=EmployeeId(row.employee_id),
        origin=row.origin,
        expires_at=row.expires_at,
    )


def forget(session: Session, *, expired_before: datetime) -> None:
    session.execute(delete(EMBED_TOKENS).where(EMBED_TOKENS.c.expires_at < expired_before))
