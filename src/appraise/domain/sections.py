"""The section: its items and its state machine, as pure functions from a section to the next one or a refusal."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from appraise.domain.identifiers import CycleId, EmployeeId, IndicatorKey, ItemId, RunId, SectionId
from appraise.domain.periods import Period
from appraise.domain.scorecards import Absence, Estimate
from appraise.domain.section_states import Action, SectionState

LOWEST_RATING: Final = 1
HIGHEST_RATING: Final = 5


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a section: what the data say and what the manager says beside it.

    `rating` is the manager's, 1 (lowest) to 5 (highest); an item whose result is an absence, or that weighs nothing
    because it is context, carries none.
    """

    id: ItemId
    indicator: IndicatorKey
    weight: Decimal
    result: Estimate | Absence
    rating: int | None = None
    comment: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether the manager still owes a rating."""
        return self.weight > 0 and isinstance(self.result, Estimate) and self.rating is None


@dataclass(frozen=True, slots=True)
class Section:
    """`job_title`, `department` and `manager` are as they stood when the section was opened or last scored."""

    id: SectionId
    employee: EmployeeId
    cycle: CycleId
    run: RunId
    state: SectionState
    version: int
    revision: int
    items: tuple[Item, ...]
    manager: EmployeeId | None = None
    job_title: str | None = None
    department: str | None = None
    submitted_at: datetime | None = None
    manifest_hash: str | None = None

    @property
    def observed_weight(self) -> Decimal:
        """Share of the weight whose indicator could be estimated."""
        return sum((item.weight for item in self.items if isinstance(item.result, Estimate)), Decimal(0))

    @property
    def total(self) -> Decimal | None:
        """Weighted mean of the ratings over the rated items; None while nothing is rated. Absence weighs nothing."""
        rated = [(item.weight, item.rating) for item in self.items if item.rating is not None]
        weight = sum((weight for weight, _ in rated), Decimal(0))
        if not weight:
            return None
        return sum((weight * rating for weight, rating in rated), Decimal(0)) / weight


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an action is not possible now: a stable code, a sentence for people, and the field concerned."""

    code: str
    message: str
    field: str | None = None


ALLOWED: Final[dict[Action, frozenset[SectionState]]] = {
    Action.RATE: frozenset({SectionState.COLLECTING, SectionState.DRAFT}),
    Action.SUBMIT: frozenset({SectionState.DRAFT}),
    Action.RETURN: frozenset({SectionState.SUBMITTED}),
    Action.FINALISE: frozenset({SectionState.SUBMITTED}),
}


def wrong_state(section: Section, action: Action) -> Refusal | None:
    if section.state in ALLOWED[action]:
        return None
    needed = " or ".join(sorted(ALLOWED[action]))
    return Refusal("WRONG_STATE", f"the section is {section.state}; to {action.lower()} it must be {needed}")


def rate(
    section: Section, item: ItemId, *, rating: int | None, comment: str | None, on: date, period: Period
) -> Section | Refusal:
    """Set the manager's rating and comment of one item; the first one takes the section from COLLECTING to DRAFT."""
    refusal = wrong_state(section, Action.RATE)
    if refusal is not None:
        return refusal
    if on < period.start:
        return Refusal("TOO_EARLY", f"the cycle starts on {period.start}; nothing can be rated before")
    chosen = next((candidate for candidate in section.items if candidate.id == item), None)
    if chosen is None:
        return Refusal("UNKNOWN_ITEM", "the section has no such item", "itemId")
    refusal = None if rating is None else _wrong_rating(chosen, rating)
    if refusal is not None:
        return refusal
    words = comment.strip() if comment is not None and comment.strip() else None
    rated = replace(chosen, rating=rating, comment=words)
    items = tuple(rated if candidate.id == item else candidate for candidate in section.items)
    return replace(section, items=items, state=SectionState.DRAFT, version=section.version + 1)


def _wrong_rating(item: Item, rating: int) -> Refusal | None:
    if isinstance(item.result, Absence):
        return Refusal("NOTHING_TO_RATE", f"this item has no estimate: {item.result.reason}", "rating")
    if not item.weight:
        return Refusal("NOTHING_TO_RATE", "this item is context: it weighs nothing and is not rated", "rating")
    if not LOWEST_RATING <= rating <= HIGHEST_RATING:
        return Refusal("OUT_OF_RANGE", f"a rating is from {LOWEST_RATING} to {HIGHEST_RATING}, not {rating}", "rating")
    return None


def submit(section: Section, *, at: datetime, manifest_hash: str) -> Section | Refusal:
    """Hand the section in: every item rated or absent, words for the extremes; the evidence is frozen by its hash."""
    refusal = wrong_state(section, Action.SUBMIT)
    if refusal is not None:
        return refusal
    for item in section.items:
        if item.is_open:
            return Refusal("ITEM_OPEN", f"{item.indicator} is not rated yet", item.id)
        if item.rating in {LOWEST_RATING, HIGHEST_RATING} and item.comment is None:
            return Refusal("COMMENT_MISSING", f"a rating of {item.rating} needs a comment ({item.indicator})", item.id)
    return replace(
        section,
        state=SectionState.SUBMITTED,
        version=section.version + 1,
        submitted_at=at,
        manifest_hash=manifest_hash,
    )


def send_back(section: Section, *, reason: str) -> Section | Refusal:
    """Return a submitted section to its manager; the reason goes to the audit log."""
    refusal = wrong_state(section, Action.RETURN)
    if refusal is not None:
        return refusal
    if not reason.strip():
        return Refusal("REASON_MISSING", "say why the section goes back", "reason")
    return replace(
        section, state=SectionState.DRAFT, version=section.version + 1, submitted_at=None, manifest_hash=None
    )


def finalise(section: Section, *, reason: str) -> Section | Refusal:
    """Close a submitted section by HR; it is immutable and visible to its employee and to HR systems from then on."""
    refusal = wrong_state(section, Action.FINALISE)
    if refusal is not None:
        return refusal
    if not reason.strip():
        return Refusal("REASON_MISSING", "say on what grounds the section is finalised", "reason")
    return replace(section, state=SectionState.FINALISED, version=section.version + 1)
