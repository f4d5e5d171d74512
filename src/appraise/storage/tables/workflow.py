"""Tables of what goes on beside a section: disputes and claims, correction notices, calibration, write-back."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from appraise.storage.tables.columns import Document, Exact, Instant, Key, Record


class DisputeRow(Record, table=True):
    """`item_id` refers to no row: what a later run leaves out of a section goes, and what was said of it stays."""

    __tablename__ = "disputes"
    __table_args__ = (
        CheckConstraint("kind IN ('RATING', 'NOT_MINE', 'WRONG_DATA', 'MISSING')", name="kind"),
        CheckConstraint(
            "state IN ('OPEN', 'UPHELD', 'PARTLY_UPHELD', 'DECLINED', 'WITHDRAWN', 'EXPIRED')", name="state"
        ),
        Index("ix_disputes_section_id", "section_id"),
        Index("ix_disputes_state_reviewer_id", "state", "reviewer_id"),
    )

    id: str = Field(primary_key=True, sa_type=Key)
    section_id: str = Field(sa_type=Key, foreign_key="sections.id")
    revision: int
    kind: str = Field(sa_type=Key)
    item_id: str = Field(sa_type=Key)
    evidence: str | None = Field(default=None, sa_type=Key)
    comment: str
    filed_at: datetime = Field(sa_type=Instant)
    filed_by: str = Field(sa_type=Key)
    decide_by: date
    reviewer_id: str | None = Field(default=None, sa_type=Key, foreign_key="employees.id")
    state: str = Field(sa_type=Key)
    reason: str | None = None
    decided_at: datetime | None = Field(default=None, sa_type=Instant)
    decided_by: str | None = Field(default=None, sa_type=Key)


class DelegationRow(Record, table=True):
    """Who acts for a manager for some time; `ended_at` is when somebody ended it before its time."""

    __tablename__ = "delegations"
    __table_args__ = (
        CheckConstraint("ends_on > starts_on", name="period"),
        CheckConstraint("manager_id <> delegate_id", name="not_self"),
        Index("ix_delegations_delegate_id", "delegate_id"),
        Index("ix_delegations_manager_id", "manager_id"),
    )

    id: str = Field(primary_key=True, sa_type=Key)
    manager_id: str = Field(sa_type=Key, foreign_key="employees.id")
    delegate_id: str = Field(sa_type=Key, foreign_key="employees.id")
    starts_on: date
    ends_on: date
    may_submit: bool
    named_by: str = Field(sa_type=Key)
    named_at: datetime = Field(sa_type=Instant)
    reason: str | None = None
    ended_at: datetime | None = Field(default=None, sa_type=Instant)


class SectionPartRow(Record, table=True):
    """What a former or dotted manager says of a section; `marks` are indicator, rating and words."""

    __tablename__ = "section_parts"

    section_id: str = Field(primary_key=True, sa_type=Key, foreign_key="sections.id")
    author_id: str = Field(primary_key=True, sa_type=Key, foreign_key="employees.id")
    marks: Any = Field(sa_type=Document)
    given_at: datetime = Field(sa_type=Instant)


class PersonRequestRow(Record, table=True):
    """To export or erase what is kept of a person; stays when that is done."""

    __tablename__ = "person_requests"
    __table_args__ = (
        CheckConstraint("kind IN ('EXPORT', 'ERASURE')", name="kind"),
        CheckConstraint("state IN ('PROPOSED', 'DONE', 'WITHDRAWN')", name="state"),
        Index("ix_person_requests_employee_id", "employee_id"),
    )

    id: str = Field(primary_key=True, sa_type=Key)
    employee_id: str = Field(sa_type=Key, foreign_key="employees.id")
    kind: str = Field(sa_type=Key)
    reason: str
    proposed_by: str = Field(sa_type=Key)
    proposed_at: datetime = Field(sa_type=Instant)
    state: str = Field(sa_type=Key)
    decided_by: str | None = Field(default=None, sa_type=Key)
    decided_at: datetime | None = Field(default=None, sa_type=Instant)


class LegalHoldRow(Record, table=True):
    __tablename__ = "legal_holds"

    employee_id: str = Field(primary_key=True, sa_type=Key, foreign_key="employees.id")
    reason: str
    set_by: str = Field(sa_type=Key)
    set_at: datetime = Field(sa_type=Instant)


class ReminderRow(Record, table=True):
    """Who was reminded of what; nobody is reminded twice on a day."""

    __tablename__ = "reminders"
    __table_args__ = (Index("ix_reminders_reminded_on", "reminded_on"),)

    section_id: str = Field(primary_key=True, sa_type=Key, foreign_key="sections.id")
    owner_id: str = Field(primary_key=True, sa_type=Key)
    kind: str = Field(primary_key=True, sa_type=Key)
    reminded_on: date = Field(primary_key=True)


class MailRow(Record, table=True):
    """Nobody is written to twice on a day."""

    __tablename__ = "mails"
    __table_args__ = (
        CheckConstraint("state IN ('WAITING', 'SENT', 'NEEDLESS', 'FAILED')", name="state"),
        UniqueConstraint("owner_id", "written_on"),
        Index("ix_mails_state_next_try_at", "state", "next_try_at"),
    )

    id: str = Field(primary_key=True, sa_type=Key)
    owner_id: str = Field(sa_type=Key, foreign_key="employees.id")
    written_on: date
    state: str = Field(sa_type=Key)
    tries: int
    next_try_at: datetime | None = Field(default=None, sa_type=Instant)
    problem: str | None = None


class ToldTaskRow(Record, table=True):
    """What somebody was written to of and still has to do; gone with the task, so that it is new when it returns."""

    __tablename__ = "told_tasks"

    owner_id: str = Field(primary_key=True, sa_type=Key)
    kind: str = Field(primary_key=True, sa_type=Key)
    about: str = Field(primary_key=True, sa_type=Key)


class WatchRow(Record, table=True):
    """A threshold that somebody keeps; `looked_on` is the day on which the clock last compared."""

    __tablename__ = "watches"
    __table_args__ = (Index("ix_watches_owner_id", "owner_id"),)

    id: str = Field(primary_key=True, sa_type=Key)
    owner_id: str = Field(sa_type=Key, foreign_key="employees.id")
    indicator: str = Field(sa_type=Key)
    dimension: str = Field(sa_type=Key)
    measure: str = Field(sa_type=Key)
    side: str = Field(sa_type=Key)
    threshold: Decimal = Field(sa_type=Exact)
    version: int
    looked_on: date | None = None


class WatchFindingRow(Record, table=True):
    """A group that lay beyond the threshold at the last look; `group_key` is empty for those without such a group."""

    __tablename__ = "watch_findings"

    watch_id: str = Field(primary_key=True, sa_type=Key, foreign_key="watches.id", ondelete="CASCADE")
    group_key: str = Field(primary_key=True, sa_type=Key)
    is_seen: bool


class FairnessVerdictsRow(Record, table=True):
    """Of one cycle, as the machine's command published them: no attribute of anybody, and no count."""

    __tablename__ = "fairness_verdicts"

    cycle_id: str = Field(primary_key=True, sa_type=Key, foreign_key="cycles.id")
    computed_at: datetime = Field(sa_type=Instant)
    document: Any = Field(sa_type=Document)


