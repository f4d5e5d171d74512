"""Tokens that a host mints for one viewer of one section.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "embed_tokens",
        sa.Column("id", KEY, nullable=False),
        sa.Column("secret_hash", sa.String(), nullable=False),
        sa.Column("minted_by", KEY, nullable=False),
        sa.Column("viewer_id", KEY, nullable=False),
        sa.Column("section_id", KEY, nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["minted_by"], ["access_tokens.id"], name="fk_embed_tokens_minted_by_access_tokens"),
        sa.ForeignKeyConstraint(["viewer_id"], ["employees.id"], name="fk_embed_tokens_viewer_id_employees"),
        sa.ForeignKeyConstraint(["section_id"], ["sections.id"], name="fk_embed_tokens_section_id_sections"),
        sa.PrimaryKeyConstraint("id", name="pk_embed_tokens"),
    )
    op.create_index("ix_embed_tokens_expires_at", "embed_tokens", ["expires_at"])


def downgrade() -> None:
    op.drop_table("embed_tokens")
