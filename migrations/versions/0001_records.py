"""Records: people and the appraisal.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
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


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def create_employees() -> None:
    op.create_table(
        "employees",
        sa.Column("id", KEY, nullable=False),
        sa.Column("display_name", sa.String(), nullable=False),
        sa.Column("sort_name", KEY, nullable=False),
        sa.Column("search_text", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_employees"),
    )
    op.create_index("ix_employees_sort_name_id", "employees", ["sort_name", "id"])


def create_external_references() -> None:
    op.create_table(
        "external_references",
        sa.Column("employee_id", KEY, nullable=False),
        sa.Column("namespace", KEY, nullable=False),
        sa.Column("normalised", KEY, nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["employee_id"], ["employees.id"], name="fk_external_references_employee_id_employees"),
        sa.PrimaryKeyConstraint("employee_id", "namespace", "normalised", name="pk_external_references"),
    )
    op.create_index("ix_external_references_lookup", "external_references", ["normalised", "namespace"])
    op.create_index(
        "uq_external_references_id",
        "external_references",
        ["namespace", "normalised"],
        unique=True,
        sqlite_where=sa.text("namespace NOT IN ('email', 'name')"),
        postgresql_where=sa.text("namespace NOT IN ('email', 'name')"),
    )


def create_employments() -> None:
    op.create_table(
        "employments",
        sa.Column("id", KEY, nullable=False),
        sa.Column("employee_id", KEY, nullable=False),
        sa.Column("source", KEY, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("ended_as", sa.String(), nullable=True),
        sa.Column("job_title", sa.String(), nullable=True),
        sa.Column("department", KEY, nullable=True),
        sa.Column("attributes", DOCUMENT, nullable=False),
        sa.CheckConstraint("ends_on IS NULL OR ends_on > starts_on", name="ck_employments_period"),
        sa.ForeignKeyConstraint(["employee_id"], ["employees.id"], name="fk_employments_employee_id_employees"),
        sa.PrimaryKeyConstraint("id", name="pk_employments"),
    )
    op.create_index("ix_employments_department", "employments", ["department"])
    op.create_index("ix_employments_employee_id_starts_on", "employments", ["employee_id", "starts_on"])


def create_reporting_lines() -> None:
    op.create_table(
        "reporting_lines",
        sa.Column("id", KEY, nullable=False),
        sa.Column("employee_id", KEY, nullable=False),
        sa.Column("manager_id", KEY, nullable=True),
        sa.Column("reference_namespace", KEY, nullable=True),
        sa.Column("reference_value", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("source", KEY, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.CheckConstraint("kind IN ('solid', 'dotted')", name="ck_reporting_lines_kind"),
        sa.CheckConstraint("ends_on IS NULL OR ends_on > starts_on", name="ck_reporting_lines_period"),
        sa.CheckConstraint("manager_id <> employee_id", name="ck_reporting_lines_not_self"),
        sa.CheckConstraint(
            "(manager_id IS NULL) = (reference_value IS NOT NULL)", name="ck_reporting_lines_manager_or_reference"
        ),
        sa.ForeignKeyConstraint(["employee_id"], ["employees.id"], name="fk_reporting_lines_employee_id_employees"),
        sa.ForeignKeyConstraint(["manager_id"], ["employees.id"], name="fk_reporting_lines_manager_id_employees"),
        sa.PrimaryKeyConstraint("id", name="pk_reporting_lines"),
    )
    op.create_index("ix_reporting_lines_employee_id_kind", "reporting_lines", ["employee_id", "kind"])
    op.create_index("ix_reporting_lines_manager_id_kind", "reporting_lines", ["manager_id", "kind"])
    op.create_index(
        "uq_reporting_lines_open_solid",
        "reporting_lines",
        ["employee_id", "source"],
        unique=True,
        sqlite_where=sa.text("kind = 'solid' AND ends_on IS NULL"),
        postgresql_where=sa.text("kind = 'solid' AND ends_on IS NULL"),
    )


def create_departments() -> None:
    op.create_table(
        "departments",
        sa.Column("id", KEY, nullable=False),
        sa.Column("source", KEY, nullable=False),
        sa.Column("code", KEY, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("parent", KEY, nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.CheckConstraint("ends_on IS NULL OR ends_on > starts_on", name="ck_departments_period"),
        sa.PrimaryKeyConstraint("id", name="pk_departments"),
    )
    op.create_index("ix_departments_code_starts_on", "departments", ["code", "starts_on"])


def create_cycles() -> None:
    op.create_table(
        "cycles",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("reference_namespace", KEY, nullable=True),
        sa.Column("reference_value", KEY, nullable=True),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.CheckConstraint("ends_on > starts_on", name="ck_cycles_period"),
        sa.PrimaryKeyConstraint("id", name="pk_cycles"),
        sa.UniqueConstraint("name", name="uq_cycles_name"),
        sa.UniqueConstraint(
            "reference_namespace", "reference_value", name="uq_cycles_reference_namespace_reference_value"
        ),
    )


def create_policies() -> None:
    op.create_table(
        "policies",
        sa.Column("hash", KEY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", DOCUMENT, nullable=False),
        sa.Column("stored_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_policies"),
    )


def create_scoring_runs() -> None:
    op.create_table(
        "scoring_runs",
        sa.Column("id", KEY, nullable=False),
        sa.Column("cycle_id", KEY, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.Column("policy_hash", KEY, nullable=True),
        sa.Column("manifest", DOCUMENT, nullable=True),
        sa.Column("coverage", DOCUMENT, nullable=False),
        sa.CheckConstraint("state IN ('RUNNING', 'DONE', 'FAILED')", name="ck_scoring_runs_state"),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name="fk_scoring_runs_cycle_id_cycles"),
        sa.ForeignKeyConstraint(["policy_hash"], ["policies.hash"], name="fk_scoring_runs_policy_hash_policies"),
        sa.PrimaryKeyConstraint("id", name="pk_scoring_runs"),
    )
    op.create_index("ix_scoring_runs_cycle_id_finished_at", "scoring_runs", ["cycle_id", "finished_at"])


def create_scorecards() -> None:
    op.create_table(
        "scorecards",
        sa.Column("run_id", KEY, nullable=False),
        sa.Column("employee_id", KEY, nullable=False),
        sa.Column("indicator", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("value", EXACT, nullable=True),
        sa.Column("lower", EXACT, nullable=True),
        sa.Column("upper", EXACT, nullable=True),
        sa.Column("lower_90", EXACT, nullable=True),
        sa.Column("upper_90", EXACT, nullable=True),
        sa.Column("expected", EXACT, nullable=True),
        sa.Column("unshrunk", EXACT, nullable=True),
        sa.Column("standard_error", EXACT, nullable=True),
        sa.Column("reliability", EXACT, nullable=True),
        sa.Column("probability_better", EXACT, nullable=True),
        sa.Column("consequence", sa.Boolean(), nullable=True),
        sa.Column("money_amount", sa.BigInteger(), nullable=True),
        sa.Column("money_lower", sa.BigInteger(), nullable=True),
        sa.Column("money_upper", sa.BigInteger(), nullable=True),
        sa.Column("money_currency", sa.String(), nullable=True),
        sa.Column("absence_kind", sa.String(), nullable=True),
        sa.Column("absence_reason", sa.String(), nullable=True),
        sa.Column("evidence", DOCUMENT, nullable=True),
        sa.Column("working", DOCUMENT, nullable=True),
        sa.CheckConstraint(
            "(absence_kind IS NULL) = (absence_reason IS NULL)", name="ck_scorecards_absence_has_reason"
        ),
        sa.CheckConstraint("(absence_kind IS NULL) = (value IS NOT NULL)", name="ck_scorecards_estimate_or_absence"),
        sa.ForeignKeyConstraint(["employee_id"], ["employees.id"], name="fk_scorecards_employee_id_employees"),
        sa.ForeignKeyConstraint(["run_id"], ["scoring_runs.id"], name="fk_scorecards_run_id_scoring_runs"),
        sa.PrimaryKeyConstraint("run_id", "employee_id", "indicator", name="pk_scorecards"),
    )
    op.create_index("ix_scorecards_employee_id", "scorecards", ["employee_id"])


def create_composites() -> None:
    op.create_table(
        "composites",
        sa.Column("run_id", KEY, nullable=False),
        sa.Column("employee_id", KEY, nullable=False),
        sa.Column("document", DOCUMENT, nullable=False),
        sa.ForeignKeyConstraint(["employee_id"], ["employees.id"], name="fk_composites_employee_id_employees"),
        sa.ForeignKeyConstraint(["run_id"], ["scoring_runs.id"], name="fk_composites_run_id_scoring_runs"),
        sa.PrimaryKeyConstraint("run_id", "employee_id", name="pk_composites"),
    )


def create_sections() -> None:
    op.create_table(
        "sections",
        sa.Column("id", KEY, nullable=False),
        sa.Column("employee_id", KEY, nullable=False),
        sa.Column("cycle_id", KEY, nullable=False),
        sa.Column("run_id", KEY, nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("manager_id", KEY, nullable=True),
        sa.Column("job_title", sa.String(), nullable=True),
        sa.Column("department", sa.String(), nullable=True),
        sa.Column("submitted_at", INSTANT, nullable=True),
        sa.Column("manifest_hash", sa.String(), nullable=True),
        sa.CheckConstraint("state IN ('COLLECTING', 'DRAFT', 'SUBMITTED', 'FINALISED')", name="ck_sections_state"),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name="fk_sections_cycle_id_cycles"),
        sa.ForeignKeyConstraint(["employee_id"], ["employees.id"], name="fk_sections_employee_id_employees"),
        sa.ForeignKeyConstraint(["manager_id"], ["employees.id"], name="fk_sections_manager_id_employees"),
        sa.ForeignKeyConstraint(["run_id"], ["scoring_runs.id"], name="fk_sections_run_id_scoring_runs"),
        sa.PrimaryKeyConstraint("id", name="pk_sections"),
        sa.UniqueConstraint("cycle_id", "employee_id", name="uq_sections_cycle_id_employee_id"),
    )
    op.create_index("ix_sections_employee_id", "sections", ["employee_id"])


def create_items() -> None:
    op.create_table(
        "items",
        sa.Column("id", KEY, nullable=False),
        sa.Column("section_id", KEY, nullable=False),
        sa.Column("indicator", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("weight", EXACT, nullable=False),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("comment", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["section_id"], ["sections.id"], name="fk_items_section_id_sections"),
        sa.PrimaryKeyConstraint("id", name="pk_items"),
        sa.UniqueConstraint("section_id", "indicator", name="uq_items_section_id_indicator"),
    )


TABLES = {
    "employees": create_employees,
    "external_references": create_external_references,
    "employments": create_employments,
    "reporting_lines": create_reporting_lines,
    "departments": create_departments,
    "cycles": create_cycles,
    "policies": create_policies,
    "scoring_runs": create_scoring_runs,
    "scorecards": create_scorecards,
    "composites": create_composites,
    "sections": create_sections,
    "items": create_items,
}
