"""HR hands in a section whose manager did not by the last day for rating: provisional, and labelled so."""

from datetime import datetime

from appraise.domain.access import Principal
from appraise.domain.identifiers import SectionId
from appraise.domain.reading import ViewedSection
from appraise.domain.section_states import Action
from appraise.domain.section_steps import hand_in_unreviewed as handed_in
from appraise.domain.sections import Refusal, Section
from appraise.storage import sections
from appraise.use_cases.around import Around
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.section_change import Request, change_section


def hand_in_unreviewed(  # the fields of one form
    deployment: Deployment,
    principal: Principal,
    section_id: SectionId,
    *,
    reason: str,
    expected_version: int,
    at: datetime,
) -> ViewedSection | Refusal:
    """Errors as for every change of a section: see `change_section`."""
    facts = (("reason", reason.strip()),)
    request = Request(Action.HAND_IN_UNREVIEWED, expected_version, at, facts=facts)

    def step(around: Around, section: Section) -> Section | Refusal:
        frozen = sections.manifest_hash(around.run(section.run), section)
        return handed_in(section, reason=reason, at=at, manifest_hash=frozen, by=principal.employee)

    return change_section(deployment, principal, section_id, request, step)
