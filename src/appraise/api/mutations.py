"""The ways in for changing. Verb first, one input, a payload with the section and what stood in the way."""

from typing import Annotated

import strawberry

from appraise.api.bulk import BulkMutation
from appraise.api.cycles import CycleMutation
from appraise.api.delegations import DelegationMutation
from appraise.api.disputes import DisputeMutation
from appraise.api.embedding import EmbeddingMutation
from appraise.api.exports import ExportMutation
from appraise.api.global_ids import Kind, key_of
from appraise.api.imports import ImportMutation
from appraise.api.parts import PartMutation
from appraise.api.permissions import Permission, Requires
from appraise.api.person_requests import PersonRequestMutation
from appraise.api.roles import RoleMutation
from appraise.api.scoring import ScoringMutation
from appraise.api.section_payloads import SectionChangeInput, SectionPayload, changed
from appraise.api.section_steps import SectionStepMutation
from appraise.api.tokens import TokenMutation
from appraise.api.trials import TrialMutation
from appraise.api.watches import WatchMutation
from appraise.api.webhooks import WebhookMutation
from appraise.api.write_backs import WriteBackMutation
from appraise.domain.identifiers import ItemId
from appraise.use_cases.finalise_section import finalise_section
from appraise.use_cases.rate_item import rate_item
from appraise.use_cases.return_section import return_section
from appraise.use_cases.submit_section import submit_section


@strawberry.input(description="A manager's rating and words for one item.")
class RateItemInput(SectionChangeInput):
    item_id: strawberry.ID = strawberry.field(description="The item of it.")
    rating: int | None = strawberry.field(
        default=None, description="1 (lowest) to 5 (highest); null takes the rating back."
    )
    comment: str | None = strawberry.field(default=None, description="Words beside it; null takes them back.")
    reason: str | None = strawberry.field(
        default=None, description="Why the rating lies outside `Item.supportedRatings`; needed there to hand in."
    )


@strawberry.input(description="Hands a section in.")
class SubmitSectionInput(SectionChangeInput):
    pass


@strawberry.input(description="Gives a section back to its manager.")
class ReturnSectionInput(SectionChangeInput):
    reason: str = strawberry.field(description="Why; goes to the audit log.")


@strawberry.input(description="Closes a section.")
class FinaliseSectionInput(SectionChangeInput):
    reason: str | None = strawberry.field(
        default=None, description="On what grounds; goes to the audit log. Needed where the employee has not answered."
    )


@strawberry.type(description="What came of rating an item.")
class RateItemPayload(SectionPayload):
    pass


@strawberry.type(description="What came of handing a section in.")
class SubmitSectionPayload(SectionPayload):
    pass


@strawberry.type(description="What came of giving a section back.")
class ReturnSectionPayload(SectionPayload):
    pass


@strawberry.type(description="What came of closing a section.")
class FinaliseSectionPayload(SectionPayload):
    pass


@strawberry.type(
    description="Changing. Null with an error FORBIDDEN or NOT_FOUND where the section is not yours to change."
)
class Mutation(
    SectionStepMutation,
    BulkMutation,
    EmbeddingMutation,
    WebhookMutation,
    ExportMutation,
    ImportMutation,
    CycleMutation,
    DisputeMutation,
    DelegationMutation,
    PartMutation,
    PersonRequestMutation,
    RoleMutation,
    ScoringMutation,
    TokenMutation,
    TrialMutation,
    WatchMutation,
    WriteBackMutation,
):
    @strawberry.mutation(
        description="Set a manager's rating and comment of one item. The first one makes the section a draft.",
        extensions=[Requires(Permission.RATE_ITEM)],
    )
    def rate_item(
        self,
        info: strawberry.Info,
        change: Annotated[RateItemInput, strawberry.argument(name="input", description="What to set.")],
    ) -> RateItemPayload | None:
        return changed(
            RateItemPayload,
            info,
            rate_item,
            change,
            ItemId(key_of(change.item_id, Kind.ITEM)),
            rating=change.rating,
            comment=change.comment,
            reason=change.reason,
        )

    @strawberry.mutation(
        description="Hand a section in to HR; its evidence is frozen by a hash.",
        extensions=[Requires(Permission.SUBMIT_SECTION)],
    )
    def submit_section(
        self,
        info: strawberry.Info,
        change: Annotated[SubmitSectionInput, strawberry.argument(name="input", description="Which section.")],
    ) -> SubmitSectionPayload | None:
        return changed(SubmitSectionPayload, info, submit_section, change)

    @strawberry.mutation(
        description="Give a submitted section back to its manager, with a reason.",
        extensions=[Requires(Permission.RETURN_SECTION)],
    )
    def return_section(
        self,
        info: strawberry.Info,
        change: Annotated[ReturnSectionInput, strawberry.argument(name="input", description="Which section, and why.")],
    ) -> ReturnSectionPayload | None:
        return changed(ReturnSectionPayload, info, return_section, change, reason=change.reason)

    @strawberry.mutation(
        description="Close a section that was shared or acknowledged; HR systems see all of it from then on.",
        extensions=[Requires(Permission.FINALISE_SECTION)],
    )
    def finalise_section(
        self,
        info: strawberry.Info,
        change: Annotated[
            FinaliseSectionInput, strawberry.argument(name="input", description="Which section, and on what grounds.")
        ],
    ) -> FinaliseSectionPayload | None:
        return changed(FinaliseSectionPayload, info, finalise_section, change, reason=change.reason)
