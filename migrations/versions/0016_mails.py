"""Who was written to of what there is to do.

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

# The types as they are on this day; later changes of `appraise.storage.tables.columns` must not change this migration.
KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "mails",
        sa.Column("id", KEY, nullable=False),
        sa.Column("owner_id", KEY, nullable=False),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", INSTANT, nullable=True),
        sa.Column("problem", sa.String(), nullable=True),
        sa.CheckConstraint("state IN ('WAITING', 'SENT', 'NEEDLESS', 'FAILED')", name="ck_mails_state"),
        sa.ForeignKeyConstraint(["owner_id"], ["employees.id"], name="fk_mails_owner_id_employees"),
        sa.PrimaryKeyConstraint("id", name="pk_mails"),
        sa.UniqueConstraint("owner_id", "written_on", name="uq_mails_owner_id_written_on"),
    )
    op.create_index("ix_mails_state_next_try_at", "mails", ["state", "next_try_at"])
    op.create_table(
        "told_tasks",
        sa.Column("owner_id", KEY, nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("section_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["section_id"], ["sections.id"], name="fk_told_tasks_section_id_sections"),
        sa.PrimaryKeyConstraint("owner_id", "kind", "section_id", name="pk_told_tasks"),
    )


def downgrade() -> None:
    op.drop_table("told_tasks")
    op.drop_table("mails")
