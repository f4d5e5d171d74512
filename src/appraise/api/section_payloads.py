"""What all changes of a section take and give."""

from collections.abc import Callable
from typing import TypeVar

import strawberry

from appraise.api.context import RequestContext
from appraise.api.global_ids import Kind, key_of
from appraise.api.repeating import RepeatableInput, repeatable
from appraise.api.types.sections import SectionType
from appraise.api.user_errors import UserError, user_error
from appraise.domain.identifiers import SectionId
from appraise.domain.reading import ViewedSection
from appraise.domain.sections import Refusal
from appraise.use_cases.deployment import Deployment

P = TypeVar("P")


@strawberry.input(description="What every change of a section asks for.")
class SectionChangeInput(RepeatableInput):
    section_id: strawberry.ID = strawberry.field(description="The section.")
    expected_version: int = strawberry.field(
        description=(
            "The `version` (a count of changes) that was read; refused where what it rests on was changed since."
        )
    )


@strawberry.type(description="What every change of a section gives.")
class SectionPayload:
    section: SectionType | None = strawberry.field(
        description="The section afterwards; null where nothing was changed."
    )
    user_errors: list[UserError] = strawberry.field(description="What stood in the way; empty where it is done.")


def changed(
    form: Callable[..., P],
    info: strawberry.Info,
    use_case: Callable[..., ViewedSection | Refusal],
    change: SectionChangeInput,
    *keys: str,
    **fields: object,
) -> P:
    """What comes of a change: `keys` and `fields` are what the use case takes beside those of every change."""
    context: RequestContext = info.context
    section = SectionId(key_of(change.section_id, Kind.SECTION))

    def deed(deployment: Deployment) -> ViewedSection | Refusal:
        return use_case(
            deployment,
            context.principal,
            section,
            *keys,
            **fields,
            expected_version=change.expected_version,
            at=context.at,
        )

    outcome = repeatable(
        info, change, deed, told=lambda viewed: viewed.section.id, again=lambda _: context.sections.view(section)
    )
    return answered(form, outcome, context)


def answered(form: Callable[..., P], outcome: ViewedSection | Refusal, context: RequestContext) -> P:
    if isinstance(outcome, Refusal):
        return form(section=None, user_errors=[user_error(outcome)])
    return form(section=SectionType.viewed(outcome, context), user_errors=[])
