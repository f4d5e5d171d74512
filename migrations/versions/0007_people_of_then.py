"""People as scoring runs saw them, so that a run can be computed again.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# The types as they are on this day; later changes of `appraise.storage.tables.columns` must not change this migration.
KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "people_snapshots",
        sa.Column("hash", KEY, nullable=False),
        sa.Column("people_index", sa.String(), nullable=False),
        sa.Column("stored_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_people_snapshots"),
    )
    op.create_table(
        "person_texts",
        sa.Column("employee_id", KEY, nullable=False),
        sa.Column("hash", KEY, nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["employee_id"], ["employees.id"], name="fk_person_texts_employee_id_employees"),
        sa.PrimaryKeyConstraint("employee_id", "hash", name="pk_person_texts"),
    )


def downgrade() -> None:
    op.drop_table("person_texts")
    op.drop_table("people_snapshots")
