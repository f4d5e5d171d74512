"""Whose figures a list handed out, beside the one line of the audit log that tells of it.

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

# The type as it is on this day; later changes of `appraise.storage.tables.columns` must not change this migration.
KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "audit_lists",
        sa.Column("name", KEY, nullable=False),
        sa.Column("subject", KEY, nullable=False),
        sa.PrimaryKeyConstraint("name", "subject", name="pk_audit_lists"),
    )
    op.create_index("ix_audit_lists_subject", "audit_lists", ["subject"])
    guard()


def guard() -> None:
    """It takes new rows only, as the log itself; the function is that of the log's own trigger."""
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_lists_no_{change.lower()} BEFORE {change} ON audit_lists "
                "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
            )
        return
    op.execute(
        "CREATE TRIGGER audit_lists_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_lists "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_log_change()"
    )


def downgrade() -> None:
    op.drop_table("audit_lists")
