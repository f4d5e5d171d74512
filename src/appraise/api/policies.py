"""The ways in to policies: by which rules figures are made. They are no personal data."""

from typing import Annotated

import strawberry

from appraise.api.context import RequestContext
from appraise.api.types.policies import PolicyType
from appraise.use_cases.read_policy import default_policy, get_policy, list_policies


@strawberry.type
class PolicyQuery:
    @strawberry.field(description="The policies that scoring runs followed, the newest first.")
    def policies(self, info: strawberry.Info) -> list[PolicyType]:
        context: RequestContext = info.context
        return [PolicyType.of(view) for view in list_policies(context.deployment, context.principal)]

    @strawberry.field(description="One policy that a scoring run followed, or the defaults.")
    def policy(
        self,
        info: strawberry.Info,
        key: Annotated[str, strawberry.argument(name="hash", description="As `Manifest.policyHash` has it.")],
    ) -> PolicyType | None:
        context: RequestContext = info.context
        return PolicyType.of(get_policy(context.deployment, context.principal, key))

    @strawberry.field(description="What is scored by where the organisation has no policy of its own.")
    def default_policy(self) -> PolicyType:
        return PolicyType.of(default_policy())
