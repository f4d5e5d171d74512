"""Levels and flags of estimates, standings apart from them, and what a run says of everybody at once.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# The types as they are on this day; later changes of `appraise.storage.tables.columns` must not change this migration.
KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
EXACT = sa.Numeric().with_variant(sa.Text(), "sqlite")
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("scorecards", sa.Column("level", sa.Integer(), nullable=True))
    op.add_column("scorecards", sa.Column("flagged", sa.Boolean(), nullable=True))
    op.add_column("scoring_runs", sa.Column("summary", DOCUMENT, nullable=True))
    op.create_table(
        "standings",
        sa.Column("run_id", KEY, nullable=False),
        sa.Column("employee_id", KEY, nullable=False),
        sa.Column("indicator", KEY, nullable=False),
        sa.Column("listed", sa.Integer(), nullable=False),
        sa.Column("lower_90", EXACT, nullable=False),
        sa.Column("upper_90", EXACT, nullable=False),
        sa.Column("percentile", EXACT, nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("tier", KEY, nullable=True),
        sa.CheckConstraint("(rank IS NULL) = (tier IS NOT NULL)", name="ck_standings_rank_or_tier"),
        sa.CheckConstraint("(rank IS NULL) = (percentile IS NULL)", name="ck_standings_rank_has_percentile"),
        sa.ForeignKeyConstraint(["run_id"], ["scoring_runs.id"], name="fk_standings_run_id_scoring_runs"),
        sa.ForeignKeyConstraint(["employee_id"], ["employees.id"], name="fk_standings_employee_id_employees"),
        sa.PrimaryKeyConstraint("run_id", "employee_id", "indicator", name="pk_standings"),
    )


def downgrade() -> None:
    op.drop_table("standings")
    op.drop_column("scoring_runs", "summary")
    op.drop_column("scorecards", "flagged")
    op.drop_column("scorecards", "level")
