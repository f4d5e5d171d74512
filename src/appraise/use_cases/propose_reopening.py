"""The first of two HR administrators proposes to open a final section again."""

from datetime import datetime

from appraise.domain import section_steps
from appraise.domain.access import Principal
from appraise.domain.identifiers import EmployeeId, SectionId
from appraise.domain.reading import ViewedSection
from appraise.domain.section_course import ReopeningReason
from appraise.domain.section_states import Action
from appraise.domain.sections import Refusal
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.section_change import Request, change_section


def propose_reopening(  # noqa: PLR0913  # the fields of one form
    deployment: Deployment,
    principal: Principal,
    section_id: SectionId,
    *,
    reason: ReopeningReason,
    note: str,
    expected_version: int,
    at: datetime,
) -> ViewedSection | Refusal:
    """Errors as for every change of a section: see `change_section`."""
    request = Request(
        Action.PROPOSE_REOPENING,
        expected_version,
        at,
        facts=(("reason", reason.value), ("note", note.strip())),
    )
    return change_section(
        deployment,
        principal,
        section_id,
        request,
        lambda _, section: section_steps.propose_reopening(
            section, reason=reason, note=note, by=EmployeeId(str(principal.employee)), at=at
        ),
    )
