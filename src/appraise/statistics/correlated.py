"""Several true scores per employee: the posterior of their joint covariance, by importance sampling.

With few employees an estimated covariance is mostly noise. Taken as known it made 95 % intervals of composites cover
.81 with 12 employees; here it is integrated over, as `shrinkage.normal` integrates over one spread. Spreads are
proposed from the posterior that each indicator has on its own, correlations from a Student t around the joint mode;
weights put right what the proposals leave out.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import optimize

from appraise.statistics.arrays import FloatArray
from appraise.statistics.spreads import sd_posterior

DRAWS: Final = 1_000
FEWEST_DRAWS: Final = 120
_WORK: Final = 400_000  # employees times draws: many employees leave little to integrate over
_CHUNK: Final = 100_000
_FREEDOM: Final = 5.0
_WIDER: Final = 1.2
_STEP: Final = 1e-2
_FLATTEST: Final = 0.25  # a curvature under this is that of the prior alone
_TOGETHER: Final = 0.25
"""Prior mean of the correlations. What people do well goes together, and where nothing is known independence is the
assumption that would make composites look more certain than they are."""


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """`deviation`, `variance` (J, K); an indicator that is missing has variance inf and deviation 0.

    `error_correlation` (K, K) is that of the sampling errors of one employee's indicators, the same for everybody.
    """

    deviation: FloatArray
    variance: FloatArray
    error_correlation: FloatArray

    @property
    def observed(self) -> npt.NDArray[np.bool_]:
        return np.isfinite(self.variance)


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """Weighted draws from the posterior: `weight` (G,), `sd` (G, K), `correlation` (G, K, K)."""

    weight: FloatArray
    sd: FloatArray
    correlation: FloatArray

    @property
    def effective(self) -> float:
        """How many equally weighted draws they are worth."""
        return float(1.0 / (self.weight**2).sum())


@dataclass(frozen=True, slots=True, eq=False)
class Conditional:
    """Given one draw: the mean μ (K,) with covariance `mean_covariance` (K, K), and per employee the gain T(T+V)⁻¹."""

    log_likelihood: FloatArray
    mean: FloatArray
    mean_covariance: FloatArray
    gain: FloatArray


def conditional(measured: Measured, sd: FloatArray, correlation: FloatArray) -> Conditional:
    """For each of G draws: shapes (G,), (G, K), (G, K, K), (G, J, K, K). Prior on the means is flat."""
    observed, a = measured.observed, measured.deviation
    between = correlation * sd[:, :, None] * sd[:, None, :]
    both = observed[:, :, None] & observed[:, None, :]
    error = np.sqrt(np.where(observed, measured.variance, 0.0))
    sampling = measured.error_correlation * error[:, :, None] * error[:, None, :]
    # Rows of missing indicators become rows of the identity, which leaves the others' system alone.
    total = np.where(both, between[:, None] + sampling, np.eye(a.shape[1]))
    inverse, log_determinants = inverted(total)
    precision = np.where(both, inverse, 0.0)
    log_determinant = log_determinants.sum(axis=1)
    information = precision.sum(axis=1)
    mean_covariance = np.linalg.inv(information)
    weighted = np.einsum("gjkl,jl->gk", precision, a)
    mean = np.einsum("gkl,gl->gk", mean_covariance, weighted)
    fit = np.einsum("jk,gjkl,jl->g", a, precision, a) - np.einsum("gk,gk->g", weighted, mean)
    log_likelihood = -0.5 * (log_determinant + np.linalg.slogdet(information)[1] + fit)
    return Conditional(log_likelihood, mean, mean_covariance, between[:, None] @ precision)


def error_correlation(products: npt.ArrayLike) -> FloatArray:
    """Correlation of sampling errors (K, K) from Σ r_k r_l (K, K) over clusters with the residual sums r_k.

    Clusters that an indicator has no outcome of count with r_k = 0: it is the correlation of whole sums, and not of
    what both happen to see. Products of clusters' scores estimate the covariance of estimators (Liang & Zeger 1986,
    Biometrika 73:13). An indicator without residuals goes with no other.
    """
    gram = np.asarray(products, dtype=np.float64)
    scale = np.sqrt(np.where(np.diag(gram) > 0.0, np.diag(gram), 1.0))
    correlation: FloatArray = gram / np.outer(scale, scale)
    np.fill_diagonal(correlation, 1.0)
    return correlation


def inverted(matrices: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Inverses and log determinants of many small symmetric positive definite matrices, (…, K, K), by sweeping.

    Goodnight 1979, The American Statistician 33:149. One step serves all matrices, where LAPACK is called for each.
    """
    # Entry by entry, so that each step runs through memory in order.
    swept = np.moveaxis(matrices, (-2, -1), (0, 1)).copy(order="C")
    log_determinant = np.zeros(matrices.shape[:-2])
    for k in range(swept.shape[0]):
        pivot = swept[k, k].copy()
        log_determinant += np.log(pivot)
        row, column = swept[k].copy(), swept[:, k] / pivot
        swept -= column[:, None] * row
        swept[k], swept[:, k] = row / pivot, -column
        swept[k, k] = 1.0 / pivot
    return np.ascontiguousarray(np.moveaxis(swept, (0, 1), (-2, -1))), log_determinant


