"""What employees contributed, one by one and in groups, over the cycles."""

from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Final, Self

import strawberry

from appraise.api.global_ids import Kind, to_global
from appraise.api.types.connections import PageInfoType, Window
from appraise.api.types.contribution_inputs import DimensionValue, GrainValue
from appraise.api.types.cycles import CycleType
from appraise.api.types.estimates import AbsenceKindValue, AbsenceResult
from appraise.api.types.indicators import IndicatorDefinitionType
from appraise.domain.contributions import (
    TOTALS,
    Contribution,
    ContributionsOfStretch,
    Cover,
    Dimension,
    Figure,
    Grain,
    Group,
    Reading,
    Total,
    TotalDefinition,
    TotalUnit,
)
from appraise.domain.cursors import cursor
from appraise.domain.indicators import definition_of
from appraise.domain.language import say
from appraise.domain.scorecards import Absence
from appraise.use_cases.read_contributions import ContributionPage


@strawberry.enum(name="ContributionTotalUnit", description="What a total counts.")
class TotalUnitValue(Enum):
    MONEY = strawberry.enum_value(TotalUnit.MONEY, description="Money, in minor units of the currency (cents).")
    PURCHASES = strawberry.enum_value(TotalUnit.PURCHASES, description="Purchases.")
    CUSTOMERS = strawberry.enum_value(TotalUnit.CUSTOMERS, description="Customers.")


@strawberry.type(name="ContributionTotalDefinition", description="What may be summed of an indicator.")
class TotalDefinitionType:
    unit: TotalUnitValue = strawberry.field(description="What is counted.")
    meaning: str = strawberry.field(description="What the number is, in words; positive is good.")

    @classmethod
    def of(cls, definition: TotalDefinition) -> Self:
        return cls(unit=TotalUnitValue(definition.unit), meaning=say(definition.meaning))


@strawberry.type(
    name="ContributionTotal",
    description=(
        "What was credited beyond expectation, positive where it is good, case mix taken out and nothing shrunk: it "
        "adds up over employees, departments and cycles. It is not the sum of the published `money` of scorecards, "
        "each of which is pulled towards 0 for lack of evidence."
    ),
)
class TotalType:
    unit: TotalUnitValue = strawberry.field(description="What it counts.")
    amount: Decimal = strawberry.field(
        description="The total: whole minor units of `currency`, or a number of purchases or customers, as `unit` says."
    )
    lower: Decimal = strawberry.field(
        description="Lower bound of the 95 % interval, in the same unit. Bounds do not add up."
    )
    upper: Decimal = strawberry.field(description="Upper bound of the 95 % interval, in the same unit.")
    currency: str | None = strawberry.field(description="ISO 4217 code of money, e.g. `EUR`; null of counts.")

    @classmethod
    def of(cls, total: Total) -> Self:
        return cls(
            unit=TotalUnitValue(total.unit),
            amount=total.amount,
            lower=total.lower,
            upper=total.upper,
            currency=total.currency,
        )


@strawberry.type(name="AbsenceCount", description="How many have no figure, for one reason.")
class AbsenceCountType:
    kind: AbsenceKindValue = strawberry.field(description="Why.")
    employees: int = strawberry.field(description="Number of them.")


@strawberry.type(name="ContributionCoverage", description="How many of a group are behind its figure.")
class CoverType:
    employees: int = strawberry.field(
        description="Number of employees of the group who were scored and may be read by the reader."
    )
    measured: int = strawberry.field(description="Number of them with a figure; the others are not in the group's.")
    absent: list[AbsenceCountType] = strawberry.field(description="How many have none, and why.")

    @classmethod
    def of(cls, cover: Cover) -> Self:
        absent = [AbsenceCountType(kind=AbsenceKindValue(kind), employees=number) for kind, number in cover.absent]
        return cls(employees=cover.employees, measured=cover.measured, absent=absent)


