"""An employee disputes a rating, or says of an event that it is not theirs, wrong, or theirs and missing."""

from datetime import datetime, timedelta

from appraise.domain.access import Principal
from appraise.domain.disputes import (
    DAYS_TO_DECIDE,
    Dispute,
    DisputeKind,
    disputed,
    hindrance_to_filing,
    neutral,
)
from appraise.domain.identifiers import DisputeId, EmployeeId, ItemId, SectionId
from appraise.domain.reading import ViewedSection
from appraise.domain.section_states import Action
from appraise.domain.sections import Refusal, Section, words
from appraise.storage import disputes
from appraise.storage.identifiers import new_id
from appraise.use_cases.around import Around
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.dispute_notice import tell_of_dispute
from appraise.use_cases.section_change import Request, change_section
from appraise.use_cases.section_view import respond_by


def file_dispute(  # noqa: PLR0913  # the fields of one form
    deployment: Deployment,
    principal: Principal,
    section_id: SectionId,
    item_id: ItemId,
    *,
    kind: DisputeKind,
    evidence: str | None,
    comment: str,
    expected_version: int,
    at: datetime,
) -> ViewedSection | Refusal:
    """`evidence` is the id of the event that a claim is about. Errors as for every change: see `change_section`."""
    action = Action.DISPUTE if kind is DisputeKind.RATING else Action.CLAIM
    facts = (("item", item_id), ("kind", kind.value))
    request = Request(action, expected_version, at, facts=facts)

    def step(around: Around, section: Section) -> Section | Refusal:
        session, cycle, managers = around.session, around.cycle(section.cycle), around.managers(section.employee)
        new = Dispute(
            id=DisputeId(new_id()),
            section=section.id,
            revision=section.revision,
            kind=kind,
            item=item_id,
            evidence=words(evidence),
            comment=comment.strip(),
            filed_at=at,
            filed_by=EmployeeId(str(principal.employee)),
            decide_by=at.date() + timedelta(days=DAYS_TO_DECIDE),
            reviewer=neutral(managers, scorers=section.course.scorers),
        )
        until = respond_by(section, cycle, around.leave(section.employee))
        before = disputes.of(session, section.id)
        refusal = hindrance_to_filing(section, new, before, most=cycle.rules.most_disputes, respond_by=until)
        if refusal is not None:
            return refusal
        disputes.add(session, new)
        tell_of_dispute(session, section, new, at=at)
        return disputed(section, new)

    return change_section(deployment, principal, section_id, request, step)
