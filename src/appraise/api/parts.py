"""Giving parts of sections."""

from typing import Annotated

import strawberry

from appraise.api.context import RequestContext
from appraise.api.global_ids import Kind, key_of
from appraise.api.permissions import Permission, Requires
from appraise.api.repeating import RepeatableInput, repeatable
from appraise.api.types.parts import AskedPartType
from appraise.api.user_errors import UserError, user_error
from appraise.domain.identifiers import IndicatorKey, SectionId
from appraise.domain.parts import Mark
from appraise.domain.sections import Refusal
from appraise.use_cases.give_part import give_part
from appraise.use_cases.read_parts import get_asked


@strawberry.input(description="What a part says of one indicator.")
class PartMarkInput:
    indicator: str = strawberry.field(description="Key of the indicator.")
    rating: int | None = strawberry.field(default=None, description="1 (lowest) to 5 (highest).")
    comment: str | None = strawberry.field(default=None, description="Words beside it; needed beside a 1 or a 5.")


@strawberry.input(description="Gives a part of a section.")
class GivePartInput(RepeatableInput):
    section_id: strawberry.ID = strawberry.field(description="As `Viewer.askedParts` has it.")
    marks: list[PartMarkInput] = strawberry.field(description="All that is said; replaces what was given before.")


@strawberry.type(description="What came of giving a part.")
class GivePartPayload:
    part: AskedPartType | None = strawberry.field(description="It; null where nothing was given.")
    user_errors: list[UserError] = strawberry.field(description="What stood in the way; empty where it is done.")


@strawberry.type
class PartMutation:
    @strawberry.mutation(
        description=(
            "Say how somebody worked in your time as their manager, or in your dotted line. Whoever is their manager "
            "now reads it and signs the whole. Null with an error NOT_FOUND where nothing is asked of you."
        ),
        extensions=[Requires(Permission.RATE_ITEM)],
    )
    def give_part(
        self,
        info: strawberry.Info,
        wanted: Annotated[GivePartInput, strawberry.argument(name="input", description="Of which section, and what.")],
    ) -> GivePartPayload | None:
        context: RequestContext = info.context
        marks = [Mark(IndicatorKey(one.indicator), one.rating, one.comment) for one in wanted.marks]
        section = SectionId(key_of(wanted.section_id, Kind.SECTION))
        outcome = repeatable(
            info,
            wanted,
            lambda deployment: give_part(deployment, context.principal, section, marks, at=context.at),
            told=lambda part: part.section.id,
            again=lambda key: get_asked(context.deployment, context.principal, SectionId(key), at=context.at),
        )
        if isinstance(outcome, Refusal):
            return GivePartPayload(part=None, user_errors=[user_error(outcome)])
        return GivePartPayload(part=AskedPartType.of(outcome), user_errors=[])
