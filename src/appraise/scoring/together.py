"""All weighted indicators of an employee, judged together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import chain
from typing import Final

import numpy as np

from appraise.domain.identifiers import IndicatorKey
from appraise.domain.indicators import COMPOSITE, Direction, definition_of
from appraise.domain.language import counted
from appraise.domain.policies import Policy
from appraise.domain.profiles import GENERAL, Shares, weights_of
from appraise.domain.scorecards import Absence, AbsenceKind, Composite, Estimate
from appraise.domain.shortfalls import asked, asked_share, share_short_of, short_of
from appraise.errors import NotEnough
from appraise.scoring.arrays import FloatArray
from appraise.scoring.error_correlations import ErrorCorrelations, as_matrix
from appraise.scoring.findings import Findings, Measured, Results
from appraise.scoring.levels import Known, Pooled, levels
from appraise.scoring.working import exactly
from appraise.statistics import composite as statistics
from appraise.statistics.shrinkage import FEWEST_EMPLOYEES

FEWEST_INDICATORS: Final = 2
SEED: Final = 2_026

Published = Sequence[tuple[bool, ...]]
"""Per employee, which indicators that weigh have a figure."""
Weights = tuple[Decimal, ...]
"""Of the indicators that weigh for anybody."""


@dataclass(frozen=True, slots=True)
class Together:
    """What is said by position, of everybody with any evidence; `pooled` by profile, of those who are weighed alike."""

    said: Mapping[int, Composite | Absence]
    pooled: tuple[Pooled, ...] = ()


def composites(
    findings: Mapping[IndicatorKey, Findings],
    policy: Policy,
    *,
    shares: Mapping[int, Shares],
    errors: ErrorCorrelations,
    seed: int = SEED,
) -> Together:
    """By the policy's weights, as `composites_under` says."""
    (found,) = composites_under(findings, [policy], shares=shares, errors=errors, seed=seed)
    return found


def composites_under(
    findings: Mapping[IndicatorKey, Findings],
    policies: Sequence[Policy],
    *,
    shares: Mapping[int, Shares],
    errors: ErrorCorrelations,
    seed: int = SEED,
) -> list[Together]:
    """By each of several policies that differ from the first in weights alone, and that weigh nothing more.

    Of everybody with any evidence; leavers count towards what is expected of the others. `shares` are the employees'
    profiles by position; whoever is not in it has none. All are compared with everybody, whatever their profile.

    Whoever has fewer than two published indicators, or too little weight of them, gets an absence. Evidence below what
    is published still tells of the other indicators, and is used for that.
    """
    policy = policies[0]
    weighed = [key for key, _ in policy.indicators if policy.weighs(key)]
    seen = {key: measured for key in weighed if (measured := _disclosed(findings[key].results)) is not None}
    employees = sorted({employee for measured in seen.values() for employee in measured.employees})
    if not employees:
        return [Together({}) for _ in policies]
    deviation, variance = _measured(seen, weighed, employees)
    alike = [_alike(one, weighed, [shares.get(employee, GENERAL) for employee in employees]) for one in policies]
    can = np.isfinite(variance).sum(axis=0) >= FEWEST_EMPLOYEES
    usable = [weights for weights in dict.fromkeys(chain(*alike)) if any(np.array(weights, dtype=float)[can] > 0)]
    try:
        pooled = statistics.pool_each(
            deviation,
            variance,
            weights=[[float(weight) for weight in weights] for weights in usable],
            error_correlation=as_matrix(errors, weighed),
            attributable_share=policy.attributable_share,
            seed=seed,
        )
    except NotEnough as error:
        return [Together({employee: _none(error.found) for employee in employees}) for _ in policies]
    by_weights = dict(zip(usable, pooled, strict=True))
    people = _People(
        employees, weighed, _published(findings, weighed, employees), _comparable(findings, weighed, employees)
    )
    return [_together(one, groups, by_weights, people) for one, groups in zip(policies, alike, strict=True)]


@dataclass(frozen=True, slots=True)
class _People:
    """`employees` are positions, `published` has a row for each and says which of the `weighed` have a figure.

    `comparable` numbers, by indicator, with whom somebody has cases in common; who differ in it stand in no list
    together.
    """

    employees: Sequence[int]
    weighed: Sequence[IndicatorKey]
    published: Published
    comparable: Sequence[tuple[int, ...]]


def _comparable(
    findings: Mapping[IndicatorKey, Findings], weighed: Sequence[IndicatorKey], employees: Sequence[int]
) -> Sequence[tuple[int, ...]]:
    """An indicator by which all can be compared parts nobody."""
    measured = [findings[key].results.measured for key in weighed]
    groups = [one.pooled for one in measured if one is not None and len(one.pooled) > 1]
    numbers = [{at: number for number, group in enumerate(some) for at in group.employees} for some in groups]
    return [tuple(number.get(employee, -1) for number in numbers) for employee in employees]


def _alike(policy: Policy, weighed: Sequence[IndicatorKey], shares: Iterable[Shares]) -> dict[Weights, list[int]]:
    """Rows of those who are weighed alike, by their weights."""
    known: dict[Shares, Weights] = {}
    groups: dict[Weights, list[int]] = {}
    for row, one in enumerate(shares):
        if one not in known:
            found = weights_of(one, policy.weights)
            known[one] = tuple(found[key] for key in weighed)
        groups.setdefault(known[one], []).append(row)
    return groups


