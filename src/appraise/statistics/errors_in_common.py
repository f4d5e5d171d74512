"""Sampling errors that employees have in common, told from how much employees differ.

What is expected of a case is an estimate. Where desks hardly share a kind of case, its error moves everybody at a desk
by the same amount: taken for errors of each alone it looks like employees who differ. Here estimate_e = θ_e + own error
+ common_e'u with u ~ N(0, I) and θ_e ~ N(μ, τ²), so that estimates have the covariance D + LL' + τ²I. Its inverse by
Woodbury's formula (Harville 1977, J. American Statistical Association 72:320) takes O(J r²) for each τ.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from appraise.statistics.arrays import FloatArray
from appraise.statistics.spreads import grid, log_trace, sd_scales


@dataclass(frozen=True, slots=True, eq=False)
class Estimates:
    """`value` (J,) with the variance of each one's `own` error (J,), above 0, and what `common` (J, r) ones weigh."""

    value: FloatArray
    own: FloatArray
    common: FloatArray

    @property
    def variance(self) -> FloatArray:
        variance: FloatArray = self.own + (self.common**2).sum(axis=1)
        return variance

    def log_likelihood(self, tau: FloatArray) -> FloatArray:
        """Of each between-employee sd, (G,), the population's mean integrated out."""
        return np.array([one.log_likelihood for one in _for_each(self, tau)])

    def spread(self, log_prior: Callable[[FloatArray], FloatArray] | None = None) -> tuple[FloatArray, FloatArray]:
        """Nodes and weights of the between-employee sd.

        Its prior is Jeffreys' (`spreads.log_jeffreys`), of what the estimates tell besides the errors in common, times
        what is known of the sd from elsewhere, if anything is: `log_prior`.
        """

        def log_density(tau: FloatArray) -> FloatArray:
            trace = log_trace(1.0 / (self.own[:, None] + tau**2))
            each = zip(_for_each(self, tau), trace.tolist(), strict=True)
            log_likelihood, left = np.array([(one.log_likelihood, one.left_of(now)) for one, now in each]).T
            with np.errstate(divide="ignore"):  # at 0 the prior is 0
                density: FloatArray = log_likelihood + np.log(tau) + 0.5 * (trace + np.log(left))
            return density if log_prior is None else density + log_prior(tau)

        return grid(log_density, sd_scales(self.value, self.own), self.value.size)


@dataclass(frozen=True, slots=True, eq=False)
class _Given:
    """One spread: w = 1/(D + τ²) (J,), common errors L less their mean by w, a less its mean by w, (I + L'wL)⁻¹."""

    precision: FloatArray
    around: FloatArray
    common: FloatArray
    information: FloatArray
    inverse: FloatArray

    @property
    def residual(self) -> FloatArray:
        """Σ⁻¹(a − μ)."""
        weighed = self.precision * self.around
        found: FloatArray = weighed - self.precision * (self.common @ (self.inverse @ (self.common.T @ weighed)))
        return found

    @property
    def log_likelihood(self) -> float:
        log_determinant = np.linalg.slogdet(self.information)[1] - np.log(self.precision).sum()
        return -0.5 * float(log_determinant + np.log(self.precision.sum()) + self.around @ self.residual)

    def left_of(self, log_trace: float) -> float:
        """tr(PP) over what it is without errors in common: P = P₀ − A(I + L'A)⁻¹A', A = P₀L, with P₀ of own errors."""
        if not self.common.shape[1]:
            return 1.0
        weighed = self.common * self.precision[:, None]
        once = (
            weighed * self.precision[:, None]
            - np.outer(self.precision, self.precision @ weighed) / self.precision.sum()
        )
        taken, twice = self.inverse @ (weighed.T @ once), self.inverse @ (weighed.T @ weighed)
        lost = 2.0 * np.trace(taken) - (twice * twice.T).sum()
        return max(1.0 - float(lost) * float(np.exp(-log_trace)), 0.0)


def _for_each(estimates: Estimates, tau: FloatArray) -> Iterator[_Given]:
    for one in tau.tolist():
        w = 1.0 / (estimates.own + one**2)
        common = estimates.common - w @ estimates.common / w.sum()
        information = np.eye(common.shape[1]) + (common * w[:, None]).T @ common
        around = estimates.value - w @ estimates.value / w.sum()
        yield _Given(w, around, common, information, np.linalg.inv(information))
