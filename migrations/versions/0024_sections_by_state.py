"""How many sections of a cycle are in a state is counted from an index.

Revision ID: 0024
Revises: 0023
"""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_sections_cycle_id_state", "sections", ["cycle_id", "state"])


def downgrade() -> None:
    op.drop_index("ix_sections_cycle_id_state", "sections")
