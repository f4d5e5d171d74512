"""The doors to the records: tokens, roles, the audit log, outbox and loads.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# The types as they are on this day; later changes of `appraise.storage.tables.columns` must not change this migration.
KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
EXACT = sa.Numeric().with_variant(sa.Text(), "sqlite")
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    for create in TABLES.values():
        create()
    guard_audit_log()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_audit_log_change()")


def create_access_tokens() -> None:
    op.create_table(
        "access_tokens",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("employee_id", KEY, nullable=True),
        sa.Column("secret_hash", sa.String(), nullable=False),
        sa.Column("roles", DOCUMENT, nullable=False),
        sa.Column("scopes", DOCUMENT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=True),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.Column("last_used_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["employee_id"], ["employees.id"], name="fk_access_tokens_employee_id_employees"),
        sa.PrimaryKeyConstraint("id", name="pk_access_tokens"),
    )
    op.create_index("ix_access_tokens_employee_id", "access_tokens", ["employee_id"])


def create_role_grants() -> None:
    op.create_table(
        "role_grants",
        sa.Column("employee_id", KEY, nullable=False),
        sa.Column("role", KEY, nullable=False),
        sa.Column("granted_at", INSTANT, nullable=False),
        sa.Column("granted_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["employee_id"], ["employees.id"], name="fk_role_grants_employee_id_employees"),
        sa.PrimaryKeyConstraint("employee_id", "role", name="pk_role_grants"),
    )


def create_idempotency_keys() -> None:
    op.create_table(
        "idempotency_keys",
        sa.Column("principal", KEY, nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("body_hash", sa.String(), nullable=False),
        sa.Column("answer", DOCUMENT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("principal", "key", name="pk_idempotency_keys"),
    )


def create_audit_log() -> None:
    op.create_table(
        "audit_log",
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", KEY, nullable=False),
        sa.Column("details", DOCUMENT, nullable=False),
        sa.Column("previous_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_audit_log"),
        sa.UniqueConstraint("previous_hash", name="uq_audit_log_previous_hash"),
    )
    op.create_index("ix_audit_log_subject_sequence", "audit_log", ["subject", "sequence"])


def create_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", KEY, nullable=False),
        sa.Column("section_id", KEY, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("payload", DOCUMENT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("delivered_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["section_id"], ["sections.id"], name="fk_outbox_section_id_sections"),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("section_id", "sequence", name="uq_outbox_section_id_sequence"),
    )
    op.create_index("ix_outbox_delivered_at_created_at", "outbox", ["delivered_at", "created_at"])


def create_loads() -> None:
    op.create_table(
        "loads",
        sa.Column("id", KEY, nullable=False),
        sa.Column("adapter", sa.String(), nullable=False),
        sa.Column("source", KEY, nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("loaded_at", INSTANT, nullable=False),
        sa.Column("undone_at", INSTANT, nullable=True),
        sa.Column("report", DOCUMENT, nullable=False),
        sa.CheckConstraint("state IN ('LOADED', 'UNDONE')", name="ck_loads_state"),
        sa.PrimaryKeyConstraint("id", name="pk_loads"),
    )
    op.create_index("ix_loads_loaded_at", "loads", ["loaded_at"])


def guard_audit_log() -> None:
    """The audit log takes new lines only."""
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_log_no_{change.lower()} BEFORE {change} ON audit_log "
                "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION refuse_audit_log_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_log_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_log_change()"
    )


TABLES = {
    "access_tokens": create_access_tokens,
    "role_grants": create_role_grants,
    "idempotency_keys": create_idempotency_keys,
    "audit_log": create_audit_log,
    "outbox": create_outbox,
    "loads": create_loads,
}
