"""Read who reports to whom, as far as the principal may."""

from datetime import date, datetime

from appraise.domain.access import Principal
from appraise.domain.identifiers import EmployeeId
from appraise.domain.reading import ReportingLineRow
from appraise.storage import people, reporting_lines
from appraise.storage.access import Viewer
from appraise.use_cases.deployment import Deployment


def lines_of(
    deployment: Deployment, principal: Principal, employee: EmployeeId, *, at: datetime
) -> list[ReportingLineRow]:
    """To whom the employee reports and reported, the newest first."""
    with deployment.database.reading() as session:
        return reporting_lines.of_employee(session, Viewer(principal, at.date()), employee)


def reports_of(
    deployment: Deployment, principal: Principal, manager: EmployeeId, *, at: datetime, on: date | None = None
) -> list[ReportingLineRow]:
    """Who reports to them on a day, today by default, by name."""
    with deployment.database.reading() as session:
        return reporting_lines.to_manager(session, Viewer(principal, at.date()), manager, on=on or at.date())


def managers_above(
    deployment: Deployment, principal: Principal, employee: EmployeeId, *, at: datetime, on: date | None = None
) -> list[EmployeeId | None]:
    """In the solid line of a day, from the nearest up; None in the place of each whom the principal may not see."""
    day, viewer = on or at.date(), Viewer(principal, at.date())
    with deployment.database.reading() as session:
        chain = people.managers_of(session, employee, on=day)
        seen = people.by_id(session, viewer, [employee, *chain], on=day)
    return [one if one in seen else None for one in chain] if employee in seen else []
