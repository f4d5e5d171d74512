"""Answers 1..5 whose mean is the employee's effect plus the case's, exactly: through case mix and normal shrinkage."""

import numpy as np

from appraise.statistics.errors_in_common import Estimates
from appraise.statistics.group_sums import GroupSums
from appraise.statistics.shrinkage import normal
from appraise.statistics.within import case_mix
from validation.answers import Answers, Figures, Trial, plain, pooled
from validation.company import STRATA, Floats, Integers, Staff, World, cases, effect_of, totals

INDICATOR = 0
SPREAD = 7.0
"""Points of 100 between employees; answers have an sd of about 30 points, so employees are 5 % of the variance."""
_MEAN = 66.0
_CASE_EFFECT = np.linspace(14.0, -14.0, STRATA)
_POINTS = np.array([0.0, 25.0, 50.0, 75.0, 100.0])
_SHAPE = np.array([0.10, 0.08, 0.14, 0.28, 0.40])  # of answers 1..5, before tilting to a mean
_BAD = 50.0


def satisfaction(rng: np.random.Generator, world: World, staff: Staff, *, attributable_share: float) -> Trial:
    case = cases(rng, world, staff, INDICATOR)
    mean = _MEAN + _CASE_EFFECT[case.kind] + SPREAD * effect_of(staff, case, INDICATOR)
    y = _answers(rng, np.clip(mean, 2.0, 98.0))
    bad = staff.suppresses[case.employee] & (y <= _BAD)
    given = ~(bad & (rng.random(y.size) < 0.5))
    e, kind, y = case.employee[given], case.recorded[given], y[given]
    count = np.bincount(e, minlength=world.employees).astype(np.float64)
    known = count > 0
    return Trial(
        truth=SPREAD * staff.own[:, INDICATOR],
        spread=SPREAD * float(np.sqrt(world.own_share)),
        evidence=count,
        naive=_raw_mean(e, y, count),
        ours=_ours(np.cumsum(known)[e] - 1, kind, y, known, share=attributable_share),
    )


def _raw_mean(e: np.ndarray, y: Floats, count: Floats) -> Answers:
    known = count > 0
    mean = totals(e, y, count.size) / np.maximum(count, 1.0)
    return plain(known, mean - mean[known].mean(), y.std() / np.sqrt(np.maximum(count, 1.0)))


def _ours(e: np.ndarray, kind: np.ndarray, y: Floats, known: np.ndarray, *, share: float) -> Answers:
    J = int(known.sum())  # noqa: N806  # textbook names
    centred = y - y.mean()
    x = (kind[:, None] == np.arange(1, STRATA)).astype(np.float64)
    count = np.bincount(e, minlength=J).astype(np.float64)
    sums = GroupSums(
        weight=count,
        weight_squared=count,
        y=totals(e, centred, J),
        yy=totals(e, centred**2, J),
        x=np.array([totals(e, column, J) for column in x.T]).T,
        xx=x.T @ x,
        xy=x.T @ centred,
    )
    adjusted = case_mix(sums)
    place, part = np.cumsum(known) - 1, np.zeros(known.size, np.int64)
    part[known] = adjusted.part

    def figures(rows: Integers) -> Figures:
        own = place[rows]
        known = Estimates(adjusted.adjusted[own], adjusted.own[own], adjusted.common[own])
        shrunk = normal(known.value, known.own, common=known.common, attributable_share=share)
        return Figures(shrunk, known.value - shrunk.population_mean, known.variance)

    return pooled(known, part, figures)


def _tilts() -> tuple[Floats, Floats]:
    """Means and cumulative shares of the answers when their shape is tilted by exp(s·points)."""
    slope = np.linspace(-0.15, 0.25, 801)
    share = _SHAPE * np.exp(slope[:, None] * (_POINTS - 50.0))
    share /= share.sum(axis=1, keepdims=True)
    return share @ _POINTS, np.cumsum(share, axis=1)


_MEANS, _CUMULATIVE = _tilts()


def variance_of(kind: Integers, effect: float) -> Floats:
    """Of an answer about a case of each kind, for an employee with this effect in points."""
    mean = np.clip(_MEAN + _CASE_EFFECT[kind] + effect, 2.0, 98.0)
    cumulative = np.array([np.interp(mean, _MEANS, column) for column in _CUMULATIVE.T]).T
    share = np.diff(cumulative, prepend=0.0)
    variance: Floats = share @ _POINTS**2 - (share @ _POINTS) ** 2
    return variance


def _answers(rng: np.random.Generator, mean: Floats) -> Floats:
    cumulative = np.array([np.interp(mean, _MEANS, column) for column in _CUMULATIVE.T[:-1]]).T
    answers: Floats = _POINTS[(rng.random(mean.size)[:, None] > cumulative).sum(axis=1)]
    return answers
