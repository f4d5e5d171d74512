"""Naming and ending delegates."""

from collections.abc import Callable
from datetime import date
from typing import Annotated

import strawberry

from appraise.api.context import RequestContext
from appraise.api.global_ids import Kind, key_of
from appraise.api.permissions import Permission, Requires
from appraise.api.repeating import RepeatableInput, repeatable
from appraise.api.types.delegations import DelegationType
from appraise.api.types.people import EmployeeBy, named
from appraise.api.user_errors import UserError, user_error
from appraise.domain.delegations import NamedDelegation
from appraise.domain.identifiers import DelegationId
from appraise.domain.sections import Refusal
from appraise.use_cases.delegate import Wanted, end_delegation, get_delegation, name_delegate
from appraise.use_cases.deployment import Deployment


@strawberry.input(description="Names somebody who stands in for a manager.")
class NameDelegateInput(RepeatableInput):
    delegate: EmployeeBy = strawberry.field(description="Who stands in, e.g. by the reference `email`.")
    first_day: date = strawberry.field(description="From when on; a day that is over counts as today.")
    last_day: date = strawberry.field(description="The last day, at most a year later.")
    may_submit: bool = strawberry.field(default=False, description="Whether they hand in as well.")
    manager: EmployeeBy | None = strawberry.field(
        default=None, description="For whom; for HR administrators alone. The caller where it is left out."
    )
    reason: str | None = strawberry.field(default=None, description="Why, where it is HR who names them.")


@strawberry.input(description="Ends a delegation before its time.")
class EndDelegationInput(RepeatableInput):
    delegation_id: strawberry.ID = strawberry.field(description="Which.")


@strawberry.type(description="What came of naming a delegate.")
class NameDelegatePayload:
    delegation: DelegationType | None = strawberry.field(description="It; null where nobody was named.")
    user_errors: list[UserError] = strawberry.field(description="What stood in the way; empty where it is done.")


@strawberry.type(description="What came of ending it.")
class EndDelegationPayload:
    delegation: DelegationType | None = strawberry.field(description="It; null where nothing was changed.")
    user_errors: list[UserError] = strawberry.field(description="What stood in the way; empty where it is done.")


@strawberry.type
class DelegationMutation:
    @strawberry.mutation(
        description=(
            "Let somebody stand in for you with those who report to you: read and rate, and hand in if you say so. "
            "HR administrators name them for others, with a reason. What they do is audited as done for you."
        ),
        extensions=[Requires(Permission.NAME_DELEGATES)],
    )
    def name_delegate(
        self,
        info: strawberry.Info,
        wanted: Annotated[NameDelegateInput, strawberry.argument(name="input", description="Whom, and until when.")],
    ) -> NameDelegatePayload | None:
        context: RequestContext = info.context
        asked = Wanted(
            named(wanted.delegate),
            wanted.first_day,
            wanted.last_day,
            wanted.may_submit,
            None if wanted.manager is None else named(wanted.manager),
            wanted.reason,
        )
        delegation, wrong = _changed(
            info, wanted, lambda deployment: name_delegate(deployment, context.principal, asked, at=context.at)
        )
        return NameDelegatePayload(delegation=delegation, user_errors=wrong)

    @strawberry.mutation(
        description="End a delegation: for the manager, whoever stands in, and HR administrators.",
        extensions=[Requires(Permission.NAME_DELEGATES)],
    )
    def end_delegation(
        self,
        info: strawberry.Info,
        wanted: Annotated[EndDelegationInput, strawberry.argument(name="input", description="Which.")],
    ) -> EndDelegationPayload | None:
        context: RequestContext = info.context
        key = DelegationId(key_of(wanted.delegation_id, Kind.DELEGATION))
        delegation, wrong = _changed(
            info, wanted, lambda deployment: end_delegation(deployment, context.principal, key, at=context.at)
        )
        return EndDelegationPayload(delegation=delegation, user_errors=wrong)


def _changed(
    info: strawberry.Info, wanted: RepeatableInput, deed: Callable[[Deployment], NamedDelegation | Refusal]
) -> tuple[DelegationType | None, list[UserError]]:
    context: RequestContext = info.context
    outcome = repeatable(
        info,
        wanted,
        deed,
        told=lambda named: named.delegation.id,
        again=lambda key: get_delegation(context.deployment, context.principal, DelegationId(key)),
    )
    if isinstance(outcome, Refusal):
        return None, [user_error(outcome)]
    return DelegationType.of(outcome), []
