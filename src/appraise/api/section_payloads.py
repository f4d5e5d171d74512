"""What all changes of a section take and give."""

from collections.abc import Callable
from typing import TypeVar

import strawberry

from appraise.api.context import RequestContext
from appraise.api.global_ids import Kind, key_of
from appraise.api.repeating import RepeatableInput
from appraise.api.types.sections import SectionType
from appraise.api.user_errors import UserError, user_error
from appraise.domain.identifiers import SectionId
from appraise.domain.reading import ViewedSection
from appraise.domain.sections import Refusal

P = TypeVar("P")


@strawberry.input(description="What every change of a section asks for.")
class SectionChangeInput(RepeatableInput):
    section_id: strawberry.ID = strawberry.field(description="The section.")
    expected_version: int = strawberry.field(description="The `version` (a count of changes) that was read.")


@strawberry.type(description="What every change of a section gives.")
class SectionPayload:
    section: SectionType | None = strawberry.field(
        description="The section afterwards; null where nothing was changed."
    )
    user_errors: list[UserError] = strawberry.field(description="What stood in the way; empty where it is done.")


def changed(
    form: Callable[..., P],
    context: RequestContext,
    use_case: Callable[..., ViewedSection | Refusal],
    change: SectionChangeInput,
    *keys: str,
    **fields: object,
) -> P:
    """What comes of a change: `keys` and `fields` are what the use case takes beside those of every change."""
    outcome = use_case(
        context.deployment,
        context.principal,
        SectionId(key_of(change.section_id, Kind.SECTION)),
        *keys,
        **fields,
        expected_version=change.expected_version,
        at=context.at,
        idempotency_key=change.idempotency_key,
    )
    return answered(form, outcome, context)


def answered(form: Callable[..., P], outcome: ViewedSection | Refusal, context: RequestContext) -> P:
    if isinstance(outcome, Refusal):
        return form(section=None, user_errors=[user_error(outcome)])
    return form(section=SectionType.viewed(outcome, context), user_errors=[])
