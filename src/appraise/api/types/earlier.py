"""The figure of the cycle before, beside the one of a section."""

from decimal import Decimal
from typing import Final, Self

import strawberry

from appraise.domain.scorecards import Estimate

EARLIER: Final = (
    "The employee's figure in the latest cycle that was over before this one began; null where there was none, where "
    "the indicator's rules were others, and where it is not the reader's to see. Reading somebody else's is audited as "
    "a read of that cycle's section. The difference of the two is no measure of change: `Section.change` is."
)


@strawberry.type(name="EarlierFigure", description="A figure of an earlier cycle.")
class EarlierFigureType:
    cycle_name: str = strawberry.field(description="Name of the cycle.")
    value: Decimal = strawberry.field(description="The estimate, in the indicator's unit.")
    lower: Decimal = strawberry.field(description="Lower bound of its 95 % interval, in the indicator's unit.")
    upper: Decimal = strawberry.field(description="Upper bound of its 95 % interval, in the indicator's unit.")
    expected: Decimal = strawberry.field(
        description="What was expected of anybody with the same customers then, in the indicator's unit."
    )

    @classmethod
    def of(cls, cycle_name: str, figure: Estimate) -> Self:
        return cls(
            cycle_name=cycle_name,
            value=figure.value,
            lower=figure.lower,
            upper=figure.upper,
            expected=figure.expected,
        )
