"""Asking for imports of files that were sent, and reading how far they are."""

from datetime import date
from enum import Enum
from typing import Annotated, Final

import strawberry

from appraise.api.context import RequestContext
from appraise.api.global_ids import Kind, key_of
from appraise.api.permissions import Permission, Requires
from appraise.api.repeating import RepeatableInput, repeatable
from appraise.api.types.connections import Window
from appraise.api.types.exports import After, First
from appraise.api.types.imports import ImportConnection, ImportType
from appraise.domain.identifiers import JobId, UploadId
from appraise.domain.jobs import Job
from appraise.domain.language import retold
from appraise.domain.sections import Refusal
from appraise.errors import InvalidInput, NotFound, Problem
from appraise.events.ingest import ErrorPolicy
from appraise.use_cases.change_import import ImportRequest, apply_import, create_import, undo_import
from appraise.use_cases.read_imports import get_import, list_imports


@strawberry.enum(description="What a bad row costs.")
class RowErrors(Enum):
    REJECT_ROWS = strawberry.enum_value("reject-rows", description="Bad rows are left out, the others taken.")
    REJECT_FILE = strawberry.enum_value("reject-file", description="Events: one bad row, and nothing is taken.")


POLICIES: Final[dict[RowErrors, ErrorPolicy]] = {
    RowErrors.REJECT_ROWS: "reject-rows",
    RowErrors.REJECT_FILE: "reject-file",
}


@strawberry.enum(description="Why nothing was begun. More may be added; treat unknown ones as BAD_INPUT.")
class ImportErrorCode(Enum):
    BAD_INPUT = strawberry.enum_value("BAD_INPUT", description="An option that cannot be.")
    NOT_FOUND = strawberry.enum_value("NOT_FOUND", description="There is no such adapter or upload.")
    WRONG_STATE = strawberry.enum_value("WRONG_STATE", description="The import's state does not allow it.")


@strawberry.type(name="ImportError", description="Why nothing was begun.")
class UploadImportError:
    message: str = strawberry.field(description="What was found and what was expected.")
    path: list[str] = strawberry.field(description="What it is about: `input`.")
    code: ImportErrorCode = strawberry.field(description="Stable, for programs.")


@strawberry.input(description="One setting of an adapter.")
class AdapterSettingInput:
    name: str = strawberry.field(description="Its name, e.g. `allow_ends`.")
    value: str = strawberry.field(description="Its value.")


@strawberry.input(description="How to read a file that was sent; the options of `appraise import`.")
class CreateImportInput(RepeatableInput):
    upload_id: strawberry.ID = strawberry.field(description="What `POST /uploads` answered.")
    adapter: str = strawberry.field(description="Name of the adapter, as `appraise adapters` shows it.")
    source: str | None = strawberry.field(
        default=None, description="Whose data it is; the adapter's name if not given."
    )
    time_zone: str | None = strawberry.field(default=None, description="IANA zone of times without offset.")
    date_format: str | None = strawberry.field(default=None, description="strptime format of dates.")
    as_of: date | None = strawberry.field(default=None, description="The day that a file of people shows.")
    mapping: str | None = strawberry.field(default=None, description="Text of a mapping file, without SQL.")
    settings: list[AdapterSettingInput] = strawberry.field(default_factory=list, description="The adapter's settings.")
    on_error: RowErrors | None = strawberry.field(
        default=None, description="What a bad row costs; REJECT_ROWS where not given."
    )


@strawberry.input(description="Carries out a planned import.")
class ApplyImportInput(RepeatableInput):
    import_id: strawberry.ID = strawberry.field(description="The import.")


@strawberry.input(description="Takes an applied load of events back.")
class UndoImportInput(RepeatableInput):
    import_id: strawberry.ID = strawberry.field(description="The import.")


@strawberry.type(description="What came of asking for an import.")
class CreateImportPayload:
    import_: ImportType | None = strawberry.field(name="import", description="The import; null where none was begun.")
    user_errors: list[UploadImportError] = strawberry.field(
        description="What stood in the way; empty where it was begun."
    )


@strawberry.type(description="What came of applying an import.")
class ApplyImportPayload:
    import_: ImportType | None = strawberry.field(
        name="import", description="The import; null where nothing was begun."
    )
    user_errors: list[UploadImportError] = strawberry.field(
        description="What stood in the way; empty where it was begun."
    )


@strawberry.type(description="What came of undoing an import.")
class UndoImportPayload:
    import_: ImportType | None = strawberry.field(
        name="import", description="The import; null where nothing was begun."
    )
    user_errors: list[UploadImportError] = strawberry.field(
        description="What stood in the way; empty where it was begun."
    )


