"""How HR administrators have sections written into HR systems, and decide what is stuck there."""

from collections.abc import Callable
from typing import Annotated, TypeVar

import strawberry

from appraise.api.context import RequestContext
from appraise.api.global_ids import Kind, key_of
from appraise.api.permissions import Permission, Requires
from appraise.api.repeating import RepeatableInput, repeatable
from appraise.api.types.write_backs import WriteBackType
from appraise.api.user_errors import UserError, user_error
from appraise.domain.identifiers import CycleId, SectionId
from appraise.domain.sections import Refusal
from appraise.domain.write_back import WriteBack
from appraise.use_cases.administer_write_back import get_line, send_cycle, send_section_again, settle_section

P = TypeVar("P")


@strawberry.input(description="Has a cycle's final sections written into an HR system.")
class SendWriteBacksInput:
    cycle_id: strawberry.ID = strawberry.field(description="The cycle.")
    host: str = strawberry.field(description="Name of the HR system.")


@strawberry.input(description="Has one section written once more.")
class RetryWriteBackInput(RepeatableInput):
    section_id: strawberry.ID = strawberry.field(description="The section.")
    host: str = strawberry.field(description="Name of the HR system.")
    overwrite: bool = strawberry.field(default=False, description="Also where somebody changed it there.")


@strawberry.input(description="Notes that a person sees to one section.")
class SettleWriteBackInput(RepeatableInput):
    section_id: strawberry.ID = strawberry.field(description="The section.")
    host: str = strawberry.field(description="Name of the HR system.")
    note: str = strawberry.field(description="Who enters it where, or why the host's own value stands.")


@strawberry.type(description="What came of having a cycle written.")
class SendWriteBacksPayload:
    queued: int | None = strawberry.field(
        description="Number of sections that wait beside those before; null for none."
    )
    user_errors: list[UserError] = strawberry.field(description="What stood in the way; empty where it is done.")


@strawberry.type(description="What came of a decision about one section.")
class WriteBackPayload:
    write_back: WriteBackType | None = strawberry.field(
        description="Where it stands afterwards; null where nothing was changed."
    )
    user_errors: list[UserError] = strawberry.field(description="What stood in the way; empty where it is done.")


@strawberry.type(description="What came of having it written once more.")
class RetryWriteBackPayload(WriteBackPayload):
    pass


@strawberry.type(description="What came of noting that a person sees to it.")
class SettleWriteBackPayload(WriteBackPayload):
    pass


@strawberry.type
class WriteBackMutation:
    @strawberry.mutation(
        description="Have a cycle's final sections that an HR system does not have written there by a worker, which "
        "reads them back; `Cycle.writeBacks` follows it. Safe to repeat.",
        extensions=[Requires(Permission.WRITE_BACK)],
    )
    def send_write_backs(
        self,
        info: strawberry.Info,
        wanted: Annotated[SendWriteBacksInput, strawberry.argument(name="input", description="Of which cycle, where.")],
    ) -> SendWriteBacksPayload | None:
        context: RequestContext = info.context
        cycle = CycleId(key_of(wanted.cycle_id, Kind.CYCLE))
        queued = send_cycle(context.deployment, context.principal, cycle, wanted.host, at=context.at)
        return SendWriteBacksPayload(queued=queued, user_errors=[])

    @strawberry.mutation(
        description="Have one section written once more, after what stood in the way is mended.",
        extensions=[Requires(Permission.WRITE_BACK)],
    )
    def retry_write_back(
        self,
        info: strawberry.Info,
        wanted: Annotated[RetryWriteBackInput, strawberry.argument(name="input", description="Which, where.")],
    ) -> RetryWriteBackPayload | None:
        context: RequestContext = info.context
        section = SectionId(key_of(wanted.section_id, Kind.SECTION))
        outcome = repeatable(
            info,
            wanted,
            lambda deployment: send_section_again(
                deployment, context.principal, section, wanted.host, overwrite=wanted.overwrite, at=context.at
            ),
            told=lambda line: line.host,
            again=lambda host: get_line(context.deployment, context.principal, section, host),
        )
        return _answered(RetryWriteBackPayload, outcome)

    @strawberry.mutation(
        description="Note that a person enters one section in the HR system, or lets its own value stand.",
        extensions=[Requires(Permission.WRITE_BACK)],
    )
    def settle_write_back(
        self,
        info: strawberry.Info,
        wanted: Annotated[
            SettleWriteBackInput, strawberry.argument(name="input", description="Which, where, and why.")
        ],
    ) -> SettleWriteBackPayload | None:
        context: RequestContext = info.context
        section = SectionId(key_of(wanted.section_id, Kind.SECTION))
        outcome = repeatable(
            info,
            wanted,
            lambda deployment: settle_section(
                deployment, context.principal, section, wanted.host, note=wanted.note, at=context.at
            ),
            told=lambda line: line.host,
            again=lambda host: get_line(context.deployment, context.principal, section, host),
        )
        return _answered(SettleWriteBackPayload, outcome)


def _answered(form: Callable[..., P], outcome: WriteBack | Refusal) -> P:
    if isinstance(outcome, Refusal):
        return form(write_back=None, user_errors=[user_error(outcome)])
    return form(write_back=WriteBackType.of(outcome), user_errors=[])
