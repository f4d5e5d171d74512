"""An employee hands in what they think of themselves; others read it once the manager has handed in too."""

from datetime import datetime

from appraise.domain.access import Principal
from appraise.domain.identifiers import SectionId
from appraise.domain.reading import ViewedSection
from appraise.domain.section_states import Action
from appraise.domain.sections import Refusal, hand_in_assessment
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.section_change import Request, change_section


def submit_self_assessment(
    deployment: Deployment,
    principal: Principal,
    section_id: SectionId,
    *,
    expected_version: int,
    at: datetime,
) -> ViewedSection | Refusal:
    """Errors as for every change of a section: see `change_section`."""
    request = Request(
        Action.ASSESS_SELF,
        expected_version,
        at,
        facts=(("handed_in", "True"),),
    )
    return change_section(
        deployment, principal, section_id, request, lambda _, section: hand_in_assessment(section, at=at)
    )
