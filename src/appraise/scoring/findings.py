"""From arrays of figures to what is said of each employee: an estimate, or why there is none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import ibis
import numpy as np
import numpy.typing as npt

from appraise.domain.identifiers import IndicatorKey
from appraise.domain.indicators import Direction, definition_of
from appraise.domain.policies import Policy
from appraise.domain.scorecards import Absence, Coverage, Estimate, Evidence, Money
from appraise.errors import NotEnough
from appraise.scoring.absences import Words, refused, too_little, too_unreliable, withheld
from appraise.scoring.levels import Known, levels
from appraise.scoring.working import exactly, unshrunk, worked_out
from appraise.statistics.shrinkage import Shrunk

FloatArray = npt.NDArray[np.float64]
Notes = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Measured:
    """What the evidence says before it is pooled, of everybody with any: rows belong to positions `employees` (J,).

    `deviation` from the average employee and its sampling `variance` are in the indicator's unit and its square, raw
    less case mix, not turned: of attrition higher is worse. `spread` is the estimated sd between employees.
    `known` is what pooling made of it. `residuals` are sums of `residual` by `employee` and `customer`, as weighed in
    the figure: what chance did, and its part in the figures of other indicators; None where nothing is kept of them.
    """

    employees: Sequence[int]
    deviation: FloatArray
    variance: FloatArray
    spread: float
    known: Known | None = None
    residuals: ibis.Table | None = None


@dataclass(frozen=True, slots=True)
class Results:
    """What is said of employees, by position; `measured` is None where nobody could be compared."""

    said: Mapping[int, Estimate | Absence] = field(default_factory=dict)
    measured: Measured | None = None


@dataclass(frozen=True, slots=True)
class Findings:
    """Everybody in service of whom `results` say nothing gets `otherwise`."""

    results: Results
    otherwise: Absence
    coverage: Coverage


@dataclass(frozen=True, slots=True)
class Seen:
    """Whose evidence there is: positions, their evidence, and the amount that `minimum_events` counts."""

    employees: Sequence[int]
    evidence: Sequence[Evidence]
    amount: FloatArray
    words: Words


@dataclass(frozen=True, slots=True)
class Figures:
    """Rows as in `Seen`. `effects` (J, F) are subtracted from `raw`; all in the indicator's unit.

    The average employee has `expected`; `spread` is the shrunk employees, of whom `deviation` is the difference to
    the average plus `origin`: `limits` bound what is shown. `deviation`, `variance`, `residuals` are as in `Measured`.
    """

    raw: FloatArray
    factors: tuple[str, ...]
    effects: FloatArray
    shrunk: Shrunk
    deviation: FloatArray
    variance: FloatArray
    expected: float
    limits: tuple[float, float]
    notes: Notes
    own_notes: Sequence[Notes] | None = None
    money: Sequence[Money] | None = None
    residuals: ibis.Table | None = None


def said(indicator: IndicatorKey, policy: Policy, seen: Seen, figures: Figures) -> Results:
    """Estimates where evidence and reliability suffice by the policy, absences that say how much is missing.

    What could be published is withheld where it would tell of fewer customers than the policy's minimum.
    """
    minimum = policy.of(indicator).minimum_events
    known = _known(indicator, policy, figures.shrunk)
    estimates = _levelled(_estimates(indicator, policy, seen, figures), known, policy)
    results: dict[int, Estimate | Absence] = {}
    for row, (employee, evidence) in enumerate(zip(seen.employees, seen.evidence, strict=True)):
        amount, reliability = float(seen.amount[row]), float(estimates[row].reliability)
        if amount < minimum:
            results[employee] = too_little(indicator, seen.words, amount=amount, minimum=minimum, evidence=evidence)
        elif reliability < policy.publish_reliability:
            results[employee] = too_unreliable(
                indicator,
                seen.words,
                amount=amount,
                reliability=reliability,
                needed=policy.publish_reliability,
                evidence=evidence,
            )
        elif evidence.customers < policy.minimum_customers:
            results[employee] = withheld(indicator, minimum=policy.minimum_customers, evidence=evidence)
        else:
            results[employee] = estimates[row]
    spread = figures.shrunk.population_sd
    measured = Measured(seen.employees, figures.deviation, figures.variance, spread, known, figures.residuals)
    return Results(results, measured)


def nobody(indicator: IndicatorKey, seen: Seen, error: NotEnough) -> Results:
    return Results(
        {
            employee: refused(indicator, error, evidence)
            for employee, evidence in zip(seen.employees, seen.evidence, strict=True)
        }
    )


def _known(indicator: IndicatorKey, policy: Policy, shrunk: Shrunk) -> Known | None:
    """None of context, which is not judged."""
    if not policy.weighs(indicator):
        return None
    return Known(
        shrunk.deviation,
        shrunk.deviation_origin,
        policy.attributable_share**0.5 * shrunk.population_sd,
        definition_of(indicator).direction is Direction.HIGHER_IS_BETTER,
    )


def _levelled(estimates: list[Estimate], known: Known | None, policy: Policy) -> list[Estimate]:
    """With the level of those who may have one."""
    if known is None:
        return estimates
    found = levels(known, policy, is_better=[one.is_better for one in estimates])
    return [replace(one, level=level) if one.consequence else one for one, level in zip(estimates, found, strict=True)]


def _estimates(indicator: IndicatorKey, policy: Policy, seen: Seen, figures: Figures) -> list[Estimate]:
    shrunk = figures.shrunk
    shift = figures.expected - shrunk.deviation_origin
    low, high = figures.limits
    value = np.clip(shrunk.deviation.mean() + shift, low, high)
    # The interval of the difference to the average: the average's own uncertainty belongs in it.
    lower, lower90, upper90, upper = (
        np.clip(shrunk.deviation.quantile(p) + shift, low, high) for p in (0.025, 0.05, 0.95, 0.975)
    )
    higher = definition_of(indicator).direction is Direction.HIGHER_IS_BETTER
    better = shrunk.probability_above_population() if higher else shrunk.probability_below_population()
    error = np.sqrt(figures.variance)
    estimates = []
    for row, evidence in enumerate(seen.evidence):
        effects = list(zip(figures.factors, figures.effects[row], strict=True))
        own_notes = () if figures.own_notes is None else figures.own_notes[row]
        working = worked_out(
            float(figures.raw[row]),
            effects,
            float(value[row]),
            attributable_share=policy.attributable_share,
            notes=(*own_notes, *figures.notes),
        )
        reliability = exactly(shrunk.reliability[row])
        estimates.append(
            Estimate(
                indicator=indicator,
                value=working.score,
                lower=exactly(lower[row]),
                upper=exactly(upper[row]),
                lower_90=exactly(lower90[row]),
                upper_90=exactly(upper90[row]),
                expected=exactly(figures.expected),
                unshrunk=unshrunk(working),
                standard_error=exactly(error[row]),
                reliability=reliability,
                probability_better=exactly(np.clip(better[row], 0.0, 1.0)),
                consequence=float(reliability) >= policy.consequence_reliability,
                evidence=evidence,
                working=working,
                money=None if figures.money is None else figures.money[row],
            )
        )
    return estimates
