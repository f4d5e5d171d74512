"""The ways in to policies: by which rules figures are made. They are no personal data."""

from typing import Annotated

import strawberry

from appraise.api.context import RequestContext
from appraise.api.permissions import Permission, Requires
from appraise.api.types.policies import PolicyDraft, PolicyFindingType, PolicyType
from appraise.errors import InvalidInput
from appraise.use_cases.read_policy import default_policy, get_policy, lint_document, list_policies


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

    @strawberry.field(
        description="What is wrong or odd about a policy document. For HR administrators.",
        extensions=[Requires(Permission.SCORE)],
    )
    def lint_policy(
        self, document: Annotated[str, strawberry.argument(description="The policy as a document (TOML).")]
    ) -> PolicyDraft | None:
        try:
            findings = lint_document(document)
        except InvalidInput as error:
            return PolicyDraft(problem=str(error), findings=[])
        return PolicyDraft(problem=None, findings=[PolicyFindingType.of(finding) for finding in findings])

    @strawberry.field(description="What is scored by where the organisation has no policy of its own.")
    def default_policy(self) -> PolicyType:
        return PolicyType.of(default_policy())
