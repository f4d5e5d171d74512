"""How far levels depend on the weights of the indicators, which are a choice and no measurement."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from appraise.domain.identifiers import IndicatorKey
from appraise.domain.policies import Policy
from appraise.domain.scorecards import Absence, Composite
from appraise.scoring.run import Measurement
from appraise.scoring.together import SEED, Together, composites_under

MOVE: Final = 0.1
"""Ten points of a hundred."""


@dataclass(frozen=True, slots=True)
class WeightShift:
    """One indicator's weight moved, the others scaled so that all make 1.

    Of `compared` composites that have a level by the policy's weights, `changed` have another one, or none, by these.
    """

    indicator: IndicatorKey
    weight: float
    moved_to: float
    compared: int
    changed: int


def weight_shifts(measured: Measurement, policy: Policy, *, seed: int = SEED) -> tuple[WeightShift, ...]:
    """Ten points up and down for each indicator that weighs, as far as there is weight to move; in profiles too."""
    shifts = [
        (key, rules.weight, by) for key, rules in policy.indicators for by in (MOVE, -MOVE) if 0.0 < rules.weight < 1.0
    ]
    if not shifts:
        return ()
    policies = [policy, *(_moved(policy, key, by) for key, _, by in shifts)]
    together = composites_under(measured.findings, policies, shares=measured.shares, errors=measured.errors, seed=seed)
    first, *others = (_levels(found, measured) for found in together)
    return tuple(
        WeightShift(key, weight, _to(weight, by), len(first), sum(other.get(at) != lvl for at, lvl in first.items()))
        for (key, weight, by), other in zip(shifts, others, strict=True)
    )


def _moved(policy: Policy, key: IndicatorKey, by: float) -> Policy:
    weights = _shifted(policy.weights, key, by)
    indicators = tuple((one, replace(rules, weight=weights[one])) for one, rules in policy.indicators)
    profiles = tuple(
        replace(profile, weights=tuple(_shifted(dict(profile.weights), key, by).items())) for profile in policy.profiles
    )
    return replace(policy, indicators=indicators, profiles=profiles)


def _shifted(weights: Mapping[IndicatorKey, float], key: IndicatorKey, by: float) -> Mapping[IndicatorKey, float]:
    """As they are where there is nothing to move: the indicator weighs nothing, or it alone weighs."""
    weight = weights.get(key, 0.0)
    if not 0.0 < weight < 1.0:
        return weights
    to = _to(weight, by)
    rest = (1.0 - to) / (1.0 - weight)
    return {one: to if one == key else other * rest for one, other in weights.items()}


def _to(weight: float, by: float) -> float:
    return min(max(weight + by, 0.0), 1.0)


def _levels(found: Together, measured: Measurement) -> Mapping[int, int]:
    """Of those who are scored, by position; whoever has no level is not in it."""
    said: list[tuple[int, Composite | Absence]] = [
        (at, found.said[at])
        for at, employee in enumerate(measured.employees)
        if employee.id in measured.serving and employee.id not in measured.spared and at in found.said
    ]
    return {at: one.level for at, one in said if isinstance(one, Composite) and one.level is not None}
