"""Several indicators of one employee, judged together: shrinkage across indicators, ratings, ranks.

Indicators come oriented so that higher is better (attrition with its sign turned), as deviations from the population
mean. Treating their posteriors as independent makes composite intervals too narrow (coverage .89 where .95 is claimed),
and so does taking an estimated covariance as known (.81 with 12 employees).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from appraise.errors import InvalidInput, NotEnough
from appraise.statistics.arrays import FloatArray, at_least, finite, matrix, vector
from appraise.statistics.correlated import Draws, Measured, chunks, conditional, draw
from appraise.statistics.mixtures import NormalMixture
from appraise.statistics.refusals import NotEnoughGroups
from appraise.statistics.shrinkage import FEWEST_EMPLOYEES, checked_share

_CERTAIN = 0.9
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Composite:
    """Σ_k w_k θ_ek/τ_k, the employee's own part of each indicator in its between-employee sds; arrays are (J,).

    `lower`, `upper` bound the central 95 %, `lower90`, `upper90` the central 90 %. `spread` is the sd of the composite
    between employees, `reliability` the share of its variance that is not sampling error, in [0, 1].
    `share_observed` is the weight whose indicators the employee has own evidence of, of `indicators_observed` many.
    `contribution` (J, K) sums to `score`; an indicator without own evidence contributes what the others imply.
    """

    score: FloatArray
    sd: FloatArray
    lower: FloatArray
    upper: FloatArray
    lower90: FloatArray
    upper90: FloatArray
    spread: float
    reliability: FloatArray
    share_observed: FloatArray
    indicators_observed: npt.NDArray[np.int64]
    contribution: FloatArray
    posterior: NormalMixture

    def probability_above(self, threshold: npt.ArrayLike = 0.0) -> FloatArray:
        """P(composite > threshold); 0 is the average employee."""
        return 1.0 - self.posterior.cdf(threshold)

    def probability_below(self, threshold: npt.ArrayLike = 0.0) -> FloatArray:
        """P(composite < threshold)."""
        return self.posterior.cdf(threshold)

    def probability_better(self, one: int, other: int) -> float:
        """P(one > other) of two employees, by their rows."""
        means, sds = self.posterior.means, self.posterior.sds
        z = (means[one] - means[other]) / np.hypot(sds[one], sds[other])
        return float(ndtr(z) @ self.posterior.weights)


def pool(
    deviation: npt.ArrayLike,
    variance: npt.ArrayLike,
    *,
    weight: npt.ArrayLike,
    error_correlation: npt.ArrayLike | None = None,
    attributable_share: float = 1.0,
    seed: int,
) -> Composite:
    """Composite of K indicators of J employees, θ_e ~ N(μ, T), with μ, the spreads and correlations integrated over.

    `deviation` (J, K) unshrunk, in any one unit per indicator, higher is better; `variance` (J, K) their sampling
    variances, inf where the indicator is missing. `weight` (K,) ≥ 0 is scaled to sum 1 and is the same for everybody:
    missing evidence is neither re-weighted nor imputed by a peer's mean, it widens the interval. `error_correlation`
    (K, K) is that of the sampling errors, of indicators that tell of the same customers; None says that they have
    nothing in common. `attributable_share` is as in `shrinkage.normal`. Indicators that fewer than
    five employees have count as missing for all. The same arguments give the same digits.

    Raises `NotEnoughGroups` where fewer than five employees have any indicator that weighs, `InvalidInput` for shapes
    that differ, variances that are not above 0, weights that are negative or all 0, a share outside (0, 1], or what
    is no correlation matrix.
    """
    (found,) = pool_each(
        deviation,
        variance,
        weights=[weight],
        error_correlation=error_correlation,
        attributable_share=attributable_share,
        seed=seed,
    )
    return found


def pool_each(
    deviation: npt.ArrayLike,
    variance: npt.ArrayLike,
    *,
    weights: Sequence[npt.ArrayLike],
    error_correlation: npt.ArrayLike | None = None,
    attributable_share: float,
    seed: int,
) -> list[Composite]:
    """`pool` with each of several weights. They share the draws, so that what differs is the weights' doing alone."""
    share = checked_share(attributable_share)
    a, v = _checked(deviation, variance)
    errors = np.eye(a.shape[1]) if error_correlation is None else _correlation(error_correlation, count=a.shape[1])
    observed = np.isfinite(v)
    drawn: dict[bytes, Draws] = {}
    found = []
    for weight in weights:
        w = _shares_of_one(weight, count=a.shape[1])
        usable = (observed.sum(axis=0) >= FEWEST_EMPLOYEES) & (w > 0.0)
        if not usable.any():
            raise NotEnoughGroups("no indicator has enough employees", expected=f"at least {FEWEST_EMPLOYEES}")
        measured = Measured(a[:, usable], v[:, usable], errors[np.ix_(usable, usable)])
        if usable.tobytes() not in drawn:
            drawn[usable.tobytes()] = draw(measured, seed=seed)
        found.append(_pooled(measured, drawn[usable.tobytes()], w, usable, observed, share))
    return found


