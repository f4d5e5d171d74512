"""Exports: files that are written after the answer."""

from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Self

import strawberry

from appraise.api.context import RequestContext
from appraise.api.global_ids import Kind, to_global
from appraise.api.types.connections import LARGEST_PAGE, PageInfoType, Window
from appraise.api.types.node import Node
from appraise.domain.cursors import cursor
from appraise.domain.exports import ExportFormat, ExportKind
from appraise.domain.identifiers import JobId
from appraise.domain.jobs import Job, JobState
from appraise.domain.language import problem_retold
from appraise.domain.reading import Page
from appraise.use_cases.read_exports import count_exports

First = Annotated[int, strawberry.argument(description=f"How many, 1 to {LARGEST_PAGE}.")]
After = Annotated[str | None, strawberry.argument(description="`pageInfo.endCursor` of the page before.")]


@strawberry.enum(name="ExportKind", description="What is exported.")
class ExportKindValue(Enum):
    SECTIONS = strawberry.enum_value(ExportKind.SECTIONS, description="Sections of a cycle, a line each.")
    ESTIMATES = strawberry.enum_value(
        ExportKind.ESTIMATES,
        description="Items of the sections of a cycle, a line each: the figure or its absence, and the rating.",
    )
    EMPLOYEES = strawberry.enum_value(ExportKind.EMPLOYEES, description="Employees at work today, a line each.")
    PEOPLE = strawberry.enum_value(
        ExportKind.PEOPLE,
        description=(
            "All that a source has told of people, as the adapter csv reads it again; JSONL. For HR administrators, "
            "and services with the scopes read:people and import:people."
        ),
    )
    AUDIT = strawberry.enum_value(ExportKind.AUDIT, description="The audit log. For auditors.")


@strawberry.enum(name="ExportFormat", description="Form of an export's file.")
class ExportFormatValue(Enum):
    JSONL = strawberry.enum_value(ExportFormat.JSONL, description="A JSON object on each line.")
    PARQUET = strawberry.enum_value(ExportFormat.PARQUET, description="Apache Parquet.")


@strawberry.enum(name="JobState", description="How far something is that was asked for.")
class JobStateValue(Enum):
    WAITING = strawberry.enum_value(JobState.WAITING, description="It has not begun.")
    RUNNING = strawberry.enum_value(JobState.RUNNING, description="It has begun.")
    DONE = strawberry.enum_value(JobState.DONE, description="It is done.")
    FAILED = strawberry.enum_value(JobState.FAILED, description="It could not be done; `problem` says why.")
    EXPIRED = strawberry.enum_value(JobState.EXPIRED, description="It was done; its file has been cleared away.")


@strawberry.type(name="ExportFilter", description="What an export was narrowed by.")
class ExportFilterType:
    name: str = strawberry.field(description="Name of the filter, as in `CreateExportInput`.")
    value: str = strawberry.field(description="Its value; of a cycle the id.")


@strawberry.type(name="Export", description="A file of what its asker may read, written after it was asked for.")
class ExportType(Node):
    key: strawberry.Private[JobId]
    kind: ExportKindValue = strawberry.field(description="What is exported.")
    format: ExportFormatValue = strawberry.field(description="Form of the file.")
    filters: list[ExportFilterType] = strawberry.field(description="What it is narrowed by.")
    state: JobStateValue = strawberry.field(description="How far it is.")
    done: int = strawberry.field(
        description="Number of sections, employees or lines of the log that it tells of by now."
    )
    total: int = strawberry.field(description="Number of those that it will tell of; 0 while that is not known.")
    rows: int | None = strawberry.field(description="Number of lines of the file; null until it is done.")
    bytes: Decimal | None = strawberry.field(description="Size of the file in bytes; null until it is done.")
    sha256: str | None = strawberry.field(description="SHA-256 of the file, in hexadecimal; also its `ETag`.")
    problem: str | None = strawberry.field(description="Why it failed.")
    asked_at: datetime = strawberry.field(description="When it was asked for.")
    finished_at: datetime | None = strawberry.field(description="When it was done or failed.")
    expires_at: datetime | None = strawberry.field(description="When the file is cleared away.")

    @strawberry.field(
        description=(
            "Path of the file below the API's address, good for ten minutes without a token; null unless DONE. "
            "The path without its query takes the token instead."
        )
    )
    def download_url(self, info: strawberry.Info) -> str | None:
        from appraise.api.downloads import download_url  # noqa: PLC0415  # it knows HTTP, which knows the schema

        if self.state.name != JobState.DONE.value:
            return None
        context: RequestContext = info.context
        return download_url(context.deployment, context.principal, self.key, at=context.at)

    @classmethod
    def of(cls, job: Job) -> Self:
        outcome = job.outcome or {}
        filters = {name: value for name, value in job.wanted.items() if name not in {"kind", "format"}}
        if "cycle" in filters:
            filters["cycle"] = to_global(Kind.CYCLE, filters["cycle"])
        return cls(
            id=to_global(Kind.EXPORT, job.id),
            key=job.id,
            kind=ExportKindValue(ExportKind(job.wanted["kind"])),
            format=ExportFormatValue(ExportFormat(job.wanted["format"])),
            filters=[ExportFilterType(name=name, value=value) for name, value in filters.items()],
            state=JobStateValue(job.state),
            done=job.done,
            total=job.total,
            rows=outcome.get("rows"),
            bytes=None if "bytes" not in outcome else Decimal(outcome["bytes"]),
            sha256=outcome.get("sha256"),
            problem=problem_retold(job.problem),
            asked_at=job.asked_at,
            finished_at=job.finished_at,
            expires_at=job.expires_at,
        )


@strawberry.type(name="ExportEdge", description="One export of a page.")
class ExportEdge:
    node: ExportType = strawberry.field(description="The export.")
    cursor: str = strawberry.field(description="Pass it as `after` to read on from here.")


@strawberry.type(name="ExportConnection", description="A page of one's own exports, the newest first.")
class ExportConnection:
    nodes: list[ExportType] = strawberry.field(description="The exports of the page.")
    keys: strawberry.Private[tuple[tuple[str, ...], ...]]
    page_info: PageInfoType = strawberry.field(description="Whether more follow.")

    @strawberry.field(description="The same exports, one wrapper each.")
    def edges(self) -> list[ExportEdge]:
        return [ExportEdge(node=node, cursor=cursor(*key)) for node, key in zip(self.nodes, self.keys, strict=True)]

    @strawberry.field(description="Number of entries in all. Counted only when asked.")
    def total_count(self, info: strawberry.Info) -> int:
        context: RequestContext = info.context
        return count_exports(context.deployment, context.principal)

    @classmethod
    def of(cls, page: Page[Job], window: Window) -> Self:
        nodes = [ExportType.of(job) for job in page.items]
        return cls(nodes=nodes, keys=page.keys, page_info=PageInfoType.of(page, window))
