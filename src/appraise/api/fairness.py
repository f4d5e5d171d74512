"""Verdicts about groups, as they were published at the machine."""

from datetime import datetime
from enum import Enum
from typing import Self

import strawberry

from appraise.api.context import RequestContext
from appraise.api.permissions import Permission, Requires
from appraise.api.types.indicators import IndicatorDefinitionType
from appraise.domain.fairness import AttributeVerdicts, GroupVerdict, NamedVerdicts
from appraise.domain.indicators import definition_of
from appraise.domain.language import say
from appraise.use_cases.publish_verdicts import read_verdicts


@strawberry.enum(
    name="FairnessVerdict", description="What a comparison of two groups tells. None says that all is well."
)
class VerdictValue(Enum):
    EVIDENCE = strawberry.enum_value(
        "EVIDENCE", description="Under 4/5 of the highest rate, unlikely by chance, and one person would not turn it."
    )
    MONITOR = strawberry.enum_value("MONITOR", description="Only one of the two; look again with more people.")
    TOO_SMALL = strawberry.enum_value("TOO_SMALL", description="Too few people to show a difference.")
    NO_EVIDENCE = strawberry.enum_value("NO_EVIDENCE", description="Neither; that is no proof of fairness.")


@strawberry.type(name="GroupVerdict", description="One group against the one with the highest rate.")
class GroupVerdictType:
    question: str = strawberry.field(description="Of what the rate is, in words.")
    indicator: IndicatorDefinitionType | None = strawberry.field(description="Of which; null of the section's total.")
    category: str = strawberry.field(description="The group, as the imported file names it.")
    compared_with: str = strawberry.field(description="The one with the highest rate.")
    verdict: VerdictValue = strawberry.field(description="What that tells.")

    @classmethod
    def of(cls, one: GroupVerdict) -> Self:
        return cls(
            question=say(one.question),
            indicator=None if one.indicator is None else IndicatorDefinitionType.of(definition_of(one.indicator)),
            category=one.category,
            compared_with=one.compared_with,
            verdict=VerdictValue(one.verdict),
        )


@strawberry.type(name="AttributeVerdicts", description="All verdicts by one protected attribute.")
class AttributeVerdictsType:
    attribute: str = strawberry.field(description="As the imported file names it.")
    is_complete: bool = strawberry.field(description="False where groups are hidden for being too small.")
    verdicts: list[GroupVerdictType] = strawberry.field(description="Of the groups that may be shown; no counts.")

    @classmethod
    def of(cls, part: AttributeVerdicts) -> Self:
        verdicts = [GroupVerdictType.of(one) for one in part.verdicts]
        return cls(attribute=part.attribute, is_complete=part.is_complete, verdicts=verdicts)


@strawberry.type(name="FairnessReport", description="What was published of one cycle's adverse-impact report.")
class FairnessReportType:
    cycle_name: str = strawberry.field(description="Of which cycle.")
    computed_at: datetime = strawberry.field(description="When it was computed at the machine.")
    attributes: list[AttributeVerdictsType] = strawberry.field(description="By attribute.")

    @classmethod
    def of(cls, one: NamedVerdicts) -> Self:
        attributes = [AttributeVerdictsType.of(part) for part in one.found.attributes]
        return cls(cycle_name=one.cycle_name, computed_at=one.found.computed_at, attributes=attributes)


@strawberry.type
class FairnessQuery:
    @strawberry.field(
        description=(
            "Verdicts about groups, the newest cycle first, as `appraise fairness report --publish` left them: "
            "protected attributes themselves never reach this service. For HR administrators; each reading is audited."
        ),
        extensions=[Requires(Permission.READ_VERDICTS)],
    )
    def fairness_reports(self, info: strawberry.Info) -> list[FairnessReportType] | None:
        context: RequestContext = info.context
        return [
            FairnessReportType.of(one) for one in read_verdicts(context.deployment, context.principal, at=context.at)
        ]
