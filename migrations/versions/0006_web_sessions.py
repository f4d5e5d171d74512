"""Sessions of people signed in to the console.

Revision ID: 0006
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0004"
branch_labels = None
depends_on = None

KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "web_sessions",
        sa.Column("id_hash", KEY, nullable=False),
        sa.Column("employee_id", KEY, nullable=False),
        sa.Column("token_id", KEY, nullable=True),
        sa.Column("issuer", sa.String(), nullable=True),
        sa.Column("id_token", sa.String(), nullable=True),
        sa.Column("roles", DOCUMENT, nullable=False),
        sa.Column("begun_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["employee_id"], ["employees.id"], name="fk_web_sessions_employee_id_employees"),
        sa.ForeignKeyConstraint(["token_id"], ["access_tokens.id"], name="fk_web_sessions_token_id_access_tokens"),
        sa.PrimaryKeyConstraint("id_hash", name="pk_web_sessions"),
    )
    op.create_index("ix_web_sessions_expires_at", "web_sessions", ["expires_at"])


def downgrade() -> None:
    op.drop_table("web_sessions")
