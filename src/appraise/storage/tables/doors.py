"""Tables of who may enter and of what was done: tokens, roles, idempotency, audit log, loads."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from appraise.storage.tables.columns import Document, Instant, Key, Record


class AccessTokenRow(Record, table=True):
    """Only the SHA-256 of a token's secret is kept."""

    __tablename__ = "access_tokens"

    id: str = Field(primary_key=True, sa_type=Key)
    name: str
    employee_id: str | None = Field(default=None, sa_type=Key, foreign_key="employees.id", index=True)
    secret_hash: str
    roles: Any = Field(sa_type=Document)
    scopes: Any = Field(sa_type=Document)
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime | None = Field(default=None, sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)
    last_used_at: datetime | None = Field(default=None, sa_type=Instant)


class DataVersionRow(Record, table=True):
    """One row; its number is another after each change of the records, `people` after each of the people among them."""

    __tablename__ = "data_version"

    id: int = Field(primary_key=True)
    number: int = Field(sa_type=BigInteger)
    people: int = Field(sa_type=BigInteger)


class EmbedTokenRow(Record, table=True):
    """For one viewer of one section on one origin; only the SHA-256 of the secret is kept."""

    __tablename__ = "embed_tokens"

    id: str = Field(primary_key=True, sa_type=Key)
    secret_hash: str
    minted_by: str = Field(sa_type=Key, foreign_key="access_tokens.id")
    viewer_id: str = Field(sa_type=Key, foreign_key="employees.id")
    section_id: str = Field(sa_type=Key, foreign_key="sections.id")
    origin: str
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant, index=True)


class WebSessionRow(Record, table=True):
    """Somebody signed in to the console, by an access token or by an issuer. Of the session's id only a hash is kept.

    `roles` are those that the issuer gave; `id_token` is what ends the session at the issuer, too.
    """

    __tablename__ = "web_sessions"

    id_hash: str = Field(primary_key=True, sa_type=Key)
    employee_id: str = Field(sa_type=Key, foreign_key="employees.id")
    token_id: str | None = Field(default=None, sa_type=Key, foreign_key="access_tokens.id")
    issuer: str | None = None
    id_token: str | None = None
    roles: Any = Field(sa_type=Document)
    begun_at: datetime = Field(sa_type=Instant)
    used_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant, index=True)


class RoleGrantRow(Record, table=True):
    __tablename__ = "role_grants"

    employee_id: str = Field(primary_key=True, sa_type=Key, foreign_key="employees.id")
    role: str = Field(primary_key=True, sa_type=Key)
    granted_at: datetime = Field(sa_type=Instant)
    granted_by: str


class IdempotencyKeyRow(Record, table=True):
    """`answer` is what the first call with this key gave; `body_hash` tells a repetition from another request."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (Index("ix_idempotency_keys_created_at", "created_at"),)

    principal: str = Field(primary_key=True, sa_type=Key)
    key: str = Field(primary_key=True, sa_type=Key)
    body_hash: str
    answer: Any = Field(sa_type=Document)
    created_at: datetime = Field(sa_type=Instant)


class AuditLogRow(Record, table=True):
    """Append-only: triggers refuse change and removal on both databases; the hash chain shows them all the same."""

    __tablename__ = "audit_log"
    __table_args__ = (
        UniqueConstraint("previous_hash"),
        Index("ix_audit_log_subject_sequence", "subject", "sequence"),
    )

    sequence: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=Instant)
    actor: str
    action: str
    subject: str = Field(sa_type=Key)
    details: Any = Field(sa_type=Document)
    previous_hash: str
    hash: str


class AuditListRow(Record, table=True):
    """A list of subjects by the name that stands for it in `audit_log.subject`; kept once, append-only as the log."""

    __tablename__ = "audit_lists"
    __table_args__ = (Index("ix_audit_lists_subject", "subject"),)

    name: str = Field(primary_key=True, sa_type=Key)
    subject: str = Field(primary_key=True, sa_type=Key)


class LoadRow(Record, table=True):
    """Mirror of the event store's log of loads; where the two differ, the event store is right."""

    __tablename__ = "loads"
    __table_args__ = (CheckConstraint("state IN ('LOADED', 'UNDONE')", name="state"),)

    id: str = Field(primary_key=True, sa_type=Key)
    adapter: str
    source: str = Field(sa_type=Key)
    file: str
    state: str
    loaded_at: datetime = Field(sa_type=Instant, index=True)
    undone_at: datetime | None = Field(default=None, sa_type=Instant)
    report: Any = Field(sa_type=Document)


class LanguageRow(Record, table=True):
    """What somebody chose; of who chose nothing there is none."""

    __tablename__ = "languages"

    employee_id: str = Field(primary_key=True, sa_type=Key, foreign_key="employees.id")
    tag: str = Field(sa_type=Key)