def chunks(draws: int, employees: int) -> list[slice]:
    """Parts of the draws that fit into memory together with all employees."""
    size = max(1, _CHUNK // employees)
    return [slice(start, min(start + size, draws)) for start in range(0, draws, size)]


def draw(measured: Measured, *, seed: int) -> Draws:
    """Draws of spreads and correlations given the data.

    Each spread has Jeffreys' prior, as in `shrinkage.normal`; correlations are a mixture ¾R + ¼ of a matrix R with the
    prior LKJ(1), uniform over correlation matrices (Lewandowski, Kurowicka & Joe 2009, J Multivariate Analysis
    100:1989), and of perfect correlation: from −½ to 1, ¼ on average.
    """
    J, K = measured.deviation.shape
    count = int(np.clip(_WORK // J, FEWEST_DRAWS, DRAWS))
    random = np.random.default_rng(seed)
    alone = [_alone(measured, k) for k in range(K)]
    picked = [_stratified(weights, count, random) for _, weights in alone]
    sd = np.array([nodes[chosen] for (nodes, _), chosen in zip(alone, picked, strict=True)]).T
    own = np.array([np.interp(0.5, np.cumsum(weights), nodes) for nodes, weights in alone])
    if K == 1:
        return Draws(np.full(count, 1.0 / count), sd, np.ones((count, 1, 1)))
    unrelated = replace(measured, error_correlation=np.eye(K))
    apart = _log_likelihoods(unrelated, sd, np.broadcast_to(np.eye(K), (count, K, K)))
    unbounded, log_proposed = _propose(measured, own, count, random)
    correlation, log_prior = _correlations(unbounded, K)
    log_weight = _log_likelihoods(measured, sd, correlation) + log_prior - apart - log_proposed
    weight = np.exp(log_weight - log_weight.max())
    return Draws(weight / weight.sum(), sd, correlation)


def _alone(measured: Measured, k: int) -> tuple[FloatArray, FloatArray]:
    """Nodes and posterior weights of the spread of one indicator from its own evidence."""
    seen = measured.observed[:, k]
    return sd_posterior(measured.deviation[seen, k], measured.variance[seen, k])


def _stratified(weights: FloatArray, count: int, random: np.random.Generator) -> npt.NDArray[np.intp]:
    """`count` numbers of nodes in proportion to their weights, one from each of `count` equal shares, shuffled."""
    at = (random.permutation(count) + random.random(count)) / count
    return np.minimum(np.searchsorted(np.cumsum(weights), at), weights.size - 1)


def _log_likelihoods(measured: Measured, sd: FloatArray, correlation: FloatArray) -> FloatArray:
    parts = chunks(sd.shape[0], measured.deviation.shape[0])
    return np.concatenate([conditional(measured, sd[part], correlation[part]).log_likelihood for part in parts])


def _correlations(unbounded: FloatArray, K: int) -> tuple[FloatArray, FloatArray]:  # textbook name
    """Correlation matrices of partial correlations tanh(unbounded), (G, K(K−1)/2), and their log prior density."""
    G = unbounded.shape[0]
    partial = np.tanh(unbounded)
    root = np.zeros((G, K, K))
    root[:, 0, 0] = 1.0
    log_prior = np.zeros(G)
    position = 0
    for row in range(1, K):
        left = np.ones(G)
        for column in range(row):
            z = partial[:, position]
            root[:, row, column] = z * np.sqrt(left)
            left = left * (1.0 - z**2)
            log_prior += (1.0 + 0.5 * (K - 2 - column)) * np.log1p(-(z**2))
            position += 1
        root[:, row, row] = np.sqrt(left)
    correlation = _TOGETHER + (1.0 - _TOGETHER) * root @ np.swapaxes(root, 1, 2)
    index = np.arange(K)
    correlation[:, index, index] = 1.0
    return correlation, log_prior


def _propose(
    measured: Measured, sd: FloatArray, count: int, random: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Unbounded partial correlations from a t around their mode at the given spreads, with their log density."""
    K = sd.size
    size = K * (K - 1) // 2

    def log_density(at: FloatArray) -> FloatArray:
        correlation, log_prior = _correlations(at, K)
        return _log_likelihoods(measured, np.broadcast_to(sd, (at.shape[0], K)), correlation) + log_prior

    def loss(at: FloatArray) -> float:
        return -float(log_density(at[None])[0])

    found = optimize.minimize(loss, np.zeros(size), method="L-BFGS-B", bounds=[(-3.0, 3.0)] * size)
    scale = np.linalg.cholesky(_covariance(log_density, found.x)) * _WIDER
    normal, chi = random.standard_normal((count, size)), random.chisquare(_FREEDOM, count)
    steps = normal / np.sqrt(chi / _FREEDOM)[:, None]
    log_proposed = -0.5 * (_FREEDOM + size) * np.log1p((steps**2).sum(axis=1) / _FREEDOM)
    return found.x + steps @ scale.T, log_proposed


def _covariance(log_density: Callable[[FloatArray], FloatArray], mode: FloatArray) -> FloatArray:
    """Inverse of the curvature at the mode by central differences, no direction wider than the prior."""
    size = mode.size
    unit = np.eye(size) * _STEP
    pairs = [(i, j) for i in range(size) for j in range(i, size)]
    ends = [[mode + si * unit[i] + sj * unit[j] for si, sj in ((1, 1), (1, -1), (-1, 1), (-1, -1))] for i, j in pairs]
    values = log_density(np.array(ends).reshape(-1, size)).reshape(-1, 4)
    step = 2.0 * _STEP
    curvature = np.zeros((size, size))
    for (i, j), (pp, pm, mp, mm) in zip(pairs, values, strict=True):
        curvature[i, j] = curvature[j, i] = -(pp - pm - mp + mm) / step**2
    values, vectors = np.linalg.eigh(curvature)
    covariance: FloatArray = (vectors / np.maximum(values, _FLATTEST)) @ vectors.T
    return covariance
