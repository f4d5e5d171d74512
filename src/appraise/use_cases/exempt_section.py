"""HR takes a section out of the cycle, with a reason."""

from datetime import datetime

from appraise.domain.access import Principal
from appraise.domain.identifiers import EmployeeId, SectionId
from appraise.domain.reading import ViewedSection
from appraise.domain.section_course import ExemptionReason
from appraise.domain.section_states import Action
from appraise.domain.section_steps import exempt
from appraise.domain.sections import Refusal
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.section_change import Request, change_section


def exempt_section(  # noqa: PLR0913  # the fields of one form
    deployment: Deployment,
    principal: Principal,
    section_id: SectionId,
    *,
    reason: ExemptionReason,
    note: str | None,
    expected_version: int,
    at: datetime,
) -> ViewedSection | Refusal:
    """Errors as for every change of a section: see `change_section`."""
    request = Request(Action.EXEMPT, expected_version, at, facts=(("reason", reason.value),))
    return change_section(
        deployment,
        principal,
        section_id,
        request,
        lambda _, section: exempt(section, reason=reason, note=note, by=EmployeeId(str(principal.employee)), at=at),
    )
