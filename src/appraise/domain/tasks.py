"""Who owes what to whom by when. Lists and reminders both come from `owed`, so that nobody is told of nothing to do."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from appraise.domain.access import Principal, Role, may_act
from appraise.domain.corrections import Correction
from appraise.domain.cycles import Cycle
from appraise.domain.delegations import NamedDelegation, stand_ins
from appraise.domain.disputes import Dispute, DisputeKind
from appraise.domain.identifiers import EmployeeId, SectionId
from appraise.domain.section_guards import Moment, hindrance
from appraise.domain.section_states import Action, SectionState
from appraise.domain.sections import Section

REMIND_AT: Final = (30, 10, 3, 1)
"""Days before the last day on which somebody is reminded."""


class TaskKind(StrEnum):
    RATE = "RATE"
    HAND_IN = "HAND_IN"
    ASSESS_SELF = "ASSESS_SELF"
    GIVE_PART = "GIVE_PART"
    SUBMIT_IN_PLACE = "SUBMIT_IN_PLACE"
    SEE_TO_IT = "SEE_TO_IT"
    HAND_IN_UNREVIEWED = "HAND_IN_UNREVIEWED"
    APPROVE = "APPROVE"
    RELEASE = "RELEASE"
    SHARE = "SHARE"
    ANSWER = "ANSWER"
    DECIDE_DISPUTE = "DECIDE_DISPUTE"
    DECIDE_CLAIM = "DECIDE_CLAIM"
    DECIDE_CORRECTION = "DECIDE_CORRECTION"
    REOPEN = "REOPEN"
    LOOK_AT_WATCHES = "LOOK_AT_WATCHES"


@dataclass(frozen=True, slots=True, order=True)
class Task:
    """`due` is the last day; date.max where there is none, so that tasks sort by urgency.

    `section` is None of what is about no section; `subject` is then the owner.
    """

    due: date
    kind: TaskKind
    section: SectionId | None
    owner: EmployeeId
    subject: EmployeeId
    acts_for: EmployeeId | None = field(default=None, compare=False)
    """The manager for whom the owner stands in."""

    def is_to_be_reminded(self, on: date) -> bool:
        return self.due != date.max and (self.due - on).days in REMIND_AT


@dataclass(frozen=True, slots=True)
class NamedTask:
    """`for_name` is the manager in whose place it is done."""

    task: Task
    subject_name: str
    cycle_name: str
    for_name: str | None = None


@dataclass(frozen=True, slots=True)
class Open:
    """A section in which something may be owed. Its items need not be there; `managers` from the nearest up, today.

    `delegates` stand in for the nearest of them today. `is_to_rate`: some item has a figure that is rated;
    `has_grades`: some item is rated, or has a level.
    """

    section: Section
    cycle: Cycle
    managers: Sequence[EmployeeId]
    absent: Collection[EmployeeId] = ()
    disputes: Sequence[Dispute] = ()
    corrections: Sequence[Correction] = ()
    respond_by: date | None = None
    delegates: Sequence[NamedDelegation] = ()
    is_to_rate: bool = True
    has_grades: bool = True


def owed(open_: Open, *, hr: Collection[EmployeeId], on: date, by: EmployeeId | None = None) -> list[Task]:
    """What everybody owes in one section, or one of them, as far as it can be done now."""
    found = [*_of_stage(open_), *_of_the_late(open_, hr, on), *_of_decisions(open_)]
    tasks = {
        Task(due or date.max, kind, open_.section.id, owner, open_.section.employee, place_of)
        for action, kind, owners, due in found
        for owner, place_of in _with_delegates(open_, kind, hr if owners is None else owners)
        if by in {None, owner} and (action is None or _can(open_, action, owner, hr, on))
    }
    return sorted(tasks)


def _with_delegates(
    open_: Open, kind: TaskKind, owners: Collection[EmployeeId]
) -> list[tuple[EmployeeId, EmployeeId | None]]:
    """What the nearest manager has to rate is on the lists of their delegates as well."""
    found: list[tuple[EmployeeId, EmployeeId | None]] = [(owner, None) for owner in owners]
    if kind in {TaskKind.RATE, TaskKind.HAND_IN}:
        found += [(one.delegation.delegate, one.delegation.manager) for one in open_.delegates]
    return found


_Owed = tuple[Action | None, TaskKind, Sequence[EmployeeId] | None, date | None]
"""By what it is done, None of what is done by talking to somebody; and who owes it, where None stands for HR."""


def _of_stage(open_: Open) -> list[_Owed]:
    section, managers = open_.section, open_.managers
    nearest, next_up = list(managers[:1]), list(managers[1:2])
    rate_by = open_.cycle.rules.rate_by
    match section.state:
        case SectionState.COLLECTING | SectionState.DRAFT | SectionState.REOPENED:
            rate = (Action.RATE, TaskKind.RATE) if open_.is_to_rate else (Action.SUBMIT, TaskKind.HAND_IN)
            found: list[_Owed] = [
                (*rate, nearest, rate_by),
                (Action.ASSESS_SELF, TaskKind.ASSESS_SELF, [section.employee], rate_by),
            ]
            is_stood_in_for = any(one.delegation.may_submit for one in open_.delegates)
            if nearest and nearest[0] in open_.absent and not is_stood_in_for:
                found.append((Action.SUBMIT, TaskKind.SUBMIT_IN_PLACE, next_up, rate_by))
            return found
        case SectionState.SUBMITTED:
            others = [one for one in next_up if one not in section.course.scorers]
            return [(Action.APPROVE, TaskKind.APPROVE, others or None, None)]
        case SectionState.CALIBRATED:
            return [
                (Action.RELEASE, TaskKind.RELEASE, None, None),
                (Action.SHARE, TaskKind.SHARE, nearest or None, None),
            ]
        case SectionState.SHARED:
            return [(Action.ACKNOWLEDGE, TaskKind.ANSWER, [section.employee], open_.respond_by)]
        case SectionState.FINALISED:
            return [(Action.REOPEN, TaskKind.REOPEN, None, None)]
        case _:
            return []


def _of_the_late(open_: Open, hr: Collection[EmployeeId], on: date) -> list[_Owed]:
    """After the last day for rating it is for the manager's own manager to see to, and for HR."""
    last, managers = open_.cycle.rules.rate_by, open_.managers
    if last is None or on <= last:
        return []
    found: list[_Owed] = [(Action.HAND_IN_UNREVIEWED, TaskKind.HAND_IN_UNREVIEWED, None, last)]
    # Whoever can rate can hand in what has nothing to rate.
    if managers and managers[0] not in open_.absent and _can(open_, Action.RATE, managers[0], hr, on):
        found.append((None, TaskKind.SEE_TO_IT, managers[1:2], last))
    return found


