"""Where a section stands in the HR systems."""

from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Self

import strawberry

from appraise.adapters.discovery import sink_named
from appraise.adapters.sinks import FileSink
from appraise.api.global_ids import Kind, to_global
from appraise.api.types.connections import PageInfoType, Window
from appraise.domain.cursors import cursor
from appraise.domain.language import problem_retold, retold
from appraise.domain.write_back import WriteBack, WriteBackState
from appraise.use_cases.administer_write_back import ORDER, HostSections
from appraise.use_cases.hosts import HostSystem
from appraise.use_cases.plan_write_back import Planned


@strawberry.enum(name="WriteBackState", description="What became of a section in an HR system.")
class WriteBackStateValue(Enum):
    NOT_DUE = strawberry.enum_value(WriteBackState.NOT_DUE.value, description="Nothing is to be written yet.")
    QUEUED = strawberry.enum_value(
        WriteBackState.QUEUED.value, description="Waits to be written, or to be tried again."
    )
    SENT = strawberry.enum_value(
        WriteBackState.SENT.value, description="The host took it, or its file was written; it was not read back yet."
    )
    CONFIRMED = strawberry.enum_value(
        WriteBackState.CONFIRMED.value, description="What was read back equals what was sent."
    )
    PARTIAL = strawberry.enum_value(WriteBackState.PARTIAL.value, description="Only some of it was read back.")
    REJECTED = strawberry.enum_value(
        WriteBackState.REJECTED.value, description="The host will not have it, or holds nothing of it."
    )
    DRIFTED = strawberry.enum_value(
        WriteBackState.DRIFTED.value, description="Somebody changed it in the host; nothing is overwritten."
    )
    MANUAL = strawberry.enum_value(
        WriteBackState.MANUAL.value, description="A person enters it, or lets the host's own value stand."
    )


@strawberry.type(name="WrittenField", description="One field of the host.")
class WrittenFieldType:
    name: str = strawberry.field(description="The host's own name of it.")
    sent: str | None = strawberry.field(description="What it is to hold; null is an empty field, as of an absence.")
    found: str | None = strawberry.field(description="What it held when it was last read; null also before that.")


@strawberry.type(name="WriteBack", description="What became of the latest revision that was due in one HR system.")
class WriteBackType:
    host: str = strawberry.field(description="The deployment's name of the HR system.")
    state: WriteBackStateValue = strawberry.field(description="Where it stands.")
    revision: int = strawberry.field(description="The revision of the section, a count from 1.")
    place: str | None = strawberry.field(description="Where in the host, in its own words.")
    fields: list[WrittenFieldType] = strawberry.field(description="What was sent and found.")
    problem: str | None = strawberry.field(description="What stands in the way, or what somebody noted.")
    changed_at: datetime | None = strawberry.field(description="Since when it stands so; null while nothing is due.")
    checked_at: datetime | None = strawberry.field(description="When the host was last read.")
    next_try_at: datetime | None = strawberry.field(description="When it is tried or looked at next.")

    @classmethod
    def of(cls, line: WriteBack) -> Self:
        sent, found = line.sent or {}, line.found or {}
        return cls(
            host=line.host,
            state=WriteBackStateValue(line.state.value),
            revision=line.revision,
            place=line.place,
            fields=[WrittenFieldType(name=name, sent=value, found=found.get(name)) for name, value in sent.items()],
            problem=problem_retold(line.problem),
            changed_at=None if line.state is WriteBackState.NOT_DUE else line.changed_at,
            checked_at=line.checked_at,
            next_try_at=line.next_try_at,
        )


@strawberry.type(name="WriteBackHost", description="An HR system into which sections are written.")
class WriteBackHostType:
    name: str = strawberry.field(description="The deployment's name of it.")
    title: str = strawberry.field(description="What it is and where in it sections go, in words.")
    imports_files: bool = strawberry.field(
        description="Whether it takes a file in place of calls: `POST /cycles/<id>/write-back/<name>/file` beside the "
        "API and `appraise write-back send --to` write it."
    )
    limits: list[str] = strawberry.field(description="What it or the way into it does not allow, a sentence each.")

    @classmethod
    def of(cls, host: HostSystem) -> Self:
        sink = sink_named(host.sink)
        declared = sink.declaration
        return cls(
            name=host.name,
            title=retold(declared.title),
            imports_files=isinstance(sink, FileSink),
            limits=[retold(one) for one in declared.limits],
        )


