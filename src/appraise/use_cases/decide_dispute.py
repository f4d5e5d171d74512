"""Somebody who did not score decides a dispute or a claim."""

from datetime import datetime

from appraise.domain.access import Principal
from appraise.domain.disputes import DisputeKind, DisputeState, decided, hindrance_to_deciding
from appraise.domain.identifiers import DisputeId, EmployeeId, SectionId
from appraise.domain.reading import ViewedSection
from appraise.domain.section_states import Action
from appraise.domain.sections import Refusal, Section
from appraise.errors import NotFound
from appraise.storage import disputes
from appraise.use_cases.around import Around
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.dispute_notice import tell_of_dispute
from appraise.use_cases.section_change import Request, change_section


def decide_dispute(  # noqa: PLR0913  # the fields of one form
    deployment: Deployment,
    principal: Principal,
    section_id: SectionId,
    dispute_id: DisputeId,
    *,
    outcome: DisputeState,
    rating: int | None,
    reason: str,
    expected_version: int,
    at: datetime,
) -> ViewedSection | Refusal:
    """Errors as for every change of a section (see `change_section`), and `NotFound` for a dispute of another one."""
    with deployment.database.reading() as session:
        found = disputes.get(session, dispute_id)
    if found is None or found.section != section_id:
        raise NotFound("there is no such dispute of this section")
    action = Action.DECIDE_DISPUTE if found.kind is DisputeKind.RATING else Action.DECIDE_CLAIM
    facts = (("dispute", dispute_id), ("outcome", outcome.value), ("reason", reason.strip()))
    request = Request(action, expected_version, at, facts=facts)

    def step(around: Around, section: Section) -> Section | Refusal:
        session = around.session
        known = disputes.of(session, section.id)
        dispute = next(one for one in known if one.id == dispute_id)
        refusal = hindrance_to_deciding(section, dispute, principal.employee)
        if refusal is not None:
            return refusal
        others = [one for one in known if one.id != dispute_id]
        by = EmployeeId(str(principal.employee))
        done = decided(section, dispute, others, outcome=outcome, rating=rating, reason=reason, by=by, at=at)
        if isinstance(done, Refusal):
            return done
        after, ended = done
        disputes.save(session, ended)
        tell_of_dispute(session, section, ended, at=at)
        return after

    return change_section(deployment, principal, section_id, request, step)
