"""From observed and expected events to findings: what repeat purchases and attrition have in common."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from appraise.domain.identifiers import IndicatorKey
from appraise.domain.policies import Policy
from appraise.errors import NotEnough
from appraise.scoring.absences import Words
from appraise.scoring.case_mix import Strata
from appraise.scoring.credit_sums import Credited, LeftOut, clustered, summed
from appraise.scoring.findings import Figures, Results, Seen, nobody, said
from appraise.scoring.rates import compared
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
    employees, cells = summed(credited, kinds)
    if not employees.size:
        return Results()
    left_out = [subject.left_out.get(employee, ()) for employee in employees.tolist()]
    try:
        outcome = compared(cells, kinds.stratum, floor=0.0)
    except NotEnough as error:
        clusters = clustered(credited, np.ones(kinds.profiles))
        evidence = clusters.evidence(None, left_out)
        return nobody(subject.indicator, Seen(employees.tolist(), evidence, clusters.effective, subject.words), error)
    clusters = clustered(credited, outcome.rate)
    expected = outcome.expected[-1]
    seen = Seen(employees.tolist(), clusters.evidence(expected, left_out), expected, subject.words)
    inflation = design_effect(clusters.squares, clusters.variance)
    try:
        shrunk = gamma_poisson(
            outcome.observed[-1] / inflation, expected / inflation, attributable_share=policy.attributable_share
        )
    except NotEnough as error:
        return nobody(subject.indicator, seen, error)
    ratio, level = outcome.ratio, expected / inflation * shrunk.level
    notes = (
        *subject.notes,
        ("spread between employees (cv)", f"{shrunk.population_sd:.3f}"),
        ("design effect of customers with several outcomes", f"{inflation:.3f}"),
        *case_mix_notes(kinds, outcome.parts),
    )
    figures = Figures(
        raw=ratio[0],
        factors=kinds.factors,
        effects=(ratio[:-1] - ratio[1:]).T,
        shrunk=shrunk,
        deviation=outcome.observed[-1] / inflation / level - 1.0,
        variance=1.0 / level,
        expected=1.0,
        limits=(0.0, np.inf),
        notes=notes,
        own_notes=[
            ((f"{subject.counted} credited", f"{credited_:.2f}"), (f"{subject.counted} expected", f"{foretold:.2f}"))
            for credited_, foretold in zip(outcome.observed[-1], expected, strict=True)
        ],
        residuals=clusters.residuals,
    )
    return said(subject.indicator, policy, seen, figures)


def case_mix_notes(kinds: Strata, parts: int) -> tuple[tuple[str, str], ...]:
    """What the reader must know to judge the figure: which case mix could not be used, who could not be compared."""
    notes = [(f"case mix: {factor}", f"not adjusted for, {reason}") for factor, reason in kinds.unused]
    if parts > 1:
        notes.append(("groups of employees without a case in common", str(parts)))
    return tuple(notes)
