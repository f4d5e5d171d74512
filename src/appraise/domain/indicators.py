"""What an indicator is: its words, its unit and which direction is good."""

from dataclasses import dataclass
from enum import StrEnum

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
    """

    POINTS = "points"
    RATIO = "ratio"


@dataclass(frozen=True, slots=True)
class IndicatorDefinition:
    key: IndicatorKey
    name: str
    question: str
    unit: Unit
    direction: Direction
    counts: str
    does_not_count: str


DEFINITIONS: tuple[IndicatorDefinition, ...] = (
    IndicatorDefinition(
        key=SATISFACTION,
        name="Satisfaction",
        question="How satisfied are the customers whom this employee served?",
        unit=Unit.POINTS,
        direction=Direction.HIGHER_IS_BETTER,
        counts="answers of customers to surveys about a contact, on a declared scale, one per customer",
        does_not_count="surveys without an answer, answers about articles or bots, answers outside the cycle",
    ),
    IndicatorDefinition(
        key=REPEAT_PURCHASE,
        name="Repeat purchases",
        question="Do customers buy again after this employee served them?",
        unit=Unit.RATIO,
        direction=Direction.HIGHER_IS_BETTER,
        counts="the time from a contact to the customer's next purchase, within the policy's horizon",
        does_not_count="cancelled orders, purchases before the contact, purchases after the horizon",
    ),
    IndicatorDefinition(
        key=LIFETIME_VALUE,
        name="Lifetime value",
        question="Do customers become worth more or less than their history foretold?",
        unit=Unit.RATIO,
        direction=Direction.HIGHER_IS_BETTER,
        counts="discounted money spent after a contact, against what the customer's history before it foretold",
        does_not_count="the size of the accounts that somebody was given; money before the contact",
    ),
    IndicatorDefinition(
        key=ATTRITION,
        name="Attrition",
        question="Do the customers whom this employee owns stay?",
        unit=Unit.RATIO,
        direction=Direction.LOWER_IS_BETTER,
        counts="subscriptions that ended by the customer's choice while the employee owned the customer",
        does_not_count="failed payments and fraud, the first weeks after an account is inherited",
    ),
)

BY_KEY = {definition.key: definition for definition in DEFINITIONS}
