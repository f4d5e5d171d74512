"""Disputes of ratings and claims about evidence: filed by the employee, decided by somebody who did not score.

A dispute of a RATING is filed against a section that was shared, and takes it to DISPUTED. A claim, NOT_MINE,
WRONG_DATA or MISSING, names an event and may be filed at any time before the section is final; it does not move the
section.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from appraise.domain.identifiers import DisputeId, EmployeeId, ItemId, SectionId
from appraise.domain.language import counted
from appraise.domain.periods import Period
from appraise.domain.section_states import SectionState
from appraise.domain.section_steps import begun_again, rated_by
from appraise.domain.sections import UNKNOWN_ITEM, Refusal, Section, item_of, moved, with_item, words, wrong_rating

DAYS_TO_DECIDE: Final = 14


class DisputeKind(StrEnum):
    RATING = "RATING"
    NOT_MINE = "NOT_MINE"
    WRONG_DATA = "WRONG_DATA"
    MISSING = "MISSING"


class DisputeState(StrEnum):
    OPEN = "OPEN"
    UPHELD = "UPHELD"
    PARTLY_UPHELD = "PARTLY_UPHELD"
    DECLINED = "DECLINED"
    WITHDRAWN = "WITHDRAWN"
    EXPIRED = "EXPIRED"


DECISIONS: Final = frozenset({DisputeState.UPHELD, DisputeState.PARTLY_UPHELD, DisputeState.DECLINED})


@dataclass(frozen=True, slots=True)
class Dispute:
    """`evidence` is the id of the event that a claim names. `reviewer` is None where HR has to find one.

    `revision` is the section's at the time. `decide_by` is the last day on which it can be decided.
    """

    id: DisputeId
    section: SectionId
    revision: int
    kind: DisputeKind
    item: ItemId
    evidence: str | None
    comment: str
    filed_at: datetime
    filed_by: EmployeeId
    decide_by: date
    reviewer: EmployeeId | None
    state: DisputeState = DisputeState.OPEN
    reason: str | None = None
    decided_at: datetime | None = None
    decided_by: EmployeeId | None = None

    @property
    def is_open(self) -> bool:
        return self.state is DisputeState.OPEN


def hindrance_to_filing(
    section: Section, new: Dispute, before: Sequence[Dispute], *, most: int, respond_by: date | None
) -> Refusal | None:
    """`before` are all disputes of the section; those that expired do not count against `most`.

    Those that were withdrawn do: each stopped the employee's clock.
    """
    refusal = None
    if item_of(section, new.item) is None:
        refusal = UNKNOWN_ITEM
    elif not new.comment.strip():
        refusal = Refusal("COMMENT_MISSING", "say what is wrong", "comment")
    elif any(one.is_open and (one.item, one.evidence) == (new.item, new.evidence) for one in before):
        refusal = Refusal("ALREADY_DONE", "this is disputed already and waits for its decision", "itemId")
    elif new.kind is not DisputeKind.RATING:
        refusal = None if words(new.evidence) else Refusal("EVIDENCE_MISSING", "name the event", "evidence")
    elif respond_by is not None and new.filed_at.date() > respond_by:
        refusal = Refusal("TOO_LATE", f"the time to answer ended on {respond_by}")
    elif sum(_counts(one, section.revision) for one in before) >= most:
        refusal = Refusal("TOO_MANY", f"{counted(most, 'dispute', 'disputes')} can be filed against one revision")
    return refusal


def _counts(dispute: Dispute, revision: int) -> bool:
    if dispute.kind is not DisputeKind.RATING or dispute.revision != revision:
        return False
    return dispute.state is not DisputeState.EXPIRED


def disputed(section: Section, new: Dispute) -> Section:
    """The section once `new` is filed: a dispute of a rating stops the employee's clock."""
    if new.kind is not DisputeKind.RATING or section.state is SectionState.DISPUTED:
        return moved(section, section.state)
    pauses = (*section.course.pauses, Period(new.filed_at.date()))
    return moved(section, SectionState.DISPUTED, replace(section.course, pauses=pauses))


