"""Disputes, claims, correction notices and calibration: the ways in for changing."""

from collections.abc import Callable
from typing import Annotated

import strawberry

from appraise.api.context import RequestContext
from appraise.api.global_ids import Kind, key_of
from appraise.api.permissions import Permission, Requires
from appraise.api.repeating import RepeatableInput, repeatable
from appraise.api.section_payloads import SectionChangeInput, SectionPayload, changed
from appraise.api.types.disputes import (
    CalibrationSessionType,
    CorrectionType,
    DisputeKindValue,
    DisputeOutcome,
)
from appraise.api.user_errors import UserError, user_error
from appraise.domain.calibration import CalibrationSession
from appraise.domain.disputes import DisputeKind, DisputeState
from appraise.domain.identifiers import CalibrationId, CorrectionId, CycleId, DisputeId, ItemId, SectionId
from appraise.domain.sections import Refusal
from appraise.use_cases.annotate_correction import annotate_correction
from appraise.use_cases.calibration_change import calibrate_item, lock_calibration, open_calibration
from appraise.use_cases.decide_dispute import decide_dispute
from appraise.use_cases.file_dispute import file_dispute
from appraise.use_cases.read_calibrations import get_calibration
from appraise.use_cases.read_disputes import get_correction
from appraise.use_cases.withdraw_dispute import withdraw_dispute


@strawberry.input(description="An objection of an employee to their own section.")
class FileDisputeInput(SectionChangeInput):
    item_id: strawberry.ID = strawberry.field(description="The item that it is about.")
    kind: DisputeKindValue = strawberry.field(description="What is objected to.")
    evidence: str | None = strawberry.field(default=None, description="Of a claim: the event's id in its source.")
    comment: str = strawberry.field(description="What is wrong.")


@strawberry.input(description="Takes an objection back.")
class WithdrawDisputeInput(SectionChangeInput):
    dispute_id: strawberry.ID = strawberry.field(description="Which.")


@strawberry.input(description="A decision about an objection.")
class DecideDisputeInput(SectionChangeInput):
    dispute_id: strawberry.ID = strawberry.field(description="Which.")
    outcome: DisputeOutcome = strawberry.field(description="What is decided.")
    rating: int | None = strawberry.field(
        default=None, description="The rating put right, 1 to 5, where one was disputed."
    )
    reason: str = strawberry.field(description="Why; the employee reads it.")


@strawberry.input(description="A rating that is moved in a calibration session.")
class CalibrateItemInput(SectionChangeInput):
    session_id: strawberry.ID = strawberry.field(description="The calibration session.")
    item_id: strawberry.ID = strawberry.field(description="The item.")
    rating: int = strawberry.field(description="The new rating, 1 to 5.")
    reason: str = strawberry.field(description="Why; the employee reads it.")


@strawberry.input(description="A note beside a section that stands.")
class AnnotateCorrectionInput(RepeatableInput):
    correction_id: strawberry.ID = strawberry.field(description="The notice.")
    note: str = strawberry.field(description="Why the section stands; the employee reads it.")


@strawberry.input(description="Sections that are to be compared.")
class OpenCalibrationInput(RepeatableInput):
    cycle_id: strawberry.ID = strawberry.field(description="Their cycle.")
    name: str = strawberry.field(description="A name for the session.")
    section_ids: list[strawberry.ID] = strawberry.field(description="All of them submitted.")


@strawberry.input(description="Ends a calibration session.")
class LockCalibrationInput(RepeatableInput):
    session_id: strawberry.ID = strawberry.field(description="Which.")


@strawberry.type(description="What came of filing it.")
class FileDisputePayload(SectionPayload):
    pass


@strawberry.type(description="What came of taking it back.")
class WithdrawDisputePayload(SectionPayload):
    pass


@strawberry.type(description="What came of deciding it.")
class DecideDisputePayload(SectionPayload):
    pass


@strawberry.type(description="What came of moving a rating.")
class CalibrateItemPayload(SectionPayload):
    pass


@strawberry.type(description="What came of annotating it.")
class AnnotateCorrectionPayload:
    correction: CorrectionType | None = strawberry.field(description="The notice afterwards.")
    user_errors: list[UserError] = strawberry.field(description="What stood in the way; empty where it is done.")


@strawberry.type(description="What came of opening a session.")
class OpenCalibrationPayload:
    session: CalibrationSessionType | None = strawberry.field(description="The session.")
    user_errors: list[UserError] = strawberry.field(description="What stood in the way; empty where it is done.")


@strawberry.type(description="What came of locking a session.")
class LockCalibrationPayload:
    session: CalibrationSessionType | None = strawberry.field(description="The session, without its moves.")
    user_errors: list[UserError] = strawberry.field(description="Always empty: repeating it changes nothing.")


