"""What happens to a section after it was handed in, and beside the usual way: pure functions as in `sections`."""

from dataclasses import replace
from datetime import datetime

from appraise.domain.identifiers import EmployeeId
from appraise.domain.section_course import (
    Acknowledgement,
    Course,
    Exemption,
    ExemptionReason,
    Reopening,
    ReopeningReason,
    Stance,
)
from appraise.domain.section_states import SectionState
from appraise.domain.sections import Refusal, Section, moved, words


def hand_in_unreviewed(
    section: Section, *, reason: str, at: datetime, manifest_hash: str, by: EmployeeId | None
) -> Section | Refusal:
    """HR hands in what its manager did not, as provisional.

    What the manager has rated stays; of other items the level of the data is taken, and items without one stay unrated.
    """
    why = words(reason)
    if why is None:
        return Refusal("REASON_MISSING", "say why nobody reviews it", "reason")
    levels = {item.id: item.level for item in section.items if item.is_open and item.level is not None}
    items = tuple(replace(item, rating=levels.get(item.id, item.rating)) for item in section.items)
    course = replace(
        section.course,
        unblinded_at=section.course.unblinded_at or at,
        submitted_by=by,
        submitted_for=None,
        return_reason=None,
        unreviewed_reason=why,
        rated_by_level=tuple(item.indicator for item in items if item.id in levels),
    )
    after = moved(section, SectionState.SUBMITTED, course)
    return replace(after, items=items, submitted_at=at, manifest_hash=manifest_hash)


def without_levels(section: Section) -> Section:
    """Without the ratings that nobody gave: whoever reviews it now judges by themselves."""
    taken = section.course.rated_by_level
    items = tuple(replace(item, rating=None) if item.indicator in taken else item for item in section.items)
    return replace(section, items=items, course=replace(section.course, unreviewed_reason=None, rated_by_level=()))


def send_back(section: Section, *, reason: str) -> Section | Refusal:
    """Return a submitted section to its manager, who reads the reason; the evidence is free again."""
    why = words(reason)
    if why is None:
        return Refusal("REASON_MISSING", "say why the section goes back", "reason")
    judged = without_levels(section)
    after = moved(judged, SectionState.DRAFT, replace(judged.course, return_reason=why))
    return replace(after, submitted_at=None, manifest_hash=None)


def rated_by(section: Section, rater: EmployeeId | None) -> Section:
    """A section in which `rater` has just given a rating."""
    if rater is None:
        return section
    return replace(section, course=replace(section.course, rated_by=section.course.rated_by | {rater}))


def approve(section: Section) -> Section:
    """A second pair of eyes where the cycle has no calibration."""
    return moved(section, SectionState.CALIBRATED)


def release(section: Section, *, at: datetime) -> Section:
    """From now on the manager may share it."""
    return moved(section, section.state, replace(section.course, released_at=at))


def share(section: Section, *, at: datetime) -> Section:
    """The employee reads all of it, and their time to answer begins."""
    course = replace(section.course, shared_at=at, released_at=section.course.released_at or at, pauses=())
    return moved(section, SectionState.SHARED, course)


def acknowledge(
    section: Section, *, stance: Stance, comment: str | None, by: EmployeeId | None, at: datetime
) -> Section | Refusal:
    """The employee has seen it and agrees, or does not."""
    if stance is Stance.NO_RESPONSE:
        return Refusal("NOT_A_STANCE", "that nobody answered is for the clock to say", "stance")
    answer = Acknowledgement(stance, at, by, words(comment))
    return moved(section, SectionState.ACKNOWLEDGED, replace(section.course, acknowledgement=answer))


def finalise(section: Section, *, reason: str | None, at: datetime) -> Section | Refusal:
    """Close a section; it is immutable and open to HR systems from then on.

    `reason` may be None only where the employee has answered; without an answer it says on what grounds.
    """
    if section.state is not SectionState.ACKNOWLEDGED and words(reason) is None:
        return Refusal("REASON_MISSING", "say on what grounds the section is finalised without an answer", "reason")
    return _closed(section, at)


def close_by_clock(section: Section, *, at: datetime) -> Section:
    """The employee answered, or their time to answer is over."""
    return _closed(section, at)


def _closed(section: Section, at: datetime) -> Section:
    answer = section.course.acknowledgement or Acknowledgement(Stance.NO_RESPONSE, at)
    return moved(section, SectionState.FINALISED, replace(section.course, acknowledgement=answer, finalised_at=at))


def exempt(section: Section, *, reason: ExemptionReason, note: str | None, by: EmployeeId, at: datetime) -> Section:
    """Take a section out of the cycle: counted as exempt, never as done."""
    exemption = Exemption(reason, words(note), at, by)
    return moved(section, SectionState.EXEMPT, replace(section.course, exemption=exemption))


def end_exemption(section: Section) -> Section:
    return moved(section, SectionState.COLLECTING, replace(section.course, exemption=None))


def void(section: Section, *, reason: str) -> Section | Refusal:
    """It was created in error; kept for auditors, hidden from everybody below HR."""
    why = words(reason)
    if why is None:
        return Refusal("REASON_MISSING", "say by what error the section was created", "reason")
    return moved(section, SectionState.VOID, replace(section.course, void_reason=why))


def propose_reopening(
    section: Section, *, reason: ReopeningReason, note: str, by: EmployeeId, at: datetime
) -> Section | Refusal:
    """The first of two HR administrators."""
    why = words(note)
    if why is None:
        return Refusal("REASON_MISSING", "say what has to be put right", "note")
    return moved(section, section.state, replace(section.course, reopening=Reopening(reason, why, at, by)))


def withdraw_reopening(section: Section, *, reason: str) -> Section | Refusal:
    """Whoever proposed it takes it back, or another HR administrator declines it: it stays final."""
    if words(reason) is None:
        return Refusal("REASON_MISSING", "say why the section stays final", "reason")
    return moved(section, section.state, replace(section.course, reopening=None))


def reopen(section: Section) -> Section:
    """Begin the next revision, with the ratings of the last one; the caller keeps that one as it is."""
    return begun_again(without_levels(section), SectionState.REOPENED)


def begun_again(section: Section, state: SectionState) -> Section:
    """The next revision, in `state`. What belongs to the last one alone goes."""
    old = section.course
    course = Course(
        self_assessed_at=old.self_assessed_at,
        unblinded_at=old.unblinded_at,
        rated_by=old.rated_by,
        submitted_by=old.submitted_by,
        submitted_for=old.submitted_for,
        released_at=old.released_at,
        unreviewed_reason=old.unreviewed_reason,
        rated_by_level=old.rated_by_level,
    )
    return replace(moved(section, state, course), revision=section.revision + 1)
