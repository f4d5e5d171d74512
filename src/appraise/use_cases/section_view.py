"""A section as one principal sees it, with the actions that are theirs now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from appraise.domain.access import Principal, Role, StandIn, may_act, sees_ratings
from appraise.domain.clocks import due_on
from appraise.domain.cycles import Cycle
from appraise.domain.disputes import DisputeKind
from appraise.domain.employees import Employee, EmploymentStatus
from appraise.domain.identifiers import EmployeeId
from appraise.domain.periods import Period
from appraise.domain.reading import HandedIn, PersonRow, ViewedSection
from appraise.domain.section_guards import Moment, hindrance
from appraise.domain.section_states import Action
from appraise.domain.sections import Section
from appraise.storage import composites, cycles, disputes, people, sections, tokens
from appraise.storage.access import Viewer
from appraise.storage.database import Session
from appraise.use_cases.stand_ins import delegates_of


def view(
    session: Session,
    principal: Principal,
    section: Section,
    *,
    at: datetime,
    managers: Sequence[EmployeeId] | None = None,
    cycle: Cycle | None = None,
) -> ViewedSection:
    """`section` must have been read through the principal's scope.

    `managers` and `cycle` are the section's where the caller has read them.
    """
    viewer = Viewer(principal, at.date())
    cycle = cycle or cycles.get(session, section.cycle)
    person = people.by_id(session, viewer, [section.employee], on=at.date()).get(section.employee)
    if managers is None:
        managers = people.managers_of(session, section.employee, on=at.date())
    moment = moment_of(session, principal, section, cycle, on=at.date())
    allowed = {
        action
        for action in Action
        if may_act(principal, action, section.employee, managers=managers)
        and hindrance(section, action, moment) is None
    }
    return ViewedSection(
        section=sections.shown(section, viewer),
        person=person or _as_the_section_says(session, section),
        cycle=cycle,
        ratings_visible=sees_ratings(principal, section.employee, section.state),
        allowed_actions=frozenset(allowed),
        is_own=principal.employee == section.employee,
        composite=composites.of(session, section.run, section.employee),
        respond_by=respond_by(session, section, cycle),
        delegates=tuple(delegates_of(session, managers[0], on=at.date())) if managers else (),
        handed_in=_handed_in(session, section),
    )


def _handed_in(session: Session, section: Section) -> HandedIn | None:
    by, for_ = section.course.submitted_by, section.course.submitted_for
    if by is None:
        return None
    return HandedIn(tokens.name_of(session, by) or by, None if for_ is None else tokens.name_of(session, for_))


def moment_of(session: Session, principal: Principal, section: Section, cycle: Cycle, *, on: date) -> Moment:
    waiting = [one.kind is DisputeKind.RATING for one in disputes.of(session, section.id) if one.is_open]
    return Moment(
        on=on,
        cycle=cycle,
        actor=principal.employee,
        is_hr=Role.HR_ADMINISTRATOR in principal.roles,
        is_disputed=any(waiting),
        is_claimed=not all(waiting),
    )


def respond_by(
    session: Session, section: Section, cycle: Cycle, leave: Mapping[EmployeeId, Sequence[Period]] | None = None
) -> date | None:
    """The last day on which the employee may answer; None where nothing is shared, or while they are on leave.

    `leave` is everybody's, where many are asked for.
    """
    shared = section.course.shared_at
    if shared is None:
        return None
    away = people.leave(session, section.employee) if leave is None else leave
    pauses = [*section.course.pauses, *away.get(section.employee, ())]
    return due_on(shared.date(), cycle.rules.response_days, pauses)


@dataclass(frozen=True, slots=True)
class Actor:
    """How the audit log names a principal: by id where there is one, as names are shared.

    `facts` belong to the details of whatever they did: their name, and the host's service that let them in.
    """

    id: str
    facts: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, principal: Principal, acts_for: StandIn | None = None) -> "Actor":
        """`acts_for` is the manager in whose place they do it."""
        name = principal.name if acts_for is None else f"{principal.name} for {acts_for.name}"
        facts = [("name", name)]
        if acts_for is not None:
            facts.append(("for", f"employee:{acts_for.manager}"))
        if principal.embedded is not None:
            facts.append(("embedded_by", principal.embedded.by))
        who = principal.name if principal.employee is None else f"employee:{principal.employee}"
        return cls(who, tuple(facts))


OPERATOR: Final = Actor("operator", ())
"""Whoever runs the deployment, at the command line."""


def _as_the_section_says(session: Session, section: Section) -> PersonRow:
    """For principals who may read sections and not people: nothing beyond the section's own snapshot."""
    name = tokens.name_of(session, section.employee) or section.employee
    return PersonRow(
        Employee(section.employee, name),
        EmploymentStatus.UNKNOWN,
        section.job_title,
        department_name=section.department,
    )
