"""At which version each side of an item was changed last, and everything but the employee's own view.

Revision ID: 0032
Revises: 0031
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """All sides count as changed at the version of now: whoever read an older one reads it again."""
    op.add_column("sections", sa.Column("working_version", sa.Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE sections SET working_version = version")
    of_now = "(SELECT version FROM sections WHERE sections.id = items.section_id)"
    for name in ("rated_version", "assessed_version"):
        op.add_column("items", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
        op.execute(f"UPDATE items SET {name} = {of_now}")  # noqa: S608  # all of it stands above


def downgrade() -> None:
    for name in ("assessed_version", "rated_version"):
        op.drop_column("items", name)
    op.drop_column("sections", "working_version")
