"""What an indicator is: its words, its unit and which direction is good."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from appraise.domain.identifiers import IndicatorKey

SATISFACTION = IndicatorKey("satisfaction")
REPEAT_PURCHASE = IndicatorKey("repeat_purchase")
LIFETIME_VALUE = IndicatorKey("lifetime_value")
ATTRITION = IndicatorKey("attrition")

COMPOSITE = IndicatorKey("composite")
"""No indicator: the key of what all of them say together."""


class Direction(StrEnum):
    HIGHER_IS_BETTER = "higher_is_better"
    LOWER_IS_BETTER = "lower_is_better"


class Unit(StrEnum):
    """How an estimate's value is read.

    POINTS: on the declared rating scale, rescaled to 0..100 (share of the scale's range).
    RATIO: observed over expected; 1 is what an average employee would have seen with the same customers.
    PERCENT: share of outcomes, 0..100.
    """

    POINTS = "points"
    RATIO = "ratio"
    PERCENT = "percent"


class Role(StrEnum):
    """RATED indicators may weigh in a section; CONTEXT is read beside them and weighs only with a policy's reason."""

    RATED = "rated"
    CONTEXT = "context"


@dataclass(frozen=True, slots=True)
class IndicatorDefinition:
    """The words of an indicator; `unit` and `direction` are None only of one whose package is not installed.

    `outcome` is what evidence counts, one and many of it; `opening` tells the plain figure, a sentence with the places
    {events}, {customers} and {raw}.
    """

    key: IndicatorKey
    name: str
    question: str
    unit: Unit | None
    direction: Direction | None
    role: Role
    outcome: tuple[str, str]
    opening: str
    counts: str
    does_not_count: str


BY_KEY: Final[dict[IndicatorKey, IndicatorDefinition]] = {}
"""Every indicator that is installed, in the order of a section; filled by `policies.register`."""


def definition_of(key: IndicatorKey) -> IndicatorDefinition:
    """Also of an indicator whose package is gone, so that what it once said of somebody can still be read."""
    return BY_KEY.get(key) or IndicatorDefinition(
        key=key,
        name=key.replace("_", " ").capitalize(),
        question="This figure comes from a package that is not installed here any more.",
        unit=None,
        direction=None,
        role=Role.CONTEXT,
        outcome=("outcome", "outcomes"),
        opening="{events} from {customers} gave a plain figure of {raw}.",
        counts="not known without the package",
        does_not_count="not known without the package",
    )
