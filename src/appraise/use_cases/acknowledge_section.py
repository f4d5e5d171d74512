"""The employee has seen their section, and agrees or does not."""

from datetime import datetime

from appraise.domain.access import Principal
from appraise.domain.identifiers import SectionId
from appraise.domain.reading import ViewedSection
from appraise.domain.section_course import Stance
from appraise.domain.section_states import Action
from appraise.domain.section_steps import acknowledge
from appraise.domain.sections import Refusal
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.section_change import Request, change_section


def acknowledge_section(  # noqa: PLR0913  # the fields of one form
    deployment: Deployment,
    principal: Principal,
    section_id: SectionId,
    *,
    stance: Stance,
    comment: str | None,
    expected_version: int,
    at: datetime,
) -> ViewedSection | Refusal:
    """Errors as for every change of a section: see `change_section`."""
    request = Request(
        Action.ACKNOWLEDGE,
        expected_version,
        at,
        facts=(("stance", stance.value),),
    )
    return change_section(
        deployment,
        principal,
        section_id,
        request,
        lambda _, section: acknowledge(section, stance=stance, comment=comment, by=principal.employee, at=at),
    )