def _together(
    policy: Policy,
    groups: Mapping[Weights, Sequence[int]],
    by_weights: Mapping[Weights, statistics.Composite],
    people: _People,
) -> Together:
    said: dict[int, Composite | Absence] = {}
    lists = []
    for weights, rows in groups.items():
        whom = [people.employees[row] for row in rows]
        if weights not in by_weights:
            said |= dict.fromkeys(whom, _none("no indicator has enough employees"))
            continue
        pooled = by_weights[weights]
        known = Known(pooled.posterior.of(rows), 0.0, pooled.spread, higher_is_better=True)
        figures = _figures(pooled, known, policy, (weights, rows), people)
        gated = (_gated(one, people.published[row], policy, weights) for row, one in zip(rows, figures, strict=True))
        said |= dict(zip(whom, gated, strict=True))
        lists += _lists(known, rows, people)
    return Together(said, tuple(lists))


def _lists(known: Known, rows: Sequence[int], people: _People) -> list[Pooled]:
    """Of `rows`, which `known` is of, those with cases in common by themselves."""
    groups: dict[tuple[int, ...], list[int]] = {}
    for at, row in enumerate(rows):
        groups.setdefault(people.comparable[row], []).append(at)
    return [
        Pooled([people.employees[rows[at]] for at in chosen], replace(known, posterior=known.posterior.of(chosen)))
        for chosen in groups.values()
    ]


def _disclosed(results: Results) -> Measured | None:
    """What was measured of those from whom it is not withheld: a part of a composite would tell it after all."""
    measured = results.measured
    if measured is None:
        return None
    withheld = {e for e, one in results.said.items() if isinstance(one, Absence) and one.kind is AbsenceKind.WITHHELD}
    kept = np.array([employee not in withheld for employee in measured.employees], dtype=bool)
    if not kept.any():
        return None
    employees = [employee for employee in measured.employees if employee not in withheld]
    return replace(measured, employees=employees, deviation=measured.deviation[kept], variance=measured.variance[kept])


def nothing_together() -> Absence:
    return _absent("There is no evidence on any indicator that weighs.")


def _measured(
    known: Mapping[IndicatorKey, Measured], weighed: Sequence[IndicatorKey], employees: Sequence[int]
) -> tuple[FloatArray, FloatArray]:
    """Deviations turned so that higher is better, and variances, inf where there is no evidence; (J, K)."""
    deviation = np.zeros((len(employees), len(weighed)))
    variance = np.full(deviation.shape, np.inf)
    for column, key in enumerate(weighed):
        if key in known:
            rows = np.searchsorted(employees, known[key].employees)
            sign = 1.0 if definition_of(key).direction is Direction.HIGHER_IS_BETTER else -1.0
            deviation[rows, column] = sign * known[key].deviation
            variance[rows, column] = known[key].variance
    return deviation, variance


def _published(
    findings: Mapping[IndicatorKey, Findings], weighed: Sequence[IndicatorKey], employees: Sequence[int]
) -> Published:
    said = [findings[key].results.said for key in weighed]
    return [tuple(isinstance(one.get(employee), Estimate) for one in said) for employee in employees]


def _figures(
    pooled: statistics.Composite,
    known: Known,
    policy: Policy,
    group: tuple[Weights, Sequence[int]],
    people: _People,
) -> list[Composite]:
    weights, rows = group
    above = np.clip(known.above(), 0.0, 1.0)
    found = []
    for at, row in enumerate(rows):
        # Each part is rounded once and the value is their sum, so that the identity holds in the digits shown.
        each = zip(people.weighed, pooled.contribution[row], weights, strict=True)
        parts = tuple((key, exactly(part)) for key, part, weight in each if weight > 0)
        has = zip(weights, people.published[row], strict=True)
        found.append(
            Composite(
                value=sum((part for _, part in parts), Decimal(0)),
                lower=exactly(pooled.lower[row]),
                upper=exactly(pooled.upper[row]),
                lower_90=exactly(pooled.lower90[row]),
                upper_90=exactly(pooled.upper90[row]),
                spread=exactly(pooled.spread),
                reliability=exactly(pooled.reliability[row]),
                probability_better=exactly(above[at]),
                consequence=float(pooled.reliability[row]) >= policy.consequence_reliability,
                level=None,
                observed_weight=sum((weight for weight, one in has if one), Decimal(0)),
                attributable_share=Decimal(repr(policy.attributable_share)),
                parts=parts,
            )
        )
    by_rule = levels(known, policy, is_better=[one.is_better for one in found])
    return [replace(one, level=level) if one.consequence else one for one, level in zip(found, by_rule, strict=True)]


def _gated(
    figure: Composite, published: tuple[bool, ...], policy: Policy, weights: Sequence[Decimal]
) -> Composite | Absence:
    needed = min(FEWEST_INDICATORS, sum(weight > 0 for weight in weights))
    count = sum(one for one, weight in zip(published, weights, strict=True) if weight > 0)
    if count < needed:
        are = "is" if count == 1 else "are"
        many = counted(count, "indicator", "indicators")
        return _absent(f"There {are} {many} with a figure; at least {needed} are needed to put them together.")
    if float(figure.observed_weight) < policy.minimum_observed_weight:
        weight = share_short_of(float(figure.observed_weight), policy.minimum_observed_weight, places=0)
        needed_weight = asked_share(policy.minimum_observed_weight)
        return _absent(f"Indicators with a figure weigh {weight} together; at least {needed_weight} are needed.")
    if float(figure.reliability) < policy.publish_reliability:
        has = short_of(float(figure.reliability), policy.publish_reliability)
        least = asked(policy.publish_reliability)
        return _absent(f"Together the indicators have a reliability of {has}, below the {least} needed.")
    return figure


def _none(why: str) -> Absence:
    return _absent(f"The indicators cannot be put together for anybody in this cycle: {why}.")


def _absent(reason: str) -> Absence:
    return Absence(COMPOSITE, AbsenceKind.INSUFFICIENT_EVIDENCE, reason)
