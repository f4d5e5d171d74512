"""Tables of the appraisal: cycles, policies, scoring runs, scorecards, sections and their items."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from appraise.domain.section_states import SectionState
from appraise.storage.tables.columns import Document, Exact, Instant, Key, Record


class CycleRow(Record, table=True):
    __tablename__ = "cycles"
    __table_args__ = (
        UniqueConstraint("name"),
        UniqueConstraint("reference_namespace", "reference_value"),
        CheckConstraint("ends_on > starts_on", name="period"),
    )

    id: str = Field(primary_key=True, sa_type=Key)
    name: str
    starts_on: date
    ends_on: date | None = None
    reference_namespace: str | None = Field(default=None, sa_type=Key)
    reference_value: str | None = Field(default=None, sa_type=Key)
    opened_at: datetime = Field(sa_type=Instant)
    state: str = Field(sa_type=Key)
    rules: Any = Field(sa_type=Document)


class PolicyRow(Record, table=True):
    __tablename__ = "policies"

    hash: str = Field(primary_key=True, sa_type=Key)
    version: int
    document: Any = Field(sa_type=Document)
    stored_at: datetime = Field(sa_type=Instant)


class ScoringRunRow(Record, table=True):
    """`step`, `steps_done`, `steps_total` and `alive_at` are written while it runs, every second or so."""

    __tablename__ = "scoring_runs"
    __table_args__ = (
        CheckConstraint("state IN ('RUNNING', 'DONE', 'FAILED')", name="state"),
        Index("ix_scoring_runs_cycle_id_finished_at", "cycle_id", "finished_at"),
    )

    id: str = Field(primary_key=True, sa_type=Key)
    cycle_id: str = Field(sa_type=Key, foreign_key="cycles.id")
    state: str
    started_at: datetime = Field(sa_type=Instant)
    finished_at: datetime | None = Field(default=None, sa_type=Instant)
    policy_hash: str | None = Field(default=None, sa_type=Key, foreign_key="policies.hash")
    manifest: Any = Field(default=None, sa_type=Document, nullable=True)
    coverage: Any = Field(sa_type=Document)
    step: str | None = None
    steps_done: int | None = None
    steps_total: int | None = None
    alive_at: datetime | None = Field(default=None, sa_type=Instant)
    summary: Any = Field(default=None, sa_type=Document, nullable=True)


class PeopleSnapshotRow(Record, table=True):
    """People as a run saw them: an index that names each person's text by its hash, as canonical JSON."""

    __tablename__ = "people_snapshots"

    hash: str = Field(primary_key=True, sa_type=Key)
    people_index: str
    stored_at: datetime = Field(sa_type=Instant)


class PersonTextRow(Record, table=True):
    """One person as some runs saw them, as canonical JSON; erased with the person."""

    __tablename__ = "person_texts"

    employee_id: str = Field(primary_key=True, sa_type=Key, foreign_key="employees.id")
    hash: str = Field(primary_key=True, sa_type=Key)
    text: str


class ScorecardRow(Record, table=True):
    """One result of one employee: either an estimate's figures or an absence's kind and reason."""

    __tablename__ = "scorecards"
    __table_args__ = (
        CheckConstraint("(absence_kind IS NULL) = (value IS NOT NULL)", name="estimate_or_absence"),
        CheckConstraint("(absence_kind IS NULL) = (absence_reason IS NULL)", name="absence_has_reason"),
        Index("ix_scorecards_employee_id", "employee_id"),
    )

    run_id: str = Field(primary_key=True, sa_type=Key, foreign_key="scoring_runs.id")
    employee_id: str = Field(primary_key=True, sa_type=Key, foreign_key="employees.id")
    indicator: str = Field(primary_key=True, sa_type=Key)
    position: int
    value: Decimal | None = Field(default=None, sa_type=Exact)
    lower: Decimal | None = Field(default=None, sa_type=Exact)
    upper: Decimal | None = Field(default=None, sa_type=Exact)
    lower_90: Decimal | None = Field(default=None, sa_type=Exact)
    upper_90: Decimal | None = Field(default=None, sa_type=Exact)
    expected: Decimal | None = Field(default=None, sa_type=Exact)
    unshrunk: Decimal | None = Field(default=None, sa_type=Exact)
    standard_error: Decimal | None = Field(default=None, sa_type=Exact)
    reliability: Decimal | None = Field(default=None, sa_type=Exact)
    probability_better: Decimal | None = Field(default=None, sa_type=Exact)
    consequence: bool | None = None
    level: int | None = None
    flagged: bool | None = None
    money_amount: int | None = Field(default=None, sa_type=BigInteger)
    money_lower: int | None = Field(default=None, sa_type=BigInteger)
    money_upper: int | None = Field(default=None, sa_type=BigInteger)
    money_currency: str | None = None
    money_foretold: int | None = Field(default=None, sa_type=BigInteger)
    absence_kind: str | None = None
    absence_reason: str | None = None
    evidence: Any = Field(default=None, sa_type=Document, nullable=True)
    working: Any = Field(default=None, sa_type=Document, nullable=True)


