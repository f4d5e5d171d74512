"""From observed and expected events to findings: what repeat purchases and attrition have in common."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from appraise.domain.explanations import CASE_MIX, NOT_ADJUSTED, TOGETHER
from appraise.domain.identifiers import IndicatorKey
from appraise.domain.policies import Policy
from appraise.domain.scorecards import Absence
from appraise.errors import NotEnough
from appraise.scoring.absences import Words, too_little
from appraise.scoring.arrays import FloatArray, IntArray
from appraise.scoring.case_mix import APART, Strata
from appraise.scoring.credit_sums import Credited, LeftOut, clustered, summed
from appraise.scoring.findings import Figures, Results, Seen, nobody, said_by_part
from appraise.scoring.rates import Compared, compared
from appraise.statistics.shrinkage import gamma_poisson
from appraise.statistics.within import design_effect


@dataclass(frozen=True, slots=True)
class Subject:
    """`counted` names the events in the plural; `left_out` is by employee position."""

    indicator: IndicatorKey
    words: Words
    counted: str
    notes: tuple[tuple[str, str], ...] = ()
    left_out: Mapping[int, LeftOut] = field(default_factory=dict)


def event_ratios(subject: Subject, credited: Credited, kinds: Strata, policy: Policy) -> Results:
    """Observed over expected events per employee, shrunk; an average employee has 1.

    A customer's spells have more in common than their strata say, so the counts are divided by the design effect of
    (employee, customer) clusters before shrinking.
    """
    sums = summed(credited, kinds)
    employees, cells = sums.employees, sums.cells
    if not employees.size:
        return Results()
    left_out = [subject.left_out.get(employee, ()) for employee in employees.tolist()]
    try:
        outcome = compared(cells, kinds.stratum, floor=0.0)
    except NotEnough as error:
        evidence = clustered(credited, np.ones(kinds.profiles), sums).evidence(None, left_out)
        return nobody(subject.indicator, Seen(employees.tolist(), evidence, sums.effective, subject.words), error)
    clusters = clustered(credited, outcome.rate, sums)
    variance = float((cells.squared[-1] @ outcome.rate).sum())
    inflation = design_effect(clusters.squares, variance)
    dispersion = inflation * variance / float(outcome.exposed.sum())
    expected = outcome.expected[-1]
    seen = Seen(employees.tolist(), clusters.evidence(expected, left_out), expected, subject.words)
    chosen = np.flatnonzero(expected > 0)
    silent = _untold(subject, seen, np.flatnonzero(expected <= 0), policy)

    def figures(rows: IntArray) -> Figures:
        own = chosen[rows]
        return _figures(subject, kinds, outcome, own, (inflation, dispersion * outcome.doubt[own]), policy)

    told = said_by_part(
        subject.indicator, policy, seen.of(chosen), outcome.part[chosen], figures, residuals=clusters.residuals
    )
    return Results({**silent, **told.said}, told.measured)


def _untold(subject: Subject, seen: Seen, rows: IntArray, policy: Policy) -> dict[int, Absence]:
    """Of whoever served at no time at which anybody's customers came back or left: nothing over nothing is no ratio."""
    minimum = policy.of(subject.indicator).minimum_events
    return {
        seen.employees[row]: too_little(
            subject.indicator, subject.words, amount=0.0, minimum=minimum, evidence=seen.evidence[row]
        )
        for row in rows.tolist()
    }


def _figures(  # what figures are made of
    subject: Subject,
    kinds: Strata,
    outcome: Compared,
    rows: IntArray,
    spread: tuple[float, FloatArray],
    policy: Policy,
) -> Figures:
    """Of employees who are compared with each other; `spread` is the design effect, and the doubt (J,)."""
    inflation, doubt = spread
    observed, expected = outcome.observed[-1][rows], outcome.expected[-1][rows]
    shrunk = gamma_poisson(
        observed / inflation, expected / inflation, attributable_share=policy.attributable_share, doubt=doubt
    )
    level = expected / inflation * shrunk.level
    notes = (
        *subject.notes,
        ("spread between employees (cv)", f"{shrunk.population_sd:.3f}"),
        (TOGETHER, f"{inflation:.3f}"),
        *case_mix_notes(kinds, outcome),
    )
    factors, effects = explained(kinds, outcome, rows)
    return Figures(
        raw=outcome.ratio[0, rows],
        factors=factors,
        effects=effects,
        shrunk=shrunk,
        deviation=observed / inflation / level - 1.0,
        variance=1.0 / level + doubt,
        expected=1.0,
        limits=(0.0, np.inf),
        notes=notes,
        own_notes=[
            ((f"{subject.counted} credited", f"{credited_:.2f}"), (f"{subject.counted} expected", f"{foretold:.2f}"))
            for credited_, foretold in zip(observed, expected, strict=True)
        ],
    )


def explained(kinds: Strata, outcome: Compared, rows: IntArray) -> tuple[tuple[str, ...], FloatArray]:
    """The factors that could be adjusted for, and what each added to the ratio (J, F)."""
    ratio = outcome.ratio[:, rows]
    used = [k for k, idle in enumerate(outcome.idle) if not idle]
    return tuple(kinds.factors[k] for k in used), (ratio[:-1] - ratio[1:])[used].T


def case_mix_notes(kinds: Strata, outcome: Compared) -> tuple[tuple[str, str], ...]:
    """What the reader must know to judge the figure: which case mix could not be used, and why."""
    idle = [(factor, APART) for factor, none in zip(kinds.factors, outcome.idle, strict=True) if none]
    return tuple((f"{CASE_MIX}{factor}", f"{NOT_ADJUSTED}{reason}") for factor, reason in (*kinds.unused, *idle))
