"""From arrays of figures to what is said of each employee: an estimate, or why there is none."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import ibis
import numpy as np

from appraise.domain.explanations import COMPARED, GROUPS
from appraise.domain.identifiers import IndicatorKey
from appraise.domain.indicators import Direction, definition_of
from appraise.domain.policies import Policy
from appraise.domain.scorecards import Absence, Coverage, Estimate, Evidence, Money
from appraise.errors import NotEnough
from appraise.scoring.absences import Words, apart, refused, too_little, too_unreliable, withheld
from appraise.scoring.arrays import FloatArray, IntArray
from appraise.scoring.levels import Known, Pooled, levels
from appraise.scoring.working import exactly, unshrunk, worked_out
from appraise.statistics.shrinkage import Shrunk

Notes = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Measured:
    """What the evidence says before it is pooled, of everybody with any: rows belong to positions `employees` (J,).

    `deviation` from the average employee and its sampling `variance` are in the indicator's unit and its square, raw
    less case mix, not turned: of attrition higher is worse. The average is that of those who have cases in common, and
    `pooled` is what was made of each such group, where the indicator is judged. `residuals` are sums of `residual` by
    `employee` and `customer`, as weighed in the figure: what chance did, and its part in the figures of other
    indicators; None where nothing is kept of them.
    """

    employees: Sequence[int]
    deviation: FloatArray
    variance: FloatArray
    pooled: tuple[Pooled, ...] = ()
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

    def of(self, rows: IntArray) -> "Seen":
        chosen = rows.tolist()
        return Seen(
            [self.employees[k] for k in chosen], [self.evidence[k] for k in chosen], self.amount[rows], self.words
        )


@dataclass(frozen=True, slots=True)
class Figures:
    """Rows as in `Seen`. `effects` (J, F) are subtracted from `raw`; all in the indicator's unit.

    The average employee has `expected`; `limits` bound what is shown. `deviation` and `variance` are as in `Measured`.
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
    pooled = () if known is None else (Pooled(seen.employees, known),)
    return Results(results, Measured(seen.employees, figures.deviation, figures.variance, pooled))


def said_by_part(
    indicator: IndicatorKey,
    policy: Policy,
    seen: Seen,
    part: IntArray,
    figures: Callable[[IntArray], Figures],
    *,
    residuals: ibis.Table | None,
) -> Results:
    """What `said` says of the `figures` of each part's rows: employees are compared with whom they share cases.

    `part` (J,) numbers those whom the data can compare. Whoever has too few of them gets an absence that says so.
    """
    told: dict[int, Estimate | Absence] = {}
    measured: list[Measured] = []
    members = [np.flatnonzero(part == number) for number in np.unique(part)]
    for rows in members:
        among = seen.of(rows)
        try:
            found = figures(rows)
        except NotEnough as error:
            told |= nobody(indicator, among, error).said if len(members) == 1 else _apart(indicator, among, error)
            continue
        if len(members) > 1:
            compared = (COMPARED, f"{rows.size:,} of {part.size:,}")
            found = replace(found, notes=(*found.notes, (GROUPS, f"{len(members):,}"), compared))
        one = said(indicator, policy, among, found)
        told |= one.said
        measured += [one.measured] if one.measured is not None else []
    return Results(told, _all_of(measured, residuals))


def _all_of(parts: Sequence[Measured], residuals: ibis.Table | None) -> Measured | None:
    if not parts:
        return None
    employees = np.array([employee for one in parts for employee in one.employees], np.int64)
    order = np.argsort(employees)
    return Measured(
        employees[order].tolist(),
        np.concatenate([one.deviation for one in parts])[order],
        np.concatenate([one.variance for one in parts])[order],
        tuple(pooled for one in parts for pooled in one.pooled),
        residuals,
    )


def _apart(indicator: IndicatorKey, seen: Seen, error: NotEnough) -> dict[int, Absence]:
    size = len(seen.employees)
    return {
        employee: apart(indicator, size, error, evidence)
        for employee, evidence in zip(seen.employees, seen.evidence, strict=True)
    }


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
