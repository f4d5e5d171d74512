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


DEFINITIONS: Final[tuple[IndicatorDefinition, ...]] = (
    IndicatorDefinition(
        key=SATISFACTION,
        name="Satisfaction",
        question="How satisfied are the customers whom this employee served?",
        unit=Unit.POINTS,
        direction=Direction.HIGHER_IS_BETTER,
        role=Role.RATED,
        outcome=("answer", "answers"),
        opening="{events} from {customers} gave {raw} of 100 points.",
        counts="answers of customers to surveys about a contact, on a declared scale, one per customer",
        does_not_count="surveys without an answer, answers about articles or bots, answers outside the cycle",
    ),
    IndicatorDefinition(
        key=REPEAT_PURCHASE,
        name="Repeat purchases",
        question="Do customers buy again after this employee served them?",
        unit=Unit.RATIO,
        direction=Direction.HIGHER_IS_BETTER,
        role=Role.RATED,
        outcome=("contact", "contacts"),
        opening="After {events} with {customers}, they bought again {raw} times as often as usual.",
        counts="the time from a contact to the customer's next purchase, within the policy's horizon",
        does_not_count="cancelled orders, purchases before the contact, purchases after the horizon",
    ),
    IndicatorDefinition(
        key=LIFETIME_VALUE,
        name="Lifetime value",
        question="Do customers become worth more or less than their history foretold?",
        unit=Unit.RATIO,
        direction=Direction.HIGHER_IS_BETTER,
        role=Role.RATED,
        outcome=("contact", "contacts"),
        opening="After {events} with {customers}, they spent {raw} times what was usual.",
        counts="discounted money spent after a contact, against what the customer's history before it foretold",
        does_not_count="the size of the accounts that somebody was given; money before the contact",
    ),
    IndicatorDefinition(
        key=ATTRITION,
        name="Attrition",
        question="Do the customers whom this employee owns stay?",
        unit=Unit.RATIO,
        direction=Direction.LOWER_IS_BETTER,
        role=Role.RATED,
        outcome=("customer-month", "customer-months"),
        opening="In {events} of {customers}, {raw} times as many left as is usual.",
        counts="customers of this employee who ended a subscription or, having none, stopped buying",
        does_not_count="failed payments and fraud, slow buyers, the first weeks after an account is inherited",
    ),
)

BY_KEY: Final = {definition.key: definition for definition in DEFINITIONS}
"""Every indicator that is installed; `policies.register` adds to the four."""


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
