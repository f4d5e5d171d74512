"""Posteriors of many employees at once, each a mixture over the same grid of between-employee spreads.

A mixture keeps what a plug-in loses: where the spread is uncertain, so is every employee's estimate.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
from scipy import special

from appraise.statistics.arrays import FloatArray

_ROUNDS = 100
_TOLERANCE = 1e-11
_NEAR, _STRAIGHT = 1e-6, 1e-2
"""A gap, and its curvature, from which one more step of third order leads as close as numbers can tell."""


Derivatives = tuple[FloatArray, FloatArray, FloatArray]
"""A function's values, and its first and second derivatives there."""


class Mixture(Protocol):
    """A posterior for each of J employees. `x` and `p` are scalars or one value per employee.

    `draw` gives `count` joint draws (count, J): employees share the component, and are independent given it.
    """

    def mean(self) -> FloatArray: ...
    def sd(self) -> FloatArray: ...
    def cdf(self, x: npt.ArrayLike) -> FloatArray: ...
    def quantile(self, p: float) -> FloatArray: ...
    def draw(self, random: np.random.Generator, count: int) -> FloatArray: ...
    def of(self, rows: Sequence[int]) -> "Mixture": ...


@dataclass(frozen=True, slots=True, eq=False)
class NormalMixture:
    """Σ_g weight_g N(means_eg, sds_eg²) for each employee e; shapes (G,), (J, G), (J, G).

    A component with sd 0 is a point mass, half of which counts as lying on each side of its mean.
    """

    weights: FloatArray
    means: FloatArray
    sds: FloatArray

    def of(self, rows: Sequence[int]) -> "NormalMixture":
        """Of some employees, by their rows."""
        return NormalMixture(self.weights, self.means[rows], self.sds[rows])

    def mean(self) -> FloatArray:
        return self.means @ self.weights

    def sd(self) -> FloatArray:
        centre = self.mean()
        spread = self.sds**2 + (self.means - centre[:, None]) ** 2
        return np.sqrt(spread @ self.weights)

    def cdf(self, x: npt.ArrayLike) -> FloatArray:
        at: FloatArray = np.broadcast_to(x, self.means.shape[:1])
        distance = at[:, None] - self.means
        with np.errstate(divide="ignore", invalid="ignore"):
            z = distance / self.sds
        return _probability(special.ndtr(np.where(distance == 0.0, 0.0, z)) @ self.weights)

    def quantile(self, p: float) -> FloatArray:
        z = float(special.ndtri(p))
        ends = self.means + z * self.sds
        sds = np.maximum(self.sds, np.finfo(np.float64).tiny)

        def derivatives(rows: npt.NDArray[np.intp], x: FloatArray) -> Derivatives:
            with np.errstate(over="ignore", invalid="ignore"):  # a point mass: infinitely many sds away
                standard = (x[:, None] - self.means[rows]) / sds[rows]
                density = np.exp(-0.5 * standard**2) / (sds[rows] * np.sqrt(2 * np.pi))
                bend = -(density * standard / sds[rows]) @ self.weights
            return special.ndtr(standard) @ self.weights, density @ self.weights, bend

        start = self.mean() + z * self.sd()
        # The quantile of a mixture lies between the extreme quantiles of its components.
        return _solve(derivatives, p, start=start, low=ends.min(axis=1), high=ends.max(axis=1))

    def draw(self, random: np.random.Generator, count: int) -> FloatArray:
        chosen = random.choice(self.weights.size, size=count, p=self.weights)
        noise = random.standard_normal((count, self.means.shape[0]))
        return self.means.T[chosen] + self.sds.T[chosen] * noise


@dataclass(frozen=True, slots=True, eq=False)
class GammaMixture:
    """Σ_g weight_g Gamma(shapes_eg, rate rates_eg) for each employee e; shapes (G,), (J, G), (J, G)."""

    weights: FloatArray
    shapes: FloatArray
    rates: FloatArray

    def of(self, rows: Sequence[int]) -> "GammaMixture":
        """Of some employees, by their rows."""
        return GammaMixture(self.weights, self.shapes[rows], self.rates[rows])

    def mean(self) -> FloatArray:
        return (self.shapes / self.rates) @ self.weights

    def sd(self) -> FloatArray:
        means = self.shapes / self.rates
        spread = means / self.rates + (means - (means @ self.weights)[:, None]) ** 2
        return np.sqrt(spread @ self.weights)

    def cdf(self, x: npt.ArrayLike) -> FloatArray:
        at: FloatArray = np.broadcast_to(x, self.shapes.shape[:1])
        return _probability(special.gammainc(self.shapes, self.rates * np.maximum(at, 0.0)[:, None]) @ self.weights)

    def quantile(self, p: float) -> FloatArray:
        mean, sd = self.mean(), self.sd()
        start = special.gammaincinv((mean / sd) ** 2, p) * sd**2 / mean
        log_scale = np.log(self.rates) - special.gammaln(self.shapes)

        def derivatives(rows: npt.NDArray[np.intp], x: FloatArray) -> Derivatives:
            shapes, scaled = self.shapes[rows] - 1.0, self.rates[rows] * x[:, None]
            density = np.exp(special.xlogy(shapes, scaled) - scaled + log_scale[rows])
            bend = (density * (shapes - scaled)) @ self.weights / x
            return special.gammainc(self.shapes[rows], scaled) @ self.weights, density @ self.weights, bend

        # Cantelli's inequality bounds every quantile.
        high = mean + sd * np.sqrt(p / (1.0 - p))
        return _solve(derivatives, p, start=start, low=np.zeros_like(start), high=high)

    def draw(self, random: np.random.Generator, count: int) -> FloatArray:
        chosen = random.choice(self.weights.size, size=count, p=self.weights)
        return random.standard_gamma(self.shapes.T[chosen]) / self.rates.T[chosen]


class _WithDerivatives(Protocol):
    def __call__(self, rows: npt.NDArray[np.intp], x: FloatArray, /) -> Derivatives: ...


def _probability(total: FloatArray) -> FloatArray:
    """Weights that add up to 1 may do so with the last digit too many."""
    return np.minimum(total, 1.0)


def _solve(
    function: _WithDerivatives, target: float, *, start: FloatArray, low: FloatArray, high: FloatArray
) -> FloatArray:
    """Root of an increasing function per row: Halley's steps, halving the bracket wherever one leaves it."""
    low, high = low.copy(), high.copy()
    x = np.minimum(np.maximum(start, low), high)
    rows = np.arange(x.size)
    for _ in range(_ROUNDS):
        if not rows.size:
            break
        value, slope, bend = function(rows, x[rows])
        gap = value - target
        low[rows] = np.where(gap < 0, x[rows], low[rows])
        high[rows] = np.where(gap > 0, x[rows], high[rows])
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            straight = gap / slope
            turn = 0.5 * straight * bend / slope
            # Where the function is nearly flat the curvature is no guide.
            step = x[rows] - straight / np.clip(1.0 - turn, 0.5, 1.5)
        inside = (step > low[rows]) & (step < high[rows])
        moved = np.where(inside, step, 0.5 * (low[rows] + high[rows]))
        near = inside & (np.abs(gap) < _NEAR) & (np.abs(turn) < _STRAIGHT)
        done = near | (np.abs(gap) < _TOLERANCE) | (high[rows] - low[rows] <= 1e-15 * np.abs(moved))
        x[rows] = np.where(near | ~done, moved, x[rows])
        rows = rows[~done]
    return x