@strawberry.type
class ImportMutation:
    @strawberry.mutation(
        description=(
            "Have a file that was sent read and checked: `Import.plan` says what would be done, nothing is written. "
            "For HR administrators, and services with the scope `import:people` or `import:events`."
        ),
        extensions=[Requires(Permission.IMPORT)],
    )
    def create_import(
        self,
        info: strawberry.Info,
        wanted: Annotated[CreateImportInput, strawberry.argument(name="input", description="Which file, and how.")],
    ) -> CreateImportPayload | None:
        context: RequestContext = info.context
        try:
            request = _request(wanted)
            job = repeatable(
                info,
                wanted,
                lambda deployment: create_import(deployment, context.principal, request, at=context.at),
                again=lambda known: get_import(context.deployment, context.principal, JobId(known), at=context.at),
            )
        except (InvalidInput, NotFound) as error:
            return CreateImportPayload(import_=None, user_errors=[_error(error)])
        return CreateImportPayload(import_=ImportType.of(job), user_errors=[])

    @strawberry.mutation(
        description="Carry out what `Import.plan` says; again where that failed.",
        extensions=[Requires(Permission.IMPORT)],
    )
    def apply_import(
        self,
        info: strawberry.Info,
        wanted: Annotated[ApplyImportInput, strawberry.argument(name="input", description="Which import.")],
    ) -> ApplyImportPayload | None:
        context: RequestContext = info.context
        key = JobId(key_of(wanted.import_id, Kind.IMPORT))
        outcome = repeatable(
            info,
            wanted,
            lambda deployment: apply_import(deployment, context.principal, key, at=context.at),
            again=lambda known: get_import(context.deployment, context.principal, JobId(known), at=context.at),
        )
        return ApplyImportPayload(import_=_shown(outcome), user_errors=_errors(outcome))

    @strawberry.mutation(
        description="Take an applied load of events back; what it had superseded counts again.",
        extensions=[Requires(Permission.IMPORT)],
    )
    def undo_import(
        self,
        info: strawberry.Info,
        wanted: Annotated[UndoImportInput, strawberry.argument(name="input", description="Which import.")],
    ) -> UndoImportPayload | None:
        context: RequestContext = info.context
        key = JobId(key_of(wanted.import_id, Kind.IMPORT))
        outcome = repeatable(
            info,
            wanted,
            lambda deployment: undo_import(deployment, context.principal, key, at=context.at),
            again=lambda known: get_import(context.deployment, context.principal, JobId(known), at=context.at),
        )
        return UndoImportPayload(import_=_shown(outcome), user_errors=_errors(outcome))


@strawberry.type
class ImportQuery:
    @strawberry.field(
        description="Imports, the one last asked for first: all of them for HR administrators, a service's own.",
        extensions=[Requires(Permission.IMPORT)],
    )
    def imports(self, info: strawberry.Info, first: First, after: After = None) -> ImportConnection | None:
        context: RequestContext = info.context
        window = Window(first, after)
        page = list_imports(context.deployment, context.principal, first=first, after=after, at=context.at)
        return ImportConnection.of(page, window)

    @strawberry.field(name="import", description="One import.", extensions=[Requires(Permission.IMPORT)])
    def import_(
        self,
        info: strawberry.Info,
        key: Annotated[strawberry.ID, strawberry.argument(name="id", description="Its id.")],
    ) -> ImportType | None:
        return one_import(info.context, key_of(key, Kind.IMPORT))


def one_import(context: RequestContext, key: str) -> ImportType:
    return ImportType.of(get_import(context.deployment, context.principal, JobId(key), at=context.at))


def _request(wanted: CreateImportInput) -> ImportRequest:
    return ImportRequest(
        upload=UploadId(key_of(wanted.upload_id, Kind.UPLOAD)),
        adapter=wanted.adapter,
        source=wanted.source,
        time_zone=wanted.time_zone,
        date_format=wanted.date_format,
        as_of=wanted.as_of,
        mapping=wanted.mapping,
        settings={setting.name: setting.value for setting in wanted.settings},
        on_error=POLICIES[wanted.on_error or RowErrors.REJECT_ROWS],
    )


def _shown(outcome: Job | Refusal) -> ImportType | None:
    return None if isinstance(outcome, Refusal) else ImportType.of(outcome)


def _errors(outcome: Job | Refusal) -> list[UploadImportError]:
    if not isinstance(outcome, Refusal):
        return []
    return [UploadImportError(message=retold(outcome.message), path=["input"], code=ImportErrorCode(outcome.code))]


def _error(error: Problem) -> UploadImportError:
    code = ImportErrorCode.NOT_FOUND if isinstance(error, NotFound) else ImportErrorCode.BAD_INPUT
    expected = "" if error.expected is None else f"; expected {error.expected}"
    return UploadImportError(message=f"{error.found}{expected}", path=["input"], code=code)
