"""Who acts for a manager for some time."""

from datetime import date, timedelta
from typing import Self

import strawberry

from appraise.api.context import RequestContext
from appraise.api.global_ids import Kind, to_global
from appraise.domain.access import may_administer
from appraise.domain.delegations import NamedDelegation
from appraise.use_cases.delegate import may_end


@strawberry.type(
    name="Delegation",
    description="Somebody stands in for a manager: reads and rates the sections of those who report to the manager.",
)
class DelegationType:
    named: strawberry.Private[NamedDelegation]
    id: strawberry.ID = strawberry.field(description="Its id; no Node.")
    manager_name: str = strawberry.field(description="For whom.")
    delegate_name: str = strawberry.field(description="Who stands in.")
    first_day: date = strawberry.field(description="From when on.")
    last_day: date = strawberry.field(description="The last day; it ends by itself.")
    may_submit: bool = strawberry.field(description="Whether they hand in as well, or prepare alone.")

    @strawberry.field(
        description="Why HR named them, for HR and the manager; null for whoever stands in, and where the manager did."
    )
    def reason(self, info: strawberry.Info) -> str | None:
        context: RequestContext = info.context
        is_for_them = self.named.delegation.manager == context.principal.employee or may_administer(context.principal)
        return self.named.delegation.reason if is_for_them else None

    @strawberry.field(description="Whether they stand in today.")
    def is_live(self, info: strawberry.Info) -> bool:
        context: RequestContext = info.context
        return self.named.is_good and self.named.delegation.is_live(context.at.date())

    @strawberry.field(
        description=(
            "Whether it is void meanwhile: the delegate came to report to the manager through somebody else, and would "
            "rate somebody above them."
        )
    )
    def is_void(self) -> bool:
        return not self.named.is_good

    @strawberry.field(description="Whether the reader is the one who stands in.")
    def is_own(self, info: strawberry.Info) -> bool:
        context: RequestContext = info.context
        return self.named.delegation.delegate == context.principal.employee

    @strawberry.field(description="Whether the reader may end it.")
    def can_be_ended(self, info: strawberry.Info) -> bool:
        context: RequestContext = info.context
        one = self.named.delegation
        return may_end(context.principal, one) and not one.is_over(context.at.date())

    @classmethod
    def of(cls, named: NamedDelegation) -> Self:
        one = named.delegation
        assert one.period.end is not None  # noqa: S101  # the database holds none without an end
        return cls(
            named=named,
            id=to_global(Kind.DELEGATION, one.id),
            manager_name=named.manager_name,
            delegate_name=named.delegate_name,
            first_day=one.period.start,
            last_day=one.period.end - timedelta(days=1),
            may_submit=one.may_submit,
        )
