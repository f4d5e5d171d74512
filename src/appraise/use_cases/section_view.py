"""A section as one principal sees it, with the actions that are theirs now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from appraise.domain.access import Principal, Role, StandIn, may_act, sees_ratings
from appraise.domain.clocks import due_on
from appraise.domain.cycles import Cycle
from appraise.domain.disputes import DisputeKind
from appraise.domain.employees import Employee, EmploymentStatus
from appraise.domain.periods import Period
from appraise.domain.reading import HandedIn, PersonRow, ViewedSection
from appraise.domain.section_guards import Moment, hindrance
from appraise.domain.section_states import Action
from appraise.domain.sections import Section
from appraise.storage import sections
from appraise.storage.access import Viewer
from appraise.use_cases.around import Around


def view(around: Around, section: Section) -> ViewedSection:
    """As its principal sees it; `section` must have been read through their scope."""
    principal, cycle, managers = around.principal, around.cycle(section.cycle), around.managers(section.employee)
    moment, is_manager_away = moment_of(around, section), around.is_manager_away(section.employee)
    allowed = {
        action
        for action in Action
        if may_act(principal, action, section.employee, managers=managers, is_manager_away=is_manager_away)
        and hindrance(section, action, moment) is None
    }
    return ViewedSection(
        section=sections.shown(section, Viewer(principal, around.on)),
        person=around.person(section.employee) or _as_the_section_says(around, section),
        cycle=cycle,
        ratings_visible=sees_ratings(principal, section.employee, section.state),
        allowed_actions=frozenset(allowed),
        is_own=principal.employee == section.employee,
        composite=around.composite(section),
        respond_by=respond_by(section, cycle, around.leave(section.employee)),
        delegates=around.delegates(managers[0]) if managers else (),
        handed_in=_handed_in(around, section),
    )


def _handed_in(around: Around, section: Section) -> HandedIn | None:
    by, for_ = section.course.submitted_by, section.course.submitted_for
    if by is None:
        return None
    return HandedIn(
        around.name(by) or by,
        None if for_ is None else around.name(for_),
        section.course.unreviewed_reason,
        section.course.rated_by_level,
    )


def moment_of(around: Around, section: Section) -> Moment:
    waiting = [one.kind is DisputeKind.RATING for one in around.disputes(section.id) if one.is_open]
    return Moment(
        on=around.on,
        cycle=around.cycle(section.cycle),
        actor=around.principal.employee,
        is_hr=Role.HR_ADMINISTRATOR in around.principal.roles,
        is_disputed=any(waiting),
        is_claimed=not all(waiting),
        is_to_rate=section.is_to_rate,
        has_grades=section.has_grades,
    )


def respond_by(section: Section, cycle: Cycle, leave: Sequence[Period]) -> date | None:
    """The last day on which the employee may answer; None where nothing is shared, or while they are on leave."""
    shared = section.course.shared_at
    if shared is None:
        return None
    return due_on(shared.date(), cycle.rules.response_days, [*section.course.pauses, *leave])


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


def _as_the_section_says(around: Around, section: Section) -> PersonRow:
    """For principals who may read sections and not people: nothing beyond the section's own snapshot."""
    name = around.name(section.employee) or section.employee
    return PersonRow(
        Employee(section.employee, name),
        EmploymentStatus.UNKNOWN,
        section.job_title,
        department_name=section.department,
    )
