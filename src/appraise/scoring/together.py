"""All weighted indicators of an employee, judged together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

import numpy as np

from appraise.domain.identifiers import IndicatorKey
from appraise.domain.indicators import COMPOSITE, Direction, definition_of
from appraise.domain.policies import Policy
from appraise.domain.scorecards import Absence, AbsenceKind, Composite, Estimate
from appraise.errors import NotEnough
from appraise.scoring.error_correlations import ErrorCorrelations, as_matrix
from appraise.scoring.findings import Findings, FloatArray, Measured, Results
from appraise.scoring.levels import Known, levels
from appraise.scoring.lists import Pooled
from appraise.scoring.working import exactly
from appraise.statistics import composite as statistics

FEWEST_INDICATORS: Final = 2
SEED: Final = 2_026

Published = Sequence[tuple[bool, ...]]
"""Per employee, which indicators that weigh have a figure."""


@dataclass(frozen=True, slots=True)
class Together:
    """What is said by position, of everybody with any evidence; `pooled` is None where nothing can be put together."""

    said: Mapping[int, Composite | Absence]
    pooled: Pooled | None = None


def composites(
    findings: Mapping[IndicatorKey, Findings], policy: Policy, *, errors: ErrorCorrelations, seed: int = SEED
) -> Together:
    """By the policy's weights, as `composites_under` says."""
    (found,) = composites_under(findings, [policy], errors=errors, seed=seed)
    return found


def composites_under(
    findings: Mapping[IndicatorKey, Findings],
    policies: Sequence[Policy],
    *,
    errors: ErrorCorrelations,
    seed: int = SEED,
) -> list[Together]:
    """By each of several policies that differ from the first in weights alone, and that weigh nothing more.

    Of everybody with any evidence; leavers count towards what is expected of the others.

    Whoever has fewer than two published indicators, or too little weight of them, gets an absence. Evidence below what
    is published still tells of the other indicators, and is used for that.
    """
    policy = policies[0]
    weighed = [key for key, rules in policy.indicators if rules.weight > 0]
    seen = {key: measured for key in weighed if (measured := _disclosed(findings[key].results)) is not None}
    employees = sorted({employee for measured in seen.values() for employee in measured.employees})
    if not employees:
        return [Together({}) for _ in policies]
    deviation, variance = _measured(seen, weighed, employees)
    weights = [[one.of(key).weight for key in weighed] for one in policies]
    published = _published(findings, weighed, employees)
    try:
        pooled = statistics.pool_each(
            deviation,
            variance,
            weights=weights,
            error_correlation=as_matrix(errors, weighed),
            attributable_share=policy.attributable_share,
            seed=seed,
        )
    except NotEnough as error:
        reason = f"The indicators cannot be put together for anybody in this cycle: {error.found}."
        return [Together({employee: _absent(reason) for employee in employees}) for _ in policies]
    return [_together(found, one, weighed, published, employees) for found, one in zip(pooled, policies, strict=True)]


def _together(
    pooled: statistics.Composite,
    policy: Policy,
    weighed: Sequence[IndicatorKey],
    published: Published,
    employees: Sequence[int],
) -> Together:
    weights = [policy.of(key).weight for key in weighed]
    known = Known(pooled.posterior, 0.0, pooled.spread, higher_is_better=True)
    figures = _figures(pooled, known, policy, weighed, published)
    said = {employee: _gated(figures[row], published[row], policy, weights) for row, employee in enumerate(employees)}
    return Together(said, Pooled(employees, known))


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
    return Measured(employees, measured.deviation[kept], measured.variance[kept], measured.spread)


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
    pooled: statistics.Composite, known: Known, policy: Policy, weighed: Sequence[IndicatorKey], published: Published
) -> list[Composite]:
    above = pooled.probability_above()
    weights = [Decimal(str(policy.of(key).weight)) for key in weighed]
    found = []
    for row, has in enumerate(published):
        # Each part is rounded once and the value is their sum, so that the identity holds in the digits shown.
        parts = tuple((key, exactly(part)) for key, part in zip(weighed, pooled.contribution[row], strict=True))
        found.append(
            Composite(
                value=sum((part for _, part in parts), Decimal(0)),
                lower=exactly(pooled.lower[row]),
                upper=exactly(pooled.upper[row]),
                lower_90=exactly(pooled.lower90[row]),
                upper_90=exactly(pooled.upper90[row]),
                spread=exactly(pooled.spread),
                reliability=exactly(pooled.reliability[row]),
                probability_better=exactly(np.clip(above[row], 0.0, 1.0)),
                consequence=float(pooled.reliability[row]) >= policy.consequence_reliability,
                level=None,
                observed_weight=sum((w for w, one in zip(weights, has, strict=True) if one), Decimal(0)),
                attributable_share=Decimal(repr(policy.attributable_share)),
                parts=parts,
            )
        )
    by_rule = levels(known, policy, is_better=[one.is_better for one in found])
    return [replace(one, level=level) if one.consequence else one for one, level in zip(found, by_rule, strict=True)]


def _gated(
    figure: Composite, published: tuple[bool, ...], policy: Policy, weights: Sequence[float]
) -> Composite | Absence:
    needed = min(FEWEST_INDICATORS, len(weights))
    if sum(published) < needed:
        many = "is 1 indicator" if sum(published) == 1 else f"are {sum(published)} indicators"
        return _absent(f"There {many} with a figure; at least {needed} are needed to put them together.")
    if float(figure.observed_weight) < policy.minimum_observed_weight:
        return _absent(
            f"Indicators with a figure weigh {figure.observed_weight:.0%} together; at least "
            f"{policy.minimum_observed_weight:.0%} are needed."
        )
    if float(figure.reliability) < policy.publish_reliability:
        return _absent(
            f"Together the indicators have a reliability of {figure.reliability:.2f}, below the "
            f"{policy.publish_reliability:.2f} needed."
        )
    return figure


def _absent(reason: str) -> Absence:
    return Absence(COMPOSITE, AbsenceKind.INSUFFICIENT_EVIDENCE, reason)
