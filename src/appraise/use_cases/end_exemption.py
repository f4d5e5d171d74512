"""HR takes an exempt section into the cycle again."""

from datetime import datetime

from appraise.domain import section_steps
from appraise.domain.access import Principal
from appraise.domain.identifiers import SectionId
from appraise.domain.reading import ViewedSection
from appraise.domain.section_states import Action
from appraise.domain.sections import Refusal
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.section_change import Request, change_section


def end_exemption(
    deployment: Deployment,
    principal: Principal,
    section_id: SectionId,
    *,
    expected_version: int,
    at: datetime,
) -> ViewedSection | Refusal:
    """Errors as for every change of a section: see `change_section`."""
    request = Request(Action.END_EXEMPTION, expected_version, at)
    return change_section(
        deployment, principal, section_id, request, lambda _, section: section_steps.end_exemption(section)
    )