def _pooled(  # the parts of one composite
    measured: Measured,
    draws: Draws,
    w: FloatArray,
    usable: npt.NDArray[np.bool_],
    observed: npt.NDArray[np.bool_],
    share: float,
) -> Composite:
    spreads, scores, variances, contribution, own = _posterior(measured, draws, w[usable], share)
    # Of indicators that nobody can be compared on, nothing is known but that they vary.
    unknown = float((w[~usable] ** 2).sum())
    posterior = NormalMixture(draws.weight, scores, np.sqrt(np.maximum(variances, 0.0) + unknown))
    whole = np.zeros(observed.shape)
    whole[:, usable] = contribution
    counted = observed & usable
    return Composite(
        score=posterior.mean(),
        sd=posterior.sd(),
        lower=posterior.quantile(0.025),
        upper=posterior.quantile(0.975),
        lower90=posterior.quantile(0.05),
        upper90=posterior.quantile(0.95),
        spread=float(np.sqrt(draws.weight @ spreads**2 + unknown)),
        reliability=np.maximum(1.0 - (own @ draws.weight + unknown) / (draws.weight @ spreads**2 + unknown), 0.0),
        share_observed=counted @ w,
        indicators_observed=counted.sum(axis=1),
        contribution=whole,
        posterior=posterior,
    )


def _posterior(
    measured: Measured, draws: Draws, weight: FloatArray, share: float
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray]:
    """Spread (G,), mean and variance (J, G) of the composite; its parts (J, K); its variance if all were own (J, G)."""
    J, G = measured.deviation.shape[0], draws.weight.size
    spreads = np.sqrt(np.einsum("k,gkl,l->g", weight, draws.correlation, weight))
    mean, variance, own = np.empty((J, G)), np.empty((J, G)), np.empty((J, G))
    contribution = np.zeros(measured.deviation.shape)
    for part in chunks(G, J):
        sd, correlation = draws.sd[part], draws.correlation[part]
        given = conditional(measured, sd, correlation)
        unit = weight / sd
        pull = np.einsum("gk,gjkl->gjl", unit, given.gain)
        away = measured.deviation[None] - given.mean[:, None]
        each = np.einsum("gjkl,gjl->gjk", given.gain, away) * unit[:, None]
        between = correlation * sd[:, :, None] * sd[:, None, :]
        left = spreads[part, None] ** 2 - np.einsum("gjk,gkl,gl->gj", pull, between, unit)
        about_mean = np.einsum("gjk,gkl,gjl->gj", pull, given.mean_covariance, pull)
        # The employee's own part e of a deviation d is N(share·d, share(1 − share)T), and its sd is √share·τ.
        mean[:, part] = np.sqrt(share) * each.sum(axis=2).T
        own[:, part] = (left + about_mean).T
        variance[:, part] = share * own[:, part] + (1.0 - share) * spreads[part] ** 2
        contribution += np.sqrt(share) * np.einsum("g,gjk->jk", draws.weight[part], each)
    return spreads, mean, variance, contribution, own


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
        np.round(np.asarray(p), 9) >= certainty for p in (above_margin, above, below, below_margin)
    )
    return np.select([top, bottom, high, low], [5, 1, 4, 2], default=3).astype(np.int8)


def evaas_level(measure: npt.ArrayLike, standard_error: npt.ArrayLike) -> npt.NDArray[np.int8]:
    """Levels 1 to 5 of SAS EVAAS by growth index = measure/standard error, cut at −2, −1, 1, 2; a cut belongs above.

    Both are (J,). Raises `InvalidInput` where a standard error is not above 0 or the lengths differ.
    """
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
    return percentiles(m + s * random.standard_normal((draws, m.size)), level=level)


def percentiles(draws: npt.ArrayLike, *, level: float = 0.9) -> Ranks:
    """Posterior of each employee's rank/(J + 1) from joint draws (D, J) of what is ranked, higher is better.

    Their mean orders employees with the least expected squared error of ranks (Lin, Louis, Paddock & Ridgeway 2006).
    """
    samples = np.asarray(draws)
    if samples.ndim != 2 or 0 in samples.shape:  # noqa: PLR2004  # draws by employees
        raise InvalidInput(f"draws has the shape {samples.shape}", expected="draws by employees, at least one of each")
    ranks = np.argsort(np.argsort(samples, kind="stable")) + 1.0
    percentile = ranks / (samples.shape[1] + 1.0)
    tail = (1.0 - level) / 2
    lower, upper = np.quantile(percentile, [tail, 1.0 - tail], axis=0, method="inverted_cdf")
    return Ranks(percentile.mean(axis=0), lower, upper)


def _checked(deviation: npt.ArrayLike, variance: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    v = np.asarray(variance, dtype=np.float64)
    if v.ndim != 2 or v.shape[0] == 0:  # noqa: PLR2004  # employees by indicators
        raise NotEnough("no employees", expected="one row per employee and one column per indicator")
    if np.any(np.isnan(v)) or np.any(v <= 0.0):
        raise InvalidInput("a sampling variance is not above 0", expected="positive, inf where missing")
    a = np.asarray(deviation)
    if a.shape != v.shape:
        raise InvalidInput(f"deviation has shape {a.shape}", expected=f"shape {v.shape}")
    return finite("deviation", np.where(np.isfinite(v), a, 0.0)), v


def _correlation(given: npt.ArrayLike, *, count: int) -> FloatArray:
    found = matrix("error_correlation", given, shape=(count, count))
    unit, symmetric = np.allclose(np.diag(found), 1.0), np.allclose(found, found.T)
    if not (unit and symmetric and np.linalg.eigvalsh(found)[0] > -_ROUNDING):
        raise InvalidInput(
            "error_correlation is no correlation matrix",
            expected="symmetric, ones on the diagonal, no eigenvalue below 0",
        )
    return found


def _shares_of_one(weight: npt.ArrayLike, *, count: int) -> FloatArray:
    w = at_least("weight", vector("weight", weight, length=count), 0.0)
    if w.sum() <= 0.0:
        raise InvalidInput("no indicator has a weight", expected="at least one weight above 0")
    shares: FloatArray = w / w.sum()
    return shares
