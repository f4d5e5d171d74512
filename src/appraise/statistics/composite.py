"""Several indicators of one employee, judged together: shrinkage across indicators, ratings, ranks.

Indicators come oriented so that higher is better (attrition as −log ratio), as deviations from the population mean.
Treating their posteriors as independent makes composite intervals too narrow (coverage .89 where .95 is claimed).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from appraise.errors import InvalidInput, NotEnough
from appraise.statistics.arrays import FloatArray, at_least, matrix, vector
from appraise.statistics.proportions import Z95

_CERTAIN = 0.9


def population_covariance(
    deviation: npt.ArrayLike,
    variance: npt.ArrayLike,
    population_sd: npt.ArrayLike,
    *,
    error_covariance: npt.ArrayLike | None = None,
) -> FloatArray:
    """True-score covariance T (K, K) of K indicators: τ_k τ_l times correlations from cross-products.

    `deviation` (J, K) adjusted, unshrunk deviations from the mean; `variance` (J, K) their sampling variances, inf
    where the indicator is missing; `population_sd` (K,) the τ. `error_covariance` (K, K) or (J, K, K) is subtracted
    where indicators share events. Each cross-product is weighted by the inverse of what it would vary by without
    correlation; correlations are clipped to [−1, 1] and T to the nearest matrix without negative eigenvalues
    that keeps its diagonal.
    """
    a, v, tau = _indicators(deviation, variance, population_sd)
    weight = np.where(np.isfinite(v), 1.0 / (v + tau**2), 0.0)
    a = np.where(np.isfinite(v), a, 0.0)
    errors = np.zeros((1, *(2 * v.shape[1:]))) if error_covariance is None else np.asarray(error_covariance, float)
    errors = np.broadcast_to(errors, (v.shape[0], v.shape[1], v.shape[1]))
    pairs = weight[:, :, None] * weight[:, None, :]
    products = (pairs * (a[:, :, None] * a[:, None, :] - errors)).sum(axis=0)
    total = pairs.sum(axis=0)
    scale = np.outer(tau, tau)
    correlation = np.divide(products, total * scale, out=np.zeros_like(products), where=total * scale > 0)
    correlation = np.clip(correlation, -1.0, 1.0)
    np.fill_diagonal(correlation, 1.0)
    return _nearest_correlation(correlation) * scale


@dataclass(frozen=True, slots=True, eq=False)
class Joint:
    """Posterior of all indicators together: `mean` (J, K), `covariance` (J, K, K), `observed` (J, K)."""

    mean: FloatArray
    covariance: FloatArray
    observed: npt.NDArray[np.bool_]


def shrink_jointly(
    deviation: npt.ArrayLike,
    variance: npt.ArrayLike,
    covariance: npt.ArrayLike,
    *,
    error_covariance: npt.ArrayLike | None = None,
) -> Joint:
    """Posterior of θ_e ~ N(0, T) given deviations with their sampling variances: T − T(T + V_e)⁻¹T.

    Shapes as in `population_covariance`. A missing indicator (variance inf) has precision 0: its posterior is what
    the others imply, wider, never a peer's mean. T may be singular.
    """
    T = matrix("covariance", covariance)
    a, v, _ = _indicators(deviation, variance, np.sqrt(np.diag(T)))
    J, K = v.shape
    observed = np.isfinite(v)
    noise = np.zeros((J, K, K)) if error_covariance is None else np.array(
        np.broadcast_to(np.asarray(error_covariance, float), (J, K, K))
    )  # fmt: skip
    both = observed[:, :, None] & observed[:, None, :]
    index = np.arange(K)
    noise[:, index, index] = np.where(observed, v, 1.0)
    # Rows of missing indicators become rows of the identity, which leaves the others' system alone.
    total = np.where(both, T + noise, 0.0)
    total[:, index, index] = np.where(observed, np.diag(T) + noise[:, index, index], 1.0)
    link = np.where(observed[:, :, None], T, 0.0)
    gain = np.swapaxes(np.linalg.solve(total, link), 1, 2)
    mean = (gain @ np.where(observed, a, 0.0)[:, :, None])[:, :, 0]
    posterior = T - gain @ link
    return Joint(mean, 0.5 * (posterior + np.swapaxes(posterior, 1, 2)), observed)


@dataclass(frozen=True, slots=True, eq=False)
class Composite:
    """Weighted score in true-score sds, with its 95 % interval; `share_observed` is the weight with own evidence."""

    score: FloatArray
    sd: FloatArray
    lower: FloatArray
    upper: FloatArray
    share_observed: FloatArray
    indicators_observed: npt.NDArray[np.int64]


def combine(joint: Joint, *, weight: npt.ArrayLike, population_sd: npt.ArrayLike) -> Composite:
    """C_e = Σ_k w_k θ_ek/τ_k with weights that sum to 1, the same for everybody: missing evidence is not re-weighted.

    Raises `InvalidInput` for negative weights or a τ of 0 under a positive weight.
    """
    tau = at_least("population_sd", vector("population_sd", population_sd, length=joint.mean.shape[1]), 0.0)
    w = at_least("weight", vector("weight", weight, length=tau.size), 0.0)
    if w.sum() <= 0.0 or np.any((tau == 0.0) & (w > 0.0)):
        raise InvalidInput("a weighted indicator has no between-employee spread", expected="weights on spread > 0")
    w = w / w.sum()
    scaled = np.divide(w, tau, out=np.zeros_like(w), where=tau > 0)
    score = joint.mean @ scaled
    sd = np.sqrt(np.maximum(np.einsum("k,jkl,l->j", scaled, joint.covariance, scaled), 0.0))
    return Composite(
        score=score,
        sd=sd,
        lower=score - Z95 * sd,
        upper=score + Z95 * sd,
        share_observed=joint.observed @ w,
        indicators_observed=joint.observed.sum(axis=1, dtype=np.int64),
    )


def rate(
    *,
    above_margin: npt.ArrayLike,
    above: npt.ArrayLike,
    below: npt.ArrayLike,
    below_margin: npt.ArrayLike,
    certainty: float = _CERTAIN,
) -> npt.NDArray[np.int8]:
    """Ratings 1 … 5 by absolute probability, no forced distribution; all arguments are probabilities (J,).

    5: P(θ > +δ) ≥ certainty; 4: P(θ > 0); 1: P(θ < −δ); 2: P(θ < 0); else 3. Whoever lacks the evidence to be
    rated belongs outside, not at 3. Raises `InvalidInput` for a certainty of ½ or less.
    """
    if not 0.5 < certainty < 1.0:  # noqa: PLR2004  # at a half both sides would hold
        raise InvalidInput(f"certainty is {certainty!r}", expected="between 0.5 and 1")
    # Probabilities a rounding error below the threshold count as at it, on every machine.
    top, high, low, bottom = (
        np.round(np.asarray(p, dtype=np.float64), 9) >= certainty for p in (above_margin, above, below, below_margin)
    )
    return np.select([top, bottom, high, low], [5, 1, 4, 2], default=3).astype(np.int8)


def evaas_level(measure: npt.ArrayLike, standard_error: npt.ArrayLike) -> npt.NDArray[np.int8]:
    """Levels of SAS EVAAS by growth index = measure/standard error, cut at −2, −1, 1, 2; a cut belongs above."""
    se = at_least("standard_error", vector("standard_error", standard_error), 0.0, strictly=True)
    index = vector("measure", measure, length=se.size) / se
    return (1 + np.digitize(index, [-2.0, -1.0, 1.0, 2.0])).astype(np.int8)


@dataclass(frozen=True, slots=True, eq=False)
class Ranks:
    """Percentiles in (0, 1), 1 the best: the expected one and its central interval; (J,)."""

    percentile: FloatArray
    lower: FloatArray
    upper: FloatArray


def rank_intervals(
    mean: npt.ArrayLike, sd: npt.ArrayLike, *, seed: int, draws: int = 1_000, level: float = 0.9
) -> Ranks:
    """Posterior of each employee's rank/(J + 1) from joint normal draws (Lin, Louis, Paddock & Ridgeway 2006).

    Most intervals are wide: publish a rank only where the interval is narrower than the policy asks.
    """
    m = vector("mean", mean)
    s = at_least("sd", vector("sd", sd, length=m.size), 0.0)
    random = np.random.default_rng(seed)
    samples = m + s * random.standard_normal((draws, m.size))
    ranks = np.argsort(np.argsort(samples, axis=1, kind="stable"), axis=1, kind="stable") + 1.0
    percentile = ranks / (m.size + 1.0)
    tail = (1.0 - level) / 2
    lower, upper = np.quantile(percentile, [tail, 1.0 - tail], axis=0, method="inverted_cdf")
    return Ranks(percentile.mean(axis=0), lower, upper)


def _indicators(
    deviation: npt.ArrayLike, variance: npt.ArrayLike, population_sd: npt.ArrayLike
) -> tuple[FloatArray, FloatArray, FloatArray]:
    v = np.asarray(variance, dtype=np.float64)
    a = np.where(np.isfinite(v), np.asarray(deviation, dtype=np.float64), 0.0)
    a = matrix("deviation", a, shape=(v.shape[0], v.shape[-1]))
    if np.any(np.isnan(v)) or np.any(v <= 0.0):
        raise InvalidInput("a sampling variance is not above 0", expected="positive, inf where missing")
    if v.shape[0] == 0:
        raise NotEnough("no employees", expected="at least one")
    return a, v, at_least("population_sd", vector("population_sd", population_sd, length=v.shape[1]), 0.0)


def _nearest_correlation(correlation: FloatArray) -> FloatArray:
    values, vectors = np.linalg.eigh(correlation)
    if values[0] >= 0.0:
        return correlation
    clipped = (vectors * np.maximum(values, 0.0)) @ vectors.T
    size = np.sqrt(np.diag(clipped))
    result: FloatArray = clipped / np.outer(size, size)
    return result
