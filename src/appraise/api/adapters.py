"""What can be imported: the adapters that are installed, and what a file that was sent looks like."""

from enum import Enum
from typing import Annotated, Self

import strawberry

from appraise.adapters.contract import Adapter, MixedSource, Verification
from appraise.adapters.discovery import installed_adapters
from appraise.api.context import RequestContext
from appraise.api.global_ids import Kind, key_of
from appraise.api.permissions import Permission, Requires
from appraise.domain.identifiers import UploadId
from appraise.domain.language import retold
from appraise.use_cases.look_at_upload import LookedAt, look_at_upload


@strawberry.enum(name="Verification", description="How far an adapter was checked against its vendor's format.")
class VerificationValue(Enum):
    VERIFIED = strawberry.enum_value(Verification.VERIFIED, description="Against a real file or document.")
    SECOND_HAND = strawberry.enum_value(Verification.SECOND_HAND, description="Against what others say of it.")
    UNVERIFIED = strawberry.enum_value(Verification.UNVERIFIED, description="Not at all.")


@strawberry.type(name="Adapter", description="What one installed adapter declares.")
class AdapterType:
    name: str = strawberry.field(description="As `createImport` takes it.")
    title: str = strawberry.field(description="The system it reads, in words.")
    format_version: str = strawberry.field(description="The vendor's format, and what it was checked against.")
    verification: VerificationValue = strawberry.field(description="How far it was checked.")
    files: list[str] = strawberry.field(description="Kinds of file that it reads.")
    reads: list[str] = strawberry.field(description="`people`, or kinds of events.")
    quirks: list[str] = strawberry.field(description="What it handles, a sentence each.")
    unknowable: list[str] = strawberry.field(description="What such a file cannot tell, a sentence each.")
    needs_mapping: bool = strawberry.field(description="Whether it reads any table, by a mapping that comes with it.")

    @classmethod
    def of(cls, adapter: Adapter) -> Self:
        declared = adapter.declaration
        return cls(
            name=declared.name,
            title=retold(declared.title),
            format_version=retold(declared.format_version),
            verification=VerificationValue(declared.verification),
            files=[retold(one) for one in declared.files],
            reads=list(declared.reads),
            quirks=[retold(one) for one in declared.quirks],
            unknowable=[retold(one) for one in declared.unknowable],
            needs_mapping=isinstance(adapter, MixedSource),
        )


@strawberry.type(description="A column of a file.")
class UploadedColumn:
    name: str = strawberry.field(description="Its name.")
    values: list[str] = strawberry.field(
        description="Its values in the first rows, shortened; empty texts where blank."
    )


@strawberry.type(description="An adapter that can read a file.")
class AdapterFit:
    adapter: str = strawberry.field(description="Its name.")
    recognised: int = strawberry.field(description="Number of the columns that it reads.")
    needs_time_zone: bool = strawberry.field(
        description="Whether the file's times say no zone, so that it must be given."
    )


@strawberry.type(description="What a word of a text would be.")
class TextReading:
    word: str = strawberry.field(description="As it would be read.")
    encodings: list[str] = strawberry.field(description="In which, each a name for the setting `encoding`.")


@strawberry.type(description="A file that was sent and not imported yet.")
class UploadedFile:
    name: str = strawberry.field(description="Its name.")
    columns: list[UploadedColumn] = strawberry.field(description="Its columns, as far as it is a table.")
    fits: list[AdapterFit] = strawberry.field(
        description="Adapters that can read it, the one that knows the most columns first."
    )
    suggested_mapping: str | None = strawberry.field(
        description="A first mapping for the adapter that needs one; to be read and completed by a person."
    )
    readings: list[TextReading] | None = strawberry.field(
        description=(
            "Where the encoding of the file has to be declared before anything of it can be looked at: what a word of "
            "it would be, none where it fits no encoding that is tried. Else null."
        )
    )

    @classmethod
    def of(cls, seen: LookedAt) -> Self:
        return cls(
            name=seen.upload.name,
            columns=[UploadedColumn(name=one.name, values=list(one.values)) for one in seen.columns],
            fits=[
                AdapterFit(adapter=one.adapter, recognised=one.recognised, needs_time_zone=one.needs_time_zone)
                for one in seen.fits
            ],
            suggested_mapping=seen.mapping,
            readings=None
            if seen.readings is None
            else [TextReading(word=word, encodings=list(pages)) for word, pages in seen.readings.items()],
        )


@strawberry.type
class AdapterQuery:
    @strawberry.field(description="The adapters that are installed, by name.")
    def adapters(self) -> list[AdapterType]:
        return [AdapterType.of(adapter) for adapter in installed_adapters().values()]

    @strawberry.field(
        description=(
            "What a file that the reader sent looks like, by its beginning. "
            "For HR administrators, and services with the scope `import:people` or `import:events`."
        ),
        extensions=[Requires(Permission.IMPORT)],
    )
    def uploaded_file(
        self,
        info: strawberry.Info,
        key: Annotated[strawberry.ID, strawberry.argument(name="id", description="What `POST /uploads` answered.")],
        encoding: Annotated[
            str | None, strawberry.argument(description="Of its text, where it is declared, e.g. `cp1252`.")
        ] = None,
    ) -> UploadedFile | None:
        context: RequestContext = info.context
        upload = UploadId(key_of(key, Kind.UPLOAD))
        seen = look_at_upload(context.deployment, context.principal, upload, encoding=encoding, at=context.at)
        return UploadedFile.of(seen)