@strawberry.type
class DisputeMutation:
    @strawberry.mutation(
        description="Dispute a rating of your section, or say of an event that it is not yours or wrong.",
        extensions=[Requires(Permission.ANSWER_SECTION)],
    )
    def file_dispute(
        self,
        info: strawberry.Info,
        change: Annotated[FileDisputeInput, strawberry.argument(name="input", description="What is wrong.")],
    ) -> FileDisputePayload | None:
        return changed(
            FileDisputePayload,
            info,
            file_dispute,
            change,
            ItemId(key_of(change.item_id, Kind.ITEM)),
            kind=DisputeKind(change.kind.name),
            evidence=change.evidence,
            comment=change.comment,
        )

    @strawberry.mutation(
        description="Take an objection of your own back.", extensions=[Requires(Permission.ANSWER_SECTION)]
    )
    def withdraw_dispute(
        self,
        info: strawberry.Info,
        change: Annotated[WithdrawDisputeInput, strawberry.argument(name="input", description="Which.")],
    ) -> WithdrawDisputePayload | None:
        key = DisputeId(key_of(change.dispute_id, Kind.DISPUTE))
        return changed(WithdrawDisputePayload, info, withdraw_dispute, change, key)

    @strawberry.mutation(
        description="Decide an objection, as somebody who did not score.",
        extensions=[Requires(Permission.APPROVE_SECTION)],
    )
    def decide_dispute(
        self,
        info: strawberry.Info,
        change: Annotated[DecideDisputeInput, strawberry.argument(name="input", description="What is decided.")],
    ) -> DecideDisputePayload | None:
        return changed(
            DecideDisputePayload,
            info,
            decide_dispute,
            change,
            DisputeId(key_of(change.dispute_id, Kind.DISPUTE)),
            outcome=DisputeState(change.outcome.name),
            rating=change.rating,
            reason=change.reason,
        )

    @strawberry.mutation(
        description="Let a section stand though the data say otherwise now, with a note.",
        extensions=[Requires(Permission.ADMINISTER_SECTIONS)],
    )
    def annotate_correction(
        self,
        info: strawberry.Info,
        change: Annotated[AnnotateCorrectionInput, strawberry.argument(name="input", description="Which, and why.")],
    ) -> AnnotateCorrectionPayload | None:
        context: RequestContext = info.context
        key = CorrectionId(key_of(change.correction_id, Kind.CORRECTION))
        outcome = repeatable(
            info,
            change,
            lambda deployment: annotate_correction(deployment, context.principal, key, note=change.note, at=context.at),
            again=lambda known: get_correction(
                context.deployment, context.principal, CorrectionId(known), at=context.at
            ),
        )
        if isinstance(outcome, Refusal):
            return AnnotateCorrectionPayload(correction=None, user_errors=[user_error(outcome)])
        return AnnotateCorrectionPayload(correction=CorrectionType.of(outcome), user_errors=[])

    @strawberry.mutation(
        description="Compare submitted sections of a cycle in a session. All of them are taken in, or none.",
        extensions=[Requires(Permission.ADMINISTER_SECTIONS)],
    )
    def open_calibration(
        self,
        info: strawberry.Info,
        change: Annotated[OpenCalibrationInput, strawberry.argument(name="input", description="Which sections.")],
    ) -> OpenCalibrationPayload | None:
        context: RequestContext = info.context
        cycle = CycleId(key_of(change.cycle_id, Kind.CYCLE))
        sections = [SectionId(key_of(key, Kind.SECTION)) for key in change.section_ids]
        outcome = repeatable(
            info,
            change,
            lambda deployment: open_calibration(
                deployment, context.principal, cycle, name=change.name, section_ids=sections, at=context.at
            ),
            again=_read_again(context),
        )
        if isinstance(outcome, Refusal):
            return OpenCalibrationPayload(session=None, user_errors=[user_error(outcome)])
        return OpenCalibrationPayload(session=CalibrationSessionType.of(outcome, []), user_errors=[])

    @strawberry.mutation(
        description="Move a rating in a calibration session. Nobody moves their own, or those of anybody above them.",
        extensions=[Requires(Permission.ADMINISTER_SECTIONS)],
    )
    def calibrate_item(
        self,
        info: strawberry.Info,
        change: Annotated[CalibrateItemInput, strawberry.argument(name="input", description="Which rating.")],
    ) -> CalibrateItemPayload | None:
        return changed(
            CalibrateItemPayload,
            info,
            calibrate_item,
            change,
            CalibrationId(key_of(change.session_id, Kind.CALIBRATION)),
            ItemId(key_of(change.item_id, Kind.ITEM)),
            rating=change.rating,
            reason=change.reason,
        )

    @strawberry.mutation(
        description="End a calibration session: its sections are calibrated, and nothing is moved any more.",
        extensions=[Requires(Permission.ADMINISTER_SECTIONS)],
    )
    def lock_calibration(
        self,
        info: strawberry.Info,
        change: Annotated[LockCalibrationInput, strawberry.argument(name="input", description="Which.")],
    ) -> LockCalibrationPayload | None:
        context: RequestContext = info.context
        key = CalibrationId(key_of(change.session_id, Kind.CALIBRATION))
        locked = repeatable(
            info,
            change,
            lambda deployment: lock_calibration(deployment, context.principal, key, at=context.at),
            again=_read_again(context),
        )
        return LockCalibrationPayload(session=CalibrationSessionType.of(locked, []), user_errors=[])


def _read_again(context: RequestContext) -> Callable[[str], CalibrationSession]:
    return lambda key: get_calibration(context.deployment, context.principal, CalibrationId(key), at=context.at)[0]
