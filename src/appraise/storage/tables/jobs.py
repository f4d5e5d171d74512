"""Tables of work that goes on after the answer: jobs, and whom an export's file tells of."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlmodel import Field

from appraise.storage.tables.columns import Document, Instant, Key, Record


class JobRow(Record, table=True):
    """`claim` is the worker's that has it in hand, until `claimed_until` unless it gives signs of life."""

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint("state IN ('WAITING', 'RUNNING', 'DONE', 'FAILED', 'EXPIRED')", name="state"),
        Index("ix_jobs_state_kind_asked_at", "state", "kind", "asked_at"),
        Index("ix_jobs_kind_owner_asked_at", "kind", "owner", "asked_at"),
        Index("ix_jobs_expires_at", "expires_at"),
    )

    id: str = Field(primary_key=True, sa_type=Key)
    kind: str = Field(sa_type=Key)
    owner: str = Field(sa_type=Key)
    asker: Any = Field(sa_type=Document)
    wanted: Any = Field(sa_type=Document)
    state: str = Field(sa_type=Key)
    step: str | None = None
    done: int = Field(sa_type=BigInteger)
    total: int = Field(sa_type=BigInteger)
    asked_at: datetime = Field(sa_type=Instant)
    started_at: datetime | None = Field(default=None, sa_type=Instant)
    finished_at: datetime | None = Field(default=None, sa_type=Instant)
    expires_at: datetime | None = Field(default=None, sa_type=Instant)
    tries: int
    claim: str | None = Field(default=None, sa_type=Key)
    claimed_until: datetime | None = Field(default=None, sa_type=Instant)
    outcome: Any = Field(default=None, sa_type=Document, nullable=True)
    problem: str | None = None


class UploadRow(Record, table=True):
    """A file that imports may read; `name` is its sender's, `file` ours."""

    __tablename__ = "uploads"
    __table_args__ = (Index("ix_uploads_expires_at", "expires_at"),)

    id: str = Field(primary_key=True, sa_type=Key)
    owner: str = Field(sa_type=Key)
    name: str
    file: str
    bytes: int = Field(sa_type=BigInteger)
    sha256: str
    uploaded_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)


class ExportSubjectRow(Record, table=True):
    """Somebody of whom an export's file tells; `with_ratings` where their own ratings are in it."""

    __tablename__ = "export_subjects"

    job_id: str = Field(primary_key=True, sa_type=Key, foreign_key="jobs.id")
    employee_id: str = Field(primary_key=True, sa_type=Key)
    section_id: str | None = Field(default=None, sa_type=Key)
    with_ratings: bool
