"""The whole way of a section: more states, what happened on the way, self-assessments, revisions; stages of cycles.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# The types as they are on this day; later changes of `appraise.storage.tables.columns` must not change this migration.
KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
EXACT = sa.Numeric().with_variant(sa.Text(), "sqlite")
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")

BEFORE = "state IN ('COLLECTING', 'DRAFT', 'SUBMITTED', 'FINALISED')"
AFTER = (
    "state IN ('COLLECTING', 'DRAFT', 'SUBMITTED', 'IN_CALIBRATION', 'CALIBRATED', 'SHARED', 'DISPUTED', "
    "'ACKNOWLEDGED', 'FINALISED', 'REOPENED', 'EXEMPT', 'VOID')"
)
RULES = '{"calibrates": false, "rate_by": null, "response_days": 14, "most_disputes": 2, "host_scale": null}'


def upgrade() -> None:
    _states(BEFORE, AFTER)
    op.add_column("sections", sa.Column("floor", EXACT, nullable=False, server_default="0"))
    op.add_column("sections", sa.Column("course", DOCUMENT, nullable=False, server_default="{}"))
    for name, kind in {"reason": sa.String(), "own_rating": sa.Integer(), "own_comment": sa.String()}.items():
        op.add_column("items", sa.Column(name, kind, nullable=True))
    op.add_column("cycles", sa.Column("state", KEY, nullable=False, server_default="OPEN"))
    op.add_column("cycles", sa.Column("rules", DOCUMENT, nullable=False, server_default=RULES))
    op.create_table(
        "section_revisions",
        sa.Column("section_id", KEY, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("ended_at", INSTANT, nullable=False),
        sa.Column("document", DOCUMENT, nullable=False),
        sa.ForeignKeyConstraint(["section_id"], ["sections.id"], name="fk_section_revisions_section_id_sections"),
        sa.PrimaryKeyConstraint("section_id", "revision", name="pk_section_revisions"),
    )


def downgrade() -> None:
    op.drop_table("section_revisions")
    op.drop_column("cycles", "rules")
    op.drop_column("cycles", "state")
    for name in ("own_comment", "own_rating", "reason"):
        op.drop_column("items", name)
    op.drop_column("sections", "course")
    op.drop_column("sections", "floor")
    op.execute(
        "UPDATE sections SET state = 'SUBMITTED' "
        "WHERE state IN ('IN_CALIBRATION', 'CALIBRATED', 'SHARED', 'DISPUTED', 'ACKNOWLEDGED')"
    )
    op.execute("UPDATE sections SET state = 'COLLECTING' WHERE state IN ('REOPENED', 'EXEMPT', 'VOID')")
    _states(AFTER, BEFORE)


def _states(old: str, new: str) -> None:
    """Put another check in the place of the one on a section's state."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        op.drop_constraint("ck_sections_state", "sections", type_="check")
        op.create_check_constraint("ck_sections_state", "sections", new)
        return
    # The table cannot be made anew inside a transaction while others refer to it. This way is SQLite's own for a
    # changed constraint (lang_altertable.html, "making other kinds of table schema changes").
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    connection.exec_driver_sql(
        "UPDATE sqlite_schema SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = 'sections'", (old, new)
    )
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = OFF")
