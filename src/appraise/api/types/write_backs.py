"""Where a section stands in the HR systems."""

from datetime import datetime
from enum import Enum
from typing import Self

import strawberry

from appraise.domain.write_back import WriteBack, WriteBackState


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
    revision: int = strawberry.field(description="The revision of the section.")
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
            problem=line.problem,
            changed_at=None if line.state is WriteBackState.NOT_DUE else line.changed_at,
            checked_at=line.checked_at,
            next_try_at=line.next_try_at,
        )
