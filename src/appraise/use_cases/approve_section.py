"""A manager further up, or HR, approves what was handed in, where the cycle has no calibration."""

from datetime import datetime

from appraise.domain.access import Principal
from appraise.domain.identifiers import SectionId
from appraise.domain.reading import ViewedSection
from appraise.domain.section_states import Action
from appraise.domain.section_steps import approve
from appraise.domain.sections import Refusal
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.section_change import Request, change_section


def approve_section(
    deployment: Deployment,
    principal: Principal,
    section_id: SectionId,
    *,
    expected_version: int,
    at: datetime,
) -> ViewedSection | Refusal:
    """Errors as for every change of a section: see `change_section`."""
    request = Request(Action.APPROVE, expected_version, at)
    return change_section(deployment, principal, section_id, request, lambda _, section: approve(section))
