"""Where somebody stands among all who are judged by the same indicator: for HR and executives, and for nobody else."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Tier(StrEnum):
    """What the verdict says, where the rank is not known well enough to be told."""

    ABOVE = "above"
    UNCLEAR = "unclear"
    BELOW = "below"


@dataclass(frozen=True, slots=True)
class Standing:
    """Among `listed` employees: a 90 % interval of the rank as percentiles in (0, 1), 1 the best, and a rank or a tier.

    `rank` counts from 1, the best, in the order of the expected `percentile`; both are None, and `tier` is not, where
    the interval is wider than the policy lets ranks be told.
    """

    listed: int
    lower_90: Decimal
    upper_90: Decimal
    percentile: Decimal | None = None
    rank: int | None = None
    tier: Tier | None = None

    def __post_init__(self) -> None:
        if (self.rank is None) != (self.percentile is None) or (self.rank is None) != (self.tier is not None):
            message = "a standing has a rank with its percentile, or a tier"
            raise ValueError(message)
