"""Who acts for a manager for some time.

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

# The types as they are on this day; later changes of `appraise.storage.tables.columns` must not change this migration.
KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "delegations",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("manager_id", KEY, sa.ForeignKey("employees.id"), nullable=False),
        sa.Column("delegate_id", KEY, sa.ForeignKey("employees.id"), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("may_submit", sa.Boolean(), nullable=False),
        sa.Column("named_by", KEY, nullable=False),
        sa.Column("named_at", INSTANT, nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.CheckConstraint("ends_on > starts_on", name="period"),
        sa.CheckConstraint("manager_id <> delegate_id", name="not_self"),
    )
    op.create_index("ix_delegations_delegate_id", "delegations", ["delegate_id"])
    op.create_index("ix_delegations_manager_id", "delegations", ["manager_id"])


def downgrade() -> None:
    op.drop_table("delegations")
