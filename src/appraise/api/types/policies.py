"""Policies and what lint says of them."""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any, Self

import strawberry

from appraise.domain.identifiers import IndicatorKey
from appraise.domain.indicators import definition_of
from appraise.domain.language import in_percent, marks, retold, say, say_many
from appraise.domain.policies import DEFAULT_POLICY
from appraise.domain.policy_documents import document_of, to_toml
from appraise.domain.policy_keys import OF_THE_POLICY, Key, keys_of
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
        level, sentence = LevelValue(finding.level), retold(finding.sentence)
        return cls(code=finding.code, level=level, sentence=sentence, path=finding.path)


@strawberry.type(name="PolicyChoice", description="One rule of a policy, in words.")
class PolicyChoiceType:
    key: str = strawberry.field(description="Its key in the document.")
    indicator_name: str | None = strawberry.field(description="Of which indicator; null for what holds for all.")
    meaning: str = strawberry.field(description="What it says, in words.")
    value: str = strawberry.field(description="What the policy has, to be read.")
    default_value: str | None = strawberry.field(description="The default; null where there is none.")
    is_default: bool = strawberry.field(description="Whether the policy has the default.")
    source: str = strawberry.field(description="Where the default comes from.")
    reason: str | None = strawberry.field(description="Why the organisation departs from it, where it says so.")


@strawberry.type(description="What lint says of a policy document.")
class PolicyDraft:
    problem: str | None = strawberry.field(description="Why it cannot be read, and where; null where it can.")
    findings: list[PolicyFindingType] = strawberry.field(description="What is wrong or odd about it, errors first.")


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

    @strawberry.field(description="Each rule in words, those for all indicators first.")
    def choices(self) -> list[PolicyChoiceType]:
        values, defaults = (document_of(one).as_json() for one in (self.view.policy, DEFAULT_POLICY))
        found = [_choice(key, None, values, defaults, values["reasons"]) for key in OF_THE_POLICY]
        for name, rules in values["indicators"].items():
            indicator = IndicatorKey(name)
            known = defaults["indicators"].get(name, {})
            found += [_choice(key, indicator, rules, known, values["reasons"]) for key in keys_of(indicator)]
        return found

    @strawberry.field(
        description="What is otherwise for some: role profiles, and what is left out on purpose; a sentence for each."
    )
    def exceptions(self) -> list[str]:
        policy = self.view.policy
        return [*(one.sentence for one in policy.profiles), *(one.sentence for one in policy.exclusions)]

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


def _choice(
    key: Key,
    indicator: IndicatorKey | None,
    values: Mapping[str, Any],
    defaults: Mapping[str, Any],
    reasons: Mapping[str, str],
) -> PolicyChoiceType:
    value, default = values[key.name], defaults.get(key.name)
    path = key.name if indicator is None else f"indicators.{indicator}.{key.name}"
    return PolicyChoiceType(
        key=key.name,
        indicator_name=None if indicator is None else say(definition_of(indicator).name),
        meaning=retold(key.meaning),
        value=_text(key, value),
        default_value=None if default is None else _text(key, default),
        is_default=value == default,
        source=retold(key.source if indicator is None else key.source_of.get(indicator, key.source)),
        reason=reasons.get(path),
    )


def _text(key: Key, value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(retold(one.replace("_", " ")) for one in value) or say("nothing")
    if isinstance(value, str):
        return retold(value.replace("_", " "))
    if key.name.endswith("_days"):
        return say_many("{count} day", "{count} days", value)
    is_share = key.shape["type"] == "number" and key.shape.get("maximum") == 1
    told = f"{value:g} ({in_percent(value)})" if is_share else f"{value:g}" if isinstance(value, float) else str(value)
    return marks(told)
