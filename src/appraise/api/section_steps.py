"""Steps of a section beside rating: self-assessment, approval, release, sharing, answer, exemption, reopening."""

from typing import Annotated

import strawberry

from appraise.api.global_ids import Kind, key_of
from appraise.api.permissions import Permission, Requires
from appraise.api.section_payloads import SectionChangeInput, SectionPayload, changed
from appraise.api.types.section_course import ExemptionReasonValue, ReopeningReasonValue, StanceValue
from appraise.domain.identifiers import ItemId
from appraise.domain.section_course import ExemptionReason, ReopeningReason, Stance
from appraise.use_cases.acknowledge_section import acknowledge_section
from appraise.use_cases.approve_section import approve_section
from appraise.use_cases.assess_item import assess_item
from appraise.use_cases.end_exemption import end_exemption
from appraise.use_cases.exempt_section import exempt_section
from appraise.use_cases.hand_in_unreviewed import hand_in_unreviewed
from appraise.use_cases.propose_reopening import propose_reopening
from appraise.use_cases.release_section import release_section
from appraise.use_cases.reopen_section import reopen_section
from appraise.use_cases.share_section import share_section
from appraise.use_cases.submit_self_assessment import submit_self_assessment
from appraise.use_cases.void_section import void_section
from appraise.use_cases.withdraw_reopening import withdraw_reopening


@strawberry.input(description="The rating and words of an employee for one item of their own.")
class AssessItemInput(SectionChangeInput):
    item_id: strawberry.ID = strawberry.field(description="The item.")
    rating: int | None = strawberry.field(default=None, description="1 (lowest) to 5 (highest); null takes it back.")
    comment: str | None = strawberry.field(default=None, description="Your words; null takes them back.")


@strawberry.type(description="What came of writing beside an item.")
class AssessItemPayload(SectionPayload):
    pass


@strawberry.input(description="Hands a self-assessment in.")
class SubmitSelfAssessmentInput(SectionChangeInput):
    pass


@strawberry.type(description="What came of handing it in.")
class SubmitSelfAssessmentPayload(SectionPayload):
    pass


@strawberry.input(description="Hands a section in without its manager.")
class HandInUnreviewedInput(SectionChangeInput):
    reason: str = strawberry.field(description="Why nobody reviews it; everybody who reads the section reads it.")


@strawberry.type(description="What came of handing it in.")
class HandInUnreviewedPayload(SectionPayload):
    pass


@strawberry.input(description="Approves a section.")
class ApproveSectionInput(SectionChangeInput):
    pass


@strawberry.type(description="What came of approving it.")
class ApproveSectionPayload(SectionPayload):
    pass


@strawberry.input(description="Releases a section.")
class ReleaseSectionInput(SectionChangeInput):
    pass


@strawberry.type(description="What came of releasing it.")
class ReleaseSectionPayload(SectionPayload):
    pass


@strawberry.input(description="Shares a section.")
class ShareSectionInput(SectionChangeInput):
    pass


@strawberry.type(description="What came of sharing it.")
class ShareSectionPayload(SectionPayload):
    pass


@strawberry.input(description="An employee's answer.")
class AcknowledgeSectionInput(SectionChangeInput):
    stance: StanceValue = strawberry.field(description="AGREE or SEEN_NOT_AGREE.")
    comment: str | None = strawberry.field(default=None, description="Your words, kept with the section.")


@strawberry.type(description="What came of answering.")
class AcknowledgeSectionPayload(SectionPayload):
    pass


@strawberry.input(description="Exempts a section.")
class ExemptSectionInput(SectionChangeInput):
    reason: ExemptionReasonValue = strawberry.field(description="Why.")
    note: str | None = strawberry.field(default=None, description="More about it; goes to the section.")


@strawberry.type(description="What came of exempting it.")
class ExemptSectionPayload(SectionPayload):
    pass


@strawberry.input(description="Ends an exemption.")
class EndExemptionInput(SectionChangeInput):
    pass


