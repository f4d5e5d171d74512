"""Whether something can be done with a section now, whoever may do it in principle."""

from dataclasses import dataclass
from datetime import date

from appraise.domain.cycles import PERMITTED, Cycle
from appraise.domain.identifiers import EmployeeId
from appraise.domain.section_states import ALLOWED, HANDED_IN_UNRATED, Action
from appraise.domain.sections import Refusal, Section


@dataclass(frozen=True, slots=True)
class Moment:
    """Who is about to act, on which day, in which cycle. `is_hr` is said of HR administrators.

    `is_disputed` and `is_claimed` say that a dispute of a rating, or a claim, waits for its decision; `is_to_rate`
    that the section has something to rate, and `has_grades` that something is rated or has a level. The items tell,
    where they are there.
    """

    on: date
    cycle: Cycle
    actor: EmployeeId | None
    is_hr: bool
    is_disputed: bool = False
    is_claimed: bool = False
    is_to_rate: bool = True
    has_grades: bool = True


def hindrance(section: Section, action: Action, moment: Moment) -> Refusal | None:
    """What stands in the way of an action, the fields of its form left aside; None where nothing does."""
    return (
        _wrong_cycle(action, moment.cycle)
        or _wrong_state(section, action, moment)
        or _not_yet(section, action, moment)
        or _still_time(action, moment)
        or _not_alone(section, action, moment)
    )


def _wrong_cycle(action: Action, cycle: Cycle) -> Refusal | None:
    if action in PERMITTED[cycle.state]:
        return None
    return Refusal("CYCLE_STATE", f"the cycle {cycle.name} is {cycle.state}; {_doing(action)} is not possible in it")


def _wrong_state(section: Section, action: Action, moment: Moment) -> Refusal | None:
    is_unrated = action is Action.SUBMIT and not moment.is_to_rate and section.state in HANDED_IN_UNRATED
    if section.state in ALLOWED[action] or is_unrated:
        return None
    needed = " or ".join(sorted(ALLOWED[action]))
    return Refusal("WRONG_STATE", f"the section is {section.state}; to {_doing(action)} it must be {needed}")


def _not_yet(section: Section, action: Action, moment: Moment) -> Refusal | None:
    course, cycle = section.course, moment.cycle
    refusal = None
    match action:
        case Action.RATE | Action.SUBMIT if moment.on < cycle.period.start:
            refusal = "TOO_EARLY", f"the cycle starts on {cycle.period.start}; nothing can be rated before"
        case Action.ASSESS_SELF if course.self_assessed_at is not None:
            refusal = "ALREADY_DONE", "the self-assessment was handed in and cannot be changed any more"
        case Action.HAND_IN_UNREVIEWED if not moment.has_grades:
            refusal = (
                "NOTHING_TO_RATE",
                "no figure has a level by which it could be handed in; exempt the section with a reason",
            )
        case Action.APPROVE if cycle.rules.calibrates:
            refusal = "CALIBRATION_NEEDED", "this cycle calibrates: the section passes through a session"
        case Action.RELEASE if course.released_at is not None:
            refusal = "ALREADY_DONE", f"it was released on {course.released_at.date()}"
        case Action.SHARE if course.released_at is None and not moment.is_hr:
            refusal = "NOT_RELEASED", "HR has not released it yet"
        case Action.VOID if section.revision > 1:
            refusal = "WRONG_STATE", "its first revision was shared; what an employee was told is not voided"
        case Action.DECIDE_DISPUTE if not moment.is_disputed:
            refusal = "ALREADY_DONE", "no dispute waits for a decision"
        case Action.DECIDE_CLAIM if not moment.is_claimed:
            refusal = "ALREADY_DONE", "no claim waits for a decision"
    return None if refusal is None else Refusal(*refusal)


def _still_time(action: Action, moment: Moment) -> Refusal | None:
    """HR hands nothing in for a manager whose last day is not over."""
    last = moment.cycle.rules.rate_by
    if action is not Action.HAND_IN_UNREVIEWED or (last is not None and moment.on > last):
        return None
    if last is None:
        return Refusal("TOO_EARLY", "the cycle names no last day for rating; set one, and wait for it")
    return Refusal("TOO_EARLY", f"the manager has time until {last}")


def _not_alone(section: Section, action: Action, moment: Moment) -> Refusal | None:
    """Whoever scored a section does not approve it; opening a final one again takes two HR administrators."""
    proposed, refusal = section.course.reopening, None
    match action:
        case Action.APPROVE if moment.actor in section.course.scorers:
            refusal = "SECOND_PERSON", "somebody else has to approve what you rated or handed in"
        case Action.PROPOSE_REOPENING if proposed is not None:
            refusal = "ALREADY_DONE", "its reopening is proposed; another HR administrator has to approve it"
        case Action.REOPEN if proposed is None:
            refusal = "NOT_PROPOSED", "an HR administrator has to propose its reopening first"
        case Action.WITHDRAW_REOPENING if proposed is None:
            refusal = "NOT_PROPOSED", "nobody proposes its reopening"
        case Action.REOPEN if proposed is not None and proposed.by == moment.actor:
            refusal = "SECOND_PERSON", "somebody else has to approve what you proposed"
    return None if refusal is None else Refusal(*refusal)


def _doing(action: Action) -> str:
    return action.lower().replace("_", " ")
