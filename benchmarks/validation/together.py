"""The composite of the four indicators, by joint shrinkage and as an average of z-scores."""

from collections.abc import Sequence

import numpy as np

from appraise.statistics.composite import pool, rate
from validation.answers import Answers, Trial, plain

SIGNS = np.array([1.0, 1.0, 1.0, -1.0])
_WEIGHT = np.full(4, 0.25)
_FEWEST_INDICATORS, _LEAST_WEIGHT = 2, 0.5
_SEED = 1


def composite(trials: Sequence[Trial], *, attributable_share: float) -> Trial:
    """In true-score sds of the part of the spread that is the employees' own."""
    spread = np.array([trial.spread for trial in trials])
    truth = np.array([trial.truth for trial in trials]).T * SIGNS / spread
    scores = truth @ _WEIGHT
    return Trial(
        truth=scores,
        spread=float(scores.std()),
        evidence=np.array([trial.evidence for trial in trials]).T.mean(axis=1),
        naive=_average_z([trial.naive for trial in trials]),
        ours=_jointly([trial.ours for trial in trials], share=attributable_share),
    )


def _average_z(answers: Sequence[Answers]) -> Answers:
    """Each over the sd of all employees' figures; who lacks an indicator is averaged over the others."""
    known = np.array([one.known for one in answers]).T
    sd = np.array([one.value[one.known].std() for one in answers])
    value = np.array([one.value for one in answers]).T * SIGNS / sd
    error = np.where(known, np.array([one.variance for one in answers]).T / sd**2, 0.0)
    count = np.maximum(known.sum(axis=1), 1)
    enough = known.sum(axis=1) >= _FEWEST_INDICATORS
    return plain(enough, (value * known).sum(axis=1) / count, np.sqrt(error.sum(axis=1)) / count)


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
