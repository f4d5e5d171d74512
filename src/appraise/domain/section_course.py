"""What happened to a section on its way, beside ratings: who released, shared, answered, exempted, reopened it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from appraise.domain.identifiers import EmployeeId, IndicatorKey
from appraise.domain.periods import Period


class Stance(StrEnum):
    """SEEN_NOT_AGREE is an acknowledgement; NO_RESPONSE was written when it became final and is no agreement."""

    AGREE = "AGREE"
    SEEN_NOT_AGREE = "SEEN_NOT_AGREE"
    NO_RESPONSE = "NO_RESPONSE"


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """`by` is the employee, or whoever acknowledged for them; None where nobody did."""

    stance: Stance
    at: datetime
    by: EmployeeId | None = None
    comment: str | None = None


class ExemptionReason(StrEnum):
    NEW_HIRE = "NEW_HIRE"
    LEAVE = "LEAVE"
    SECONDMENT = "SECONDMENT"
    NO_CUSTOMER_DUTY = "NO_CUSTOMER_DUTY"
    LEFT = "LEFT"
    LEGAL = "LEGAL"


@dataclass(frozen=True, slots=True)
class Exemption:
    reason: ExemptionReason
    note: str | None
    at: datetime
    by: EmployeeId


class ReopeningReason(StrEnum):
    ERROR = "ERROR"
    DISPUTE_AFTER_CLOSE = "DISPUTE_AFTER_CLOSE"
    LEGAL = "LEGAL"
    CORRECTION = "CORRECTION"


@dataclass(frozen=True, slots=True)
class Reopening:
    """Proposed by one HR administrator, until another one approves it."""

    reason: ReopeningReason
    note: str
    at: datetime
    by: EmployeeId


@dataclass(frozen=True, slots=True)
class Course:
    """Facts of the current revision, except those of the self-assessment and the release, which outlive it.

    `rated_by` are all who gave an item a rating: an earlier manager, a delegate, whoever upheld a dispute of it.
    `submitted_for` is the manager for whom whoever handed it in stood in.
    `unblinded_at` is when the manager first handed in; from then on a self-assessment that was handed in is shown.
    `unreviewed_reason` is why HR handed it in without its manager, `rated_by_level` the items whose rating is the level
    of the data, which nobody judged. `return_reason` is why it was given back, until it is handed in again. `pauses`
    are periods in which the employee's clock stood still because a dispute was looked at.
    """

    self_assessed_at: datetime | None = None
    unblinded_at: datetime | None = None
    rated_by: frozenset[EmployeeId] = frozenset()
    submitted_by: EmployeeId | None = None
    submitted_for: EmployeeId | None = None
    unreviewed_reason: str | None = None
    rated_by_level: tuple[IndicatorKey, ...] = ()
    return_reason: str | None = None
    released_at: datetime | None = None
    shared_at: datetime | None = None
    pauses: tuple[Period, ...] = ()
    acknowledgement: Acknowledgement | None = None
    exemption: Exemption | None = None
    reopening: Reopening | None = None
    void_reason: str | None = None
    finalised_at: datetime | None = None

    @property
    def scorers(self) -> frozenset[EmployeeId]:
        """Whoever rated it or handed it in, and for whom: they neither approve it nor decide disputes of it."""
        return self.rated_by | self.submitters

    @property
    def submitters(self) -> frozenset[EmployeeId]:
        """Whoever handed it in, and for whom: from then on they decide no claims about its evidence either."""
        return frozenset(one for one in (self.submitted_by, self.submitted_for) if one is not None)
