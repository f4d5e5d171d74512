"""Thresholds that the reader keeps, and what lies beyond them."""

from decimal import Decimal
from enum import Enum
from typing import Self

import strawberry

from appraise.api.global_ids import Kind, to_global
from appraise.api.types.contribution_inputs import DimensionValue
from appraise.api.types.contributions import GroupType
from appraise.api.types.cycles import CycleType
from appraise.api.types.indicators import IndicatorDefinitionType
from appraise.domain.indicators import definition_of
from appraise.domain.watches import Finding, Measure, Side, WatchList, WatchReading


@strawberry.enum(name="WatchMeasure", description="What is compared with the threshold.")
class MeasureValue(Enum):
    LEVEL = strawberry.enum_value(Measure.LEVEL, description="The figure of the newest cycle.")
    CHANGE = strawberry.enum_value(
        Measure.CHANGE, description="Its change since the cycle before; of one employee after allowing for chance."
    )


@strawberry.enum(name="WatchSide", description="On which side of the threshold something is told.")
class SideValue(Enum):
    BELOW = strawberry.enum_value(Side.BELOW, description="The whole 95 % interval lies below.")
    ABOVE = strawberry.enum_value(Side.ABOVE, description="The whole 95 % interval lies above.")


@strawberry.type(name="WatchFinding", description="A group, or by the policy an employee, beyond a threshold.")
class FindingType:
    group: GroupType = strawberry.field(description="Whom it is about.")
    value: Decimal = strawberry.field(description="The figure or its change, in the indicator's unit.")
    lower: Decimal = strawberry.field(description="Lower bound of the 95 % interval, in the indicator's unit.")
    upper: Decimal = strawberry.field(description="Upper bound of the 95 % interval, in the indicator's unit.")
    is_new: bool = strawberry.field(description="Whether the reader has not said yet that they have seen it.")

    @classmethod
    def of(cls, finding: Finding) -> Self:
        found = finding.found
        return cls(
            group=GroupType.of(finding.group),
            value=found.value,
            lower=found.lower,
            upper=found.upper,
            is_new=finding.is_new,
        )


@strawberry.type(name="Watch", description="A threshold that the reader keeps, and what lies beyond it now.")
class WatchType:
    id: strawberry.ID = strawberry.field(description="Its id; no Node.")
    version: int = strawberry.field(description="A count of changes; pass it as `expectedVersion`.")
    indicator: IndicatorDefinitionType = strawberry.field(description="Of which indicator.")
    group_by: DimensionValue = strawberry.field(description="Of what kind of group, or of single employees.")
    measure: MeasureValue = strawberry.field(description="The figure, or its change.")
    side: SideValue = strawberry.field(description="Below or above.")
    threshold: Decimal = strawberry.field(description="In the indicator's unit.")
    findings: list[FindingType] = strawberry.field(
        description=(
            "What lies beyond it with its whole 95 % interval, by name; nobody of whom the data cannot tell. Groups "
            "that are withheld elsewhere are not told of here. Reading single employees is audited."
        )
    )
    unsure: int = strawberry.field(
        description="Number of others who lie beyond it by their figure alone, which the data do not bear out."
    )
    compared: int = strawberry.field(description="Number of those with a figure to compare.")
    why_not: str | None = strawberry.field(description="Why nothing could be compared; null where something could.")

    @classmethod
    def of(cls, reading: WatchReading) -> Self:
        rule = reading.watch.rule
        return cls(
            id=to_global(Kind.WATCH, reading.watch.id),
            version=reading.watch.version,
            indicator=IndicatorDefinitionType.of(definition_of(rule.indicator)),
            group_by=DimensionValue(rule.dimension),
            measure=MeasureValue(rule.measure),
            side=SideValue(rule.side),
            threshold=rule.threshold,
            findings=[FindingType.of(one) for one in reading.findings],
            unsure=reading.unsure,
            compared=reading.compared,
            why_not=reading.why_not,
        )


@strawberry.type(name="WatchList", description="The reader's thresholds; those beyond which something new lies first.")
class WatchListType:
    cycle: CycleType | None = strawberry.field(description="The newest cycle that was scored; null before the first.")
    before: CycleType | None = strawberry.field(description="The cycle that changes are told since; null where none.")
    allows_individuals: bool = strawberry.field(
        description="Whether the policy of `cycle` allows thresholds for single employees (its key `watch_lists`)."
    )
    watches: list[WatchType] = strawberry.field(description="The thresholds.")

    @classmethod
    def of(cls, found: WatchList) -> Self:
        return cls(
            cycle=None if found.cycle is None else CycleType.of(found.cycle),
            before=None if found.before is None else CycleType.of(found.before),
            allows_individuals=found.allows_individuals,
            watches=[WatchType.of(one) for one in found.watches],
        )
