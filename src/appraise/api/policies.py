"""The ways in to policies: by which rules figures are made. They are no personal data."""

from datetime import datetime
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
    def policies(
        self,
        info: strawberry.Info,
        as_of: Annotated[
            datetime | None, strawberry.argument(description="Only those that a run had followed by then.")
        ] = None,
    ) -> list[PolicyType]:
        context: RequestContext = info.context
        known = list_policies(context.deployment, context.principal, as_of=as_of)
        return [PolicyType.of(view) for view in known]

    @strawberry.field(
        description="One policy that a scoring run followed, or the defaults; null with an error NOT_FOUND for others."
    )
    def policy(
        self,
        info: strawberry.Info,
        key: Annotated[
            str | None,
            strawberry.argument(
                name="hash", description="As `Manifest.policyHash` has it; that of the last finished run if not given."
            ),
        ] = None,
        as_of: Annotated[
            datetime | None, strawberry.argument(description="As things stood then; now by default.")
        ] = None,
    ) -> PolicyType | None:
        context: RequestContext = info.context
        return PolicyType.of(get_policy(context.deployment, context.principal, key, at=context.at, as_of=as_of))

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
