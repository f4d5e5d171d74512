"""A proposal to open a final section again is taken back by whoever made it, or declined by another of HR."""

from datetime import datetime

from appraise.domain import section_steps
from appraise.domain.access import Principal
from appraise.domain.identifiers import SectionId
from appraise.domain.reading import ViewedSection
from appraise.domain.section_states import Action
from appraise.domain.sections import Refusal
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.section_change import Request, change_section


def withdraw_reopening(  # the fields of one form
    deployment: Deployment,
    principal: Principal,
    section_id: SectionId,
    *,
    reason: str,
    expected_version: int,
    at: datetime,
) -> ViewedSection | Refusal:
    """Errors as for every change of a section: see `change_section`."""
    request = Request(Action.WITHDRAW_REOPENING, expected_version, at, facts=(("reason", reason.strip()),))
    return change_section(
        deployment,
        principal,
        section_id,
        request,
        lambda _, section: section_steps.withdraw_reopening(section, reason=reason),
    )