class CorrectionRow(Record, table=True):
    __tablename__ = "corrections"
    __table_args__ = (
        CheckConstraint("state IN ('OPEN', 'REOPENED', 'ANNOTATED', 'OVERTAKEN')", name="state"),
        UniqueConstraint("section_id", "run_id"),
        Index("ix_corrections_state", "state"),
    )

    id: str = Field(primary_key=True, sa_type=Key)
    section_id: str = Field(sa_type=Key, foreign_key="sections.id")
    revision: int
    run_id: str = Field(sa_type=Key, foreign_key="scoring_runs.id")
    differences: Any = Field(sa_type=Document)
    noticed_at: datetime = Field(sa_type=Instant)
    decide_by: date
    state: str = Field(sa_type=Key)
    note: str | None = None
    decided_by: str | None = Field(default=None, sa_type=Key)


class CalibrationSessionRow(Record, table=True):
    """`sections` is the list of the ids that are compared, fixed when the session is opened."""

    __tablename__ = "calibration_sessions"
    __table_args__ = (
        CheckConstraint("state IN ('OPEN', 'LOCKED')", name="state"),
        Index("ix_calibration_sessions_cycle_id", "cycle_id"),
    )

    id: str = Field(primary_key=True, sa_type=Key)
    cycle_id: str = Field(sa_type=Key, foreign_key="cycles.id")
    name: str
    facilitator_id: str = Field(sa_type=Key, foreign_key="employees.id")
    opened_at: datetime = Field(sa_type=Instant)
    state: str = Field(sa_type=Key)
    locked_at: datetime | None = Field(default=None, sa_type=Instant)
    sections: Any = Field(sa_type=Document)


class CalibrationMoveRow(Record, table=True):
    __tablename__ = "calibration_moves"
    __table_args__ = (Index("ix_calibration_moves_section_id", "section_id"),)

    session_id: str = Field(primary_key=True, sa_type=Key, foreign_key="calibration_sessions.id")
    position: int = Field(primary_key=True)
    section_id: str = Field(sa_type=Key, foreign_key="sections.id")
    item_id: str = Field(sa_type=Key)
    before: int | None = None
    after: int
    reason: str
    is_outside: bool
    moved_by: str = Field(sa_type=Key)
    moved_at: datetime = Field(sa_type=Instant)


class WriteBackRow(Record, table=True):
    """What became of one revision of a section in one host; until `claimed_until` a worker has it in hand."""

    __tablename__ = "write_backs"
    __table_args__ = (
        CheckConstraint(
            "state IN ('QUEUED', 'SENT', 'CONFIRMED', 'PARTIAL', 'REJECTED', 'DRIFTED', 'MANUAL')", name="state"
        ),
        Index("ix_write_backs_host_next_try_at", "host", "next_try_at"),
    )

    section_id: str = Field(primary_key=True, sa_type=Key, foreign_key="sections.id")
    host: str = Field(primary_key=True, sa_type=Key)
    revision: int = Field(primary_key=True)
    state: str = Field(sa_type=Key)
    changed_at: datetime = Field(sa_type=Instant)
    place: str | None = None
    sent: Any = Field(default=None, sa_type=Document, nullable=True)
    found: Any = Field(default=None, sa_type=Document, nullable=True)
    earlier: Any = Field(default=None, sa_type=Document, nullable=True)
    tries: int
    next_try_at: datetime | None = Field(default=None, sa_type=Instant)
    checked_at: datetime | None = Field(default=None, sa_type=Instant)
    confirmed_at: datetime | None = Field(default=None, sa_type=Instant)
    claimed_until: datetime | None = Field(default=None, sa_type=Instant)
    problem: str | None = None
    overwrites: bool
