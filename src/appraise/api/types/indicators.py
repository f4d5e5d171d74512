"""What an indicator is, as the API says it."""

from enum import Enum
from typing import Self

import strawberry

from appraise.domain.indicators import Direction, IndicatorDefinition, Role, Unit
from appraise.domain.language import say


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
    PERCENT = strawberry.enum_value(Unit.PERCENT, description="Share of the outcomes, 0 to 100.")


@strawberry.enum(name="IndicatorRole", description="What a figure is for.")
class RoleValue(Enum):
    RATED = strawberry.enum_value(Role.RATED, description="It may weigh in a section, and is then to be rated.")
    CONTEXT = strawberry.enum_value(
        Role.CONTEXT,
        description="It is read beside the others and weighs nothing, unless a policy gives it weight with a reason.",
    )


@strawberry.type(
    name="IndicatorDefinition",
    description="One of the things that are measured, in words that the person measured can read.",
)
class IndicatorDefinitionType:
    key: str = strawberry.field(description="Stable name for programs, e.g. `repeat_purchase`.")
    name: str = strawberry.field(description="Name for people.")
    question: str = strawberry.field(description="The question that the figure answers.")
    unit: UnitValue | None = strawberry.field(
        description="How the figure is read; null where the package that defines it is not installed any more."
    )
    direction: DirectionValue | None = strawberry.field(description="Which way is good; null as `unit`.")
    role: RoleValue = strawberry.field(description="Whether it may weigh in a section.")
    counts: str = strawberry.field(description="What is counted.")
    does_not_count: str = strawberry.field(description="What is left out on purpose.")

    @classmethod
    def of(cls, definition: IndicatorDefinition) -> Self:
        return cls(
            key=definition.key,
            name=say(definition.name),
            question=say(definition.question),
            unit=None if definition.unit is None else UnitValue(definition.unit),
            direction=None if definition.direction is None else DirectionValue(definition.direction),
            role=RoleValue(definition.role),
            counts=say(definition.counts),
            does_not_count=say(definition.does_not_count),
        )
