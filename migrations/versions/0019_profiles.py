"""By which role profile the items of a section weigh.

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sections", sa.Column("profile", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("sections", "profile")