@strawberry.type(
    name="ContributionFigure",
    description=(
        "A figure in the indicator's unit. An employee's is the published estimate. A group's is pooled: the mean of "
        "its members' unshrunk figures, each weighted by its precision. Such figures are never added or averaged "
        "again."
    ),
)
class FigureType:
    value: Decimal = strawberry.field(description="The figure, in the indicator's unit.")
    lower: Decimal = strawberry.field(description="Lower bound of the 95 % interval, in the indicator's unit.")
    upper: Decimal = strawberry.field(description="Upper bound of the 95 % interval, in the indicator's unit.")
    lower90: Decimal = strawberry.field(description="Lower bound of the 90 % interval, in the indicator's unit.")
    upper90: Decimal = strawberry.field(description="Upper bound of the 90 % interval, in the indicator's unit.")
    expected: Decimal = strawberry.field(
        description="What average employees would have had, same customers and cases; in the indicator's unit."
    )
    is_better: bool | None = strawberry.field(
        description="Whether the whole 90 % interval is better (true) or worse (false) than expected; null: unclear."
    )
    is_pooled: bool = strawberry.field(description="Whether it is a group's, pooled by precision.")

    @classmethod
    def of(cls, figure: Figure) -> Self:
        return cls(
            value=figure.value,
            lower=figure.lower,
            upper=figure.upper,
            lower90=figure.lower_90,
            upper90=figure.upper_90,
            expected=figure.expected,
            is_better=figure.is_better,
            is_pooled=figure.is_pooled,
        )


ContributionResult = Annotated[
    FigureType | AbsenceResult,
    strawberry.union(
        "ContributionResult",
        description="A figure, or that there is none and why; WITHHELD where too few employees stand behind it.",
    ),
]


@strawberry.interface(
    name="ContributionReading", description="One indicator of a group or an employee, as of one state of knowledge."
)
class ReadingType:
    result: ContributionResult = strawberry.field(description="The figure, or why there is none.")
    coverage: CoverType | None = strawberry.field(
        description="How many were measured; null where `result` is withheld because the group is too small. Over "
        "several cycles somebody counts once in each."
    )
    data_as_of: date = strawberry.field(description="The first day without data, of the oldest scoring run behind it.")

    @classmethod
    def of(cls, reading: Reading) -> Self:
        return cls(**_common(reading))


def _common(reading: Reading) -> dict[str, Any]:
    result = reading.result
    return {
        "result": AbsenceResult.of(result) if isinstance(result, Absence) else FigureType.of(result),
        "coverage": None if reading.cover is None else CoverType.of(reading.cover),
        "data_as_of": reading.data_as_of,
    }


@strawberry.type(name="NonAdditiveReading", description="A reading of which nothing adds up.")
class NonAdditiveReading(ReadingType):
    pass


@strawberry.type(name="AdditiveReading", description="A reading with a total that adds up beside its figure.")
class AdditiveReading(ReadingType):
    total: TotalType | None = strawberry.field(
        description="What adds up; null where nobody has a figure and where `result` is withheld."
    )

    @classmethod
    def of(cls, reading: Reading) -> Self:
        return cls(**_common(reading), total=None if reading.total is None else TotalType.of(reading.total))


NOW: Final = "By the newest scoring run of the cycle; null where it says nothing of them."
FINALISED: Final = (
    "By the runs with which sections were finalised, of those whose section is; null while none is. Withheld also "
    "where `asNowKnown` less this would tell of too few."
)


@strawberry.interface(
    name="Contribution", description="One indicator in one row: as it was finalised, and as it is known now."
)
class ContributionType:
    indicator: IndicatorDefinitionType = strawberry.field(description="What is measured: unit, direction, words.")
    as_now_known: ReadingType | None = strawberry.field(description=NOW)
    as_finalised: ReadingType | None = strawberry.field(description=FINALISED)

    @staticmethod
    def of(contribution: Contribution) -> "ContributionType":
        indicator = IndicatorDefinitionType.of(definition_of(contribution.indicator))
        now, finalised = contribution.now, contribution.finalised
        total = TOTALS.get(contribution.indicator)
        if total is None:
            return NonAdditiveContribution(
                indicator=indicator,
                as_now_known=None if now is None else NonAdditiveReading.of(now),
                as_finalised=None if finalised is None else NonAdditiveReading.of(finalised),
            )
        return AdditiveContribution(
            indicator=indicator,
            total_definition=TotalDefinitionType.of(total),
            as_now_known=None if now is None else AdditiveReading.of(now),
            as_finalised=None if finalised is None else AdditiveReading.of(finalised),
        )


