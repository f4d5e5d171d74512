"""The section and its items, and what a manager and an employee write into them.

Each step is a pure function from a section to the next one or a refusal. Whether it may be taken at all, by whom and
when, is told beforehand by `section_guards.hindrance` and `access.may_act`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from appraise.domain.identifiers import CycleId, EmployeeId, IndicatorKey, ItemId, RunId, SectionId
from appraise.domain.indicators import definition_of
from appraise.domain.scorecards import Absence, Estimate
from appraise.domain.section_course import Course
from appraise.domain.section_states import Action, SectionState

LOWEST_RATING: Final = 1
HIGHEST_RATING: Final = 5
_CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a section: what the data say and what the manager says beside it.

    `rating` is the manager's, 1 (lowest) to 5 (highest); an item whose result is an absence, or that weighs nothing
    because it is context, carries none. `reason` says why it lies outside `supported`. `own_rating` and `own_comment`
    are the employee's of themselves. `rated_version` and `assessed_version` are the section's version at which the
    manager's side and the employee's were changed last.
    """

    id: ItemId
    indicator: IndicatorKey
    weight: Decimal
    result: Estimate | Absence
    rating: int | None = None
    comment: str | None = None
    reason: str | None = None
    own_rating: int | None = None
    own_comment: str | None = None
    rated_version: int = field(default=0, compare=False)
    assessed_version: int = field(default=0, compare=False)

    @property
    def is_ratable(self) -> bool:
        return self.weight > 0 and isinstance(self.result, Estimate)

    @property
    def is_open(self) -> bool:
        """Whether the manager still owes a rating."""
        return self.is_ratable and self.rating is None

    @property
    def level(self) -> int | None:
        """What the policy's rule makes of the figure, where it has one."""
        return None if isinstance(self.result, Absence) else self.result.level

    @property
    def supported(self) -> tuple[int, int] | None:
        """The lowest and the highest rating that the data bear out: the level and its neighbours.

        A level is made of the figure's interval; the next one up or down lies within what it leaves open. None where
        the data give no level: then they speak against no rating.
        """
        if self.level is None:
            return None
        return max(self.level - 1, LOWEST_RATING), min(self.level + 1, HIGHEST_RATING)

    def is_supported(self, rating: int | None) -> bool:
        if rating is None or self.supported is None:
            return True
        lowest, highest = self.supported
        return lowest <= rating <= highest


@dataclass(frozen=True, slots=True)
class Section:
    """Job, department (name and code) and manager are as they stood when the section was opened or last scored.

    `floor` is the share of the weight that must have been observed for a total to be made. `profile` names the role
    profile by which the items weigh, None for the policy's own weights. `version` counts every change;
    `working_version` is the one at which anything but the employee's own view was changed last.
    """

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
    floor: Decimal = Decimal(0)
    course: Course = field(default_factory=Course)
    department_code: str | None = None
    profile: str | None = None
    working_version: int = field(default=0, compare=False)

    @property
    def observed_weight(self) -> Decimal:
        """Share of the weight whose indicator could be estimated."""
        return sum((item.weight for item in self.items if isinstance(item.result, Estimate)), Decimal(0))

    @property
    def is_to_rate(self) -> bool:
        """Whether any item has a figure that is rated; else it is handed in with words alone, or as it is."""
        return any(item.is_ratable for item in self.items)

    @property
    def has_grades(self) -> bool:
        """Whether an item is rated, or its figure has a level that can stand for a rating."""
        return any(item.rating is not None or (item.is_open and item.level is not None) for item in self.items)

    @property
    def both_are_in(self) -> bool:
        """Whether the self-assessment and the manager's ratings were handed in, each without sight of the other."""
        return self.course.self_assessed_at is not None and self.course.unblinded_at is not None

    @property
    def is_below_floor(self) -> bool:
        """Too little was observed for a total; that is a missing value, never a zero."""
        return self.observed_weight < self.floor

    @property
    def total(self) -> Decimal | None:
        """Weighted mean of the ratings over the rated items: absence weighs nothing.

        None while nothing is rated, and where too little was observed, or rated by whoever handed it in unreviewed.
        """
        rated = [(item.weight, item.rating) for item in self.items if item.rating is not None]
        if self.is_below_floor or (self.is_unreviewed and sum(weight for weight, _ in rated) < self.floor):
            return None
        return total_of(rated)

    @property
    def is_unreviewed(self) -> bool:
        """Whether HR handed it in without its manager: it is provisional."""
        return self.course.unreviewed_reason is not None


def total_of(rated: Sequence[tuple[Decimal, int]]) -> Decimal | None:
    """What `Section.total` says where enough was observed, of weights and ratings."""
    weight = sum((weight for weight, _ in rated), Decimal(0))
    if not weight:
        return None
    return sum((weight * rating for weight, rating in rated), Decimal(0)) / weight


