"""Who is missing from a cycle, or has something standing in the way, and why."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from appraise.domain.employees import Employment, EmploymentStatus, ReportingKind
from appraise.domain.identifiers import EmployeeId
from appraise.domain.language import counted
from appraise.domain.people import PeopleSnapshot
from appraise.domain.periods import Period
from appraise.domain.section_states import SectionState
from appraise.domain.shortfalls import asked_share, share_short_of

SHORTEST: Final = 90
"""Days at work in a cycle below which a newcomer is pointed out."""
AT_WORK: Final = frozenset({EmploymentStatus.ACTIVE, EmploymentStatus.UNKNOWN})
OUT: Final = frozenset({SectionState.EXEMPT, SectionState.VOID})


class Obstacle(StrEnum):
    NOT_SCORED = "NOT_SCORED"
    NO_MANAGER = "NO_MANAGER"
    MANAGER_UNKNOWN = "MANAGER_UNKNOWN"
    MANAGER_LEFT = "MANAGER_LEFT"
    NO_FIGURE = "NO_FIGURE"
    BELOW_FLOOR = "BELOW_FLOOR"
    SHORT_TIME = "SHORT_TIME"
    ON_LEAVE = "ON_LEAVE"
    LEFT = "LEFT"
    EXEMPT = "EXEMPT"
    VOID = "VOID"


@dataclass(frozen=True, slots=True)
class SectionFacts:
    """What of a section bears on the question; `observed` is the observed weight."""

    state: SectionState
    observed: Decimal
    floor: Decimal


@dataclass(frozen=True, slots=True)
class Found:
    """One obstacle in one sentence that says what to do."""

    obstacle: Obstacle
    sentence: str


@dataclass(frozen=True, slots=True)
class Readiness:
    """`missing` holds everybody with an obstacle, by name; `ready` counts the others."""

    ready: int
    missing: tuple[tuple[EmployeeId, str, tuple[Found, ...]], ...]


def readiness(
    people: PeopleSnapshot,
    period: Period,
    sections: Mapping[EmployeeId, SectionFacts],
    *,
    waiting: Mapping[EmployeeId, str],
    on: date,
) -> Readiness:
    """Of everybody who was employed in the period. `waiting` names managers whom no import has brought yet."""
    jobs: dict[EmployeeId, list[Employment]] = defaultdict(list)
    for job in people.employments:
        jobs[job.employee].append(job)
    managers = {
        line.employee: line.manager
        for line in people.reporting_lines
        if line.kind is ReportingKind.SOLID and on in line.period
    }
    gone = {person.id for person in people.employees if _has_left(jobs[person.id], on)}
    ready, missing = 0, []
    for person in sorted(people.employees, key=lambda one: (one.display_name.casefold(), one.id)):
        in_cycle = [job for job in jobs[person.id] if job.period.overlaps(period)]
        section = sections.get(person.id)
        if not in_cycle and section is None:
            continue
        found = [*_of_section(section), *_of_jobs(in_cycle, period, on, has_left=person.id in gone)]
        if section is None or section.state not in OUT:
            found += _of_manager(managers.get(person.id), waiting.get(person.id), gone)
        if found:
            missing.append((person.id, person.display_name, tuple(found)))
        else:
            ready += 1
    return Readiness(ready, tuple(missing))


def _of_section(section: SectionFacts | None) -> Iterable[Found]:
    if section is None:
        yield Found(Obstacle.NOT_SCORED, "There is no section: no scoring run has had this person. Score the cycle.")
    elif section.state is SectionState.EXEMPT:
        yield Found(Obstacle.EXEMPT, "Exempt from this cycle; the section says why.")
    elif section.state is SectionState.VOID:
        yield Found(Obstacle.VOID, "The section was voided.")
    elif not section.observed:
        yield Found(
            Obstacle.NO_FIGURE,
            "No indicator has a figure: the manager can comment and hand it in, and there will be no total.",
        )
    elif section.observed < section.floor:
        yield Found(
            Obstacle.BELOW_FLOOR,
            f"Indicators with a figure make up {share_short_of(section.observed, section.floor, places=0)} of the "
            f"weight, the policy asks for {asked_share(section.floor)}: there will be no total.",
        )


def _of_jobs(jobs: Sequence[Employment], period: Period, on: date, *, has_left: bool) -> Iterable[Found]:
    if has_left:
        yield Found(Obstacle.LEFT, "Has left. Exempt the section, or finish it.")
        return
    if any(job.status is EmploymentStatus.LEAVE and on in job.period for job in jobs):
        yield Found(Obstacle.ON_LEAVE, "On leave today: nobody can share the section with them and be answered.")
    at_work = [job.period.intersection(period) for job in jobs if job.status in AT_WORK]
    days = sum(common.days or 0 for common in at_work if common is not None)
    if days < SHORTEST:
        yield Found(
            Obstacle.SHORT_TIME, f"{counted(days, 'day', 'days')} at work in this cycle, fewer than {SHORTEST}."
        )


def _of_manager(manager: EmployeeId | None, waiting: str | None, gone: set[EmployeeId]) -> Iterable[Found]:
    if manager is None and waiting is not None:
        yield Found(
            Obstacle.MANAGER_UNKNOWN, f"The manager is said to be {waiting!r}, whom no import has brought. Import them."
        )
    elif manager is None:
        yield Found(Obstacle.NO_MANAGER, "Has no manager, so nobody can rate. Name one in the HR system.")
    elif manager in gone:
        yield Found(Obstacle.MANAGER_LEFT, "The manager has left. Name another one in the HR system.")


def _has_left(jobs: Sequence[Employment], on: date) -> bool:
    return bool(jobs) and all(job.period.end is not None and job.period.end <= on for job in jobs)
