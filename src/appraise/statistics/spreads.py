"""The between-employee spread of one indicator: its likelihood, and nodes that integrate over it."""

from collections.abc import Callable

import numpy as np

from appraise.statistics.arrays import FloatArray

_NODES = 161
_PASSES = 4  # each narrows at most (nodes − 1)/2-fold
_RESOLVED = _NODES // 3  # nodes within the mass, from which on a further pass gains nothing
_NODES_OF_MANY = 65  # the midpoint rule is spectrally exact on the near-Gaussian posterior of many employees
_MANY = 1_000
_NEGLIGIBLE = 24.0  # e^-24: what lies outside the grid


def grid(
    log_density: Callable[[FloatArray], FloatArray], scales: tuple[float, float], employees: int
) -> tuple[FloatArray, FloatArray]:
    """Nodes and weights that integrate a density over spreads ≥ 0.

    In u = arcsinh(spread/small) the density is smooth, even at 0 and light-tailed, so the midpoint rule converges
    faster than any power; its nodes avoid 0, where deviations would be a point mass. A first pass finds where the
    density matters, the last one resolves it.
    """
    small, large = scales

    def density(u: FloatArray) -> FloatArray:
        return log_density(small * np.sinh(u)) + np.log(np.cosh(u))

    low, high = 0.0, float(np.arcsinh(large / small))
    for _ in range(_PASSES):
        u = np.linspace(low, high, _NODES)
        values = density(u)
        kept = np.flatnonzero(values > values.max() - _NEGLIGIBLE)
        low, high = u[max(kept[0] - 1, 0)], u[min(kept[-1] + 1, _NODES - 1)]
        if kept.size > _RESOLVED:
            break
    nodes = _NODES if employees <= _MANY else _NODES_OF_MANY
    u = low + (high - low) * (np.arange(nodes) + 0.5) / nodes
    values = density(u)
    weights = np.exp(values - values.max())
    return small * np.sinh(u), weights / weights.sum()


def grid_quantiles(nodes: FloatArray, weights: FloatArray, probabilities: tuple[float, ...]) -> list[float]:
    middle = np.cumsum(weights) - 0.5 * weights
    return [float(q) for q in np.interp(probabilities, middle, nodes)]


def sd_scales(a: FloatArray, v: FloatArray) -> tuple[float, float]:
    """Scales of `grid` for estimates `a` (J,) with sampling variances `v`.

    From where the likelihood of τ begins to bend to far beyond where it can still have mass.
    The tail falls like τ^{-(J-1)} from the spread of the estimates onwards: slowest, τ^-4, at five employees.
    """
    small = float(np.sqrt(v.min()))
    spread = float(np.ptp(a)) + float(np.sqrt(v.max()))
    return small, spread * 1e4


def sd_log_likelihood(a: FloatArray, v: FloatArray, tau: FloatArray) -> FloatArray:
    """Log likelihood of each between-employee sd, (G,), the population's mean integrated out."""
    precision = 1.0 / (v[:, None] + tau**2)
    total = precision.sum(axis=0)
    mu = (a @ precision) / total
    fit = (precision * (a[:, None] - mu) ** 2).sum(axis=0)
    likelihood: FloatArray = 0.5 * (np.log(precision).sum(axis=0) - np.log(total) - fit)
    return likelihood
