"""Gamma–Gamma model of the value of a purchase (Fader, Hardie & Lee 2005, J. Marketing Research 42:415).

Each purchase of a customer is Gamma(p, ν), ν ~ Gamma(q, v) across customers, independent of how often they buy.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from appraise.errors import NotEnough
from appraise.statistics.arrays import FloatArray, at_least, vector
from appraise.statistics.histories import flattened
from appraise.statistics.maximum_likelihood import maximise
from appraise.statistics.refusals import NotConverged

FEWEST_CUSTOMERS = 10
_STARTS = ((0.0, 0.7, 0.0), (1.8, 1.3, 1.0), (-0.7, 1.0, 0.7))


@dataclass(frozen=True, slots=True)
class GammaGamma:
    """A fitted model; `v` is in the unit of the values."""

    p: float
    q: float
    v: float
    log_likelihood: float
    converged: bool
    standard_error: tuple[float, float, float] | None = None

    def expected_value(self, frequency: npt.ArrayLike, mean_value: npt.ArrayLike) -> FloatArray:
        """E[mean value of future purchases | x purchases of that mean value]; the population's mean for x = 0.

        Raises `NotConverged` without a fit, and for q ≤ 1, where the population's mean is infinite.
        """
        if not self.converged or self.q <= 1.0:
            raise NotConverged(
                "the value model has no finite mean" if self.converged else "the value model has no interior maximum",
                hint="winsorise the values, or use the observed means",
            )
        shape, (x, m) = flattened(frequency, mean_value)
        total = np.where(x > 0, x * m, 0.0)
        return (self.p * (self.v + total) / (self.p * x + self.q - 1.0)).reshape(shape)


def fit(frequency: npt.ArrayLike, mean_value: npt.ArrayLike, weight: npt.ArrayLike | None = None) -> GammaGamma:
    """Maximum likelihood from customers with x ≥ 1 purchases whose mean value is above 0.

    A fit that does not converge is returned as such, and refuses to predict.
    Raises `InvalidInput` for values ≤ 0 (a margin of zero or less has no gamma distribution: leave it out, or
    model revenue), `NotEnough` below ten customers.
    """
    x = at_least("frequency", vector("frequency", frequency), 0.0, strictly=True)
    m = at_least("mean_value", vector("mean_value", mean_value, length=x.size), 0.0, strictly=True)
    w = np.ones(x.size) if weight is None else at_least("weight", vector("weight", weight, length=x.size), 0.0)
    if w.sum() < FEWEST_CUSTOMERS:
        raise NotEnough(f"{w.sum():g} customers with a purchase value", expected=f"at least {FEWEST_CUSTOMERS}")
    unit = float(w @ m / w.sum())
    scaled = m / unit
    fixed = float(w @ np.log(scaled))

    def objective(log_parameters: FloatArray) -> tuple[float, FloatArray]:
        p, q, v = np.exp(log_parameters)
        log_total, log_spend = np.log(v + x * scaled), np.log(x * scaled)
        terms = special.gammaln(p * x + q) - special.gammaln(p * x) - special.gammaln(q) + q * np.log(v)
        terms = terms + p * x * log_spend - (p * x + q) * log_total
        d_p = w @ (x * (special.psi(p * x + q) - special.psi(p * x) + log_spend - log_total))
        d_q = w @ (special.psi(p * x + q) - special.psi(q) + np.log(v) - log_total)
        d_v = w @ (q / v - (p * x + q) / (v + x * scaled))
        return float(w @ terms) - fixed, np.array([p * d_p, q * d_q, v * d_v])

    found = maximise(objective, _STARTS, observations=float(w.sum()))
    p, q, v = np.exp(found.log_parameters) * np.array([1.0, 1.0, unit])
    errors = np.sqrt(np.diag(found.covariance)) * np.array([p, q, v])
    return GammaGamma(
        p=float(p),
        q=float(q),
        v=float(v),
        log_likelihood=found.log_likelihood - float(w.sum()) * float(np.log(unit)),
        converged=found.converged,
        standard_error=(float(errors[0]), float(errors[1]), float(errors[2])),
    )
