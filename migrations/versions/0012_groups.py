"""What figures of groups need: the money foretold of each estimate, and the code of a section's department.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("scorecards", sa.Column("money_foretold", sa.BigInteger(), nullable=True))
    op.add_column("sections", sa.Column("department_code", KEY, nullable=True))
    op.execute(
        "UPDATE sections SET department_code = coalesce("
        "(SELECT min(code) FROM departments WHERE departments.name = sections.department), department)"
    )


def downgrade() -> None:
    op.drop_column("sections", "department_code")
    op.drop_column("scorecards", "money_foretold")
