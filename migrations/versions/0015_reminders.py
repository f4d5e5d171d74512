"""Who was reminded of what, so that nobody is reminded twice on a day.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

# The type as it is on this day; later changes of `appraise.storage.tables.columns` must not change this migration.
KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "reminders",
        sa.Column("section_id", KEY, nullable=False),
        sa.Column("owner_id", KEY, nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["section_id"], ["sections.id"], name="fk_reminders_section_id_sections"),
        sa.PrimaryKeyConstraint("section_id", "owner_id", "kind", "reminded_on", name="pk_reminders"),
    )
    op.create_index("ix_reminders_reminded_on", "reminders", ["reminded_on"])


def downgrade() -> None:
    op.drop_table("reminders")
