"""What a section's figures were made of, event by event: what each counted for, and why it did not."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from appraise.domain.events import EventKind
from appraise.domain.identifiers import IndicatorKey


@dataclass(frozen=True, slots=True)
class Use:
    """What an event was for one indicator of one employee.

    `credit` is the employee's share of it, 0 to 1; `left_out` says why it did not count, None where it did.
    """

    indicator: IndicatorKey
    credit: Decimal
    left_out: str | None = None


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One event; `event_id` is its id in its `source`, by which a claim names it. `says` is one line for people.

    `is_named` tells whether the event names the employee; otherwise a share of a colleague's is credited to them.
    Without `uses` no indicator that is followed event by event had a use for it.
    """

    kind: EventKind
    source: str
    event_id: str
    at: datetime
    says: str
    is_named: bool
    uses: tuple[Use, ...]

    @property
    def counted(self) -> bool:
        return any(use.left_out is None for use in self.uses)

    @property
    def key(self) -> tuple[str, ...]:
        """The newest first, in the order of texts."""
        back = 10**12 - int(self.at.timestamp())
        return f"{back:013d}", self.kind.value, self.source, self.event_id
