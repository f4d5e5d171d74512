"""Exporting and erasing what is kept of a person, by two HR administrators; legal holds."""

from collections.abc import Callable
from typing import Annotated

import strawberry

from appraise.api.context import RequestContext
from appraise.api.global_ids import Kind, key_of
from appraise.api.permissions import Permission, Requires
from appraise.api.repeating import RepeatableInput, repeatable
from appraise.api.types.people import EmployeeBy, named
from appraise.api.types.person_requests import LegalHoldType, PersonRequestType, RequestKindValue
from appraise.api.user_errors import UserError, user_error
from appraise.domain.employees import ExternalReference
from appraise.domain.identifiers import EmployeeId, PersonRequestId
from appraise.domain.person_requests import RequestKind
from appraise.domain.sections import Refusal
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.person_requests import (
    NamedRequest,
    confirm_person_request,
    get_person_request,
    propose_person_request,
    read_legal_holds,
    read_person_requests,
    set_legal_hold,
    withdraw_person_request,
)
from appraise.use_cases.read_people import get_person


@strawberry.input(description="Proposes to export or to erase what is kept of a person.")
class ProposePersonRequestInput(RepeatableInput):
    employee: EmployeeBy = strawberry.field(description="Of whom.")
    kind: RequestKindValue = strawberry.field(description="What.")
    reason: str = strawberry.field(description="Who asked for it, and on what grounds; goes to the audit log.")


@strawberry.input(description="Names a request.")
class DecidePersonRequestInput(RepeatableInput):
    request_id: strawberry.ID = strawberry.field(description="Which.")


@strawberry.input(description="Sets or lifts a legal hold.")
class SetLegalHoldInput(RepeatableInput):
    employee: EmployeeBy = strawberry.field(description="Of whom.")
    reason: str | None = strawberry.field(default=None, description="Why; null lifts the hold.")


@strawberry.type(description="What came of a request.")
class PersonRequestPayload:
    request: PersonRequestType | None = strawberry.field(description="It; null where nothing was changed.")
    user_errors: list[UserError] = strawberry.field(description="What stood in the way; empty where it is done.")


@strawberry.type(description="What came of a hold.")
class SetLegalHoldPayload:
    hold: LegalHoldType | None = strawberry.field(description="It; null where it was lifted or nothing was changed.")
    user_errors: list[UserError] = strawberry.field(description="What stood in the way; empty where it is done.")


@strawberry.type
class PersonRequestMutation:
    @strawberry.mutation(
        description="Propose to export or erase what is kept of a person. Another HR administrator has to confirm it.",
        extensions=[Requires(Permission.MANAGE_PERSON_REQUESTS)],
    )
    def propose_person_request(
        self,
        info: strawberry.Info,
        wanted: Annotated[ProposePersonRequestInput, strawberry.argument(name="input", description="Of whom, what.")],
    ) -> PersonRequestPayload | None:
        context: RequestContext = info.context
        employee, kind = _employee(context, wanted.employee), RequestKind(wanted.kind.name)
        return _changed(
            info,
            wanted,
            lambda deployment: propose_person_request(
                deployment, context.principal, employee, kind, reason=wanted.reason, at=context.at
            ),
        )

    @strawberry.mutation(
        description="Confirm a request of another HR administrator: it happens now. An erasure cannot be undone.",
        extensions=[Requires(Permission.MANAGE_PERSON_REQUESTS)],
    )
    def confirm_person_request(
        self,
        info: strawberry.Info,
        wanted: Annotated[DecidePersonRequestInput, strawberry.argument(name="input", description="Which.")],
    ) -> PersonRequestPayload | None:
        context: RequestContext = info.context
        key = PersonRequestId(key_of(wanted.request_id, Kind.PERSON_REQUEST))
        return _changed(
            info, wanted, lambda deployment: confirm_person_request(deployment, context.principal, key, at=context.at)
        )

    @strawberry.mutation(
        description="Take a request back that nobody has confirmed yet.",
        extensions=[Requires(Permission.MANAGE_PERSON_REQUESTS)],
    )
    def withdraw_person_request(
        self,
        info: strawberry.Info,
        wanted: Annotated[DecidePersonRequestInput, strawberry.argument(name="input", description="Which.")],
    ) -> PersonRequestPayload | None:
        context: RequestContext = info.context
        key = PersonRequestId(key_of(wanted.request_id, Kind.PERSON_REQUEST))
        return _changed(
            info, wanted, lambda deployment: withdraw_person_request(deployment, context.principal, key, at=context.at)
        )

    @strawberry.mutation(
        description="Forbid that a person is erased, with a reason; or lift that.",
        extensions=[Requires(Permission.MANAGE_PERSON_REQUESTS)],
    )
    def set_legal_hold(
        self,
        info: strawberry.Info,
        wanted: Annotated[SetLegalHoldInput, strawberry.argument(name="input", description="Of whom, and why.")],
    ) -> SetLegalHoldPayload | None:
        context: RequestContext = info.context
        employee = _employee(context, wanted.employee)
        outcome = repeatable(
            info,
            wanted,
            lambda deployment: set_legal_hold(
                deployment, context.principal, employee, reason=wanted.reason, at=context.at
            ),
            told=lambda named: None if named is None else named.hold.employee,
            again=lambda key: next(
                (one for one in read_legal_holds(context.deployment, context.principal) if one.hold.employee == key),
                None,
            ),
        )
        if isinstance(outcome, Refusal):
            return SetLegalHoldPayload(hold=None, user_errors=[user_error(outcome)])
        return SetLegalHoldPayload(hold=None if outcome is None else LegalHoldType.of(outcome), user_errors=[])


@strawberry.type
class PersonRequestQuery:
    @strawberry.field(
        description="Requests about everything that is kept of a person, the newest first. For HR administrators and "
        "auditors.",
        extensions=[Requires(Permission.READ_PERSON_REQUESTS)],
    )
    def person_requests(self, info: strawberry.Info) -> list[PersonRequestType] | None:
        context: RequestContext = info.context
        return [PersonRequestType.of(one) for one in read_person_requests(context.deployment, context.principal)]

    @strawberry.field(
        description="Whose data must not be erased, the oldest hold first. For HR administrators and auditors.",
        extensions=[Requires(Permission.READ_PERSON_REQUESTS)],
    )
    def legal_holds(self, info: strawberry.Info) -> list[LegalHoldType] | None:
        context: RequestContext = info.context
        return [LegalHoldType.of(one) for one in read_legal_holds(context.deployment, context.principal)]


def _employee(context: RequestContext, by: EmployeeBy) -> EmployeeId:
    """Raises `NotFound`."""
    wanted = named(by)
    if not isinstance(wanted, ExternalReference):
        return wanted
    row = get_person(context.deployment, context.principal, at=context.at, reference=wanted)
    return row.employee.id


def _changed(
    info: strawberry.Info, wanted: RepeatableInput, deed: Callable[[Deployment], NamedRequest | Refusal]
) -> PersonRequestPayload:
    context: RequestContext = info.context
    outcome = repeatable(
        info,
        wanted,
        deed,
        told=lambda named: named.request.id,
        again=lambda key: get_person_request(context.deployment, context.principal, PersonRequestId(key)),
    )
    if isinstance(outcome, Refusal):
        return PersonRequestPayload(request=None, user_errors=[user_error(outcome)])
    return PersonRequestPayload(request=PersonRequestType.of(outcome), user_errors=[])
