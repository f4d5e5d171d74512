"""What the pages may show of the adverse-impact report: verdicts about groups that the report shows, and no counts."""

from dataclasses import dataclass
from datetime import datetime

from appraise.domain.identifiers import CycleId, IndicatorKey


@dataclass(frozen=True, slots=True)
class GroupVerdict:
    """Of one category against the one with the highest rate. `indicator` is None of the section's total."""

    question: str
    indicator: IndicatorKey | None
    category: str
    compared_with: str
    verdict: str


@dataclass(frozen=True, slots=True)
class AttributeVerdicts:
    """`is_complete`: no category is hidden for being too small."""

    attribute: str
    is_complete: bool
    verdicts: tuple[GroupVerdict, ...]


@dataclass(frozen=True, slots=True)
class FairnessVerdicts:
    cycle: CycleId
    computed_at: datetime
    attributes: tuple[AttributeVerdicts, ...]


@dataclass(frozen=True, slots=True)
class NamedVerdicts:
    cycle_name: str
    found: FairnessVerdicts
