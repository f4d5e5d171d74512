"""The between-employee spread of one indicator: its prior, its likelihood, and nodes that integrate over it."""

from collections.abc import Callable

import numpy as np
from scipy import special

from appraise.statistics.arrays import FloatArray

_NODES = 161
_PASSES = 4  # each narrows at most (nodes − 1)/2-fold
_RESOLVED = _NODES // 3  # nodes within the mass, from which on a further pass gains nothing
_NODES_OF_MANY = 65  # the midpoint rule is spectrally exact on the near-Gaussian posterior of many employees
_MANY = 1_000
_LEAST = 3.5  # in x: a spread of e^-36 of the small scale
_RATIO_SCALE = 0.5
_NEGLIGIBLE = 24.0  # e^-24: what lies outside the grid


def grid(
    log_density: Callable[[FloatArray], FloatArray], scales: tuple[float, float], employees: int
) -> tuple[FloatArray, FloatArray]:
    """Nodes and weights that integrate a density over spreads > 0 that vanishes at 0 and beyond `scales`.

    In x with spread = small·sinh(ln(1 + exp(x − e⁻ˣ))) the density is smooth and falls off on both sides, so the
    midpoint rule converges faster than any power: x goes with the logarithm of large spreads and its own logarithm
    with that of small ones. A first pass finds where the density matters, the last one resolves it.
    """
    small, large = scales

    def at(x: FloatArray) -> tuple[FloatArray, FloatArray]:
        y = x - np.exp(-x)
        u = np.logaddexp(0.0, y)
        spread = small * np.sinh(u)
        return spread, log_density(spread) + np.log(np.cosh(u)) + y - u + np.log1p(np.exp(-x))

    y = float(np.log(np.expm1(np.arcsinh(large / small))))
    low, high = -_LEAST, y + float(special.lambertw(np.exp(-y)).real)
    for _ in range(_PASSES):
        x = np.linspace(low, high, _NODES)
        values = at(x)[1]
        kept = np.flatnonzero(values > values.max() - _NEGLIGIBLE)
        low, high = x[max(kept[0] - 1, 0)], x[min(kept[-1] + 1, _NODES - 1)]
        if kept.size > _RESOLVED:
            break
    nodes = _NODES if employees <= _MANY else _NODES_OF_MANY
    spread, values = at(low + (high - low) * (np.arange(nodes) + 0.5) / nodes)
    weights = np.exp(values - values.max())
    return spread, weights / weights.sum()


def grid_quantiles(nodes: FloatArray, weights: FloatArray, probabilities: tuple[float, ...]) -> list[float]:
    middle = np.cumsum(weights) - 0.5 * weights
    return [float(q) for q in np.interp(probabilities, middle, nodes)]


def sd_posterior(a: FloatArray, v: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Nodes and weights of the sd between employees of estimates `a` (J,) with sampling variances `v`.

    The prior is Jeffreys' (`log_jeffreys`), that of the population's mean flat.
    """

    def log_density(tau: FloatArray) -> FloatArray:
        return sd_log_likelihood(a, v, tau) + log_jeffreys(1.0 / (v[:, None] + tau**2), tau)

    return grid(log_density, sd_scales(a, v), a.size)


def log_jeffreys(precision: FloatArray, spread: FloatArray) -> FloatArray:
    """Log of Jeffreys' prior of a spread τ (G,) up to a constant, from the `precision` 1/(v + τ²) of estimates (J, G).

    p(τ) ∝ τ tr(PP)^½, the root of the information on τ in the likelihood with the mean integrated out (Harville 1977,
    J American Statistical Association 72:320; as a prior Berger, De Oliveira & Sansó 2001, the same 96:1361), with
    P = W − w w'/Σw and w the precisions. With the mean known it is τ(Σw²)^½ (Bodnar et al. 2017, Statistics in Medicine
    36:378), the same where all variances are equal. But one estimate tells nothing of a spread, however precise, and
    there that prior would lie near 0: of 25 employees of whom one had 10,000 times the others' evidence, intervals
    covered .89 where these cover .95.
    """
    with np.errstate(divide="ignore"):  # at 0 it is 0
        prior: FloatArray = np.log(spread) + 0.5 * log_trace(precision)
    return prior


def log_ratios_differ(spread: FloatArray) -> FloatArray:
    """Log of a half-normal prior with scale ½ of the spread between ratios, up to a constant.

    Employees' customers do not buy or leave at rates that are many times each other's: with an sd of ½ nineteen of
    twenty lie within a factor of seven, with 1 of fifty. It is the prior of how much log ratios differ where few are
    compared (Friede, Röver, Wandel & Neuenschwander 2017, Research Synthesis Methods 8:79; Röver et al. 2021, the same
    12:448), without which a dozen employees of whom little is seen could differ by anything.
    """
    prior: FloatArray = -0.5 * (spread / _RATIO_SCALE) ** 2
    return prior


def log_trace(precision: FloatArray) -> FloatArray:
    """Logarithm of tr(PP) in `log_jeffreys`, (G,)."""
    total = precision.sum(axis=0)
    share = precision / total
    most = int(np.argmax(precision[:, 0]))
    # The most precise apart, so that nothing cancels however far it is ahead of the others.
    top, others = share[most], np.delete(share, most, axis=0)
    squares = others**2
    rest, square = others.sum(axis=0), squares.sum(axis=0)
    apart = (top * rest) ** 2 + 2.0 * top**2 * square + square**2 - (squares**2).sum(axis=0)
    trace = apart + (squares * (1.0 - others) ** 2).sum(axis=0)
    with np.errstate(divide="ignore"):  # where the others weigh next to nothing
        found: FloatArray = 2.0 * np.log(total) + np.log(trace)
    return found


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
