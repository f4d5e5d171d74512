"""The composite of the four indicators, by joint shrinkage and as an average of z-scores."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from appraise.statistics.composite import combine, population_covariance, rate, shrink_jointly
from validation.answers import Answers, Trial, plain
from validation.company import Floats

SIGNS = np.array([1.0, 1.0, 1.0, -1.0])
_WEIGHT = np.full(4, 0.25)
_FEWEST_INDICATORS, _LEAST_WEIGHT = 2, 0.5


def composite(trials: Sequence[Trial], *, attributable_share: float) -> Trial:
    """In true-score sds. Of a spread that is only partly the employees', the rest counts as sampling noise."""
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
    total = np.array([one.spread for one in answers])
    tau = np.sqrt(share) * total
    between = share * population_covariance(deviation, variance, total)
    joint = shrink_jointly(deviation, variance + (1.0 - share) * total**2, between)
    found = combine(joint, weight=_WEIGHT, population_sd=tau)
    scaled = _WEIGHT / tau
    spread = float(np.sqrt(scaled @ between @ scaled))
    known = (found.indicators_observed >= _FEWEST_INDICATORS) & (found.share_observed >= _LEAST_WEIGHT)
    return Answers(
        known=known,
        value=found.score,
        lower=found.lower,
        upper=found.upper,
        rating=np.where(known, _rating(found.score, found.sd, 0.5 * spread), 0).astype(np.int8),
        reliability=1.0 - (found.sd / spread) ** 2,
        deviation=found.score,
        variance=found.sd**2,
        spread=spread,
    )


def _rating(mean: Floats, sd: Floats, margin: float) -> npt.NDArray[np.int8]:
    return rate(
        above_margin=ndtr((mean - margin) / sd),
        above=ndtr(mean / sd),
        below=ndtr(-mean / sd),
        below_margin=ndtr((-margin - mean) / sd),
    )
