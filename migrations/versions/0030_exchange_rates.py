"""Exchange rates by day.

Revision ID: 0030
Revises: 0029
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

# The types as they are on this day; later changes of `appraise.storage.tables.columns` must not change this migration.
KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "rate_sheets",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("base", KEY, nullable=False),
        sa.Column("reporting", KEY, nullable=False),
        sa.Column("hash", KEY, nullable=False, index=True),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("imported_at", INSTANT, nullable=False),
    )
    op.create_table(
        "exchange_rates",
        sa.Column("sheet", sa.Integer(), sa.ForeignKey("rate_sheets.number"), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("currency", KEY, primary_key=True),
        sa.Column("rate", sa.String(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("exchange_rates")
    op.drop_table("rate_sheets")