def shown_total(total: Decimal) -> Decimal:
    """To two places, half-way up: as people read it here, and as hosts are given it on the scale of ratings."""
    return total.quantize(_CENT, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an action is not possible now: a stable code, a sentence for people, and the field concerned."""

    code: str
    message: str
    field: str | None = None


def moved(section: Section, state: SectionState, course: Course | None = None) -> Section:
    """The section in another state, one version on."""
    version = section.version + 1
    return replace(section, state=state, course=course or section.course, version=version, working_version=version)


def item_of(section: Section, item: ItemId | None) -> Item | None:
    return next((candidate for candidate in section.items if candidate.id == item), None)


def with_item(section: Section, changed: Item) -> Section:
    """One version on, with the manager's side of an item as in `changed`.

    A rating that is another than before is somebody's, and no longer the level of the data.
    """
    before, version = item_of(section, changed.id), section.version + 1
    course = section.course
    if before is not None and before.rating != changed.rating:
        course = replace(course, rated_by_level=tuple(key for key in course.rated_by_level if key != changed.indicator))
    return replace(_with(section, replace(changed, rated_version=version), working_version=version), course=course)


def _with(section: Section, changed: Item, *, working_version: int) -> Section:
    items = tuple(changed if item.id == changed.id else item for item in section.items)
    return replace(section, items=items, version=section.version + 1, working_version=working_version)


def is_stale(section: Section, action: Action, item: ItemId | None, expected: int) -> bool:
    """Whether what an action rests on was changed since the version `expected`, or that version never was.

    Of an item that is written it is the writer's own side; of all that an employee does their own view; of anything
    else all but that view. So an employee and their manager never stand in each other's way.
    """
    chosen = item_of(section, item)
    if action is Action.RATE and chosen is not None:
        latest = chosen.rated_version
    elif action is Action.ASSESS_SELF:
        latest = max((one.assessed_version for one in ([chosen] if chosen is not None else section.items)), default=0)
    else:
        latest = section.working_version
    return not latest <= expected <= section.version


def words(text: str | None) -> str | None:
    """Without blanks around it; None where nothing is left."""
    return text.strip() or None if text is not None else None


UNKNOWN_ITEM: Final = Refusal("UNKNOWN_ITEM", "the section has no such item", "itemId")


def rate(
    section: Section, item: ItemId, *, rating: int | None, comment: str | None, reason: str | None = None
) -> Section | Refusal:
    """Set the manager's rating and comment of one item; the first one makes the section a DRAFT.

    `reason` is kept only beside a rating that the data do not bear out.
    """
    chosen = item_of(section, item)
    if chosen is None:
        return UNKNOWN_ITEM
    refusal = None if rating is None else wrong_rating(chosen, rating)
    if refusal is not None:
        return refusal
    kept = None if chosen.is_supported(rating) else words(reason)
    rated = replace(chosen, rating=rating, comment=words(comment), reason=kept)
    return replace(with_item(section, rated), state=SectionState.DRAFT)


def wrong_rating(item: Item, rating: int) -> Refusal | None:
    if isinstance(item.result, Absence):
        return Refusal("NOTHING_TO_RATE", f"this item has no estimate: {item.result.reason}", "rating")
    if not item.weight:
        return Refusal("NOTHING_TO_RATE", "this item is context: it weighs nothing and is not rated", "rating")
    return _out_of_range(rating)


def _out_of_range(rating: int) -> Refusal | None:
    if not LOWEST_RATING <= rating <= HIGHEST_RATING:
        return Refusal("OUT_OF_RANGE", f"a rating is from {LOWEST_RATING} to {HIGHEST_RATING}, not {rating}", "rating")
    return None


def assess(section: Section, item: ItemId, *, rating: int | None, comment: str | None) -> Section | Refusal:
    """Set the employee's own rating and comment of one item; the section's state stays."""
    chosen = item_of(section, item)
    if chosen is None:
        return UNKNOWN_ITEM
    refusal = None if rating is None else _out_of_range(rating)
    if refusal is not None:
        return refusal
    assessed = replace(chosen, own_rating=rating, own_comment=words(comment), assessed_version=section.version + 1)
    return _with(section, assessed, working_version=section.working_version)


def hand_in_assessment(section: Section, *, at: datetime) -> Section | Refusal:
    """The employee's own view is complete: shown to others as soon as the manager's is, and not changed any more."""
    if all(item.own_rating is None and item.own_comment is None for item in section.items):
        return Refusal("NOTHING_TO_HAND_IN", "write something beside an item first")
    course = replace(section.course, self_assessed_at=at)
    return replace(section, course=course, version=section.version + 1)


def submit(
    section: Section,
    *,
    at: datetime,
    manifest_hash: str,
    by: EmployeeId | None = None,
    acts_for: EmployeeId | None = None,
) -> Section | Refusal:
    """Hand the section in: every item rated or absent, words where they are asked for; the evidence is frozen by hash.

    From then on a self-assessment that was handed in is no longer hidden from the manager. `acts_for` is the manager
    for whom `by` stands in.
    """
    for item in section.items:
        refusal = _owed(item)
        if refusal is not None:
            return refusal
    unblinded = section.course.unblinded_at or at
    course = replace(
        section.course, unblinded_at=unblinded, submitted_by=by, submitted_for=acts_for, return_reason=None
    )
    return replace(moved(section, SectionState.SUBMITTED, course), submitted_at=at, manifest_hash=manifest_hash)


def _named(item: Item) -> str:
    return definition_of(item.indicator).name


def _owed(item: Item) -> Refusal | None:
    if item.is_open:
        return Refusal("ITEM_OPEN", f"{_named(item)} is not rated yet", item.id)
    if item.rating in {LOWEST_RATING, HIGHEST_RATING} and item.comment is None:
        return Refusal("COMMENT_MISSING", f"a rating of {item.rating} needs a comment ({_named(item)})", item.id)
    if not item.is_supported(item.rating) and item.reason is None:
        lowest, highest = item.supported or (LOWEST_RATING, HIGHEST_RATING)
        return Refusal(
            "REASON_MISSING",
            f"the data bear out {lowest} to {highest}; a rating of {item.rating} needs a reason ({_named(item)})",
            item.id,
        )
    return None
