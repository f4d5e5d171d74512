"""A number that is another after each change of people, beside that of all records.

Revision ID: 0034
Revises: 0033
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("data_version", sa.Column("people", sa.BigInteger(), nullable=False, server_default="1"))
    with op.batch_alter_table("data_version") as table:
        table.alter_column("people", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("data_version") as table:
        table.drop_column("people")
