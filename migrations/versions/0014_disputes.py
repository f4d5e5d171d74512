"""Disputes and claims, correction notices, calibration sessions and their moves.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# The types as they are on this day; later changes of `appraise.storage.tables.columns` must not change this migration.
KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    create_disputes()
    create_corrections()
    create_sessions()
    create_moves()


def downgrade() -> None:
    for table in ("calibration_moves", "calibration_sessions", "corrections", "disputes"):
        op.drop_table(table)


def create_disputes() -> None:
    op.create_table(
        "disputes",
        sa.Column("id", KEY, nullable=False),
        sa.Column("section_id", KEY, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("item_id", KEY, nullable=False),
        sa.Column("evidence", KEY, nullable=True),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("filed_at", INSTANT, nullable=False),
        sa.Column("filed_by", KEY, nullable=False),
        sa.Column("decide_by", sa.Date(), nullable=False),
        sa.Column("reviewer_id", KEY, nullable=True),
        sa.Column("state", KEY, nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("decided_by", KEY, nullable=True),
        sa.CheckConstraint("kind IN ('RATING', 'NOT_MINE', 'WRONG_DATA')", name="ck_disputes_kind"),
        sa.CheckConstraint(
            "state IN ('OPEN', 'UPHELD', 'PARTLY_UPHELD', 'DECLINED', 'WITHDRAWN', 'EXPIRED')", name="ck_disputes_state"
        ),
        sa.ForeignKeyConstraint(["section_id"], ["sections.id"], name="fk_disputes_section_id_sections"),
        sa.ForeignKeyConstraint(["reviewer_id"], ["employees.id"], name="fk_disputes_reviewer_id_employees"),
        sa.PrimaryKeyConstraint("id", name="pk_disputes"),
    )
    op.create_index("ix_disputes_section_id", "disputes", ["section_id"])
    op.create_index("ix_disputes_state_reviewer_id", "disputes", ["state", "reviewer_id"])


def create_corrections() -> None:
    op.create_table(
        "corrections",
        sa.Column("id", KEY, nullable=False),
        sa.Column("section_id", KEY, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("run_id", KEY, nullable=False),
        sa.Column("differences", DOCUMENT, nullable=False),
        sa.Column("noticed_at", INSTANT, nullable=False),
        sa.Column("decide_by", sa.Date(), nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("decided_by", KEY, nullable=True),
        sa.CheckConstraint("state IN ('OPEN', 'REOPENED', 'ANNOTATED')", name="ck_corrections_state"),
        sa.ForeignKeyConstraint(["section_id"], ["sections.id"], name="fk_corrections_section_id_sections"),
        sa.ForeignKeyConstraint(["run_id"], ["scoring_runs.id"], name="fk_corrections_run_id_scoring_runs"),
        sa.PrimaryKeyConstraint("id", name="pk_corrections"),
        sa.UniqueConstraint("section_id", "run_id", name="uq_corrections_section_id_run_id"),
    )
    op.create_index("ix_corrections_state", "corrections", ["state"])


def create_sessions() -> None:
    op.create_table(
        "calibration_sessions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("cycle_id", KEY, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("facilitator_id", KEY, nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.Column("locked_at", INSTANT, nullable=True),
        sa.Column("sections", DOCUMENT, nullable=False),
        sa.CheckConstraint("state IN ('OPEN', 'LOCKED')", name="ck_calibration_sessions_state"),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name="fk_calibration_sessions_cycle_id_cycles"),
        sa.ForeignKeyConstraint(
            ["facilitator_id"], ["employees.id"], name="fk_calibration_sessions_facilitator_id_employees"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_calibration_sessions"),
    )
    op.create_index("ix_calibration_sessions_cycle_id", "calibration_sessions", ["cycle_id"])


def create_moves() -> None:
    op.create_table(
        "calibration_moves",
        sa.Column("session_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("section_id", KEY, nullable=False),
        sa.Column("item_id", KEY, nullable=False),
        sa.Column("before", sa.Integer(), nullable=True),
        sa.Column("after", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("is_outside", sa.Boolean(), nullable=False),
        sa.Column("moved_by", KEY, nullable=False),
        sa.Column("moved_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["calibration_sessions.id"], name="fk_calibration_moves_session_id_calibration_sessions"
        ),
        sa.ForeignKeyConstraint(["section_id"], ["sections.id"], name="fk_calibration_moves_section_id_sections"),
        sa.PrimaryKeyConstraint("session_id", "position", name="pk_calibration_moves"),
    )
    op.create_index("ix_calibration_moves_section_id", "calibration_moves", ["section_id"])
