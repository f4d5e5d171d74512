"""How a section's figures changed since an earlier cycle."""

from decimal import Decimal
from typing import Annotated, Self

import strawberry

from appraise.api.types.estimates import AbsenceResult
from appraise.api.types.indicators import IndicatorDefinitionType
from appraise.domain.changes import Change, PopulationChange, change_sentence
from appraise.domain.indicators import definition_of
from appraise.domain.scorecards import Absence


@strawberry.type(
    name="ChangeEstimate",
    description=(
        "The true figure of this cycle less that of the earlier one, in the indicator's unit, after allowing for "
        "chance in both. It is not the difference of the two published values: each was moved towards the peers."
    ),
)
class ChangeEstimate:
    value: Decimal = strawberry.field(description="The change, in the indicator's unit.")
    lower: Decimal = strawberry.field(description="Lower bound of the 95 % interval, in the indicator's unit.")
    upper: Decimal = strawberry.field(description="Upper bound of the 95 % interval, in the indicator's unit.")
    lower90: Decimal = strawberry.field(description="Lower bound of the 90 % interval, in the indicator's unit.")
    upper90: Decimal = strawberry.field(description="Upper bound of the 90 % interval, in the indicator's unit.")
    unshrunk: Decimal = strawberry.field(
        description=(
            "In the indicator's unit: the plain difference of the two `unshrunk` "
            "figures, which holds the chance of both cycles."
        )
    )
    probability_improved: Decimal = strawberry.field(
        description="0 to 1: probability that the true figure moved in the good direction."
    )
    is_improved: bool | None = strawberry.field(
        description="Whether the whole 90 % interval is an improvement (true) or the opposite (false); null: unclear."
    )
    sentence: str = strawberry.field(description="The same in words.")

    @classmethod
    def of(cls, change: Change) -> Self:
        return cls(
            value=change.value,
            lower=change.lower,
            upper=change.upper,
            lower90=change.lower_90,
            upper90=change.upper_90,
            unshrunk=change.unshrunk,
            probability_improved=change.probability_improved,
            is_improved=change.is_improved,
            sentence=change_sentence(change),
        )


@strawberry.type(name="PopulationChange", description="What became of all who were compared.")
class PopulationChangeType:
    employees: int = strawberry.field(description="Number of employees with a figure in both cycles.")
    change: Decimal = strawberry.field(
        description=(
            "Change of their mean, in the indicator's unit. Of a ratio "
            "about 0 by construction: it compares within one cycle."
        )
    )
    correlation: Decimal = strawberry.field(
        description=(
            "Coefficient of correlation between the true figures of the two "
            "cycles, −1 to 1: near 1 those above the others stayed there."
        )
    )

    @classmethod
    def of(cls, population: PopulationChange) -> Self:
        return cls(employees=population.employees, change=population.change, correlation=population.correlation)


ChangeResult = Annotated[
    ChangeEstimate | AbsenceResult,
    strawberry.union("ChangeResult", description="How a figure changed, or that this cannot be told and why."),
]


@strawberry.type(name="IndicatorChange", description="How one indicator's figure changed since an earlier cycle.")
class IndicatorChangeType:
    indicator: IndicatorDefinitionType = strawberry.field(description="What is measured.")
    result: ChangeResult = strawberry.field(description="This employee's change.")
    population: PopulationChangeType | None = strawberry.field(
        description="Everybody's; null where the two cycles cannot be compared."
    )

    @classmethod
    def of(cls, result: Change | Absence, population: PopulationChange | Absence) -> Self:
        return cls(
            indicator=IndicatorDefinitionType.of(definition_of(result.indicator)),
            result=ChangeEstimate.of(result) if isinstance(result, Change) else AbsenceResult.of(result),
            population=None if isinstance(population, Absence) else PopulationChangeType.of(population),
        )
