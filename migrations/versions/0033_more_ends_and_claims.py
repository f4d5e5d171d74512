"""Correction notices end where a later run says something else; employees name events that are missing.

Revision ID: 0033
Revises: 0032
"""

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

CHECKS = {
    ("corrections", "state"): (
        "state IN ('OPEN', 'REOPENED', 'ANNOTATED')",
        "state IN ('OPEN', 'REOPENED', 'ANNOTATED', 'OVERTAKEN')",
    ),
    ("disputes", "kind"): (
        "kind IN ('RATING', 'NOT_MINE', 'WRONG_DATA')",
        "kind IN ('RATING', 'NOT_MINE', 'WRONG_DATA', 'MISSING')",
    ),
}


def upgrade() -> None:
    """Notices about revisions that were opened again meanwhile wait for nobody."""
    for (table, column), (before, after) in CHECKS.items():
        _replace(table, column, before, after)
    op.execute(
        "UPDATE corrections SET state = 'OVERTAKEN' WHERE state = 'OPEN' AND corrections.revision < "
        "(SELECT sections.revision FROM sections WHERE sections.id = corrections.section_id)"
    )


def downgrade() -> None:
    op.execute("UPDATE corrections SET state = 'REOPENED' WHERE state = 'OVERTAKEN'")
    op.execute("UPDATE disputes SET kind = 'WRONG_DATA' WHERE kind = 'MISSING'")
    for (table, column), (before, after) in CHECKS.items():
        _replace(table, column, after, before)


def _replace(table: str, column: str, old: str, new: str) -> None:
    """Put another check in the place of the one on a column; on SQLite in its own way, as in 0011."""
    connection, name = op.get_bind(), f"ck_{table}_{column}"
    if connection.dialect.name != "sqlite":
        op.drop_constraint(name, table, type_="check")
        op.create_check_constraint(name, table, new)
        return
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    connection.exec_driver_sql(
        "UPDATE sqlite_schema SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = ?", (old, new, table)
    )
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = OFF")
