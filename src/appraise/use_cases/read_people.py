"""Read people, as far as the principal may."""

from collections.abc import Iterable
from datetime import date, datetime

from appraise.domain.access import Principal
from appraise.domain.employees import ExternalReference
from appraise.domain.identifiers import EmployeeId
from appraise.domain.reading import Page, PeopleOrder, PersonRow
from appraise.errors import InvalidInput, NotFound
from appraise.storage import people
from appraise.storage.access import Viewer
from appraise.storage.people import PeopleFilter
from appraise.use_cases.deployment import Deployment


def list_people(  # noqa: PLR0913  # the filters of one list
    deployment: Deployment,
    principal: Principal,
    *,
    at: datetime,
    on: date | None = None,
    first: int = 50,
    after: str | None = None,
    search: str | None = None,
    department: str | None = None,
    manager: EmployeeId | None = None,
    order: PeopleOrder = PeopleOrder.NAME,
) -> Page[PersonRow]:
    """Who is employed on the day `on` (today by default). Today's reporting lines decide who is visible.

    `manager`: only who reports to them, in the solid line, on that day.
    """
    wanted = PeopleFilter(on or at.date(), search, department, manager, order)
    with deployment.database.reading() as session:
        return people.listed(session, Viewer(principal, at.date()), wanted, first=first, after=after)


def count_people(  # noqa: PLR0913  # the filters of one list
    deployment: Deployment,
    principal: Principal,
    *,
    at: datetime,
    on: date | None = None,
    search: str | None = None,
    department: str | None = None,
    manager: EmployeeId | None = None,
) -> int:
    wanted = PeopleFilter(on or at.date(), search, department, manager)
    with deployment.database.reading() as session:
        return people.counted(session, Viewer(principal, at.date()), wanted)


def get_person(
    deployment: Deployment,
    principal: Principal,
    *,
    at: datetime,
    on: date | None = None,
    employee: EmployeeId | None = None,
    reference: ExternalReference | None = None,
) -> PersonRow:
    """One person, by id or by how a source names them; leavers too.

    Raises `NotFound` alike for nobody and for somebody whom the principal may not see.
    """
    day = on or at.date()
    viewer = Viewer(principal, at.date())
    with deployment.database.reading() as session:
        if employee is not None:
            found = list(people.by_id(session, viewer, [employee], on=day).values())
        elif reference is not None:
            found = people.by_reference(session, viewer, reference, on=day)
        else:
            raise InvalidInput("no person was named", expected="an id or an external reference")
    if not found:
        raise NotFound("there is no such employee, or they are not yours to see")
    if len(found) > 1:
        raise InvalidInput(
            f"{len(found)} employees have this {reference.namespace if reference else 'id'}",
            expected="a reference that names one",
            hint="use the id of a source instead",
        )
    return found[0]


def people_by_id(
    deployment: Deployment, principal: Principal, ids: Iterable[EmployeeId], *, at: datetime, on: date | None = None
) -> dict[EmployeeId, PersonRow]:
    """Those of `ids` whom the principal may see, in one go."""
    with deployment.database.reading() as session:
        return people.by_id(session, Viewer(principal, at.date()), ids, on=on or at.date())


def people_by_reference(
    deployment: Deployment, principal: Principal, references: Iterable[ExternalReference], *, at: datetime
) -> dict[ExternalReference, PersonRow]:
    """Whoever each normalised reference names, as far as the principal may see them and it names one, in one go."""
    with deployment.database.reading() as session:
        return people.by_references(session, Viewer(principal, at.date()), references, on=at.date())


def find_people(
    deployment: Deployment, principal: Principal, *, text: str, reference: ExternalReference | None, at: datetime
) -> tuple[PersonRow, ...]:
    """Whom an id, a reference, an e-mail address or an exact name means; the first of these that means anybody."""
    viewer = Viewer(principal, at.date())
    ways = [reference] if reference is not None else []
    ways += [ExternalReference("email", text), ExternalReference("name", text)]
    with deployment.database.reading() as session:
        known = people.by_id(session, viewer, [EmployeeId(text)], on=at.date())
        if known:
            return tuple(known.values())
        for way in ways:
            found = people.by_reference(session, viewer, way, on=at.date())
            if found:
                return tuple(found)
    return ()
