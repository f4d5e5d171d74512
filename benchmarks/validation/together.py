"""The composite of the four indicators: by joint shrinkage, as an average of z-scores, and by an oracle."""

from collections.abc import Sequence

import numpy as np
from scipy.special import ndtr

from appraise.statistics.composite import pool, rate
from validation.answers import Answers, Trial, plain
from validation.company import CORRELATION, Floats

SIGNS = np.array([1.0, 1.0, 1.0, -1.0])
_WEIGHT = np.full(4, 0.25)
_FEWEST_INDICATORS, _LEAST_WEIGHT = 2, 0.5
_USUAL_CASES = 10.0
_SEED = 1


def composite(trials: Sequence[Trial], *, attributable_share: float, own_share: float | None) -> Trial:
    """In true-score sds of the part of the spread that is the employees' own.

    `own_share` is the true one, known to the oracle; None asks none, as where the model does not hold.
    """
    scores = true_scores(trials)
    ours = [trial.ours for trial in trials]
    return Trial(
        truth=scores,
        spread=float(scores.std()),
        evidence=np.array([trial.evidence for trial in trials]).T.mean(axis=1),
        naive=averaged([trial.naive for trial in trials], SIGNS),
        ours=_jointly(ours, share=attributable_share),
        oracle=None if own_share is None else _told(trials, own_share=own_share),
        usual=averaged_as_usual(trials, SIGNS),
    )


def true_scores(trials: Sequence[Trial], signs: Floats = SIGNS) -> Floats:
    """Mean of the true effects, each in its true sds, higher is better."""
    scores: Floats = (np.array([trial.truth / trial.spread for trial in trials]).T * signs).mean(axis=1)
    return scores


def averaged(answers: Sequence[Answers], signs: Floats) -> Answers:
    """Equally weighted sum of z-scores, each figure over the sd of all employees' figures; a blank counts as average.

    The strictest of what plain reports do. To average who lacks an indicator over the others has a larger error. So has
    dividing by an sd without the employees of hardly any cases: chance in the sd shrinks the figures a little.
    """
    known = np.array([one.known for one in answers]).T
    sd = np.array([one.value[one.known].std() for one in answers])
    value = np.array([one.value for one in answers]).T * signs / sd
    error = np.where(known, np.array([one.variance for one in answers]).T / sd**2, 0.0)
    enough = known.sum(axis=1) >= _FEWEST_INDICATORS
    return plain(enough, np.where(known, value, 0.0).mean(axis=1), np.sqrt(error.sum(axis=1)) / len(answers))


def averaged_as_usual(trials: Sequence[Trial], signs: Floats) -> Answers:
    """As most reports do: z-scores by the sd of employees with ten cases or more, averaged over what there is."""
    answers = [trial.naive for trial in trials]
    known = np.array([one.known for one in answers]).T
    sd = np.array([one.naive.value[one.naive.known & (one.evidence >= _USUAL_CASES)].std() for one in trials])
    value = np.array([one.value for one in answers]).T * signs / sd
    error = np.where(known, np.array([one.variance for one in answers]).T / sd**2, 0.0)
    there = np.maximum(known.sum(axis=1), 1)
    enough = known.sum(axis=1) >= _FEWEST_INDICATORS
    return plain(enough, np.where(known, value, 0.0).sum(axis=1) / there, np.sqrt(error.sum(axis=1)) / there)


def _told(trials: Sequence[Trial], *, own_share: float) -> Answers:
    """The posterior given the same figures by somebody who was told the true means, spreads and correlations.

    Of effects drawn from a normal distribution no formula has a smaller expected error. Even the mean of these very
    employees is told, which is more than the best method could know.
    """
    answers = [trial.ours for trial in trials]
    spread = np.array([trial.spread for trial in trials])
    truth = np.array([trial.truth for trial in trials]).T * SIGNS / spread
    a = np.array([one.deviation for one in answers]).T * SIGNS / spread
    v = np.array([one.variance for one in answers]).T / spread**2
    own = np.full((spread.size, spread.size), CORRELATION) + (1.0 - CORRELATION) * np.eye(spread.size)
    total = own + (1.0 - own_share) / own_share * np.eye(spread.size)
    observed = np.isfinite(v)
    precision = np.where(observed, 1.0 / (np.diag(total) + v), 0.0)
    a = a + (precision * np.where(observed, truth - a, 0.0)).sum(axis=0) / precision.sum(axis=0)
    value, sd = np.empty(a.shape[0]), np.empty(a.shape[0])
    for row, seen in enumerate(observed):
        gain = own[:, seen] @ np.linalg.inv(total[np.ix_(seen, seen)] + np.diag(v[row, seen]))
        value[row] = _WEIGHT @ gain @ a[row, seen]
        sd[row] = np.sqrt(_WEIGHT @ (own - gain @ own[seen]) @ _WEIGHT)
    margin = 0.5 * np.sqrt(_WEIGHT @ own @ _WEIGHT)
    known = (observed.sum(axis=1) >= _FEWEST_INDICATORS) & (observed @ _WEIGHT >= _LEAST_WEIGHT)
    rating = rate(
        above_margin=ndtr((value - margin) / sd),
        above=ndtr(value / sd),
        below=ndtr(-value / sd),
        below_margin=ndtr((-value - margin) / sd),
    )
    return Answers(
        known=known,
        value=value,
        lower=value - 1.96 * sd,
        upper=value + 1.96 * sd,
        rating=np.where(known, rating, 0).astype(np.int8),
        reliability=1.0 - sd**2 / float(_WEIGHT @ own @ _WEIGHT),
        deviation=value,
        variance=sd**2,
    )


def _jointly(answers: Sequence[Answers], *, share: float) -> Answers:
    deviation = np.array([one.deviation for one in answers]).T * SIGNS
    variance = np.array([one.variance for one in answers]).T
    found = pool(deviation, variance, weight=_WEIGHT, attributable_share=share, seed=_SEED)
    known = (found.indicators_observed >= _FEWEST_INDICATORS) & (found.share_observed >= _LEAST_WEIGHT)
    margin = 0.5 * found.spread
    rating = rate(
        above_margin=found.probability_above(margin),
        above=found.probability_above(),
        below=found.probability_below(),
        below_margin=found.probability_below(-margin),
    )
    return Answers(
        known=known,
        value=found.score,
        lower=found.lower,
        upper=found.upper,
        rating=np.where(known, rating, 0).astype(np.int8),
        reliability=found.reliability,
        deviation=found.score,
        variance=found.sd**2,
        spread=found.spread,
    )
