"""An estimate as a picture on paper, in the places in which the page draws it."""

import math
from dataclasses import dataclass
from typing import Any, Final

from appraise.domain.indicators import Direction, definition_of
from appraise.domain.language import marks
from appraise.domain.scorecards import Estimate

MARGIN: Final = 7.0
"""Per cent of the width that is kept free on each side."""
ROOM: Final = 0.12
"""Of what is drawn, on each side of it."""
STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)
TICKS: Final = 4


@dataclass(frozen=True, slots=True)
class Axis:
    """From `low` to `high`; reversed where less is better, so that the better side is always to the right."""

    low: float
    high: float
    is_reversed: bool

    @classmethod
    def of(cls, estimate: Estimate) -> "Axis":
        ends = [float(one) for one in (estimate.lower, estimate.upper, estimate.expected)]
        room = (max(ends) - min(ends)) * ROOM or 1.0
        lower_is_better = definition_of(estimate.indicator).direction is Direction.LOWER_IS_BETTER
        return cls(min(ends) - room, max(ends) + room, lower_is_better)

    def place(self, value: float) -> float:
        """In per cent of the width."""
        part = (value - self.low) / (self.high - self.low)
        clipped = min(max(1 - part if self.is_reversed else part, 0.0), 1.0)
        return MARGIN + clipped * (100 - 2 * MARGIN)

    def ticks(self) -> tuple[list[float], int]:
        """About four round values that lie on it, and how many places their labels need."""
        rough = (self.high - self.low) / TICKS
        power = 10.0 ** math.floor(math.log10(rough))
        step = next((factor * power for factor in STEPS if factor * power >= rough), rough)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        places = next((count for count in range(4) if abs(step - round(step, count)) < step / 1000), 3)
        return [number * step for number in range(first, last + 1)], places


def drawing(estimate: Estimate) -> dict[str, Any]:
    axis = Axis.of(estimate)
    lower, upper = sorted(axis.place(float(one)) for one in (estimate.lower, estimate.upper))
    inner = sorted(axis.place(float(one)) for one in (estimate.lower_90, estimate.upper_90))
    ticks, places = axis.ticks()
    return {
        "value": axis.place(float(estimate.value)),
        "expected": axis.place(float(estimate.expected)),
        "lower": lower,
        "upper": upper,
        "lower90": inner[0],
        "upper90": inner[1],
        "verdict": {True: "better", False: "worse", None: "unsure"}[estimate.is_better],
        "marks": [{"place": axis.place(one), "label": marks(f"{one:.{places}f}".replace("-", "−"))} for one in ticks],
    }
