"""An appraisal cycle of the organisation, its stages, and what each lets people do with sections."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from appraise.domain.employees import ExternalReference
from appraise.domain.host_scale import HostScale
from appraise.domain.identifiers import CycleId
from appraise.domain.periods import Period
from appraise.domain.section_states import Action


class CycleState(StrEnum):
    """PLANNED, OPEN while evidence comes in, SCORING while managers rate, CALIBRATION, SHARING, CLOSED, ARCHIVED."""

    PLANNED = "PLANNED"
    OPEN = "OPEN"
    SCORING = "SCORING"
    CALIBRATION = "CALIBRATION"
    SHARING = "SHARING"
    CLOSED = "CLOSED"
    ARCHIVED = "ARCHIVED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class CycleRules:
    """`calibrates` says that sections pass through a calibration session; else a manager further up approves each.

    `rate_by` is the day by which managers hand in. An employee has `response_days` to answer and may file
    `most_disputes` against one revision. `host_scale` is how totals are written to the HR system. With `dotted_parts`
    dotted managers are asked for a part, which is read and counts for nothing.
    """

    calibrates: bool = False
    rate_by: date | None = None
    response_days: int = 14
    most_disputes: int = 2
    host_scale: HostScale | None = None
    dotted_parts: bool = False


@dataclass(frozen=True, slots=True)
class Cycle:
    """`period` is the time whose contacts count; `reference` is the cycle's id in the HR system."""

    id: CycleId
    name: str
    period: Period
    reference: ExternalReference | None = None
    state: CycleState = CycleState.OPEN
    rules: CycleRules = CycleRules()


_ALL: Final = frozenset(Action)
_LATE: Final = _ALL - {Action.END_EXEMPTION}
PERMITTED: Final[dict[CycleState, frozenset[Action]]] = {
    CycleState.PLANNED: frozenset(),
    CycleState.OPEN: _ALL,
    CycleState.SCORING: _ALL,
    CycleState.CALIBRATION: _LATE,
    CycleState.SHARING: _LATE,
    # What is still open in a closed cycle was reopened.
    CycleState.CLOSED: _LATE - {Action.EXEMPT, Action.VOID, Action.ASSESS_SELF, Action.HAND_IN_UNREVIEWED},
    CycleState.ARCHIVED: frozenset(),
    CycleState.CANCELLED: frozenset(),
}
