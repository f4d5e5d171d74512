"""Tables of what host systems are told: messages, webhooks, and each message's way to each webhook."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from appraise.storage.tables.columns import Document, Instant, Key, Record


class OutboxRow(Record, table=True):
    """Written with what it tells of. `sequence` grows in the order of the commits; `stream` is what stays in order."""

    __tablename__ = "outbox"
    __table_args__ = (UniqueConstraint("sequence"), Index("ix_outbox_created_at", "created_at"))

    id: str = Field(primary_key=True, sa_type=Key)
    sequence: int
    stream: str = Field(sa_type=Key)
    notice: str = Field(sa_type=Key)
    facts: Any = Field(sa_type=Document)
    created_at: datetime = Field(sa_type=Instant)


class WebhookRow(Record, table=True):
    """Until `hold_until` nothing is sent there: the receiver asked for that."""

    __tablename__ = "webhooks"

    id: str = Field(primary_key=True, sa_type=Key)
    url: str
    notices: Any = Field(sa_type=Document)
    is_active: bool
    hold_until: datetime | None = Field(default=None, sa_type=Instant)
    created_at: datetime = Field(sa_type=Instant)


class WebhookSecretRow(Record, table=True):
    """The secret itself follows from the deployment's key and `id`."""

    __tablename__ = "webhook_secrets"

    id: str = Field(primary_key=True, sa_type=Key)
    webhook_id: str = Field(sa_type=Key, foreign_key="webhooks.id", index=True)
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime | None = Field(default=None, sa_type=Instant)


class DeliveryRow(Record, table=True):
    """`stream` and `sequence` are the message's. Until `claimed_until` a worker has it in hand."""

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("webhook_id", "message_id"),
        CheckConstraint("state IN ('WAITING', 'DELIVERED', 'DEAD')", name="state"),
        Index("ix_deliveries_state_next_try_at", "state", "next_try_at"),
        Index("ix_deliveries_webhook_id_stream_sequence", "webhook_id", "stream", "sequence"),
        Index("ix_deliveries_webhook_id_sequence", "webhook_id", "sequence"),
    )

    id: str = Field(primary_key=True, sa_type=Key)
    webhook_id: str = Field(sa_type=Key, foreign_key="webhooks.id")
    message_id: str = Field(sa_type=Key, foreign_key="outbox.id")
    stream: str = Field(sa_type=Key)
    sequence: int
    state: str = Field(sa_type=Key)
    tries: int
    next_try_at: datetime | None = Field(default=None, sa_type=Instant)
    claimed_until: datetime | None = Field(default=None, sa_type=Instant)
    finished_at: datetime | None = Field(default=None, sa_type=Instant)
    log: Any = Field(sa_type=Document)
