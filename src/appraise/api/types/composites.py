"""What the indicators of an employee say together."""

from decimal import Decimal
from typing import Annotated, Self

import strawberry

from appraise.api.types.estimates import AbsenceResult
from appraise.domain.explanations import composite_sentences
from appraise.domain.indicators import definition_of
from appraise.domain.scorecards import Absence, Composite


@strawberry.type(name="CompositePart", description="What one indicator adds to the composite.")
class CompositePartType:
    indicator: str = strawberry.field(description="Key of the indicator.")
    name: str = strawberry.field(description="Name of the indicator, for people.")
    amount: Decimal = strawberry.field(
        description="In standard deviations between employees; without a figure, what the other indicators imply."
    )


@strawberry.type(
    name="Composite",
    description=(
        "The weighted indicators together, judged jointly. The unit is the standard deviation between employees; "
        "0 is the average employee and higher is better. It rates nobody: a person does."
    ),
)
class CompositeType:
    value: Decimal = strawberry.field(description="The sum of `parts`, digit for digit.")
    lower: Decimal = strawberry.field(description="Lower bound of the 95 % interval.")
    upper: Decimal = strawberry.field(description="Upper bound of the 95 % interval.")
    lower90: Decimal = strawberry.field(description="Lower bound of the 90 % interval.")
    upper90: Decimal = strawberry.field(description="Upper bound of the 90 % interval.")
    reliability: Decimal = strawberry.field(
        description="0 to 1: the share of the difference from the peers that is not chance."
    )
    probability_better: Decimal = strawberry.field(description="0 to 1: probability of being above the average.")
    carries_consequence: bool = strawberry.field(
        description="Whether it is reliable enough to act on by the policy; if not, it may be read and not used."
    )
    is_better: bool | None = strawberry.field(
        description="Whether the whole 90 % interval is above (true) or below (false) the average; null: unclear."
    )
    level: int = strawberry.field(
        description=(
            "What a fixed probability rule makes of it, 1 to 5: 5 or 1 surely well above or below the average, "
            "4 or 2 surely above or below, 3 the data cannot tell. Not a rating."
        )
    )
    observed_weight: Decimal = strawberry.field(description="Share of the weight whose indicators have a figure.")
    attributable_share: Decimal = strawberry.field(
        description="The share of the variance between employees that the policy took to be their own."
    )
    parts: list[CompositePartType] = strawberry.field(description="What each indicator adds.")
    sentences: list[str] = strawberry.field(description="The same in plain sentences.")

    @classmethod
    def of(cls, composite: Composite) -> Self:
        return cls(
            value=composite.value,
            lower=composite.lower,
            upper=composite.upper,
            lower90=composite.lower_90,
            upper90=composite.upper_90,
            reliability=composite.reliability,
            probability_better=composite.probability_better,
            carries_consequence=composite.consequence,
            is_better=composite.is_better,
            level=composite.level,
            observed_weight=composite.observed_weight,
            attributable_share=composite.attributable_share,
            parts=[
                CompositePartType(indicator=key, name=definition_of(key).name, amount=amount)
                for key, amount in composite.parts
            ],
            sentences=list(composite_sentences(composite)),
        )


CompositeResult = Annotated[
    CompositeType | AbsenceResult,
    strawberry.union("CompositeResult", description="What the indicators say together, or why they say nothing."),
]


def composite_of(composite: Composite | Absence) -> CompositeType | AbsenceResult:
    return AbsenceResult.of(composite) if isinstance(composite, Absence) else CompositeType.of(composite)
