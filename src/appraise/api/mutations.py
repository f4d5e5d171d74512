"""The ways in for changing. Verb first, one input, a payload with the section and what stood in the way."""

from collections.abc import Callable
from enum import Enum
from typing import Annotated, Final, TypeVar

import strawberry

from appraise.api.context import RequestContext
from appraise.api.embedding import EmbeddingMutation
from appraise.api.exports import ExportMutation
from appraise.api.global_ids import Kind, key_of, to_global
from appraise.api.permissions import Permission, Requires
from appraise.api.types.sections import SectionType
from appraise.api.webhooks import WebhookMutation
from appraise.domain.identifiers import ItemId, SectionId
from appraise.domain.reading import ViewedSection
from appraise.domain.sections import Refusal
from appraise.use_cases.finalise_section import finalise_section
from appraise.use_cases.rate_item import rate_item
from appraise.use_cases.return_section import return_section
from appraise.use_cases.submit_section import submit_section

P = TypeVar("P")

INPUT_FIELDS: Final = {"itemId", "rating", "comment", "reason", "expectedVersion"}
"""What a refusal may name of the input; any other name is an item's id."""


@strawberry.enum(
    description="Why a section could not be changed. More may be added; treat unknown ones as WRONG_STATE."
)
class UserErrorCode(Enum):
    WRONG_STATE = strawberry.enum_value("WRONG_STATE", description="The section's state does not allow it.")
    VERSION_CONFLICT = strawberry.enum_value(
        "VERSION_CONFLICT", description="Somebody changed the section meanwhile; read it again and decide."
    )
    TOO_EARLY = strawberry.enum_value("TOO_EARLY", description="The cycle has not begun.")
    UNKNOWN_ITEM = strawberry.enum_value("UNKNOWN_ITEM", description="The section has no such item.")
    NOTHING_TO_RATE = strawberry.enum_value("NOTHING_TO_RATE", description="The item has no estimate.")
    OUT_OF_RANGE = strawberry.enum_value("OUT_OF_RANGE", description="A rating is from 1 to 5.")
    ITEM_OPEN = strawberry.enum_value("ITEM_OPEN", description="An item is still to be rated.")
    COMMENT_MISSING = strawberry.enum_value("COMMENT_MISSING", description="A rating of 1 or 5 needs words.")
    REASON_MISSING = strawberry.enum_value("REASON_MISSING", description="A reason must be given.")


@strawberry.type(description="Something that the person at the other end can mend.")
class UserError:
    message: str = strawberry.field(description="One sentence to show.")
    path: list[str] = strawberry.field(
        description="What it is about: `input` and a field of it, or `items` and an item's id; empty for the whole."
    )
    code: UserErrorCode = strawberry.field(description="Stable, for programs.")


@strawberry.input(description="A manager's rating and words for one item.")
class RateItemInput:
    section_id: strawberry.ID = strawberry.field(description="The section.")
    item_id: strawberry.ID = strawberry.field(description="The item of it.")
    rating: int | None = strawberry.field(
        default=None, description="1 (lowest) to 5 (highest); null takes the rating back."
    )
    comment: str | None = strawberry.field(default=None, description="Words beside it; null takes them back.")
    expected_version: int = strawberry.field(description="The `version` that was read.")
    idempotency_key: str | None = strawberry.field(
        default=None, description="Any text of your own: the same key and input again give the same answer again."
    )


@strawberry.input(description="Hands a section in.")
class SubmitSectionInput:
    section_id: strawberry.ID = strawberry.field(description="The section.")
    expected_version: int = strawberry.field(description="The `version` that was read.")
    idempotency_key: str | None = strawberry.field(default=None, description="As in `RateItemInput`.")


@strawberry.input(description="Gives a section back to its manager.")
class ReturnSectionInput:
    section_id: strawberry.ID = strawberry.field(description="The section.")
    reason: str = strawberry.field(description="Why; goes to the audit log.")
    expected_version: int = strawberry.field(description="The `version` that was read.")
    idempotency_key: str | None = strawberry.field(default=None, description="As in `RateItemInput`.")


@strawberry.input(description="Closes a section.")
class FinaliseSectionInput:
    section_id: strawberry.ID = strawberry.field(description="The section.")
    reason: str = strawberry.field(description="On what grounds; goes to the audit log.")
    expected_version: int = strawberry.field(description="The `version` that was read.")
    idempotency_key: str | None = strawberry.field(default=None, description="As in `RateItemInput`.")


@strawberry.type(description="What came of rating an item.")
class RateItemPayload:
    section: SectionType | None = strawberry.field(
        description="The section afterwards; null where nothing was changed."
    )
    user_errors: list[UserError] = strawberry.field(description="What stood in the way; empty where it is done.")


