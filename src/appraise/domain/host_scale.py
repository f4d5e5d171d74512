"""The scale of the HR system into which a total is written."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from appraise.errors import InvalidInput

LOWEST, HIGHEST = Decimal(1), Decimal(5)


@dataclass(frozen=True, slots=True)
class HostScale:
    """From `low` to `high` in steps of `step`, e.g. 0 to 100 by 1, or 1 to 5 by 0.5. `low` is the worst."""

    low: Decimal
    high: Decimal
    step: Decimal

    def __post_init__(self) -> None:
        if self.high <= self.low or self.step <= 0 or (self.high - self.low) % self.step:
            raise InvalidInput(
                f"a scale from {self.low} to {self.high} in steps of {self.step}",
                expected="a highest value above the lowest, that is reached in whole steps",
            )

    @classmethod
    def of_ratings(cls) -> "HostScale":
        """Our own: totals as they are shown."""
        return cls(LOWEST, HIGHEST, Decimal("0.01"))

    @classmethod
    def percent(cls) -> "HostScale":
        """0 to 100 in whole numbers."""
        return cls(Decimal(0), Decimal(100), Decimal(1))

    def written(self, total: Decimal) -> Decimal:
        """A total of 1 to 5 as the host has it: stretched over the scale, and rounded to its nearest step.

        Half-way goes up, as people round by hand.
        """
        position = (total - LOWEST) / (HIGHEST - LOWEST) * (self.high - self.low) / self.step
        return self.low + position.to_integral_value(rounding=ROUND_HALF_UP) * self.step
