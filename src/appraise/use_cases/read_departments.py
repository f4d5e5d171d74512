"""Read departments as of a day. They are no personal data; who works in them is read as all people are."""

from datetime import date, datetime

from appraise.domain.access import Principal, may_read_departments
from appraise.domain.cursors import position
from appraise.domain.departments import KEYS, DepartmentsWanted, DepartmentTree, head_among
from appraise.domain.employees import Department
from appraise.domain.identifiers import EmployeeId
from appraise.domain.reading import Page
from appraise.storage import people
from appraise.storage.cursors import checked_size, page
from appraise.use_cases.deployment import Deployment


def department_tree(
    deployment: Deployment, principal: Principal, *, at: datetime, on: date | None = None
) -> DepartmentTree:
    """All of the day `on`, today by default, or none where the principal may not see them."""
    if not may_read_departments(principal):
        return DepartmentTree(())
    with deployment.database.reading() as session:
        return DepartmentTree(people.departments(session, on or at.date()))


def page_of(
    tree: DepartmentTree, wanted: DepartmentsWanted, *, first: int, after: str | None = None
) -> tuple[Page[Department], int]:
    """In the order wanted, and how many there are in all. Raises `InvalidInput` for a cursor of another list."""
    checked_size(first)
    key = KEYS[wanted.order]
    found = tree.chosen(wanted)
    begun = None if after is None else position(after, len(key(Department("", ""))))
    rest = [one for one in found if begun is None or key(one) > begun]
    return page(rest[:first], first, [key(one) for one in rest[: first + 1]]), len(found)


def head_of(
    deployment: Deployment, principal: Principal, code: str, *, at: datetime, on: date | None = None
) -> EmployeeId | None:
    """By the reporting lines of all who work in it on the day; whether the principal may see them is not asked."""
    if not may_read_departments(principal):
        return None
    day = on or at.date()
    with deployment.database.reading() as session:
        members = people.working_in(session, code, on=day)
        return head_among(people.managers_of_all(session, members, on=day))
