"""Changing many sections by one request."""

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Annotated, Any

import strawberry

from appraise.api.context import RequestContext
from appraise.api.errors import ErrorCode
from appraise.api.global_ids import Kind, key_of
from appraise.api.permissions import Permission, Requires
from appraise.api.repeating import RepeatableInput, repeatable
from appraise.api.types.section_course import ExemptionReasonValue
from appraise.api.types.sections import SectionType
from appraise.api.user_errors import UserError, user_error
from appraise.domain.identifiers import SectionId
from appraise.domain.section_course import ExemptionReason
from appraise.errors import InvalidInput
from appraise.use_cases.approve_section import approve_section
from appraise.use_cases.change_sections import (
    MOST_ROWS,
    BulkRequest,
    OnError,
    Outcome,
    Row,
    RowResult,
    change_sections,
    kept_of,
    results_again,
)
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.exempt_section import exempt_section
from appraise.use_cases.finalise_section import finalise_section
from appraise.use_cases.rate_item import rate_item
from appraise.use_cases.release_section import release_section
from appraise.use_cases.return_section import return_section
from appraise.use_cases.share_section import share_section
from appraise.use_cases.submit_section import submit_section
from appraise.use_cases.void_section import void_section


@strawberry.enum(name="BulkErrorPolicy", description="What a row that cannot be done costs the others.")
class OnErrorValue(Enum):
    ALL_OR_NOTHING = strawberry.enum_value(
        OnError.ALL_OR_NOTHING, description="All rows are tried; if one fails, none of them is done."
    )
    STOP_AT_FIRST = strawberry.enum_value(
        OnError.STOP_AT_FIRST, description="Rows before the first that fails are done, those after it are not tried."
    )
    KEEP_GOING = strawberry.enum_value(OnError.KEEP_GOING, description="Every row that can be done is done.")


@strawberry.enum(name="BulkRowOutcome", description="What became of one row.")
class OutcomeValue(Enum):
    DONE = strawberry.enum_value(Outcome.DONE, description="It is done; in a dry run, it could be.")
    FAILED = strawberry.enum_value(Outcome.FAILED, description="It could not be done.")
    TAKEN_BACK = strawberry.enum_value(
        Outcome.TAKEN_BACK, description="It could be done, and is not: another row failed (ALL_OR_NOTHING)."
    )
    NOT_TRIED = strawberry.enum_value(Outcome.NOT_TRIED, description="A row before it failed (STOP_AT_FIRST).")


@strawberry.type(name="BulkRowError", description="An error that a request for this row alone would have met.")
class RowErrorType:
    code: ErrorCode = strawberry.field(description="FORBIDDEN, NOT_FOUND, CONFLICT or BAD_USER_INPUT.")
    message: str = strawberry.field(description="What was found.")


@strawberry.type(name="BulkRow", description="What became of one row, in the order of the input.")
class RowType:
    outcome: OutcomeValue = strawberry.field(description="In one word.")
    section: SectionType | None = strawberry.field(
        description="The section afterwards, in a dry run as it would be; null where nothing was changed."
    )
    user_errors: list[UserError] = strawberry.field(
        description="What stood in the way; a `path` is `input`, `rows`, the row's number from 0 on, and a field of it."
    )
    error: RowErrorType | None = strawberry.field(description="Why the row could not be tried at all.")

    @classmethod
    def of(cls, place: int, result: RowResult, context: RequestContext) -> "RowType":
        problem = result.problem
        return cls(
            outcome=OutcomeValue(result.outcome),
            section=None if result.viewed is None else SectionType.viewed(result.viewed, context),
            user_errors=[] if result.refusal is None else [user_error(result.refusal, row=place)],
            error=None if problem is None else RowErrorType(code=ErrorCode(problem[0]), message=problem[1]),
        )


