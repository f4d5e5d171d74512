"""Read all revisions of a section, as far as the principal may read the section."""

from datetime import datetime

from appraise.domain.access import Principal
from appraise.domain.identifiers import SectionId
from appraise.domain.revisions import SectionRevision, revisions
from appraise.storage import section_revisions, sections
from appraise.storage.access import Viewer
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.read_sections import get_section


def read_revisions(
    deployment: Deployment, principal: Principal, section: SectionId, *, at: datetime
) -> tuple[SectionRevision, ...]:
    """The first first, the current one last. Raises `NotFound`; audited as a read of the section."""
    current = get_section(deployment, principal, section, at=at).section
    viewer = Viewer(principal, at.date())
    with deployment.database.reading() as session:
        earlier = section_revisions.of(session, section)
    return revisions(current, [(sections.shown(kept, viewer), ended_at) for kept, ended_at in earlier])
