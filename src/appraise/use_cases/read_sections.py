"""Read sections, as far as the principal may; reads of somebody else's leave a line in the audit log."""

from collections.abc import Iterable
from datetime import datetime

from appraise.domain.access import Principal, read_is_audited, reads_for
from appraise.domain.identifiers import CycleId, EmployeeId, SectionId
from appraise.domain.reading import Page, SectionRow, SectionsWanted, ViewedSection
from appraise.domain.sections import Section
from appraise.errors import NotFound
from appraise.storage import audit, people, sections
from appraise.storage.access import Viewer
from appraise.storage.database import Session
from appraise.use_cases.around import Around
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.section_view import Actor, view
from appraise.use_cases.transactions import committed


def list_sections(
    deployment: Deployment,
    principal: Principal,
    wanted: SectionsWanted,
    *,
    at: datetime,
    first: int = 50,
    after: str | None = None,
) -> Page[SectionRow]:
    """In the order wanted. Whoever hands out their figures calls `record_reading`."""
    with deployment.database.reading() as session:
        return sections.listed(session, Viewer(principal, at.date()), wanted, first=first, after=after)


def count_sections(deployment: Deployment, principal: Principal, wanted: SectionsWanted, *, at: datetime) -> int:
    with deployment.database.reading() as session:
        return sections.counted(session, Viewer(principal, at.date()), wanted)


def get_section(deployment: Deployment, principal: Principal, section: SectionId, *, at: datetime) -> ViewedSection:
    """Raises `NotFound` alike where there is no such section and where it is not the principal's to see."""

    def read(session: Session) -> ViewedSection:
        found = sections.get(session, Viewer(principal, at.date()), section)
        if found is None:
            raise NotFound("there is no such section, or it is not yours to see")
        return view(Around(session, principal, at.date()), found)

    def read_and_record(session: Session) -> ViewedSection:
        viewed = read(session)
        managers = people.managers_of(session, viewed.section.employee, on=at.date()) if principal.stands_in else ()
        reads_in_place_of = reads_for(principal, viewed.section.employee, managers=managers, state=viewed.section.state)
        actor = Actor.of(principal, reads_in_place_of)
        details = [*actor.facts, ("version", str(viewed.section.version))]
        audit.append(
            session, at=at, actor=actor.id, action="section.read", subject=f"section:{section}", details=details
        )
        return viewed

    with deployment.database.reading() as session:
        whose = sections.whose(session, section)
        if whose is None or not read_is_audited(principal, whose[0]):
            return read(session)
    return committed(deployment, read_and_record)


def section_of(
    deployment: Deployment, principal: Principal, employee: EmployeeId, cycle: CycleId, *, at: datetime
) -> ViewedSection | None:
    """The employee's section in the cycle; None where there is none or it is not the principal's to see."""
    with deployment.database.reading() as session:
        section = sections.id_of(session, employee, cycle)
    if section is None:
        return None
    try:
        return get_section(deployment, principal, section, at=at)
    except NotFound:
        return None


def sections_by_employee(
    deployment: Deployment, principal: Principal, employees: Iterable[EmployeeId], cycle: CycleId, *, at: datetime
) -> dict[EmployeeId, Section]:
    """For lists of people: the sections of those whom the principal reaches, in one go."""
    with deployment.database.reading() as session:
        return sections.by_employee(session, Viewer(principal, at.date()), employees, cycle)
