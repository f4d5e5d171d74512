"""What somebody has to do, and who has read a section."""

from datetime import date, datetime
from enum import Enum
from typing import Self

import strawberry

from appraise.api.global_ids import Kind, to_global
from appraise.domain.tasks import NamedTask, TaskKind
from appraise.use_cases.read_readers import Reader


@strawberry.enum(name="TaskKind", description="What has to be done. More may be added.")
class TaskKindValue(Enum):
    RATE = strawberry.enum_value(TaskKind.RATE.value, description="Rate the items and hand the section in.")
    ASSESS_SELF = strawberry.enum_value(TaskKind.ASSESS_SELF.value, description="Assess oneself, if one wants to.")
    GIVE_PART = strawberry.enum_value(
        TaskKind.GIVE_PART.value, description="Say how somebody worked in one's time as their manager."
    )
    HAND_IN = strawberry.enum_value(
        TaskKind.HAND_IN.value, description="Hand in a section in which no indicator has a figure to rate."
    )
    SUBMIT_IN_PLACE = strawberry.enum_value(
        TaskKind.SUBMIT_IN_PLACE.value, description="Hand in for a manager who is on leave."
    )
    SEE_TO_IT = strawberry.enum_value(
        TaskKind.SEE_TO_IT.value,
        description="Speak with the manager who reports to the reader and has not handed in by the last day.",
    )
    HAND_IN_UNREVIEWED = strawberry.enum_value(
        TaskKind.HAND_IN_UNREVIEWED.value,
        description="Hand in as provisional what its manager did not by the last day.",
    )
    APPROVE = strawberry.enum_value(TaskKind.APPROVE.value, description="Approve, or give back.")
    RELEASE = strawberry.enum_value(TaskKind.RELEASE.value, description="Let the manager share it.")
    SHARE = strawberry.enum_value(TaskKind.SHARE.value, description="Share it with the employee.")
    ANSWER = strawberry.enum_value(TaskKind.ANSWER.value, description="Answer what was shared, or dispute it.")
    DECIDE_DISPUTE = strawberry.enum_value(TaskKind.DECIDE_DISPUTE.value, description="Decide a dispute.")
    DECIDE_CLAIM = strawberry.enum_value(TaskKind.DECIDE_CLAIM.value, description="Decide a claim about evidence.")
    DECIDE_CORRECTION = strawberry.enum_value(
        TaskKind.DECIDE_CORRECTION.value, description="Annotate a correction notice, or propose to open again."
    )
    REOPEN = strawberry.enum_value(TaskKind.REOPEN.value, description="Approve that a section is opened again.")
    LOOK_AT_WATCHES = strawberry.enum_value(
        TaskKind.LOOK_AT_WATCHES.value,
        description="Look at what newly lies beyond a threshold of one's watch-list; about no section.",
    )


@strawberry.type(name="Task", description="Something that the reader has to do, and can.")
class TaskType:
    kind: TaskKindValue = strawberry.field(description="What.")
    section_id: strawberry.ID | None = strawberry.field(description="In which section; null of the watch-list.")
    employee_name: str | None = strawberry.field(description="Whose section it is; null of the watch-list.")
    cycle_name: str = strawberry.field(description="Of which cycle.")
    due: date | None = strawberry.field(description="The last day; null where there is none.")
    for_name: str | None = strawberry.field(description="The manager for whom the reader stands in; null else.")

    @classmethod
    def of(cls, named: NamedTask) -> Self:
        task = named.task
        return cls(
            kind=TaskKindValue(task.kind.value),
            section_id=None if task.section is None else to_global(Kind.SECTION, task.section),
            employee_name=None if task.section is None else named.subject_name,
            cycle_name=named.cycle_name,
            due=None if task.due == date.max else task.due,
            for_name=named.for_name,
        )


@strawberry.type(name="SectionReader", description="Somebody who has read a section.")
class ReaderType:
    name: str = strawberry.field(description="Their name.")
    through: str | None = strawberry.field(description="The HR system in whose page it was; null for the console.")
    first: datetime = strawberry.field(description="When for the first time.")
    last: datetime = strawberry.field(description="When for the last time.")
    times: int = strawberry.field(description="Number of times.")

    @classmethod
    def of(cls, reader: Reader) -> Self:
        return cls(name=reader.name, through=reader.through, first=reader.first, last=reader.last, times=reader.times)
