"""The ledger of what was written into HR systems.

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "write_backs",
        sa.Column("section_id", KEY, nullable=False),
        sa.Column("host", KEY, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("place", sa.String(), nullable=True),
        sa.Column("sent", DOCUMENT, nullable=True),
        sa.Column("found", DOCUMENT, nullable=True),
        sa.Column("earlier", DOCUMENT, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", INSTANT, nullable=True),
        sa.Column("checked_at", INSTANT, nullable=True),
        sa.Column("confirmed_at", INSTANT, nullable=True),
        sa.Column("claimed_until", INSTANT, nullable=True),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column("overwrites", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "state IN ('QUEUED', 'SENT', 'CONFIRMED', 'PARTIAL', 'REJECTED', 'DRIFTED', 'MANUAL')",
            name="ck_write_backs_state",
        ),
        sa.ForeignKeyConstraint(["section_id"], ["sections.id"], name="fk_write_backs_section_id_sections"),
        sa.PrimaryKeyConstraint("section_id", "host", "revision", name="pk_write_backs"),
    )
    op.create_index("ix_write_backs_host_next_try_at", "write_backs", ["host", "next_try_at"])


def downgrade() -> None:
    op.drop_table("write_backs")