@strawberry.input(description="What every change of many sections asks for.")
class BulkInput(RepeatableInput):
    on_error: OnErrorValue = strawberry.field(description="What a row that cannot be done costs the others.")
    dry_run: bool = strawberry.field(default=False, description="Try everything, tell what came of it, change nothing.")


@strawberry.input(description="One section to change.")
class SectionRowInput:
    section_id: strawberry.ID = strawberry.field(description="The section.")
    expected_version: int = strawberry.field(
        description="The `version` (a count of changes) that was read; rows of one section may all carry the same."
    )


@strawberry.input(description="One section to change, with a reason.")
class SectionReasonRowInput(SectionRowInput):
    reason: str = strawberry.field(description="Why; goes to the audit log.")


@strawberry.input(description="One item to rate.")
class RateItemRowInput(SectionRowInput):
    item_id: strawberry.ID = strawberry.field(description="The item.")
    rating: int | None = strawberry.field(default=None, description="1 to 5; null takes the rating back.")
    comment: str | None = strawberry.field(default=None, description="Words beside it; null takes them back.")
    reason: str | None = strawberry.field(default=None, description="As in `RateItemInput`.")


@strawberry.input(description="Sections to change.")
class ChangeSectionsInput(BulkInput):
    rows: list[SectionRowInput] = strawberry.field(description=f"1 to {MOST_ROWS}, carried out in their order.")


@strawberry.input(description="Sections to change, with reasons.")
class ChangeSectionsWithReasonInput(BulkInput):
    rows: list[SectionReasonRowInput] = strawberry.field(description=f"1 to {MOST_ROWS}, carried out in their order.")


@strawberry.input(description="Items to rate.")
class RateItemsInput(BulkInput):
    rows: list[RateItemRowInput] = strawberry.field(description=f"1 to {MOST_ROWS}, carried out in their order.")


@strawberry.input(description="One section to exempt.")
class ExemptSectionRowInput(SectionRowInput):
    reason: ExemptionReasonValue = strawberry.field(description="Why.")
    note: str | None = strawberry.field(default=None, description="More about it; goes to the section.")


@strawberry.input(description="Sections to exempt.")
class ExemptSectionsInput(BulkInput):
    rows: list[ExemptSectionRowInput] = strawberry.field(description=f"1 to {MOST_ROWS}, carried out in their order.")


@strawberry.type(name="BulkPayload", description="What came of changing many sections.")
class BulkPayload:
    rows: list[RowType] = strawberry.field(description="One for each row of the input.")
    done: int = strawberry.field(description="Number of rows that are DONE.")
    failed: int = strawberry.field(description="Number of rows that are FAILED.")
    is_dry_run: bool = strawberry.field(description="Whether nothing was changed, as was asked for.")


Plain = Annotated[ChangeSectionsInput, strawberry.argument(name="input", description="Which sections.")]
WithReason = Annotated[ChangeSectionsWithReasonInput, strawberry.argument(name="input", description="Which, and why.")]


