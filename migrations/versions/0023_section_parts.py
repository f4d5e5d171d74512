"""What former and dotted managers say of a section.

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

# The types as they are on this day; later changes of `appraise.storage.tables.columns` must not change this migration.
KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "section_parts",
        sa.Column("section_id", KEY, sa.ForeignKey("sections.id"), primary_key=True),
        sa.Column("author_id", KEY, sa.ForeignKey("employees.id"), primary_key=True),
        sa.Column("marks", DOCUMENT, nullable=False),
        sa.Column("given_at", INSTANT, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("section_parts")
