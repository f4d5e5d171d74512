"""Requests about everything that is kept of a person, and legal holds.

Revision ID: 0025
Revises: 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

# The types as they are on this day; later changes of `appraise.storage.tables.columns` must not change this migration.
KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "person_requests",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("employee_id", KEY, sa.ForeignKey("employees.id"), nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("proposed_by", KEY, nullable=False),
        sa.Column("proposed_at", INSTANT, nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.Column("decided_by", KEY, nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.CheckConstraint("kind IN ('EXPORT', 'ERASURE')", name="kind"),
        sa.CheckConstraint("state IN ('PROPOSED', 'DONE', 'WITHDRAWN')", name="state"),
    )
    op.create_index("ix_person_requests_employee_id", "person_requests", ["employee_id"])
    op.create_table(
        "legal_holds",
        sa.Column("employee_id", KEY, sa.ForeignKey("employees.id"), primary_key=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("set_by", KEY, nullable=False),
        sa.Column("set_at", INSTANT, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("legal_holds")
    op.drop_table("person_requests")
