"""What an indicator is, as the API says it."""

from enum import Enum
from typing import Self

import strawberry

from appraise.domain.indicators import DEFINITIONS, Direction, IndicatorDefinition, Unit


@strawberry.enum(name="Direction", description="Which way is good.")
class DirectionValue(Enum):
    HIGHER_IS_BETTER = strawberry.enum_value(
        Direction.HIGHER_IS_BETTER, description="A higher figure is the better one."
    )
    LOWER_IS_BETTER = strawberry.enum_value(Direction.LOWER_IS_BETTER, description="A lower figure is the better one.")


@strawberry.enum(name="Unit", description="How a figure of an indicator is read.")
class UnitValue(Enum):
    POINTS = strawberry.enum_value(
        Unit.POINTS, description="Points of 100 on the customers' rating scale: 0 the worst answer, 100 the best."
    )
    RATIO = strawberry.enum_value(
        Unit.RATIO,
        description="Observed over expected: 1 is what an average employee would have had with the same customers.",
    )


@strawberry.type(
    name="IndicatorDefinition",
    description="One of the things that are measured, in words that the person measured can read.",
)
class IndicatorDefinitionType:
    key: str = strawberry.field(description="Stable name for programs, e.g. `repeat_purchase`.")
    name: str = strawberry.field(description="Name for people.")
    question: str = strawberry.field(description="The question that the figure answers.")
    unit: UnitValue = strawberry.field(description="How the figure is read.")
    direction: DirectionValue = strawberry.field(description="Which way is good.")
    counts: str = strawberry.field(description="What is counted.")
    does_not_count: str = strawberry.field(description="What is left out on purpose.")

    @classmethod
    def of(cls, definition: IndicatorDefinition) -> Self:
        return cls(
            key=definition.key,
            name=definition.name,
            question=definition.question,
            unit=UnitValue(definition.unit),
            direction=DirectionValue(definition.direction),
            counts=definition.counts,
            does_not_count=definition.does_not_count,
        )


BY_KEY = {definition.key: IndicatorDefinitionType.of(definition) for definition in DEFINITIONS}
