"""Final sections as they are written into HR systems and printed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from appraise.domain.cycles import Cycle
from appraise.domain.employees import Employee
from appraise.domain.finished_sections import FinishedSection, absence_of, finished_items
from appraise.domain.identifiers import EmployeeId, SectionId
from appraise.domain.section_states import SectionState
from appraise.domain.sections import Section
from appraise.storage import cycles, references, sections
from appraise.storage.database import Session


@dataclass(frozen=True, slots=True)
class Finished:
    section: FinishedSection
    cycle: Cycle
    employee: EmployeeId


def finished(session: Session, ids: Iterable[SectionId]) -> dict[SectionId, Finished]:
    """Those of the sections that are final now."""
    final = [section for section in sections.whole(session, ids) if section.state is SectionState.FINALISED]
    known = {cycle.id: cycle for cycle in cycles.all_of_them(session)}
    wanted = {section.employee for section in final} | {section.manager for section in final if section.manager}
    found = references.employees(session, wanted)
    return {
        section.id: Finished(_value(section, known[section.cycle], found), known[section.cycle], section.employee)
        for section in final
    }


def _value(section: Section, cycle: Cycle, found: Mapping[EmployeeId, Employee]) -> FinishedSection:
    at, answer = section.course.finalised_at, section.course.acknowledgement
    employee, manager = found[section.employee], None if section.manager is None else found[section.manager]
    assert at is not None  # noqa: S101  # a final section has become final
    return FinishedSection(
        id=section.id,
        revision=section.revision,
        name=employee.display_name,
        references=employee.references,
        cycle=cycle.name,
        period=cycle.period,
        items=finished_items(section),
        total=section.total,
        absence=absence_of(section),
        observed_weight=section.observed_weight,
        finalised_at=at,
        email=employee.email,
        manager=None if manager is None else manager.display_name,
        manager_email=None if manager is None else manager.email,
        job_title=section.job_title,
        department=section.department,
        stance=None if answer is None else answer.stance,
        manifest_hash=section.manifest_hash,
        cycle_reference=cycle.reference,
        is_unreviewed=section.is_unreviewed,
    )
