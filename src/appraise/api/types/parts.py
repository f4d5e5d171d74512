"""Parts of a section: what former managers and dotted lines say beside it."""

from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Self

import strawberry

from appraise.api.global_ids import Kind, to_global
from appraise.api.types.indicators import IndicatorDefinitionType
from appraise.domain.indicators import definition_of
from appraise.domain.parts import Mark, NamedPart, PartKind
from appraise.domain.sections import Section
from appraise.use_cases.read_parts import Asked, SectionParts


@strawberry.enum(name="PartKind", description="Why somebody is asked for a part.")
class PartKindValue(Enum):
    FORMER = strawberry.enum_value(
        PartKind.FORMER.value, description="They were the manager earlier in the cycle; counts by days."
    )
    DOTTED = strawberry.enum_value(
        PartKind.DOTTED.value, description="The employee reports to them in a dotted line; counts for nothing."
    )
    KEPT = strawberry.enum_value(
        PartKind.KEPT.value,
        description="It was given and is asked for no more, as where they are the manager again; counts for nothing.",
    )


@strawberry.type(name="PartMark", description="What a part says of one indicator.")
class PartMarkType:
    indicator: IndicatorDefinitionType = strawberry.field(description="Of what.")
    rating: int | None = strawberry.field(description="1 to 5; null where they only say something.")
    comment: str | None = strawberry.field(description="Their words.")

    @classmethod
    def of(cls, mark: Mark) -> Self:
        definition = IndicatorDefinitionType.of(definition_of(mark.indicator))
        return cls(indicator=definition, rating=mark.rating, comment=mark.comment)


@strawberry.type(name="SectionPart", description="What somebody else says of the employee's work in their time.")
class SectionPartType:
    kind: PartKindValue = strawberry.field(description="Why they are asked.")
    author_name: str = strawberry.field(description="Who.")
    days: int = strawberry.field(description="Number of days of the cycle that it is about.")
    first_day: date = strawberry.field(description="The first of them.")
    last_day: date = strawberry.field(description="The last of them.")
    can_give: bool = strawberry.field(description="Whether they are still there, and not on leave.")
    given_at: datetime | None = strawberry.field(description="When; null before, and where ratings are withheld.")
    marks: list[PartMarkType] = strawberry.field(description="What they say; empty where it is withheld.")

    @classmethod
    def of(cls, named: NamedPart) -> Self:
        expected, part = named.expected, named.part
        return cls(
            kind=PartKindValue(expected.kind.value),
            author_name=named.author_name,
            days=expected.days,
            first_day=expected.first,
            last_day=expected.last,
            can_give=named.can_give,
            given_at=None if part is None else part.given_at,
            marks=[] if part is None else [PartMarkType.of(mark) for mark in part.marks],
        )


@strawberry.type(name="RatingByDays", description="A proposal, which is never applied by itself.")
class RatingByDaysType:
    item_id: strawberry.ID = strawberry.field(description="Of which item.")
    value: Decimal = strawberry.field(
        description="1 to 5: mean of the former managers' ratings and the item's own, weighted by days, to one place."
    )

    @classmethod
    def all(cls, section: Section, found: SectionParts) -> list[Self]:
        return [
            cls(item_id=to_global(Kind.ITEM, item.id), value=found.by_days[item.indicator])
            for item in section.items
            if item.indicator in found.by_days
        ]


@strawberry.type(
    name="AskedPart", description="A part that the reader is asked for; it shows no figure of the section."
)
class AskedPartType:
    section_id: strawberry.ID = strawberry.field(description="Of which section; it is not opened by this.")
    kind: PartKindValue = strawberry.field(description="Why they are asked.")
    employee_name: str = strawberry.field(description="Of whom.")
    cycle_name: str = strawberry.field(description="Of which cycle.")
    days: int = strawberry.field(description="Number of days of the cycle.")
    first_day: date = strawberry.field(description="The first of them.")
    last_day: date = strawberry.field(description="The last of them.")
    due: date | None = strawberry.field(description="The day by which the manager hands in; null where there is none.")
    given_at: datetime | None = strawberry.field(description="When it was given; null before.")
    rated: list[IndicatorDefinitionType] = strawberry.field(description="What can be rated.")
    unrated: list[IndicatorDefinitionType] = strawberry.field(
        description="What has no figure for the cycle: words are welcome, a rating is not possible."
    )
    marks: list[PartMarkType] = strawberry.field(description="What was said.")

    @classmethod
    def of(cls, one: Asked) -> Self:
        expected, part = one.expected, one.part
        weighty = [item for item in one.section.items if item.weight]
        rated, unrated = (
            [IndicatorDefinitionType.of(definition_of(item.indicator)) for item in weighty if item.is_ratable is wanted]
            for wanted in (True, False)
        )
        return cls(
            section_id=to_global(Kind.SECTION, one.section.id),
            kind=PartKindValue(expected.kind.value),
            employee_name=one.employee_name,
            cycle_name=one.cycle.name,
            days=expected.days,
            first_day=expected.first,
            last_day=expected.last,
            due=one.cycle.rules.rate_by,
            given_at=None if part is None else part.given_at,
            rated=rated,
            unrated=unrated,
            marks=[] if part is None else [PartMarkType.of(mark) for mark in part.marks],
        )