@strawberry.type(
    name="NonAdditiveContribution",
    description="An indicator of which nothing adds up: a mean, which larger groups have as a mean of their own.",
)
class NonAdditiveContribution(ContributionType):
    as_now_known: NonAdditiveReading | None = strawberry.field(description=NOW)
    as_finalised: NonAdditiveReading | None = strawberry.field(description=FINALISED)


@strawberry.type(
    name="AdditiveContribution",
    description="An indicator with totals that add up over employees, departments and cycles, beside its figures.",
)
class AdditiveContribution(ContributionType):
    total_definition: TotalDefinitionType = strawberry.field(description="What may be summed.")
    as_now_known: AdditiveReading | None = strawberry.field(description=NOW)
    as_finalised: AdditiveReading | None = strawberry.field(description=FINALISED)


@strawberry.type(name="ContributionGroup", description="Whom a row is about.")
class GroupType:
    dimension: DimensionValue = strawberry.field(description="What kind of group.")
    key: strawberry.ID | None = strawberry.field(
        description=(
            "The department's code, the id of the unit's manager or of the employee, or the name of the role profile; "
            "null of the organisation and of those who have no department, manager or profile."
        )
    )
    name: str = strawberry.field(description="Name to show.")

    @classmethod
    def of(cls, group: Group) -> Self:
        key = group.key
        is_person = group.dimension in {Dimension.UNIT, Dimension.EMPLOYEE}
        return cls(
            dimension=DimensionValue(group.dimension),
            key=None if key is None else to_global(Kind.EMPLOYEE, key) if is_person else strawberry.ID(key),
            name=group.name,
        )


@strawberry.type(name="ContributionPeriod", description="The time of a row.")
class PeriodType:
    grain: GrainValue = strawberry.field(description="What kind of time.")
    name: str = strawberry.field(description="The cycle's name, or e.g. `2025` or `2025 Q1`.")
    start: date = strawberry.field(description="First day.")
    end: date | None = strawberry.field(description="First day after it; null while the cycle is open.")
    cycles: list[CycleType] = strawberry.field(
        description="The cycles behind the row, the oldest first: of those asked for, those within this time."
    )


@strawberry.type(name="ContributionRow", description="What a group or an employee contributed in one stretch of time.")
class ContributionRowType:
    cycle: CycleType | None = strawberry.field(
        description="The cycle; null where the row is about a quarter or a year."
    )
    period: PeriodType = strawberry.field(description="The time it is about.")
    group: GroupType = strawberry.field(description="Whom it is about.")
    contributions: list[ContributionType] = strawberry.field(description="By indicator, in the policy's order.")

    @classmethod
    def of(cls, row: ContributionsOfStretch) -> Self:
        stretch, cycles = row.stretch, [CycleType.of(cycle) for cycle in row.cycles]
        return cls(
            cycle=cycles[0] if stretch.grain is Grain.CYCLE else None,
            period=PeriodType(
                grain=GrainValue(stretch.grain),
                name=stretch.name,
                start=stretch.period.start,
                end=stretch.period.end,
                cycles=cycles,
            ),
            group=GroupType.of(row.group),
            contributions=[ContributionType.of(one) for one in row.contributions],
        )


@strawberry.type(name="ContributionEdge", description="One row of a page.")
class ContributionEdge:
    node: ContributionRowType = strawberry.field(description="The row.")
    cursor: str = strawberry.field(description="Pass it as `after` to read on from here.")


@strawberry.type(name="ContributionConnection", description="A page of contributions.")
class ContributionConnection:
    keys: strawberry.Private[tuple[tuple[str, ...], ...]]
    nodes: list[ContributionRowType] = strawberry.field(description="The rows of the page.")
    page_info: PageInfoType = strawberry.field(description="Whether more follow.")
    total_count: int = strawberry.field(description="Number of rows in all.")

    @strawberry.field(description="The same rows, one wrapper each.")
    def edges(self) -> list[ContributionEdge]:
        return [
            ContributionEdge(node=node, cursor=cursor(*key)) for node, key in zip(self.nodes, self.keys, strict=True)
        ]

    @classmethod
    def of(cls, found: ContributionPage, window: Window) -> Self:
        return cls(
            keys=found.page.keys,
            nodes=[ContributionRowType.of(row) for row in found.page.items],
            page_info=PageInfoType.of(found.page, window),
            total_count=found.total,
        )
