"""Calibration: submitted sections of a cycle are compared in a session, and ratings are moved with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from appraise.domain.identifiers import CalibrationId, CycleId, EmployeeId, ItemId, SectionId
from appraise.domain.section_states import SectionState
from appraise.domain.sections import UNKNOWN_ITEM, Refusal, Section, item_of, moved, with_item, words, wrong_rating


class CalibrationState(StrEnum):
    OPEN = "OPEN"
    LOCKED = "LOCKED"


@dataclass(frozen=True, slots=True)
class CalibrationSession:
    """`sections` are those that are compared."""

    id: CalibrationId
    cycle: CycleId
    name: str
    facilitator: EmployeeId
    opened_at: datetime
    sections: tuple[SectionId, ...]
    state: CalibrationState = CalibrationState.OPEN
    locked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """A rating before and after. `is_outside` where the data do not bear the new one out."""

    session: CalibrationId
    section: SectionId
    item: ItemId
    before: int | None
    after: int
    reason: str
    is_outside: bool
    by: EmployeeId
    at: datetime


def put_in(section: Section) -> Section | Refusal:
    if section.state is not SectionState.SUBMITTED:
        return Refusal("WRONG_STATE", f"a section is {section.state}; it must be SUBMITTED", "sectionIds")
    return moved(section, SectionState.IN_CALIBRATION)


def hindrance_to_calibrating(
    session: CalibrationSession, section: Section, actor: EmployeeId | None, *, managers_of_actor: Sequence[EmployeeId]
) -> Refusal | None:
    """Nobody calibrates themselves or anybody above them."""
    if session.state is CalibrationState.LOCKED:
        return Refusal("ALREADY_DONE", "the session is locked")
    if section.id not in session.sections:
        return Refusal("UNKNOWN_SECTION", "the section is in no part of this session", "sectionId")
    if section.employee == actor or section.employee in managers_of_actor:
        return Refusal("NOT_NEUTRAL", "nobody calibrates themselves or their own manager")
    return None


def calibrate(  # noqa: PLR0913  # who moves which rating to where, why and when
    session: CalibrationSession,
    section: Section,
    item: ItemId,
    *,
    rating: int,
    reason: str,
    by: EmployeeId,
    at: datetime,
) -> tuple[Section, Move] | Refusal:
    chosen, why = item_of(section, item), words(reason)
    if chosen is None:
        return UNKNOWN_ITEM
    refusal = wrong_rating(chosen, rating)
    if refusal is not None:
        return refusal
    if why is None:
        return Refusal("REASON_MISSING", "say why the rating is moved; the employee reads it", "reason")
    is_outside = not chosen.is_supported(rating)
    move = Move(session.id, section.id, item, chosen.rating, rating, why, is_outside, by, at)
    kept = why if is_outside else None
    return with_item(section, replace(chosen, rating=rating, reason=kept)), move


def taken_out(section: Section) -> Section:
    """When the session is locked."""
    return moved(section, SectionState.CALIBRATED)
