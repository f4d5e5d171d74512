"""Read just the columns that are asked for, as far as the principal may, all from one state of the database.

A list that hands out figures leaves one line in the audit log before they go out, unless this request `told` of it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from appraise.domain.access import Principal
from appraise.domain.excerpts import (
    Columns,
    PeopleExcerpt,
    SectionsAsked,
    SectionsExcerpt,
    SectionsFound,
)
from appraise.domain.identifiers import CycleId, EmployeeId, SectionId
from appraise.domain.reading import Page
from appraise.domain.section_states import SectionState
from appraise.errors import NotFound
from appraise.storage import excerpts
from appraise.storage.access import Viewer
from appraise.storage.direct import Direct
from appraise.storage.people import PeopleFilter
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.record_reading import Told, record_reading

EMPLOYEE: Final = "employee_id"


def excerpt_of_people(  # noqa: PLR0913  # the filters of one list
    deployment: Deployment,
    principal: Principal,
    columns: Columns,
    sections: Sequence[SectionsAsked],
    *,
    at: datetime,
    told: Told,
    first: int,
    after: str | None = None,
    search: str | None = None,
    department: str | None = None,
) -> PeopleExcerpt:
    """Who is employed today, by name."""
    viewer = Viewer(principal, at.date())
    wanted = PeopleFilter(at.date(), search, department)
    with deployment.database.direct(one_state=True) as direct:
        page = excerpts.page_of_people(direct, viewer, wanted, columns, first=first, after=after)
        found = PeopleExcerpt(page, _sections(direct, viewer, [row[0] for row in page.items], sections))
    _record(deployment, principal, found, sections, at=at, told=told)
    return found


def excerpt_of_person(  # noqa: PLR0913  # as its lists
    deployment: Deployment,
    principal: Principal,
    employee: EmployeeId,
    columns: Columns,
    sections: Sequence[SectionsAsked],
    *,
    at: datetime,
    told: Told,
) -> PeopleExcerpt:
    """One employee, leavers too. Raises `NotFound` alike for nobody and for whom the principal may not see."""
    viewer = Viewer(principal, at.date())
    with deployment.database.direct(one_state=True) as direct:
        found = excerpts.person(direct, viewer, PeopleFilter(at.date()), columns, employee)
        if found is None:
            raise NotFound("there is no such employee, or they are not yours to see")
        person = PeopleExcerpt(Page((found,), (), has_next=False), _sections(direct, viewer, [employee], sections))
    _record(deployment, principal, person, sections, at=at, told=told)
    return person


def excerpt_of_sections(  # noqa: PLR0913  # the filters of one list
    deployment: Deployment,
    principal: Principal,
    columns: Columns,
    items: Columns | None,
    *,
    cycle: CycleId,
    at: datetime,
    told: Told,
    first: int,
    after: str | None = None,
    state: SectionState | None = None,
    is_audited: bool = False,
) -> SectionsExcerpt:
    """By the employee's name. `is_audited`: figures of individuals are among the columns."""
    viewer = Viewer(principal, at.date())
    if is_audited and EMPLOYEE not in columns:
        columns = (*columns, EMPLOYEE)
    with deployment.database.direct(one_state=True) as direct:
        page = excerpts.page_of_sections(direct, viewer, columns, cycle=cycle, state=state, first=first, after=after)
        if items is None or not page.items:
            return SectionsExcerpt(page, {})
        found = SectionsExcerpt(page, excerpts.items_of(direct, viewer, [row[0] for row in page.items], items))
    if is_audited:
        place = 1 + columns.index(EMPLOYEE)
        record_reading(deployment, principal, {row[0]: row[place] for row in page.items}, at=at, told=told)
    return found


def _record(
    deployment: Deployment,
    principal: Principal,
    found: PeopleExcerpt,
    asked: Sequence[SectionsAsked],
    *,
    at: datetime,
    told: Told,
) -> None:
    read = [part for part, each in zip(found.sections, asked, strict=True) if each.is_audited]
    sections = {SectionId(row[1]): employee for part in read for employee, row in part.sections.items()}
    record_reading(deployment, principal, sections, at=at, told=told)


def _sections(
    direct: Direct, viewer: Viewer, employees: Sequence[EmployeeId], asked: Sequence[SectionsAsked]
) -> list[SectionsFound]:
    found = []
    for each in asked:
        sections = excerpts.sections_of(direct, viewer, each.cycle, employees, each.columns) if employees else {}
        keys = [row[1] for row in sections.values()]
        items = excerpts.items_of(direct, viewer, keys, each.items) if keys and each.items is not None else {}
        found.append(SectionsFound(sections, items))
    return found
