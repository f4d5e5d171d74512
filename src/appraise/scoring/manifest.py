"""What a run was computed from, with hashes by which a later run can tell whether it would see the same."""

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from appraise.domain.events import EventKind
from appraise.domain.people import PeopleSnapshot
from appraise.domain.periods import Period
from appraise.domain.policies import Policy
from appraise.domain.policy_documents import policy_hash
from appraise.domain.policy_lint import warnings_of
from appraise.domain.scorecards import Manifest


@dataclasses.dataclass(frozen=True, slots=True)
class Versions:
    """Which events, by version of each table, and which code."""

    events: Mapping[EventKind, int]
    code: str


def manifest(
    people: PeopleSnapshot, policy: Policy, cycle: Period, *, data_as_of: date, versions: Versions
) -> Manifest:
    return Manifest(
        code_version=versions.code,
        policy_hash=policy_hash(policy),
        people_hash=canonical_hash(people),
        event_versions=tuple(sorted((kind.value, version) for kind, version in versions.events.items())),
        cycle_start=cycle.start,
        cycle_end=data_as_of if cycle.end is None else cycle.end,
        data_as_of=data_as_of,
        policy_warnings=warnings_of(policy),
    )


def canonical_hash(value: Any) -> str:
    """SHA-256 of the value as JSON with sorted keys and no blanks."""
    text = json.dumps(value, default=_plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    match value:
        case date():
            return value.isoformat()
        case Decimal():
            return str(value)
        case Enum():
            return value.value
        case _ if dataclasses.is_dataclass(value):
            return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        case _:
            raise TypeError(f"{type(value).__name__} has no canonical JSON")