@strawberry.type(description="What came of ending it.")
class EndExemptionPayload(SectionPayload):
    pass


@strawberry.input(description="Voids a section.")
class VoidSectionInput(SectionChangeInput):
    reason: str = strawberry.field(description="By what error it was created.")


@strawberry.type(description="What came of voiding it.")
class VoidSectionPayload(SectionPayload):
    pass


@strawberry.input(description="Proposes to open a section again.")
class ProposeReopeningInput(SectionChangeInput):
    reason: ReopeningReasonValue = strawberry.field(description="Why.")
    note: str = strawberry.field(description="What has to be put right.")


@strawberry.type(description="What came of proposing it.")
class ProposeReopeningPayload(SectionPayload):
    pass


@strawberry.input(description="Ends a proposal to open a section again.")
class WithdrawReopeningInput(SectionChangeInput):
    reason: str = strawberry.field(description="Why the section stays final.")


@strawberry.type(description="What came of ending it.")
class WithdrawReopeningPayload(SectionPayload):
    pass


@strawberry.input(description="Opens a section again.")
class ReopenSectionInput(SectionChangeInput):
    pass


@strawberry.type(description="What came of opening it.")
class ReopenSectionPayload(SectionPayload):
    pass


@strawberry.type
class SectionStepMutation:
    @strawberry.mutation(
        description="Write what you think of yourself beside an item of your section.",
        extensions=[Requires(Permission.ASSESS_SELF)],
    )
    def assess_item(
        self,
        info: strawberry.Info,
        change: Annotated[AssessItemInput, strawberry.argument(name="input", description="What to do.")],
    ) -> AssessItemPayload | None:
        return changed(
            AssessItemPayload,
            info,
            assess_item,
            change,
            ItemId(key_of(change.item_id, Kind.ITEM)),
            rating=change.rating,
            comment=change.comment,
        )

    @strawberry.mutation(
        description="Hand in your self-assessment. Your manager reads it once they have handed in their ratings too.",
        extensions=[Requires(Permission.ASSESS_SELF)],
    )
    def submit_self_assessment(
        self,
        info: strawberry.Info,
        change: Annotated[SubmitSelfAssessmentInput, strawberry.argument(name="input", description="What to do.")],
    ) -> SubmitSelfAssessmentPayload | None:
        return changed(SubmitSelfAssessmentPayload, info, submit_self_assessment, change)

    @strawberry.mutation(
        description="Approve what a manager handed in, where the cycle has no calibration.",
        extensions=[Requires(Permission.APPROVE_SECTION)],
    )
    def approve_section(
        self,
        info: strawberry.Info,
        change: Annotated[ApproveSectionInput, strawberry.argument(name="input", description="What to do.")],
    ) -> ApproveSectionPayload | None:
        return changed(ApproveSectionPayload, info, approve_section, change)

    @strawberry.mutation(
        description="Let the manager share a section with the employee.",
        extensions=[Requires(Permission.ADMINISTER_SECTIONS)],
    )
    def release_section(
        self,
        info: strawberry.Info,
        change: Annotated[ReleaseSectionInput, strawberry.argument(name="input", description="What to do.")],
    ) -> ReleaseSectionPayload | None:
        return changed(ReleaseSectionPayload, info, release_section, change)

    @strawberry.mutation(
        description="Let the employee read all of their section. Their time to answer begins.",
        extensions=[Requires(Permission.SHARE_SECTION)],
    )
    def share_section(
        self,
        info: strawberry.Info,
        change: Annotated[ShareSectionInput, strawberry.argument(name="input", description="What to do.")],
    ) -> ShareSectionPayload | None:
        return changed(ShareSectionPayload, info, share_section, change)

    @strawberry.mutation(
        description="Say that you have seen your section, and whether you agree.",
        extensions=[Requires(Permission.ANSWER_SECTION)],
    )
    def acknowledge_section(
        self,
        info: strawberry.Info,
        change: Annotated[AcknowledgeSectionInput, strawberry.argument(name="input", description="What to do.")],
    ) -> AcknowledgeSectionPayload | None:
        return changed(
            AcknowledgeSectionPayload,
            info,
            acknowledge_section,
            change,
            stance=Stance(change.stance.name),
            comment=change.comment,
        )

    @strawberry.mutation(
        description="Take a section out of the cycle: counted as exempt, never as done.",
        extensions=[Requires(Permission.ADMINISTER_SECTIONS)],
    )
    def exempt_section(
        self,
        info: strawberry.Info,
        change: Annotated[ExemptSectionInput, strawberry.argument(name="input", description="What to do.")],
    ) -> ExemptSectionPayload | None:
        return changed(
            ExemptSectionPayload,
            info,
            exempt_section,
            change,
            reason=ExemptionReason(change.reason.name),
            note=change.note,
        )

    @strawberry.mutation(
        description="Take an exempt section into the cycle again.",
        extensions=[Requires(Permission.ADMINISTER_SECTIONS)],
    )
    def end_exemption(
        self,
        info: strawberry.Info,
        change: Annotated[EndExemptionInput, strawberry.argument(name="input", description="What to do.")],
    ) -> EndExemptionPayload | None:
        return changed(EndExemptionPayload, info, end_exemption, change)

    @strawberry.mutation(
        description="Hand in, as HR, what its manager did not by the last day for rating: provisional, not reviewed.",
        extensions=[Requires(Permission.ADMINISTER_SECTIONS)],
    )
    def hand_in_unreviewed(
        self,
        info: strawberry.Info,
        change: Annotated[HandInUnreviewedInput, strawberry.argument(name="input", description="What to do.")],
    ) -> HandInUnreviewedPayload | None:
        return changed(HandInUnreviewedPayload, info, hand_in_unreviewed, change, reason=change.reason)

    @strawberry.mutation(
        description="Void a section that was created in error: hidden from all but HR and auditors.",
        extensions=[Requires(Permission.ADMINISTER_SECTIONS)],
    )
    def void_section(
        self,
        info: strawberry.Info,
        change: Annotated[VoidSectionInput, strawberry.argument(name="input", description="What to do.")],
    ) -> VoidSectionPayload | None:
        return changed(VoidSectionPayload, info, void_section, change, reason=change.reason)

    @strawberry.mutation(
        description="Propose to open a final section again. Another HR administrator has to approve it.",
        extensions=[Requires(Permission.ADMINISTER_SECTIONS)],
    )
    def propose_reopening(
        self,
        info: strawberry.Info,
        change: Annotated[ProposeReopeningInput, strawberry.argument(name="input", description="What to do.")],
    ) -> ProposeReopeningPayload | None:
        return changed(
            ProposeReopeningPayload,
            info,
            propose_reopening,
            change,
            reason=ReopeningReason(change.reason.name),
            note=change.note,
        )

    @strawberry.mutation(
        description="Open a final section again, as a second HR administrator: its next revision begins.",
        extensions=[Requires(Permission.ADMINISTER_SECTIONS)],
    )
    def reopen_section(
        self,
        info: strawberry.Info,
        change: Annotated[ReopenSectionInput, strawberry.argument(name="input", description="What to do.")],
    ) -> ReopenSectionPayload | None:
        return changed(ReopenSectionPayload, info, reopen_section, change)

    @strawberry.mutation(
        description="Take back that a final section is opened again, or decline it as another HR administrator.",
        extensions=[Requires(Permission.ADMINISTER_SECTIONS)],
    )
    def withdraw_reopening(
        self,
        info: strawberry.Info,
        change: Annotated[WithdrawReopeningInput, strawberry.argument(name="input", description="What to do.")],
    ) -> WithdrawReopeningPayload | None:
        return changed(WithdrawReopeningPayload, info, withdraw_reopening, change, reason=change.reason)
