"""What is written into the HR system of a section that has become final."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from appraise.domain.employees import ExternalReference
from appraise.domain.host_scale import HostScale
from appraise.domain.identifiers import IndicatorKey, SectionId
from appraise.domain.indicators import COMPOSITE, definition_of
from appraise.domain.periods import Period
from appraise.domain.scorecards import Absence, AbsenceKind, Estimate
from appraise.domain.section_course import Stance
from appraise.domain.sections import Section, shown_total
from appraise.domain.shortfalls import asked_share, share_short_of


@dataclass(frozen=True, slots=True)
class FinishedItem:
    """One line. `rating`, 1 to 5, is None where nobody was to rate: an absence, or context that weighs nothing.

    `reason` says why a rating lies outside what the data bear out.
    """

    indicator: IndicatorKey
    title: str
    weight: Decimal
    result: Estimate | Absence
    rating: int | None
    comment: str | None
    reason: str | None = None

    @property
    def level(self) -> int | None:
        return self.result.level if isinstance(self.result, Estimate) else None

    @property
    def absence(self) -> Absence | None:
        return self.result if isinstance(self.result, Absence) else None


@dataclass(frozen=True, slots=True)
class FinishedSection:
    """`total`, 1 to 5, is not rounded: `total_shown` is as people read it. It is None exactly where `absence` says why.

    An absence is never written as a number. `references` are the employee's ids in all systems. `manifest_hash` says
    what the figures rest on, and is the receipt that can be written beside them.
    """

    id: SectionId
    revision: int
    name: str
    references: tuple[ExternalReference, ...]
    cycle: str
    period: Period
    items: tuple[FinishedItem, ...]
    total: Decimal | None
    absence: Absence | None
    observed_weight: Decimal
    finalised_at: datetime
    email: str | None = None
    manager: str | None = None
    manager_email: str | None = None
    job_title: str | None = None
    department: str | None = None
    stance: Stance | None = None
    manifest_hash: str | None = None
    cycle_reference: ExternalReference | None = None
    is_unreviewed: bool = False

    @property
    def total_shown(self) -> Decimal | None:
        return None if self.total is None else shown_total(self.total)

    @property
    def status(self) -> str:
        """`SCORED`, or the kind of the absence: what stands beside the number, or in its place."""
        return "SCORED" if self.absence is None else self.absence.kind.value

    def reference(self, namespace: str) -> str | None:
        """The employee's id in a system, e.g. `frappe:id`. None where there is none, or more than one."""
        found = {one.value for one in self.references if one.namespace == namespace}
        return found.pop() if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class WrittenTotal:
    """A total on a host's scale: what people read here, and what the host will hold."""

    shown: Decimal
    scale: HostScale
    value: Decimal

    @classmethod
    def of(cls, section: FinishedSection, scale: HostScale | None) -> "WrittenTotal | None":
        """None where the section has no total. Without a scale the host gets it as people read it here."""
        if section.total is None:
            return None
        shown = shown_total(section.total)
        if scale is None:
            return cls(shown, HostScale.of_ratings(), shown)
        return cls(shown, scale, scale.written(section.total))


def finished_items(section: Section) -> tuple[FinishedItem, ...]:
    return tuple(
        FinishedItem(
            indicator=item.indicator,
            title=definition_of(item.indicator).name,
            weight=item.weight,
            result=item.result,
            rating=item.rating,
            comment=item.comment,
            reason=item.reason,
        )
        for item in section.items
    )


def absence_of(section: Section) -> Absence | None:
    """Why a section has no total; None where it has one."""
    if section.total is not None:
        return None
    if section.is_below_floor:
        observed = share_short_of(section.observed_weight, section.floor, places=0)
        reason = f"{observed} of the weight could be observed; a total needs {asked_share(section.floor)} of it."
        return Absence(COMPOSITE, AbsenceKind.INSUFFICIENT_EVIDENCE, reason)
    if section.is_unreviewed and any(item.rating is not None for item in section.items):
        reason = f"It was handed in unreviewed, with ratings for less than {asked_share(section.floor)} of the weight."
        return Absence(COMPOSITE, AbsenceKind.INSUFFICIENT_EVIDENCE, reason)
    absent = [item.result for item in section.items if item.weight > 0 and isinstance(item.result, Absence)]
    if len(absent) == 1:
        return Absence(COMPOSITE, absent[0].kind, absent[0].reason)
    return Absence(COMPOSITE, AbsenceKind.NOT_OBSERVED, "No indicator that weighs anything could be observed.")
