"""Imports of files that were sent, with the command line's report as typed values."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Final, Self

import strawberry

from appraise.api.context import RequestContext
from appraise.api.global_ids import Kind, to_global
from appraise.api.types.connections import PageInfoType, Window
from appraise.api.types.node import Node
from appraise.api.types.people import ExternalReferenceType
from appraise.domain.cursors import cursor
from appraise.domain.imports import ImportState, may_undo, state_of
from appraise.domain.jobs import Job
from appraise.domain.language import problem_retold, retold
from appraise.domain.reading import Page
from appraise.use_cases.people_changes import Fact, Outcome
from appraise.use_cases.read_imports import count_imports

PROPOSED: Final = ("row", "key", "name", "known", "shared")


@strawberry.enum(name="ImportState", description="How far an import is.")
class ImportStateValue(Enum):
    PLANNING = strawberry.enum_value(ImportState.PLANNING, description="The file is read and checked.")
    PLANNED = strawberry.enum_value(
        ImportState.PLANNED, description="`plan` says what would happen; nothing is written."
    )
    APPLYING = strawberry.enum_value(ImportState.APPLYING, description="It is carried out.")
    APPLIED = strawberry.enum_value(ImportState.APPLIED, description="`applied` says what was done.")
    UNDOING = strawberry.enum_value(ImportState.UNDOING, description="Its load of events is taken back.")
    UNDONE = strawberry.enum_value(ImportState.UNDONE, description="Its load of events was taken back.")
    FAILED = strawberry.enum_value(ImportState.FAILED, description="It could not be done; `problem` says why.")
    EXPIRED = strawberry.enum_value(ImportState.EXPIRED, description="Its time is over; the file is cleared away.")


@strawberry.type(name="RejectedRow", description="A row that is not taken.")
class RejectedRowType:
    file: str = strawberry.field(description="Name of the file.")
    row: int = strawberry.field(description="A count from 1 as a spreadsheet has it, header included.")
    column: str | None = strawberry.field(description="The column; null where it is the whole row.")
    value: str | None = strawberry.field(description="What stands there.")
    reason: str = strawberry.field(description="What is wrong with it.")


@strawberry.type(name="ReasonCount", description="How many rows for one reason.")
class ReasonCountType:
    reason: str = strawberry.field(description="The reason.")
    count: int = strawberry.field(description="Number of rows.")

    @classmethod
    def of(cls, pair: Mapping[str, Any]) -> Self:
        return cls(reason=retold(pair["reason"]), count=pair["count"])


@strawberry.type(name="UnresolvedManager", description="A manager whom nobody is known by yet; the line waits.")
class UnresolvedManagerType:
    row: int = strawberry.field(description="The row that names them, a count from 1.")
    employee: ExternalReferenceType = strawberry.field(description="Who reports to them.")
    manager: ExternalReferenceType = strawberry.field(description="How the file names them.")
    reason: str = strawberry.field(description="Why they are not known.")


@strawberry.type(name="UnknownEmployee", description="Somebody whom events name and nobody is known by yet.")
class UnknownEmployeeType:
    namespace: str = strawberry.field(description="Whose id it is.")
    key: str = strawberry.field(description="The id.")
    rows: int = strawberry.field(description="Number of events that name them.")


@strawberry.type(name="CurrencySum", description="Money of one currency.")
class CurrencySumType:
    currency: str = strawberry.field(description="ISO 4217 code.")
    minor: Decimal = strawberry.field(description="Whole minor units.")


@strawberry.type(name="EventKindCounts", description="What becomes of the rows of one kind of event.")
class EventKindCountsType:
    kind: str = strawberry.field(description="Kind of event, e.g. `purchases`.")
    accepted: int = strawberry.field(description="Number of rows taken.")
    superseding: int = strawberry.field(description="Number of the taken that replace an earlier event.")
    unchanged: int = strawberry.field(description="Number of rows that were there already, and the same.")
    duplicates: int = strawberry.field(description="Number of rows that are twice in the file.")
    skipped: int = strawberry.field(description="Number of rows left out on purpose.")
    rejected: int = strawberry.field(description="Number of rows not taken.")
    withdrawn: int = strawberry.field(
        description="Number of earlier events that the file says are no more: they count no longer."
    )
    first: datetime | None = strawberry.field(description="The earliest of the taken.")
    last: datetime | None = strawberry.field(description="The latest of the taken.")
    money: list[CurrencySumType] = strawberry.field(description="Sums of the taken.")


@strawberry.enum(name="PersonOutcome", description="What an import does with a person.")
class PersonOutcomeValue(Enum):
    NEW = strawberry.enum_value(Outcome.NEW.value, description="Was not known.")
    CHANGED = strawberry.enum_value(Outcome.CHANGED.value, description="Was known, and is another now.")
    REHIRED = strawberry.enum_value(Outcome.REHIRED.value, description="Had left, and is back or is to come back.")
    ENDED = strawberry.enum_value(Outcome.ENDED.value, description="The job ends.")


@strawberry.enum(name="PersonFact", description="What of a person changes. `before` and `after` are in words.")
class PersonFactValue(Enum):
    NAME = strawberry.enum_value(Fact.NAME.value, description="The name that is shown.")
    EMAIL = strawberry.enum_value(Fact.EMAIL.value, description="The e-mail address.")
    STATUS = strawberry.enum_value(Fact.STATUS.value, description="The job's status.")
    JOB_TITLE = strawberry.enum_value(Fact.JOB_TITLE.value, description="The job's title.")
    DEPARTMENT = strawberry.enum_value(Fact.DEPARTMENT.value, description="The job's department, by its code.")
    ATTRIBUTES = strawberry.enum_value(Fact.ATTRIBUTES.value, description="Further columns that were asked for.")
    JOB = strawberry.enum_value(Fact.JOB.value, description="Jobs as a whole, or jobs of other days.")
    MANAGERS = strawberry.enum_value(Fact.MANAGERS.value, description="Who they report to.")
    DOTTED_MANAGERS = strawberry.enum_value(
        Fact.DOTTED_MANAGERS.value, description="Who they report to in a dotted line."
    )


@strawberry.type(name="PersonFactChange", description="One thing that changes of a person.")
class PersonFactChangeType:
    fact: PersonFactValue = strawberry.field(description="What.")
    before: str | None = strawberry.field(description="What was known; null for nothing.")
    after: str | None = strawberry.field(description="What holds now; null for nothing.")
    since: date | None = strawberry.field(description="The first day of it; null where it has no single one.")


@strawberry.type(name="PersonChange", description="What an import changes of one person.")
class PersonChangeType:
    outcome: PersonOutcomeValue = strawberry.field(description="New, changed, rehired or ended.")
    key: str = strawberry.field(description="The source's own id of the person.")
    name: str = strawberry.field(description="Their name afterwards.")
    since: date | None = strawberry.field(description="The first day back of somebody rehired; null of anybody else.")
    facts: list[PersonFactChangeType] = strawberry.field(description="What changes; empty of somebody new.")


@strawberry.type(name="MergeProposal", description="Somebody new who may be known already. Nothing is merged.")
class MergeProposalType:
    row: int = strawberry.field(description="The row of the file, a count from 1 as a spreadsheet has it.")
    key: str = strawberry.field(description="The source's own id of the person.")
    name: str = strawberry.field(description="Their name in the file.")
    known: str = strawberry.field(description="The ids of whom they may be.")
    known_name: str = strawberry.field(description="The name of whom they may be.")
    shared: list[str] = strawberry.field(description="What the two have in common: `email`, `name`.")


@strawberry.type(name="PeopleImportReport", description="Employees, each counted once. Lists hold at most 100 entries.")
class PeopleImportReport:
    as_of: date = strawberry.field(description="The day that the file shows.")
    created: int = strawberry.field(description="Number of new employees.")
    changed: int = strawberry.field(description="Number of employees known and changed.")
    rehired: int = strawberry.field(description="Number of employees who had left and are back, or are to come back.")
    ended: int = strawberry.field(description="Number of employees whose job ends.")
    unchanged: int = strawberry.field(description="Number of employees known and the same.")
    conflicting: int = strawberry.field(description="Number of rejected rows whose ids belong to different employees.")
    changes: list[PersonChangeType] = strawberry.field(
        description="The first of those who are not unchanged: changed, then rehired, ended and new ones, by name."
    )
    proposals: list[MergeProposalType] = strawberry.field(description="The first new people who may be known already.")
    rejected: int = strawberry.field(description="Number of rows that are not taken.")
    rejected_rows: list[RejectedRowType] = strawberry.field(description="The first of them.")
    unresolved: int = strawberry.field(description="Number of managers who are not known yet.")
    unresolved_managers: list[UnresolvedManagerType] = strawberry.field(description="The first of them.")
    loops: list[list[str]] = strawberry.field(description="Reporting lines that come back to themselves; not stored.")
    warnings: list[str] = strawberry.field(description="What to mind.")
    unmapped_columns: list[str] = strawberry.field(description="Columns that are not read.")
    refused: bool = strawberry.field(description="A row was rejected and one was to be enough: nothing is written.")

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Self:
        return cls(
            as_of=date.fromisoformat(said["asOf"]),
            created=said["created"],
            changed=said["changed"],
            rehired=said["rehired"],
            ended=said["ended"],
            unchanged=said["unchanged"],
            conflicting=said["conflicting"],
            changes=[_change(one) for one in said["changes"]],
            proposals=[
                MergeProposalType(known_name=one["knownName"], **{name: one[name] for name in PROPOSED})
                for one in said["proposals"]
            ],
            rejected=said["rejected"],
            rejected_rows=_rejected(said),
            unresolved=said["unresolved"],
            unresolved_managers=[
                UnresolvedManagerType(
                    row=who["row"],
                    employee=ExternalReferenceType(**who["employee"]),
                    manager=ExternalReferenceType(**who["manager"]),
                    reason=retold(who["reason"]),
                )
                for who in said["unresolvedManagers"]
            ],
            loops=said["loops"],
            warnings=[retold(one) for one in said["warnings"]],
            unmapped_columns=said["unmappedColumns"],
            refused=said["refused"],
        )


@strawberry.type(name="EventImportReport", description="Rows of a file of events. Lists hold at most 100 entries.")
class EventImportReport:
    load_id: str = strawberry.field(description="Id of the load, as `appraise undo` takes it.")
    read: int = strawberry.field(description="Number of rows of the file.")
    malformed: int = strawberry.field(description="Number of rows that cannot be cut into cells.")
    kinds: list[EventKindCountsType] = strawberry.field(description="By kind of event.")
    skipped_by_reason: list[ReasonCountType] = strawberry.field(description="What was left out on purpose, and why.")
    rejected_by_reason: list[ReasonCountType] = strawberry.field(description="A row may have several reasons.")
    rejected: int = strawberry.field(description="Number of rows that are not taken.")
    rejected_rows: list[RejectedRowType] = strawberry.field(description="The first of them.")
    overridden: int = strawberry.field(description="Number of duplicates of other content: the last row counts.")
    unknown: int = strawberry.field(description="Number of people who are not known yet; their events wait.")
    unknown_employees: list[UnknownEmployeeType] = strawberry.field(description="Those with the most events.")
    warnings: list[str] = strawberry.field(description="What the file cannot tell.")
    unmapped_columns: list[str] = strawberry.field(description="Columns that are not read.")
    repeated: bool = strawberry.field(description="The same file was loaded before in the same way; nothing to do.")
    refused: bool = strawberry.field(description="Refused as a whole, as `onError` says.")

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Self:
        return cls(
            load_id=said["loadId"],
            read=said["read"],
            malformed=said["malformed"],
            kinds=[_kind(kind) for kind in said["kinds"]],
            skipped_by_reason=[ReasonCountType.of(pair) for pair in said["skippedByReason"]],
            rejected_by_reason=[ReasonCountType.of(pair) for pair in said["rejectedByReason"]],
            rejected=said["rejected"],
            rejected_rows=_rejected(said),
            overridden=said["overridden"],
            unknown=said["unknown"],
            unknown_employees=[UnknownEmployeeType(**who) for who in said["unknownEmployees"]],
            warnings=[retold(one) for one in said["warnings"]],
            unmapped_columns=said["unmappedColumns"],
            repeated=said["repeated"],
            refused=said["refused"],
        )


ImportReport = Annotated[
    PeopleImportReport | EventImportReport,
    strawberry.union("ImportReport", description="What an import does, by what the file holds."),
]


def _rejected(said: Mapping[str, Any]) -> list[RejectedRowType]:
    return [RejectedRowType(**{**row, "reason": retold(row["reason"])}) for row in said["rejectedRows"]]


def _change(said: Mapping[str, Any]) -> PersonChangeType:
    facts = [
        PersonFactChangeType(
            fact=PersonFactValue(one["fact"]),
            before=one["before"],
            after=one["after"],
            since=None if one["since"] is None else date.fromisoformat(one["since"]),
        )
        for one in said["facts"]
    ]
    outcome, since = PersonOutcomeValue(said["outcome"]), said["since"]
    back = None if since is None else date.fromisoformat(since)
    return PersonChangeType(outcome=outcome, key=said["key"], name=said["name"], since=back, facts=facts)


def _kind(said: Mapping[str, Any]) -> EventKindCountsType:
    times = {name: None if said[name] is None else datetime.fromisoformat(said[name]) for name in ("first", "last")}
    money = [CurrencySumType(currency=one["currency"], minor=Decimal(one["minor"])) for one in said["money"]]
    return EventKindCountsType(**{**said, **times, "money": money})


def _report(said: Mapping[str, Any] | None) -> PeopleImportReport | EventImportReport | None:
    if said is None:
        return None
    return PeopleImportReport.of(said["people"]) if "people" in said else EventImportReport.of(said["events"])


@strawberry.type(name="Import", description="A file that was sent: first planned, then applied.")
class ImportType(Node):
    state: ImportStateValue = strawberry.field(description="How far it is.")
    adapter: str = strawberry.field(description="Name of the adapter.")
    source: str = strawberry.field(description="Whose data it is.")
    file: str = strawberry.field(description="Name of the file.")
    bytes: Decimal = strawberry.field(description="Its size in bytes, unpacked.")
    sha256: str = strawberry.field(description="SHA-256 of the unpacked file, in hexadecimal.")
    step: str | None = strawberry.field(description="What is done now; null unless something is.")
    done: int = strawberry.field(description="Number of steps done.")
    total: int = strawberry.field(description="Number of steps in all; 0 while that is not known.")
    problem: str | None = strawberry.field(description="Why it failed, and what to do.")
    plan: ImportReport | None = strawberry.field(description="What would be done; null until it is planned.")
    applied: ImportReport | None = strawberry.field(description="What was done; null until it is applied.")
    can_be_undone: bool = strawberry.field(description="Whether `undoImport` takes it back: applied events alone.")
    undone_rows: int | None = strawberry.field(description="Number of events that were taken back.")
    loads_to_repeat: list[str] = strawberry.field(
        description="After an undo: loads whose files must be imported again, as they had left out what this one held."
    )
    rejected_url: str | None = strawberry.field(
        description="Path of a CSV file with all rejected rows below the API's address, with the token; null without."
    )
    asked_at: datetime = strawberry.field(description="When it was last asked for something.")
    finished_at: datetime | None = strawberry.field(description="When that was done or failed.")
    expires_at: datetime | None = strawberry.field(description="When it is cleared away.")

    @classmethod
    def of(cls, job: Job) -> Self:
        wanted, outcome, state = job.wanted, job.outcome or {}, state_of(job)
        key = to_global(Kind.IMPORT, job.id)
        undone = outcome.get("undone", {})
        return cls(
            id=key,
            state=ImportStateValue(state),
            adapter=wanted["adapter"],
            source=wanted["source"],
            file=wanted["name"],
            bytes=Decimal(wanted["bytes"]),
            sha256=wanted["sha256"],
            step=job.step,
            done=job.done,
            total=job.total,
            problem=problem_retold(job.problem),
            plan=_report(outcome.get("plan")),
            applied=_report(outcome.get("applied")),
            can_be_undone=may_undo(job),
            undone_rows=undone.get("rows"),
            loads_to_repeat=undone.get("repeat", []),
            rejected_url=f"/imports/{key}/rejected" if "file" in outcome and state is not ImportState.EXPIRED else None,
            asked_at=job.asked_at,
            finished_at=job.finished_at,
            expires_at=job.expires_at,
        )


@strawberry.type(name="ImportEdge", description="One import of a page.")
class ImportEdge:
    node: ImportType = strawberry.field(description="The import.")
    cursor: str = strawberry.field(description="Pass it as `after` to read on from here.")


@strawberry.type(name="ImportConnection", description="A page of imports, the one last asked for first.")
class ImportConnection:
    nodes: list[ImportType] = strawberry.field(description="The imports of the page.")
    keys: strawberry.Private[tuple[tuple[str, ...], ...]]
    page_info: PageInfoType = strawberry.field(description="Whether more follow.")

    @strawberry.field(description="The same imports, one wrapper each.")
    def edges(self) -> list[ImportEdge]:
        return [ImportEdge(node=node, cursor=cursor(*key)) for node, key in zip(self.nodes, self.keys, strict=True)]

    @strawberry.field(description="Number of entries in all. Counted only when asked.")
    def total_count(self, info: strawberry.Info) -> int:
        context: RequestContext = info.context
        return count_imports(context.deployment, context.principal)

    @classmethod
    def of(cls, page: Page[Job], window: Window) -> Self:
        nodes = [ImportType.of(job) for job in page.items]
        return cls(nodes=nodes, keys=page.keys, page_info=PageInfoType.of(page, window))
