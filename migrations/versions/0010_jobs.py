"""Jobs: work that was asked for through the API and goes on after the answer; whom an export's file tells of.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("owner", KEY, nullable=False),
        sa.Column("asker", DOCUMENT, nullable=False),
        sa.Column("wanted", DOCUMENT, nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.Column("step", sa.String(), nullable=True),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("started_at", INSTANT, nullable=True),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.Column("expires_at", INSTANT, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("claim", KEY, nullable=True),
        sa.Column("claimed_until", INSTANT, nullable=True),
        sa.Column("outcome", DOCUMENT, nullable=True),
        sa.Column("problem", sa.String(), nullable=True),
        sa.CheckConstraint("state IN ('WAITING', 'RUNNING', 'DONE', 'FAILED', 'EXPIRED')", name="ck_jobs_state"),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
    )
    op.create_index("ix_jobs_state_kind_asked_at", "jobs", ["state", "kind", "asked_at"])
    op.create_index("ix_jobs_kind_owner_asked_at", "jobs", ["kind", "owner", "asked_at"])
    op.create_index("ix_jobs_expires_at", "jobs", ["expires_at"])
    op.create_table(
        "export_subjects",
        sa.Column("job_id", KEY, nullable=False),
        sa.Column("employee_id", KEY, nullable=False),
        sa.Column("section_id", KEY, nullable=True),
        sa.Column("with_ratings", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_export_subjects_job_id_jobs"),
        sa.PrimaryKeyConstraint("job_id", "employee_id", name="pk_export_subjects"),
    )


def downgrade() -> None:
    op.drop_table("export_subjects")
    op.drop_table("jobs")
