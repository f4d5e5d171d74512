"""Repeat purchases and attrition: times to an event, censored, compared with life tables by kind of case."""

from dataclasses import dataclass

import numpy as np

from appraise.scoring.rates import compared, foretold
from appraise.statistics.shrinkage import gamma_poisson
from appraise.statistics.within import design_effect
from validation.answers import Answers, Figures, Trial, plain, pooled
from validation.company import STRATA, Booleans, Cases, Integers, Staff, World, cases, totals
from validation.credit import Credit, cells_of, share_credit

FADES_AFTER = 0.35
"""Where effects fade, they last this part of the horizon."""


@dataclass(frozen=True, slots=True)
class Kind:
    """`sign` −1 where a better employee has fewer events; `spread` is the sd of the log ratio."""

    indicator: int
    sign: float
    spread: float
    horizon: int
    share: float
    shape: float
    stratum: tuple[float, float]
    shared: bool


REPEAT = Kind(1, 1.0, 0.25, 90, 0.37, 0.8, (1.8, 0.5), shared=True)
ATTRITION = Kind(3, -1.0, 0.30, 365, 0.12, 1.0, (0.5, 1.9), shared=False)


@dataclass(frozen=True, slots=True, eq=False)
class Spells:
    day: Integers
    event: Booleans
    case: Cases
    credit: Credit


def event_ratio(
    rng: np.random.Generator, world: World, staff: Staff, kind: Kind, *, attributable_share: float
) -> Trial:
    spells = _spells(rng, world, staff, kind)
    J = world.employees  # noqa: N806  # textbook names
    log_ratio = kind.sign * kind.spread * staff.own[:, kind.indicator]
    truth = np.exp(log_ratio - 0.5 * kind.spread**2 * world.own_share)
    if world.heavy_tails:  # a t's exponential has no mean: the average of those employed is the origin
        truth = np.exp(log_ratio) / np.exp(log_ratio).mean()
    kept = FADES_AFTER**kind.shape if world.fading else 1.0
    truth = 1.0 + kept * (truth - 1.0)
    credit = spells.credit
    return Trial(
        truth=truth - 1.0,
        spread=kept * float(np.sqrt(np.expm1(kind.spread**2 * world.own_share))),
        evidence=credit.by_employee(credit.weight**2, J),
        naive=_raw_share(spells, J),
        ours=_ours(spells, J, share=attributable_share),
    )


def _spells(rng: np.random.Generator, world: World, staff: Staff, kind: Kind) -> Spells:
    case = cases(rng, world, staff, kind.indicator)
    credit = share_credit(rng, world, staff, case, kind.indicator, shared=kind.shared)
    base = -np.log1p(-kind.share) * np.geomspace(*kind.stratum, STRATA)[case.kind]
    hazard = rng.exponential(size=case.employee.size)
    ratio = np.exp(kind.sign * kind.spread * credit.effect)
    until = base * FADES_AFTER**kind.shape if world.fading else np.full(base.size, np.inf)
    # Time runs by base hazard: at the ratio until effects fade, at 1 after that.
    met = np.where(hazard <= ratio * until, hazard / ratio, hazard - (ratio - 1.0) * np.where(world.fading, until, 0.0))
    time = np.ceil(kind.horizon * (met / base) ** (1.0 / kind.shape))
    end = np.minimum(np.ceil(rng.uniform(0.2, 2.0, base.size) * kind.horizon), kind.horizon)
    return Spells(np.minimum(time, end).astype(np.int64), time <= end, case, credit)


def _raw_share(spells: Spells, J: int) -> Answers:  # noqa: N803  # textbook names
    """Share of the last-touched with an event, over everybody's share; whoever left observation counts as without."""
    e, event = spells.case.employee, spells.event.astype(np.float64)
    count = np.bincount(e, minlength=J).astype(np.float64)
    known, overall = count > 0, float(event.mean())
    ratio = totals(e, event, J) / np.maximum(count, 1.0) / overall
    return plain(known, ratio - 1.0, np.sqrt((1.0 - overall) / overall / np.maximum(count, 1.0)))


def _ours(spells: Spells, J: int, *, share: float) -> Answers:  # noqa: N803  # textbook names
    kind, credit, event = spells.case.recorded, spells.credit, spells.event.astype(np.float64)
    hazard = foretold(kind, spells.day, event, 1.0 - event, np.arange(STRATA)[None])[0]
    cells, kinds = cells_of(credit, event, hazard, kind, shape=(J, STRATA)), np.arange(STRATA)[None]
    outcome = compared(cells, kinds, floor=0.0)
    expected_each = (hazard * outcome.rate[kind])[credit.outcome]
    residual = credit.weight * (event[credit.outcome] - expected_each)
    inflation = design_effect(float((residual**2).sum()), float((credit.weight**2 * expected_each).sum()))
    known = outcome.expected[0] > 0
    dispersion = inflation * float(outcome.expected[0].sum() / outcome.exposed.sum())

    def figures(rows: Integers) -> Figures:
        observed, expected = outcome.observed[0][rows] / inflation, outcome.expected[0][rows] / inflation
        doubt = dispersion * outcome.doubt[rows]
        shrunk = gamma_poisson(observed, expected, attributable_share=share, doubt=doubt)
        level = expected * shrunk.level
        return Figures(shrunk, observed / level - 1.0, 1.0 / level + doubt)

    return pooled(known, outcome.part, figures)