class CompositeRow(Record, table=True):
    """All indicators of an employee in a run together; read whole, so kept as one document."""

    __tablename__ = "composites"

    run_id: str = Field(primary_key=True, sa_type=Key, foreign_key="scoring_runs.id")
    employee_id: str = Field(primary_key=True, sa_type=Key, foreign_key="employees.id")
    document: Any = Field(sa_type=Document)


class StandingRow(Record, table=True):
    """Where an employee stands in the list of an indicator, or of all together (`composite`); fewer may read it."""

    __tablename__ = "standings"
    __table_args__ = (
        CheckConstraint("(rank IS NULL) = (tier IS NOT NULL)", name="rank_or_tier"),
        CheckConstraint("(rank IS NULL) = (percentile IS NULL)", name="rank_has_percentile"),
    )

    run_id: str = Field(primary_key=True, sa_type=Key, foreign_key="scoring_runs.id")
    employee_id: str = Field(primary_key=True, sa_type=Key, foreign_key="employees.id")
    indicator: str = Field(primary_key=True, sa_type=Key)
    listed: int
    lower_90: Decimal = Field(sa_type=Exact)
    upper_90: Decimal = Field(sa_type=Exact)
    percentile: Decimal | None = Field(default=None, sa_type=Exact)
    rank: int | None = None
    tier: str | None = Field(default=None, sa_type=Key)


class SectionRow(Record, table=True):
    """Manager, job, department (its name), its code and profile are as when it was opened or last scored."""

    __tablename__ = "sections"
    __table_args__ = (
        UniqueConstraint("cycle_id", "employee_id"),
        CheckConstraint(f"state IN ({', '.join(repr(state.value) for state in SectionState)})", name="state"),
        Index("ix_sections_employee_id", "employee_id"),
        Index("ix_sections_cycle_id_state", "cycle_id", "state"),
    )

    id: str = Field(primary_key=True, sa_type=Key)
    employee_id: str = Field(sa_type=Key, foreign_key="employees.id")
    cycle_id: str = Field(sa_type=Key, foreign_key="cycles.id")
    run_id: str = Field(sa_type=Key, foreign_key="scoring_runs.id")
    state: str = Field(sa_type=Key)
    version: int
    working_version: int
    revision: int
    manager_id: str | None = Field(default=None, sa_type=Key, foreign_key="employees.id")
    job_title: str | None = None
    department: str | None = None
    department_code: str | None = Field(default=None, sa_type=Key)
    profile: str | None = None
    submitted_at: datetime | None = Field(default=None, sa_type=Instant)
    manifest_hash: str | None = None
    floor: Decimal = Field(sa_type=Exact)
    changed_at: datetime | None = Field(default=None, sa_type=Instant)
    course: Any = Field(sa_type=Document)


class SectionRevisionRow(Record, table=True):
    """A section as it stood when its next revision began; its results are those of the run that it names."""

    __tablename__ = "section_revisions"

    section_id: str = Field(primary_key=True, sa_type=Key, foreign_key="sections.id")
    revision: int = Field(primary_key=True)
    ended_at: datetime = Field(sa_type=Instant)
    document: Any = Field(sa_type=Document)


class ItemRow(Record, table=True):
    """The result beside the rating is the scorecard of the section's run for the item's indicator."""

    __tablename__ = "items"
    __table_args__ = (UniqueConstraint("section_id", "indicator"),)

    id: str = Field(primary_key=True, sa_type=Key)
    section_id: str = Field(sa_type=Key, foreign_key="sections.id")
    indicator: str = Field(sa_type=Key)
    position: int
    weight: Decimal = Field(sa_type=Exact)
    rating: int | None = None
    comment: str | None = None
    reason: str | None = None
    own_rating: int | None = None
    own_comment: str | None = None
    rated_version: int
    assessed_version: int
