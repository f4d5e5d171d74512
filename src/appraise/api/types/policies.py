"""Policies and what lint says of them."""

from datetime import datetime
from enum import Enum
from typing import Self

import strawberry

from appraise.domain.policies import DEFAULT_POLICY
from appraise.domain.policy_documents import to_toml
from appraise.domain.policy_lint import Finding, Level
from appraise.use_cases.read_policy import PolicyView


@strawberry.enum(name="PolicyFindingLevel", description="How grave a finding is.")
class LevelValue(Enum):
    ERROR = strawberry.enum_value(Level.ERROR, description="Nothing is scored by such a policy.")
    WARNING = strawberry.enum_value(Level.WARNING, description="To be known and thought over.")


@strawberry.type(name="PolicyFinding", description="Something that is wrong or odd about a policy.")
class PolicyFindingType:
    code: str = strawberry.field(description="Stable, for programs.")
    level: LevelValue = strawberry.field(description="How grave it is.")
    sentence: str = strawberry.field(description="What it is, in words.")
    path: str = strawberry.field(description="The key in the document, with dots.")

    @classmethod
    def of(cls, finding: Finding) -> Self:
        return cls(code=finding.code, level=LevelValue(finding.level), sentence=finding.sentence, path=finding.path)


@strawberry.type(
    name="Policy", description="What is scored, by which rules, from how much evidence. A policy is never changed."
)
class PolicyType:
    view: strawberry.Private[PolicyView]
    hash: str = strawberry.field(description="SHA-256 of its canonical form, as `Manifest.policyHash` has it.")
    version: int = strawberry.field(description="The organisation's own count of its policies.")
    is_default: bool = strawberry.field(description="Whether it is the default, word for word.")
    first_used_at: datetime | None = strawberry.field(description="When a scoring run first followed it.")
    findings: list[PolicyFindingType] = strawberry.field(description="What lint says of it today, errors first.")

    @strawberry.field(
        description="The whole of it as a policy document (TOML): each key with its meaning, default and source."
    )
    def document(self) -> str:
        return to_toml(self.view.policy)

    @classmethod
    def of(cls, view: PolicyView) -> Self:
        return cls(
            view=view,
            hash=view.hash,
            version=view.policy.version,
            is_default=view.policy == DEFAULT_POLICY,
            first_used_at=view.stored_at,
            findings=[PolicyFindingType.of(finding) for finding in view.findings],
        )