@strawberry.type(name="WrittenTotal", description="A total as it is read here, and as an HR system holds it.")
class WrittenTotalType:
    here: Decimal = strawberry.field(description="As people read it here, 1 to 5.")
    value: Decimal = strawberry.field(description="As it is written: on the host's scale, rounded half up.")
    lowest: Decimal = strawberry.field(description="The worst value, on the host's scale.")
    highest: Decimal = strawberry.field(description="The best value, on the host's scale.")
    step: Decimal = strawberry.field(description="Distance of two values, on the host's scale.")


@strawberry.type(name="HostSection", description="A final section and one HR system: what stands there, or would.")
class HostSectionType:
    section_id: strawberry.ID = strawberry.field(description="The section.")
    employee_name: str = strawberry.field(description="Whose it is.")
    status: str = strawberry.field(description="`SCORED`, or the kind of absence that is written in place of a number.")
    total: Decimal | None = strawberry.field(description="The total here, 1 to 5; null for an absence.")
    written: WrittenTotalType | None = strawberry.field(
        description="The total there; null for an absence, where no number is written, and unless the host is asked."
    )
    place: str | None = strawberry.field(description="Where in the host; null unless it is asked.")
    problem: str | None = strawberry.field(description="Why it cannot be written now; null where it can be.")
    write_back: WriteBackType | None = strawberry.field(description="Where it stands; null where nothing was due yet.")

    @classmethod
    def of(cls, planned: Planned) -> Self:
        section, entry = planned.section, planned.entry
        total, here = None if entry is None else entry.total, section.total_shown
        written = None
        if total is not None and here is not None:
            scale = total.scale
            written = WrittenTotalType(
                here=here, value=total.value, lowest=scale.worst, highest=scale.best, step=scale.step
            )
        return cls(
            section_id=to_global(Kind.SECTION, section.id),
            employee_name=section.name,
            status=section.status,
            total=here,
            written=written,
            place=None if entry is None else entry.place,
            problem=problem_retold(planned.problem),
            write_back=None if planned.line is None else WriteBackType.of(planned.line),
        )


@strawberry.type(name="WriteBackCount", description="How many sections stand so.")
class WriteBackCountType:
    state: WriteBackStateValue = strawberry.field(description="The state.")
    count: int = strawberry.field(description="Number of sections.")


@strawberry.type(name="HostSectionEdge", description="One section of a page.")
class HostSectionEdge:
    node: HostSectionType = strawberry.field(description="The section.")
    cursor: str = strawberry.field(description="Pass it as `after` to read on from here.")


@strawberry.type(name="HostSectionConnection", description="Final sections of a cycle and one HR system.")
class HostSectionConnection:
    keys: strawberry.Private[tuple[tuple[str, ...], ...]]
    counts: list[WriteBackCountType] = strawberry.field(description="How all of them stand.")
    nodes: list[HostSectionType] = strawberry.field(description="Of this page; those that need a person come first.")
    total_count: int = strawberry.field(description="Number of sections.")
    page_info: PageInfoType = strawberry.field(description="Where the page lies.")

    @strawberry.field(description="The same sections, one wrapper each.")
    def edges(self) -> list[HostSectionEdge]:
        return [
            HostSectionEdge(node=node, cursor=cursor(*key)) for node, key in zip(self.nodes, self.keys, strict=True)
        ]

    @classmethod
    def of(cls, found: HostSections, window: Window) -> Self:
        counts = [(state, found.counts[state]) for state in ORDER if found.counts[state]]
        return cls(
            keys=found.page.keys,
            counts=[WriteBackCountType(state=WriteBackStateValue(state.value), count=count) for state, count in counts],
            nodes=[HostSectionType.of(one) for one in found.page.items],
            total_count=found.counts.total(),
            page_info=PageInfoType.of(found.page, window),
        )
