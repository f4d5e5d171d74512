"""Tables of people: employees, how sources name them, and their effective-dated jobs, lines and departments."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from appraise.storage.tables.columns import Document, Instant, Key, Record

PERIOD = "ends_on IS NULL OR ends_on > starts_on"


class EmployeeRow(Record, table=True):
    __tablename__ = "employees"
    __table_args__ = (Index("ix_employees_sort_name_id", "sort_name", "id"),)

    id: str = Field(primary_key=True, sa_type=Key)
    display_name: str
    sort_name: str = Field(sa_type=Key, description="display_name case-folded")
    search_text: str = Field(description="name and e-mail address, case-folded")
    email: str | None = None
    created_at: datetime = Field(sa_type=Instant)


class ExternalReferenceRow(Record, table=True):
    """`normalised` is compared, `value` is shown. Ids name one employee; names and e-mail addresses may repeat."""

    __tablename__ = "external_references"
    __table_args__ = (
        Index(
            "uq_external_references_id",
            "namespace",
            "normalised",
            unique=True,
            sqlite_where=text("namespace NOT IN ('email', 'name')"),
            postgresql_where=text("namespace NOT IN ('email', 'name')"),
        ),
        Index("ix_external_references_lookup", "normalised", "namespace"),
    )

    employee_id: str = Field(primary_key=True, sa_type=Key, foreign_key="employees.id")
    namespace: str = Field(primary_key=True, sa_type=Key)
    normalised: str = Field(primary_key=True, sa_type=Key)
    value: str


class EmploymentRow(Record, table=True):
    """`ended_as` is the status that the source gave when the job ended."""

    __tablename__ = "employments"
    __table_args__ = (
        CheckConstraint(PERIOD, name="period"),
        Index("ix_employments_employee_id_starts_on", "employee_id", "starts_on"),
        Index("ix_employments_department", "department"),
    )

    id: str = Field(primary_key=True, sa_type=Key)
    employee_id: str = Field(sa_type=Key, foreign_key="employees.id")
    source: str = Field(sa_type=Key)
    starts_on: date
    ends_on: date | None = None
    status: str
    ended_as: str | None = None
    job_title: str | None = None
    department: str | None = Field(default=None, sa_type=Key)
    attributes: Any = Field(sa_type=Document)


class ReportingLineRow(Record, table=True):
    """Who reports to whom. While the manager is not known, `manager_id` is NULL and the reference waits."""

    __tablename__ = "reporting_lines"
    __table_args__ = (
        CheckConstraint(PERIOD, name="period"),
        CheckConstraint("kind IN ('solid', 'dotted')", name="kind"),
        CheckConstraint("manager_id <> employee_id", name="not_self"),
        CheckConstraint("(manager_id IS NULL) = (reference_value IS NOT NULL)", name="manager_or_reference"),
        Index("ix_reporting_lines_manager_id_kind", "manager_id", "kind"),
        Index("ix_reporting_lines_employee_id_kind", "employee_id", "kind"),
        Index(
            "uq_reporting_lines_open_solid",
            "employee_id",
            "source",
            unique=True,
            sqlite_where=text("kind = 'solid' AND ends_on IS NULL"),
            postgresql_where=text("kind = 'solid' AND ends_on IS NULL"),
        ),
    )

    id: str = Field(primary_key=True, sa_type=Key)
    employee_id: str = Field(sa_type=Key, foreign_key="employees.id")
    manager_id: str | None = Field(default=None, sa_type=Key, foreign_key="employees.id")
    reference_namespace: str | None = Field(default=None, sa_type=Key)
    reference_value: str | None = None
    kind: str
    source: str = Field(sa_type=Key)
    starts_on: date
    ends_on: date | None = None


class DepartmentRow(Record, table=True):
    __tablename__ = "departments"
    __table_args__ = (
        CheckConstraint(PERIOD, name="period"),
        Index("ix_departments_code_starts_on", "code", "starts_on"),
    )

    id: str = Field(primary_key=True, sa_type=Key)
    source: str = Field(sa_type=Key)
    code: str = Field(sa_type=Key)
    name: str
    parent: str | None = Field(default=None, sa_type=Key)
    starts_on: date
    ends_on: date | None = None
