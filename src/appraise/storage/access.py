"""Access scopes as SQL predicates: the one door through which people and sections are read.

What `appraise.domain.access.reaches` answers for one row, `reached` says of all rows at once.
"""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, false, literal, or_, select, true

from appraise.domain.access import Principal, Scope
from appraise.domain.employees import ReportingKind
from appraise.domain.identifiers import EmployeeId
from appraise.storage.tables import REPORTING_LINES
from appraise.storage.tables.columns import Key


def reached(
    scope: Scope,
    principal: Principal,
    employee: ColumnElement[Any],
    *,
    on: date,
    state: ColumnElement[Any] | None = None,
) -> ColumnElement[bool]:
    """Whether the row about `employee` is in the scope; `state` is the section's column, None for rows without one.

    `on` is the day whose reporting lines count: today, whatever day the reader looks at.
    """
    ways: list[ColumnElement[bool]] = []
    if scope.everyone:
        if state is None or scope.states is None:
            return true()
        ways.append(state.in_(sorted(scope.states)))
    if principal.employee is not None and scope.own:
        ways.append(employee == principal.employee)
    if principal.employee is not None and scope.below:
        ways.append(and_(employee.in_(_below(principal.employee, on)), employee != principal.employee))
    return or_(*ways) if ways else false()


def _below(manager: EmployeeId, on: date) -> Any:
    """Everybody under `manager`, however deep. UNION, not UNION ALL: a loop must not turn for ever."""
    lines = REPORTING_LINES.c
    solid = and_(lines.kind == ReportingKind.SOLID.value, covers(REPORTING_LINES, on))
    first = select(lines.employee_id).where(lines.manager_id == literal(manager, Key()), solid)
    below = first.cte("below", recursive=True)
    deeper = select(lines.employee_id).join(below, lines.manager_id == below.c.employee_id).where(solid)
    return select(below.union(deeper).c.employee_id)


def covers(table: Any, on: date) -> ColumnElement[bool]:
    """Whether `on` lies in the row's half-open period."""
    return and_(table.c.starts_on <= on, or_(table.c.ends_on.is_(None), table.c.ends_on > on))