@strawberry.type(description="What came of handing a section in.")
class SubmitSectionPayload:
    section: SectionType | None = strawberry.field(
        description="The section afterwards; null where nothing was changed."
    )
    user_errors: list[UserError] = strawberry.field(description="What stood in the way; empty where it is done.")


@strawberry.type(description="What came of giving a section back.")
class ReturnSectionPayload:
    section: SectionType | None = strawberry.field(
        description="The section afterwards; null where nothing was changed."
    )
    user_errors: list[UserError] = strawberry.field(description="What stood in the way; empty where it is done.")


@strawberry.type(description="What came of closing a section.")
class FinaliseSectionPayload:
    section: SectionType | None = strawberry.field(
        description="The section afterwards; null where nothing was changed."
    )
    user_errors: list[UserError] = strawberry.field(description="What stood in the way; empty where it is done.")


@strawberry.type(
    description="Changing. Null with an error FORBIDDEN or NOT_FOUND where the section is not yours to change."
)
class Mutation(EmbeddingMutation, WebhookMutation, ExportMutation):
    @strawberry.mutation(
        description="Set a manager's rating and comment of one item. The first one makes the section a draft.",
        extensions=[Requires(Permission.RATE_ITEM)],
    )
    def rate_item(
        self,
        info: strawberry.Info,
        change: Annotated[RateItemInput, strawberry.argument(name="input", description="What to set.")],
    ) -> RateItemPayload | None:
        context: RequestContext = info.context
        outcome = rate_item(
            context.deployment,
            context.principal,
            SectionId(key_of(change.section_id, Kind.SECTION)),
            ItemId(key_of(change.item_id, Kind.ITEM)),
            rating=change.rating,
            comment=change.comment,
            expected_version=change.expected_version,
            at=context.at,
            idempotency_key=change.idempotency_key,
        )
        return _payload(RateItemPayload, outcome, context)

    @strawberry.mutation(
        description="Hand a section in to HR; its evidence is frozen by a hash.",
        extensions=[Requires(Permission.SUBMIT_SECTION)],
    )
    def submit_section(
        self,
        info: strawberry.Info,
        change: Annotated[SubmitSectionInput, strawberry.argument(name="input", description="Which section.")],
    ) -> SubmitSectionPayload | None:
        context: RequestContext = info.context
        outcome = submit_section(
            context.deployment,
            context.principal,
            SectionId(key_of(change.section_id, Kind.SECTION)),
            expected_version=change.expected_version,
            at=context.at,
            idempotency_key=change.idempotency_key,
        )
        return _payload(SubmitSectionPayload, outcome, context)

    @strawberry.mutation(
        description="Give a submitted section back to its manager, with a reason.",
        extensions=[Requires(Permission.RETURN_SECTION)],
    )
    def return_section(
        self,
        info: strawberry.Info,
        change: Annotated[ReturnSectionInput, strawberry.argument(name="input", description="Which section, and why.")],
    ) -> ReturnSectionPayload | None:
        context: RequestContext = info.context
        outcome = return_section(
            context.deployment,
            context.principal,
            SectionId(key_of(change.section_id, Kind.SECTION)),
            reason=change.reason,
            expected_version=change.expected_version,
            at=context.at,
            idempotency_key=change.idempotency_key,
        )
        return _payload(ReturnSectionPayload, outcome, context)

    @strawberry.mutation(
        description="Close a submitted section; its employee and HR systems see all of it from then on.",
        extensions=[Requires(Permission.FINALISE_SECTION)],
    )
    def finalise_section(
        self,
        info: strawberry.Info,
        change: Annotated[
            FinaliseSectionInput, strawberry.argument(name="input", description="Which section, and on what grounds.")
        ],
    ) -> FinaliseSectionPayload | None:
        context: RequestContext = info.context
        outcome = finalise_section(
            context.deployment,
            context.principal,
            SectionId(key_of(change.section_id, Kind.SECTION)),
            reason=change.reason,
            expected_version=change.expected_version,
            at=context.at,
            idempotency_key=change.idempotency_key,
        )
        return _payload(FinaliseSectionPayload, outcome, context)


def _payload(form: Callable[..., P], outcome: ViewedSection | Refusal, context: RequestContext) -> P:
    if isinstance(outcome, Refusal):
        return form(section=None, user_errors=[_user_error(outcome)])
    return form(section=SectionType.viewed(outcome, context), user_errors=[])


def _user_error(refusal: Refusal) -> UserError:
    if refusal.field is None:
        path = []
    elif refusal.field in INPUT_FIELDS:
        path = ["input", refusal.field]
    else:
        path = ["items", to_global(Kind.ITEM, refusal.field)]
    return UserError(message=refusal.message, path=path, code=UserErrorCode(refusal.code))
