"""The second of two HR administrators opens a final section again: its next revision begins."""

from dataclasses import replace
from datetime import datetime

from appraise.domain.access import Principal
from appraise.domain.corrections import CorrectionState
from appraise.domain.identifiers import SectionId
from appraise.domain.reading import ViewedSection
from appraise.domain.section_states import Action
from appraise.domain.section_steps import reopen
from appraise.domain.sections import Refusal, Section
from appraise.storage import corrections
from appraise.use_cases.around import Around
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.section_change import Request, change_section


def reopen_section(
    deployment: Deployment,
    principal: Principal,
    section_id: SectionId,
    *,
    expected_version: int,
    at: datetime,
) -> ViewedSection | Refusal:
    """Errors as for every change of a section: see `change_section`."""
    request = Request(Action.REOPEN, expected_version, at)

    def step(around: Around, section: Section) -> Section:
        session = around.session
        proposed = section.course.reopening
        if proposed is not None:  # for whatever reason: the next run gives it the new figures
            for notice in corrections.of(session, section.id):
                if notice.state is CorrectionState.OPEN:
                    ended = replace(
                        notice, state=CorrectionState.REOPENED, note=proposed.note, decided_by=principal.employee
                    )
                    corrections.decide(session, ended)
        return reopen(section)

    return change_section(deployment, principal, section_id, request, step)
