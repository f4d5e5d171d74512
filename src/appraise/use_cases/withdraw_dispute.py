"""An employee takes a dispute or a claim back."""

from datetime import datetime

from appraise.domain.access import Principal
from appraise.domain.disputes import DisputeKind, ended_for, withdrawn
from appraise.domain.identifiers import DisputeId, SectionId
from appraise.domain.reading import ViewedSection
from appraise.domain.section_states import Action
from appraise.domain.sections import Refusal, Section, moved
from appraise.errors import NotFound
from appraise.storage import disputes
from appraise.use_cases.around import Around
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.dispute_notice import tell_of_dispute
from appraise.use_cases.section_change import Request, change_section


def withdraw_dispute(  # the fields of one form
    deployment: Deployment,
    principal: Principal,
    section_id: SectionId,
    dispute_id: DisputeId,
    *,
    expected_version: int,
    at: datetime,
) -> ViewedSection | Refusal:
    """Errors as for every change of a section (see `change_section`), and `NotFound` for a dispute of another one."""
    with deployment.database.reading() as session:
        found = disputes.get(session, dispute_id)
    if found is None or found.section != section_id:
        raise NotFound("there is no such dispute of this section")
    is_rating = found.kind is DisputeKind.RATING
    action = Action.DISPUTE if is_rating else Action.CLAIM
    facts = (("dispute", dispute_id), ("withdrawn", "True"))
    request = Request(action, expected_version, at, facts=facts)

    def step(around: Around, section: Section) -> Section | Refusal:
        session = around.session
        known = disputes.of(session, section.id)
        dispute = next(one for one in known if one.id == dispute_id)
        if not dispute.is_open:
            return Refusal("ALREADY_DONE", f"it was ended as {dispute.state}")
        ended = withdrawn(dispute, at=at)
        disputes.save(session, ended)
        tell_of_dispute(session, section, ended, at=at)
        others = [one for one in known if one.id != dispute_id]
        return ended_for(section, others, at=at) if is_rating else moved(section, section.state)

    return change_section(deployment, principal, section_id, request, step)