@strawberry.type
class BulkMutation:
    @strawberry.mutation(description="Rate many items.", extensions=[Requires(Permission.RATE_ITEM)])
    def rate_items(
        self,
        info: strawberry.Info,
        change: Annotated[RateItemsInput, strawberry.argument(name="input", description="What to set.")],
    ) -> BulkPayload | None:
        rows = [
            _row(
                row,
                rate_item,
                row.item_id,
                rating=row.rating,
                comment=row.comment,
                reason=row.reason,
            )
            for row in change.rows
        ]
        return _changed(info, change, rows)

    @strawberry.mutation(description="Hand many sections in.", extensions=[Requires(Permission.SUBMIT_SECTION)])
    def submit_sections(self, info: strawberry.Info, change: Plain) -> BulkPayload | None:
        return _plain(info, change, submit_section)

    @strawberry.mutation(
        description="Give many sections back, with reasons.", extensions=[Requires(Permission.RETURN_SECTION)]
    )
    def return_sections(self, info: strawberry.Info, change: WithReason) -> BulkPayload | None:
        return _with_reason(info, change, return_section)

    @strawberry.mutation(description="Approve many sections.", extensions=[Requires(Permission.APPROVE_SECTION)])
    def approve_sections(self, info: strawberry.Info, change: Plain) -> BulkPayload | None:
        return _plain(info, change, approve_section)

    @strawberry.mutation(description="Release many sections.", extensions=[Requires(Permission.ADMINISTER_SECTIONS)])
    def release_sections(self, info: strawberry.Info, change: Plain) -> BulkPayload | None:
        return _plain(info, change, release_section)

    @strawberry.mutation(
        description="Share many sections with their employees.", extensions=[Requires(Permission.SHARE_SECTION)]
    )
    def share_sections(self, info: strawberry.Info, change: Plain) -> BulkPayload | None:
        return _plain(info, change, share_section)

    @strawberry.mutation(
        description="Close many sections, with reasons.", extensions=[Requires(Permission.FINALISE_SECTION)]
    )
    def finalise_sections(self, info: strawberry.Info, change: WithReason) -> BulkPayload | None:
        return _with_reason(info, change, finalise_section)

    @strawberry.mutation(
        description="Take many sections out of the cycle, with reasons.",
        extensions=[Requires(Permission.ADMINISTER_SECTIONS)],
    )
    def exempt_sections(
        self,
        info: strawberry.Info,
        change: Annotated[ExemptSectionsInput, strawberry.argument(name="input", description="Which, and why.")],
    ) -> BulkPayload | None:
        rows = [
            _row(row, exempt_section, reason=ExemptionReason(row.reason.name), note=row.note) for row in change.rows
        ]
        return _changed(info, change, rows)

    @strawberry.mutation(
        description="Void many sections that were created in error, with reasons.",
        extensions=[Requires(Permission.ADMINISTER_SECTIONS)],
    )
    def void_sections(self, info: strawberry.Info, change: WithReason) -> BulkPayload | None:
        return _with_reason(info, change, void_section)


def _row(
    row: SectionRowInput, use_case: Callable[..., Any], item: strawberry.ID | None = None, **fields: object
) -> Row:
    try:
        section = SectionId(key_of(row.section_id, Kind.SECTION))
        keys = () if item is None else (key_of(item, Kind.ITEM),)
    except InvalidInput as error:  # costs this row and no other
        sent = () if item is None else (str(item),)
        return Row(SectionId(row.section_id), row.expected_version, use_case, sent, fields, (error.code, error.found))
    return Row(section, row.expected_version, use_case, keys, fields)


def _plain(info: strawberry.Info, change: ChangeSectionsInput, use_case: Callable[..., Any]) -> BulkPayload:
    return _changed(info, change, [_row(row, use_case) for row in change.rows])


def _with_reason(
    info: strawberry.Info, change: ChangeSectionsWithReasonInput, use_case: Callable[..., Any]
) -> BulkPayload:
    return _changed(info, change, [_row(row, use_case, reason=row.reason) for row in change.rows])


def _changed(info: strawberry.Info, change: BulkInput, rows: Sequence[Row]) -> BulkPayload:
    context: RequestContext = info.context
    request = BulkRequest(rows, OnError(change.on_error.name), change.dry_run)

    def deed(deployment: Deployment) -> list[RowResult]:
        return change_sections(deployment, context.principal, request, at=context.at)

    def again(kept: Sequence[Mapping[str, Any]]) -> list[RowResult]:
        return results_again(context.deployment, context.principal, kept, at=context.at)

    results = deed(context.deployment) if change.dry_run else repeatable(info, change, deed, told=kept_of, again=again)
    outcomes = [result.outcome for result in results]
    return BulkPayload(
        rows=[RowType.of(place, result, context) for place, result in enumerate(results)],
        done=outcomes.count(Outcome.DONE),
        failed=outcomes.count(Outcome.FAILED),
        is_dry_run=change.dry_run,
    )
