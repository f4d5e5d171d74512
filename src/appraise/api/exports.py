"""Asking for exports, and reading how far they are."""

from datetime import datetime
from enum import Enum
from typing import Annotated

import strawberry

from appraise.api.context import RequestContext
from appraise.api.global_ids import Kind, key_of
from appraise.api.permissions import Permission, Requires
from appraise.api.repeating import RepeatableInput, repeatable
from appraise.api.types.connections import Window
from appraise.api.types.exports import (
    After,
    ExportConnection,
    ExportFormatValue,
    ExportKindValue,
    ExportType,
    First,
)
from appraise.api.types.section_states import SectionStateValue
from appraise.domain.exports import ExportFormat, ExportKind, ExportRequest
from appraise.domain.identifiers import CycleId, JobId
from appraise.domain.language import retold
from appraise.domain.section_states import SectionState
from appraise.domain.sections import Refusal
from appraise.use_cases.create_export import MOST_OPEN, create_export
from appraise.use_cases.read_exports import get_export, list_exports


@strawberry.enum(description="Why no export was begun. More may be added; treat unknown ones as BAD_FILTER.")
class ExportErrorCode(Enum):
    BAD_FILTER = strawberry.enum_value("BAD_FILTER", description="A filter is missing, or is not of this kind.")
    TOO_MANY = strawberry.enum_value("TOO_MANY", description=f"{MOST_OPEN} of one's own are being written already.")


@strawberry.type(description="Why no export was begun.")
class ExportError:
    message: str = strawberry.field(description="What was found and what was expected.")
    path: list[str] = strawberry.field(description="`input` and a field of it; empty for the whole.")
    code: ExportErrorCode = strawberry.field(description="Stable, for programs.")


@strawberry.input(description="What to export. Only the filters of the kind may be given.")
class CreateExportInput(RepeatableInput):
    kind: ExportKindValue = strawberry.field(description="What.")
    format: ExportFormatValue = strawberry.field(description="In which form.")
    cycle: strawberry.ID | None = strawberry.field(
        default=None, description="Id of the cycle; must be given for SECTIONS and ESTIMATES."
    )
    state: SectionStateValue | None = strawberry.field(
        default=None, description="SECTIONS and ESTIMATES: only sections in this state."
    )
    search: str | None = strawberry.field(default=None, description="EMPLOYEES: as in `Query.employees`.")
    department: str | None = strawberry.field(default=None, description="EMPLOYEES: code of a department.")
    source: str | None = strawberry.field(
        default=None, description="PEOPLE: the source from which they were imported; must be given."
    )
    since: datetime | None = strawberry.field(default=None, description="AUDIT: from this moment on.")
    until: datetime | None = strawberry.field(default=None, description="AUDIT: before this moment.")


@strawberry.type(description="What came of asking for an export.")
class CreateExportPayload:
    export: ExportType | None = strawberry.field(description="The export, to be followed; null where none was begun.")
    user_errors: list[ExportError] = strawberry.field(description="What stood in the way; empty where it was begun.")


@strawberry.type
class ExportMutation:
    @strawberry.mutation(
        description=(
            "Have a file written of what the asker may read; a worker does it, decides again what may be read when it "
            "writes, and so does the download. Null with an error FORBIDDEN where nothing of the kind is theirs."
        ),
        extensions=[Requires(Permission.EXPORT)],
    )
    def create_export(
        self,
        info: strawberry.Info,
        wanted: Annotated[CreateExportInput, strawberry.argument(name="input", description="What to export.")],
    ) -> CreateExportPayload | None:
        context: RequestContext = info.context
        request = ExportRequest(
            kind=ExportKind(wanted.kind.name),
            format=ExportFormat(wanted.format.name),
            cycle=None if wanted.cycle is None else CycleId(key_of(wanted.cycle, Kind.CYCLE)),
            state=None if wanted.state is None else SectionState(wanted.state.name),
            search=wanted.search,
            department=wanted.department,
            source=wanted.source,
            since=wanted.since,
            until=wanted.until,
        )
        outcome = repeatable(
            info,
            wanted,
            lambda deployment: create_export(deployment, context.principal, request, at=context.at),
            again=lambda key: get_export(context.deployment, context.principal, JobId(key), at=context.at),
        )
        if isinstance(outcome, Refusal):
            path = [] if outcome.field is None else ["input", outcome.field]
            error = ExportError(message=retold(outcome.message), path=path, code=ExportErrorCode(outcome.code))
            return CreateExportPayload(export=None, user_errors=[error])
        return CreateExportPayload(export=ExportType.of(outcome), user_errors=[])


@strawberry.type
class ExportQuery:
    @strawberry.field(description="One's own exports, the newest first.")
    def exports(self, info: strawberry.Info, first: First, after: After = None) -> ExportConnection | None:
        context: RequestContext = info.context
        window = Window(first, after)
        page = list_exports(context.deployment, context.principal, first=first, after=after, at=context.at)
        return ExportConnection.of(page, window)

    @strawberry.field(description="One of one's own exports.")
    def export(
        self,
        info: strawberry.Info,
        key: Annotated[strawberry.ID, strawberry.argument(name="id", description="Its id.")],
    ) -> ExportType | None:
        return one_export(info.context, key_of(key, Kind.EXPORT))


def one_export(context: RequestContext, key: str) -> ExportType:
    return ExportType.of(get_export(context.deployment, context.principal, JobId(key), at=context.at))
