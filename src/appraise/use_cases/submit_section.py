"""A manager, or whoever stands in for them, hands a section in; what it rests on is frozen by its hash."""

from datetime import datetime

from appraise.domain.access import Principal, acts_for
from appraise.domain.identifiers import SectionId
from appraise.domain.parts import missing
from appraise.domain.reading import ViewedSection
from appraise.domain.section_states import Action
from appraise.domain.sections import Refusal, Section, submit
from appraise.storage import sections
from appraise.use_cases.around import Around
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.read_parts import parts_of
from appraise.use_cases.section_change import Request, change_section


def submit_section(
    deployment: Deployment,
    principal: Principal,
    section_id: SectionId,
    *,
    expected_version: int,
    at: datetime,
) -> ViewedSection | Refusal:
    """Errors as for every change of a section: see `change_section`."""
    request = Request(Action.SUBMIT, expected_version, at)

    def step(around: Around, section: Section) -> Section | Refusal:
        beside = parts_of(around, section)
        rate_by = around.cycle(section.cycle).rules.rate_by
        waits = missing(beside.parts, days_of_manager=beside.days_of_manager, rate_by=rate_by, on=at.date())
        if waits is not None:
            return waits
        managers = around.managers(section.employee)
        place_of = acts_for(principal, Action.SUBMIT, section.employee, managers=managers)
        return submit(
            section,
            at=at,
            manifest_hash=sections.manifest_hash(around.run(section.run), section),
            by=principal.employee,
            acts_for=None if place_of is None else place_of.manager,
        )

    return change_section(deployment, principal, section_id, request, step)
