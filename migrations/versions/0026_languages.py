"""Which language people chose for pages and mails.

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

# The type as it is on this day; later changes of `appraise.storage.tables.columns` must not change this migration.
KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "languages",
        sa.Column("employee_id", KEY, nullable=False),
        sa.Column("tag", KEY, nullable=False),
        sa.ForeignKeyConstraint(["employee_id"], ["employees.id"], name="fk_languages_employee_id_employees"),
        sa.PrimaryKeyConstraint("employee_id", name="pk_languages"),
    )


def downgrade() -> None:
    op.drop_table("languages")
