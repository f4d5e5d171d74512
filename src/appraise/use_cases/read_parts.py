"""What former managers and dotted lines say of a section, for whoever reads it; and what somebody is asked for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from appraise.domain.access import Principal, may_sign_in
from appraise.domain.cycles import Cycle
from appraise.domain.employees import EmploymentStatus
from appraise.domain.identifiers import EmployeeId, IndicatorKey, SectionId
from appraise.domain.parts import Expected, NamedPart, Part, PartKind, by_days, days_of, expected_parts, kept_parts
from appraise.domain.reading import ViewedSection
from appraise.domain.section_guards import Moment, hindrance
from appraise.domain.section_states import ALLOWED, Action
from appraise.domain.sections import Section
from appraise.errors import NotFound
from appraise.storage import cycles, parts, people, sections, tasks
from appraise.storage.database import Session
from appraise.use_cases.around import Around
from appraise.use_cases.deployment import Deployment


@dataclass(frozen=True, slots=True)
class SectionParts:
    """`by_days` holds a mean for each indicator that a former manager rated, with the section's own rating in it."""

    parts: tuple[NamedPart, ...]
    days_of_manager: int
    by_days: Mapping[IndicatorKey, Decimal]


@dataclass(frozen=True, slots=True)
class Asked:
    """A part that somebody is asked for. Of the section they see no figure and no rating but their own."""

    expected: Expected
    section: Section
    employee_name: str
    cycle: Cycle
    part: Part | None


def parts_of(around: Around, section: Section) -> SectionParts:
    """All that are asked for or were given, whoever asks: as of the day of handing in, once that is over."""
    session, on = around.session, around.on
    if section.submitted_at is not None and section.state not in ALLOWED[Action.RATE]:
        on = min(on, section.submitted_at.date())
    cycle, lines, given = around.cycle(section.cycle), around.lines(section.employee), around.parts(section.id)
    is_today = on == around.on
    managers = around.managers(section.employee) if is_today else people.managers_of(session, section.employee, on=on)
    manager = next(iter(managers), None)
    found = []
    asked_for = expected_parts(cycle, lines, manager=manager, on=on)
    for one in [*asked_for, *kept_parts(cycle, lines, given, asked_for)]:
        status = people.status_of(session, one.author, on=on)
        can_give = may_sign_in(status) and status is not EmploymentStatus.LEAVE
        name = around.name(one.author) or one.author
        found.append(NamedPart(one, name, given.get(one.author), can_give))
    days = 0 if manager is None else days_of(cycle, lines, manager, on=on)
    return SectionParts(tuple(found), days, by_days(section, found, days_of_manager=days))


def read_parts(deployment: Deployment, principal: Principal, viewed: ViewedSection, *, at: datetime) -> SectionParts:
    """Of a section that was read; without what is withheld as the manager's ratings are."""
    with deployment.database.reading() as session:
        whole = parts_of(Around(session, principal, at.date()), viewed.section)
    if viewed.ratings_visible:
        return whole
    asked_for = (one for one in whole.parts if one.expected.kind is not PartKind.KEPT)  # else it tells what was given
    withheld = tuple(NamedPart(one.expected, one.author_name, None, one.can_give) for one in asked_for)
    return SectionParts(withheld, whole.days_of_manager, {})


def asked_of(deployment: Deployment, principal: Principal, *, at: datetime) -> list[Asked]:
    """What the reader is asked for now and what they gave where it can still be changed."""
    me = principal.employee
    if me is None or principal.embedded is not None:
        return []
    with deployment.database.reading() as session:
        found = asked(session, me, on=at.date())
        with_items = {section.id: section for section in sections.whole(session, [one.section.id for one in found])}
        given = parts.of_sections(session, [one.section.id for one in found])
    return [
        Asked(one.expected, with_items[one.section.id], one.employee_name, one.cycle, given[one.section.id].get(me))
        for one in found
    ]


def get_asked(deployment: Deployment, principal: Principal, section: SectionId, *, at: datetime) -> Asked:
    """Raises `NotFound` where it is not asked for now."""
    found = next((one for one in asked_of(deployment, principal, at=at) if one.section.id == section), None)
    if found is None:
        raise NotFound("there is no such section, or no part of yours is asked for in it now")
    return found


def asked(session: Session, author: EmployeeId | None, *, on: date) -> list[Asked]:
    """Of one author, or of everybody: sections without their items, and without saying what was given."""
    running = {cycle.id: cycle for cycle in cycles.all_of_them(session) if cycle.state in tasks.RUNNING}
    nearest = tasks.managers(session, on=on)
    found = []
    for section, name, lines in parts.candidates(session, running.values(), author=author, on=on):
        cycle = running[section.cycle]
        manager = nearest.get(section.employee)
        for one in expected_parts(cycle, lines, manager=manager, on=on):
            moment = Moment(on=on, cycle=cycle, actor=one.author, is_hr=False)
            if hindrance(section, Action.RATE, moment) is None:
                found.append(Asked(one, section, name, cycle, None))
    gone = _gone(session, {one.expected.author for one in found}, on)
    return [one for one in found if one.expected.author not in gone]


def _gone(session: Session, authors: Iterable[EmployeeId], on: date) -> set[EmployeeId]:
    return {one for one in authors if not may_sign_in(people.status_of(session, one, on=on))}


def one_asked(session: Session, author: EmployeeId, section: SectionId, *, on: date) -> Asked | None:
    return next((one for one in asked(session, author, on=on) if one.section.id == section), None)
