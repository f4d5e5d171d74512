"""How far a scoring run is, for whoever watches it from another process.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
COLUMNS = {"step": sa.String(), "steps_done": sa.Integer(), "steps_total": sa.Integer(), "alive_at": INSTANT}


def upgrade() -> None:
    for name, kind in COLUMNS.items():
        op.add_column("scoring_runs", sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    for name in COLUMNS:
        op.drop_column("scoring_runs", name)
