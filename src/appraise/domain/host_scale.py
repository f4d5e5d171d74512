"""The scale of the HR system into which a total is written."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from appraise.errors import InvalidInput

LOWEST, HIGHEST = Decimal(1), Decimal(5)


@dataclass(frozen=True, slots=True)
class HostScale:
    """From `worst` to `best` in steps of `step`: 0 to 100 by 1, or 6 to 1 by 0.5 where the least is the best."""

    worst: Decimal
    best: Decimal
    step: Decimal

    def __post_init__(self) -> None:
        if self.best == self.worst or self.step <= 0 or (self.best - self.worst) % self.step:
            raise InvalidInput(
                f"a scale from {self.worst} to {self.best} in steps of {self.step}",
                expected="a best value that is not the worst, and reached from it in whole steps",
            )

    @classmethod
    def between(cls, least: Decimal, greatest: Decimal, step: Decimal = Decimal(1)) -> "HostScale":
        """As hosts tell their bounds: the least is the worst, unless somebody declares another."""
        if greatest <= least:
            raise InvalidInput(
                f"a scale from {least} to {greatest} in steps of {step}",
                expected="a greatest value above the least",
            )
        return cls(least, greatest, step)

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

        Half-way goes to the better one, as people round by hand.
        """
        length = self.best - self.worst
        steps = (total - LOWEST) / (HIGHEST - LOWEST) * abs(length) / self.step
        return self.worst + steps.to_integral_value(rounding=ROUND_HALF_UP) * self.step.copy_sign(length)
