"""What a run was computed from, with hashes by which a later run can tell whether it would see the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from appraise.domain.events import EventKind
from appraise.domain.in_place import InPlace
from appraise.domain.people import PeopleSnapshot
from appraise.domain.people_documents import people_hash
from appraise.domain.periods import Period
from appraise.domain.policies import Policy
from appraise.domain.policy_documents import policy_hash
from appraise.domain.policy_lint import warnings_of
from appraise.domain.scorecards import Manifest
from appraise.scoring.installed import installed
from appraise.scoring.software import software


@dataclass(frozen=True, slots=True)
class Versions:
    """Events by version of each table and in place, which code, random numbers, backend and exchange rates."""

    events: Mapping[EventKind, int]
    code: str
    seed: int
    engine: str = "duckdb"
    in_place: tuple[InPlace, ...] = ()
    rates: str | None = None


def manifest(
    people: PeopleSnapshot, policy: Policy, cycle: Period, *, data_as_of: date, versions: Versions
) -> Manifest:
    packages = installed().packages
    return Manifest(
        code_version=versions.code,
        policy_hash=policy_hash(policy),
        people_hash=people_hash(people),
        event_versions=tuple(sorted((kind.value, version) for kind, version in versions.events.items())),
        cycle_start=cycle.start,
        cycle_end=cycle.end,
        data_as_of=data_as_of,
        policy_warnings=warnings_of(policy),
        seed=versions.seed,
        indicators=tuple((key, packages[key]) for key, _ in policy.indicators),
        software=software(versions.engine),
        in_place=versions.in_place,
        rates_hash=versions.rates,
    )
