"""What the indicators of an employee say together."""

from decimal import Decimal
from typing import Annotated, Self

import strawberry

from appraise.api.permissions import Permission, Requires
from appraise.api.types.estimates import FLAGGED, LEVEL, AbsenceResult
from appraise.api.types.standings import STANDING, StandingType, standing_of
from appraise.domain.explanations import composite_sentences
from appraise.domain.identifiers import SectionId
from appraise.domain.indicators import COMPOSITE, definition_of
from appraise.domain.language import say
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
    value: Decimal = strawberry.field(
        description="In standard deviations between employees: the sum of `parts`, digit for digit."
    )
    lower: Decimal = strawberry.field(
        description="Lower bound of the 95 % interval, in standard deviations between employees."
    )
    upper: Decimal = strawberry.field(
        description="Upper bound of the 95 % interval, in standard deviations between employees."
    )
    lower90: Decimal = strawberry.field(
        description="Lower bound of the 90 % interval, in standard deviations between employees."
    )
    upper90: Decimal = strawberry.field(
        description="Upper bound of the 90 % interval, in standard deviations between employees."
    )
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
    level: int | None = strawberry.field(description=LEVEL)
    flagged: bool | None = strawberry.field(description=FLAGGED)
    observed_weight: Decimal = strawberry.field(
        description="Share of the weight, 0 to 1, whose indicators have a figure."
    )
    attributable_share: Decimal = strawberry.field(
        description="Share of the variance between employees, 0 to 1, that the policy took to be their own."
    )
    parts: list[CompositePartType] = strawberry.field(description="What each indicator adds.")
    sentences: list[str] = strawberry.field(description="The same in plain sentences.")
    section: strawberry.Private[SectionId]

    @strawberry.field(description=STANDING, extensions=[Requires(Permission.READ_STANDINGS)])
    def standing(self, info: strawberry.Info) -> StandingType | None:
        return standing_of(info, self.section, COMPOSITE)

    @classmethod
    def of(cls, composite: Composite, section: SectionId) -> Self:
        return cls(
            section=section,
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
            flagged=composite.flagged,
            observed_weight=composite.observed_weight,
            attributable_share=composite.attributable_share,
            parts=[
                CompositePartType(indicator=key, name=say(definition_of(key).name), amount=amount)
                for key, amount in composite.parts
            ],
            sentences=list(composite_sentences(composite)),
        )


CompositeResult = Annotated[
    CompositeType | AbsenceResult,
    strawberry.union("CompositeResult", description="What the indicators say together, or why they say nothing."),
]


def composite_of(composite: Composite | Absence, section: SectionId) -> CompositeType | AbsenceResult:
    return AbsenceResult.of(composite) if isinstance(composite, Absence) else CompositeType.of(composite, section)
