"""Lines of the audit log."""

from datetime import datetime
from typing import Annotated, Final, Self

import strawberry

from appraise.api.context import RequestContext
from appraise.api.global_ids import Kind, to_global
from appraise.api.types.connections import LARGEST_PAGE, PageInfoType, Window
from appraise.api.types.people import EmployeeType
from appraise.domain.audit import AuditEntry, AuditFilter
from appraise.domain.cursors import cursor
from appraise.domain.identifiers import EmployeeId
from appraise.domain.reading import Page
from appraise.use_cases.read_audit import check_chain, count_audit, subject_employees, subjects_of_line

SUBJECTS: Final = {
    "employee": Kind.EMPLOYEE,
    "section": Kind.SECTION,
    "cycle": Kind.CYCLE,
    "run": Kind.RUN,
    "webhook": Kind.WEBHOOK,
    "export": Kind.EXPORT,
}
"""How the log names what has an id in this API."""


@strawberry.type(name="AuditFact", description="A short fact of a line.")
class AuditFactType:
    name: str = strawberry.field(description="What it is, e.g. `version`.")
    value: str = strawberry.field(description="Its value.")


@strawberry.type(name="AuditEntry", description="One line of the audit log; it can neither be changed nor removed.")
class AuditEntryType:
    entry: strawberry.Private[AuditEntry]
    subject_key: strawberry.Private[EmployeeId | None]
    sequence: int = strawberry.field(description="A count from 1, without gaps.")
    at: datetime = strawberry.field(description="When it happened.")
    action: str = strawberry.field(description="What was done, e.g. `section.submit` or `section.read`.")
    actor_name: str = strawberry.field(
        description="Who did it: a name as it was then, a service, or `operator` for whoever runs the commands."
    )
    subject: str = strawberry.field(
        description="What was touched or read, as the log names it; a list of several by the hash of it, `list:…`."
    )
    subject_id: strawberry.ID | None = strawberry.field(
        description="Its id in this API; null where it has none, as tokens and imports, and for lists: `subjectIds`."
    )
    details: list[AuditFactType] = strawberry.field(description="Short facts.")
    hash: str = strawberry.field(description="SHA-256 of this line and of `previousHash`.")
    previous_hash: str = strawberry.field(description="`hash` of the line before.")

    @strawberry.field(
        description="The employee who did it; null for services and operators and where the reader may not see them."
    )
    def actor(self, info: strawberry.Info) -> EmployeeType | None:
        context: RequestContext = info.context
        kind, _, key = self.entry.actor.partition(":")
        row = context.people.load(EmployeeId(key)) if kind == "employee" and key else None
        return None if row is None else EmployeeType.of(row)

    @strawberry.field(
        description="The employee whose record or section it is about; null where it is about neither, or a list."
    )
    def about(self, info: strawberry.Info) -> EmployeeType | None:
        context: RequestContext = info.context
        row = None if self.subject_key is None else context.people.load(self.subject_key)
        return None if row is None else EmployeeType.of(row)

    @strawberry.field(
        description=(
            "The ids of all that it is about, in no order: of a list that handed out figures the sections in it; those "
            "who read only what is kept of them see their own."
        )
    )
    def subject_ids(
        self,
        info: strawberry.Info,
        first: Annotated[int, strawberry.argument(description=f"At most how many, 1 to {LARGEST_PAGE}.")],
    ) -> list[strawberry.ID]:
        Window(first, None)
        context: RequestContext = info.context
        about = subjects_of_line(context.deployment, context.principal, self.entry, at=context.at)
        parts = [subject.partition(":") for subject in about]
        found = [to_global(SUBJECTS[kind], key) for kind, _, key in parts if kind in SUBJECTS and key]
        return found[:first]

    @classmethod
    def of(cls, entry: AuditEntry, about: EmployeeId | None) -> Self:
        kind, _, key = entry.subject.partition(":")
        return cls(
            entry=entry,
            subject_key=about,
            sequence=entry.sequence,
            at=entry.at,
            action=entry.action,
            actor_name=next((value for name, value in entry.details if name == "name"), entry.actor),
            subject=entry.subject,
            subject_id=to_global(SUBJECTS[kind], key) if kind in SUBJECTS and key else None,
            details=[AuditFactType(name=name, value=value) for name, value in entry.details],
            hash=entry.hash,
            previous_hash=entry.previous_hash,
        )


@strawberry.type(name="AuditEdge", description="One line of a page.")
class AuditEdge:
    node: AuditEntryType = strawberry.field(description="The line.")
    cursor: str = strawberry.field(description="Pass it as `after` to read on from here.")


@strawberry.type(
    name="AuditChain",
    description="What the hashes say of the whole log. `head`, kept elsewhere, shows later whether the end was cut.",
)
class AuditChainType:
    entries: int = strawberry.field(description="Number of lines.")
    is_whole: bool = strawberry.field(description="Whether every line follows from the one before.")
    first_break: int | None = strawberry.field(
        description="`sequence` (a count from 1) of the first that does not; null where all do."
    )
    head: str = strawberry.field(description="`hash` of the last line.")


@strawberry.type(name="AuditConnection", description="A page of the audit log, the newest line first.")
class AuditConnection:
    wanted: strawberry.Private[AuditFilter]
    keys: strawberry.Private[tuple[tuple[str, ...], ...]]
    nodes: list[AuditEntryType] = strawberry.field(description="The lines of the page.")
    page_info: PageInfoType = strawberry.field(description="Whether more follow.")

    @strawberry.field(description="The same lines, one wrapper each.")
    def edges(self) -> list[AuditEdge]:
        return [AuditEdge(node=node, cursor=cursor(*key)) for node, key in zip(self.nodes, self.keys, strict=True)]

    @strawberry.field(description="Number of entries in all, with the same filters. Counted only when asked.")
    def total_count(self, info: strawberry.Info) -> int:
        context: RequestContext = info.context
        return count_audit(context.deployment, context.principal, self.wanted, at=context.at)

    @strawberry.field(
        description=(
            "Whether the log is whole; reads all of it. For HR administrators and auditors, null with an error "
            "FORBIDDEN for others."
        )
    )
    def chain(self, info: strawberry.Info) -> AuditChainType | None:
        context: RequestContext = info.context
        found = check_chain(context.deployment, context.principal)
        broken = found.first_break
        return AuditChainType(
            entries=found.entries,
            is_whole=broken is None,
            first_break=None if broken is None else broken.sequence,
            head=found.head,
        )

    @classmethod
    def of(cls, page: Page[AuditEntry], context: RequestContext, *, window: Window, wanted: AuditFilter) -> Self:
        actors = [entry.actor.partition(":") for entry in page.items]
        context.people.announce(EmployeeId(key) for kind, _, key in actors if kind == "employee")
        about = subject_employees(context.deployment, page.items)
        context.people.announce(about.values())
        return cls(
            wanted=wanted,
            keys=page.keys,
            nodes=[AuditEntryType.of(entry, about.get(entry.sequence)) for entry in page.items],
            page_info=PageInfoType.of(page, window),
        )