def neutral(managers: Sequence[EmployeeId], *, scorers: Collection[EmployeeId]) -> EmployeeId | None:
    """The nearest manager who did not score; None where there is none, and HR has to decide."""
    return next((manager for manager in managers[1:] if manager not in scorers), None)


def hindrance_to_deciding(section: Section, dispute: Dispute, actor: EmployeeId | None) -> Refusal | None:
    if not dispute.is_open:
        return Refusal("ALREADY_DONE", f"it was ended as {dispute.state}")
    is_rating = dispute.kind is DisputeKind.RATING
    scorers = section.course.scorers if is_rating else section.course.submitters
    if actor is not None and actor in {*scorers, dispute.filed_by}:
        return Refusal("NOT_NEUTRAL", "whoever scored or filed it does not decide it")
    return None


def decided(  # noqa: PLR0913  # what is decided of what, and by whom and when
    section: Section,
    dispute: Dispute,
    others: Sequence[Dispute],
    *,
    outcome: DisputeState,
    rating: int | None,
    reason: str,
    by: EmployeeId,
    at: datetime,
) -> tuple[Section, Dispute] | Refusal:
    """A dispute of a rating that is upheld, also in part, gives the item another rating in a new revision."""
    why = words(reason)
    if outcome not in DECISIONS:
        return Refusal("NOT_A_DECISION", "a decision is UPHELD, PARTLY_UPHELD or DECLINED", "outcome")
    if why is None:
        return Refusal("REASON_MISSING", "give a reason that the employee can read", "reason")
    ended = replace(dispute, state=outcome, reason=why, decided_at=at, decided_by=by)
    if dispute.kind is not DisputeKind.RATING:
        return moved(section, section.state), ended
    after = section if outcome is DisputeState.DECLINED else _put_right(section, dispute.item, rating, why, by)
    return after if isinstance(after, Refusal) else (ended_for(after, others, at=at), ended)


def _put_right(section: Section, item_id: ItemId, rating: int | None, why: str, by: EmployeeId) -> Section | Refusal:
    """The next revision, in which the item has another rating."""
    item = item_of(section, item_id)
    if item is None:
        return UNKNOWN_ITEM
    if rating is None or rating == item.rating:
        return Refusal("RATING_MISSING", "a dispute that is upheld needs the rating that is put right", "rating")
    refusal = wrong_rating(item, rating)
    if refusal is not None:
        return refusal
    reason = None if item.is_supported(rating) else why
    begun = replace(begun_again(section, SectionState.DISPUTED), version=section.version)
    after = with_item(begun, replace(item, rating=rating, reason=reason))
    return replace(rated_by(after, by), version=section.version)


def ended_for(section: Section, others: Sequence[Dispute], *, at: datetime) -> Section:
    """The section when a dispute has ended; `others` are its other ones. It stays DISPUTED while one is open."""
    if any(one.is_open and one.kind is DisputeKind.RATING for one in others):
        return moved(section, section.state)
    if section.course.shared_at is None:  # a revision that the employee has not seen
        return moved(section, SectionState.CALIBRATED)
    pauses = tuple(_closed(pause, at.date()) for pause in section.course.pauses if pause.start < at.date())
    return moved(section, SectionState.SHARED, replace(section.course, pauses=pauses))


def _closed(pause: Period, on: date) -> Period:
    return pause.ended(on) if pause.end is None else pause


def withdrawn(dispute: Dispute, *, at: datetime) -> Dispute:
    return replace(dispute, state=DisputeState.WITHDRAWN, decided_at=at, decided_by=dispute.filed_by)


def expired(dispute: Dispute, *, at: datetime) -> Dispute:
    """Nobody decided in time; it does not count against the employee, who may file it again."""
    return replace(dispute, state=DisputeState.EXPIRED, decided_at=at)
