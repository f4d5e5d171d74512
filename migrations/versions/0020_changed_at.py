"""When a section was last changed, by which lists of sections can be ordered.

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

# The type as it is on this day; later changes of `appraise.storage.tables.columns` must not change this migration.
INSTANT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    op.add_column("sections", sa.Column("changed_at", INSTANT, nullable=True))
    op.execute(
        "UPDATE sections SET changed_at = coalesce("
        "submitted_at, (SELECT started_at FROM scoring_runs WHERE scoring_runs.id = sections.run_id))"
    )


def downgrade() -> None:
    op.drop_column("sections", "changed_at")