def _of_decisions(open_: Open) -> list[_Owed]:
    found: list[_Owed] = []
    for dispute in open_.disputes:
        if dispute.is_open:
            reviewer = None if dispute.reviewer is None else [dispute.reviewer]
            is_rating = dispute.kind is DisputeKind.RATING
            action = Action.DECIDE_DISPUTE if is_rating else Action.DECIDE_CLAIM
            kind = TaskKind.DECIDE_DISPUTE if is_rating else TaskKind.DECIDE_CLAIM
            found.append((action, kind, reviewer, dispute.decide_by))
    found += [
        (Action.PROPOSE_REOPENING, TaskKind.DECIDE_CORRECTION, None, notice.decide_by) for notice in open_.corrections
    ]
    return found


def _can(open_: Open, action: Action, owner: EmployeeId, hr: Collection[EmployeeId], on: date) -> bool:
    """By the same rules as when they come to do it."""
    waiting = [one.kind is DisputeKind.RATING for one in open_.disputes if one.is_open]
    roles = frozenset({Role.HR_ADMINISTRATOR} if owner in hr else ())
    moment = Moment(
        on=on,
        cycle=open_.cycle,
        actor=owner,
        is_hr=owner in hr,
        is_disputed=any(waiting),
        is_claimed=not all(waiting),
        is_to_rate=open_.is_to_rate,
        has_grades=open_.has_grades,
    )
    mine = [one for one in open_.delegates if one.delegation.delegate == owner]
    who = Principal(owner, owner, roles, stands_in=stand_ins(mine, on=on))
    section = open_.section
    return (
        may_act(
            who,
            action,
            section.employee,
            managers=open_.managers,
            is_manager_away=bool(open_.managers) and open_.managers[0] in open_.absent,
        )
        and hindrance(section, action, moment) is None
    )
