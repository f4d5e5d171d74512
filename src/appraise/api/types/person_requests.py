"""Requests about everything that is kept of a person."""

from datetime import datetime
from enum import Enum
from typing import Self

import strawberry

from appraise.api.context import RequestContext
from appraise.api.global_ids import Kind, to_global
from appraise.domain.person_requests import RequestKind, RequestState
from appraise.use_cases.person_requests import NamedHold, NamedRequest


@strawberry.enum(name="PersonRequestKind", description="What is asked for.")
class RequestKindValue(Enum):
    EXPORT = strawberry.enum_value(RequestKind.EXPORT.value, description="All that is kept, as a file.")
    ERASURE = strawberry.enum_value(
        RequestKind.ERASURE.value, description="Names, words and ways in go; figures stay as numbers of nobody."
    )


@strawberry.enum(name="PersonRequestState", description="Where a request stands.")
class RequestStateValue(Enum):
    PROPOSED = strawberry.enum_value(RequestState.PROPOSED.value, description="A second person has to confirm it.")
    DONE = strawberry.enum_value(RequestState.DONE.value, description="It was confirmed, and is done.")
    WITHDRAWN = strawberry.enum_value(RequestState.WITHDRAWN.value, description="It was taken back.")


@strawberry.type(name="PersonRequest", description="A request about everything that is kept of a person.")
class PersonRequestType:
    named: strawberry.Private[NamedRequest]
    id: strawberry.ID = strawberry.field(description="Its id; no Node.")
    kind: RequestKindValue = strawberry.field(description="What is asked for.")
    state: RequestStateValue = strawberry.field(description="Where it stands.")
    employee_name: str = strawberry.field(description="Of whom; `Erased person` after an erasure.")
    reason: str = strawberry.field(description="Who asked for it, and on what grounds.")
    proposed_by_name: str = strawberry.field(description="The first person.")
    proposed_at: datetime = strawberry.field(description="When.")
    decided_by_name: str | None = strawberry.field(description="The second person, or who took it back.")
    decided_at: datetime | None = strawberry.field(description="When.")

    @strawberry.field(description="Whether the reader may be the second person.")
    def can_be_confirmed(self, info: strawberry.Info) -> bool:
        context: RequestContext = info.context
        one, me = self.named.request, context.principal.employee
        return one.state is RequestState.PROPOSED and me not in {one.proposed_by, one.employee}

    @strawberry.field(description="Where the file is to be had, for seven days; null where there is none.")
    def file(self, info: strawberry.Info) -> str | None:
        context: RequestContext = info.context
        one = self.named.request
        return f"/person-requests/{one.id}/file" if one.can_be_fetched(context.at) else None

    @classmethod
    def of(cls, named: NamedRequest) -> Self:
        one = named.request
        return cls(
            named=named,
            id=to_global(Kind.PERSON_REQUEST, one.id),
            kind=RequestKindValue(one.kind.value),
            state=RequestStateValue(one.state.value),
            employee_name=named.employee_name,
            reason=one.reason,
            proposed_by_name=named.proposed_by_name,
            proposed_at=one.proposed_at,
            decided_by_name=named.decided_by_name,
            decided_at=one.decided_at,
        )


@strawberry.type(name="LegalHold", description="While it is there nothing of the person is erased.")
class LegalHoldType:
    employee_id: strawberry.ID = strawberry.field(description="Of whom.")
    employee_name: str = strawberry.field(description="Their name.")
    reason: str = strawberry.field(description="Why.")
    set_at: datetime = strawberry.field(description="Since when.")

    @classmethod
    def of(cls, named: NamedHold) -> Self:
        hold = named.hold
        key = to_global(Kind.EMPLOYEE, hold.employee)
        return cls(employee_id=key, employee_name=named.employee_name, reason=hold.reason, set_at=hold.set_at)
