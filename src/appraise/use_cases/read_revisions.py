"""Read all revisions of a section, as far as the principal may read the section."""

from datetime import datetime

from appraise.domain.access import Principal
from appraise.domain.identifiers import SectionId
from appraise.domain.reading import Page, SectionsWanted, SectionThen
from appraise.domain.revisions import SectionRevision, revisions
from appraise.storage import section_revisions, sections, sections_then
from appraise.storage.access import Viewer
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.read_sections import get_section
from appraise.use_cases.record_reading import record_reading


def read_revisions(
    deployment: Deployment, principal: Principal, section: SectionId, *, at: datetime
) -> tuple[SectionRevision, ...]:
    """The first first, the current one last. Raises `NotFound`; audited as a read of the section."""
    current = get_section(deployment, principal, section, at=at).section
    viewer = Viewer(principal, at.date())
    with deployment.database.reading() as session:
        earlier = section_revisions.of(session, section)
    return revisions(current, [(sections.shown(kept, viewer), ended_at) for kept, ended_at in earlier])


def list_sections_then(  # noqa: PLR0913  # which, when, and the page
    deployment: Deployment,
    principal: Principal,
    wanted: SectionsWanted,
    *,
    then: datetime,
    at: datetime,
    first: int,
    after: str | None = None,
) -> tuple[Page[SectionThen], int]:
    """By name, and how many there are in all, as of a time; audited as a list of sections that hands out figures.

    Raises `InvalidInput` for a cursor of another list.
    """
    with deployment.database.reading() as session:
        found, total = sections_then.listed(
            session, Viewer(principal, at.date()), wanted, then=then, first=first, after=after
        )
    read = {one.section.id: one.section.employee for one in found.items}
    record_reading(deployment, principal, read, at=at)
    return found, total
