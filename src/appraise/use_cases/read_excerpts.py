"""Read just the columns that are asked for, as far as the principal may, all from one state of the database.

A list that hands out figures leaves one line in the audit log before they go out, unless this request `told` of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from appraise.domain.access import Principal
from appraise.domain.excerpts import Columns, Group, PeopleExcerpt, Selection, Values
from appraise.domain.identifiers import EmployeeId, RunId, SectionId
from appraise.domain.reading import Page
from appraise.domain.section_states import SectionState
from appraise.errors import NotFound
from appraise.storage import excerpts
from appraise.storage.access import Viewer
from appraise.storage.direct import Direct
from appraise.storage.people import PeopleFilter
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.record_reading import Told, record_reading


def excerpt_of_people(  # noqa: PLR0913  # the filters of one list
    deployment: Deployment,
    principal: Principal,
    selected: Selection,
    further: Sequence[Selection],
    *,
    at: datetime,
    told: Told,
    first: int,
    after: str | None = None,
    search: str | None = None,
    department: str | None = None,
) -> PeopleExcerpt:
    """Who is employed today, by name; `selected` and `further` as in `excerpt_of_person`."""
    viewer = Viewer(principal, at.date())
    wanted = PeopleFilter(at.date(), search, department)
    with deployment.database.direct(one_state=bool(further)) as direct:
        page = excerpts.page_of_people(direct, viewer, wanted, selected, first=first, after=after)
        found = PeopleExcerpt(page, _sections(direct, viewer, page.items, further))
    read = _read(selected, page.items) | _further(found, further)
    record_reading(deployment, principal, read, at=at, told=told)
    return found


def excerpt_of_person(  # noqa: PLR0913  # as its lists
    deployment: Deployment,
    principal: Principal,
    employee: EmployeeId,
    selected: Selection,
    further: Sequence[Selection],
    *,
    at: datetime,
    told: Told,
) -> PeopleExcerpt:
    """One employee, leavers too: `selected` of the person and of their section, and sections of `further` cycles.

    Raises `NotFound` alike for nobody and for whom the principal may not see.
    """
    viewer = Viewer(principal, at.date())
    wanted = PeopleFilter(at.date())
    with deployment.database.direct(one_state=bool(further)) as direct:
        found = excerpts.person(direct, viewer, wanted, selected, employee)
        if not found:
            raise NotFound("there is no such employee, or they are not yours to see")
        page: Page[Group] = Page((found,), (), has_next=False)
        person = PeopleExcerpt(page, _sections(direct, viewer, page.items, further))
    read = _read(selected, page.items) | _further(person, further)
    record_reading(deployment, principal, read, at=at, told=told)
    return person


def excerpt_of_sections(  # noqa: PLR0913  # the filters of one list
    deployment: Deployment,
    principal: Principal,
    selected: Selection,
    *,
    at: datetime,
    told: Told,
    first: int,
    after: str | None = None,
    state: SectionState | None = None,
) -> Page[Group]:
    """By the employee's name."""
    viewer = Viewer(principal, at.date())
    with deployment.database.direct(one_state=False) as direct:
        page = excerpts.page_of_sections(direct, viewer, selected, state=state, first=first, after=after)
    record_reading(deployment, principal, _read(selected, page.items), at=at, told=told)
    return page


def people_of(deployment: Deployment, on: date, employees: Sequence[EmployeeId], columns: Columns) -> Sequence[Values]:
    """Of employees who were read before, for the principal, so that these may be shown too."""
    with deployment.database.direct(one_state=False) as direct:
        return excerpts.people_of(direct, on, employees, columns)


def results_of(
    deployment: Deployment, run: RunId, employees: Sequence[EmployeeId], columns: Columns
) -> Mapping[EmployeeId, Group]:
    """Of employees whose sections were read with `is_audited`, which has left the line in the audit log."""
    with deployment.database.direct(one_state=False) as direct:
        return excerpts.results_of(direct, run, employees, columns)


def _read(selected: Selection, groups: Iterable[Group]) -> dict[SectionId, EmployeeId]:
    """The sections of which figures were read, and whose they are."""
    if not selected.is_audited:
        return {}
    section, employee = (selected.columns.index(f"section.{name}") for name in ("id", "employee_id"))
    rows = (group[0] for group in groups)
    return {SectionId(row[section]): EmployeeId(row[employee]) for row in rows if row[section] is not None}


def _further(found: PeopleExcerpt, further: Sequence[Selection]) -> dict[SectionId, EmployeeId]:
    parts = [_read(each, part.values()) for each, part in zip(further, found.sections, strict=True)]
    return dict(pair for part in parts for pair in part.items())


def _sections(
    direct: Direct, viewer: Viewer, people: Sequence[Group], further: Sequence[Selection]
) -> list[Mapping[EmployeeId, Group]]:
    employees = [EmployeeId(group[0][0]) for group in people]
    return [excerpts.sections_of(direct, viewer, each, employees) if employees else {} for each in further]
