"""Thresholds that executives keep, and what lay beyond them; told tasks need not be about sections.

Revision ID: 0027
Revises: 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

# The types as they are on this day; later changes of `appraise.storage.tables.columns` must not change this migration.
KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
EXACT = sa.Numeric().with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "watches",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("owner_id", KEY, sa.ForeignKey("employees.id"), nullable=False),
        sa.Column("indicator", KEY, nullable=False),
        sa.Column("dimension", KEY, nullable=False),
        sa.Column("measure", KEY, nullable=False),
        sa.Column("side", KEY, nullable=False),
        sa.Column("threshold", EXACT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("looked_on", sa.Date(), nullable=True),
    )
    op.create_index("ix_watches_owner_id", "watches", ["owner_id"])
    op.create_table(
        "watch_findings",
        sa.Column("watch_id", KEY, sa.ForeignKey("watches.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("group_key", KEY, primary_key=True),
        sa.Column("is_seen", sa.Boolean(), nullable=False),
    )
    # Made anew, as SQLite takes no constraint away from a table.
    op.execute("CREATE TABLE told_kept AS SELECT owner_id, kind, section_id FROM told_tasks")
    op.drop_table("told_tasks")
    _told_tasks(sa.Column("about", KEY, primary_key=True))
    op.execute("INSERT INTO told_tasks (owner_id, kind, about) SELECT owner_id, kind, section_id FROM told_kept")
    op.drop_table("told_kept")


def downgrade() -> None:
    op.execute(
        "CREATE TABLE told_kept AS SELECT owner_id, kind, about FROM told_tasks "
        "WHERE about IN (SELECT id FROM sections)"
    )
    op.drop_table("told_tasks")
    _told_tasks(sa.Column("section_id", KEY, sa.ForeignKey("sections.id"), primary_key=True))
    op.execute("INSERT INTO told_tasks (owner_id, kind, section_id) SELECT owner_id, kind, about FROM told_kept")
    op.drop_table("told_kept")
    op.drop_table("watch_findings")
    op.drop_table("watches")


def _told_tasks(about: sa.Column[str]) -> None:
    owner, kind = (sa.Column(name, KEY, primary_key=True) for name in ("owner_id", "kind"))
    op.create_table("told_tasks", owner, kind, about)
