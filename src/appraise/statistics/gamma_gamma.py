"""Gamma–Gamma model of the value of a purchase (Fader, Hardie & Lee 2005, J. Marketing Research 42:415).

Each purchase of a customer is Gamma(p, ν), ν ~ Gamma(q, v) across customers, independent of how often they buy.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import special

from appraise.errors import NotEnough
from appraise.statistics.arrays import FloatArray, at_least, vector
from appraise.statistics.histories import flattened
from appraise.statistics.maximum_likelihood import Maximum, Objective, differentiated, maximise
from appraise.statistics.refusals import NotConverged

FEWEST_CUSTOMERS = 10
_SAME = 1e-3  # in log likelihood
_LARGE = 12.0
_ALIKE = 9.0  # of ln q and ln p: means, or values, that differ by less than 1.2 %
_STARTS = ((0.0, 0.7, 0.0), (1.8, 1.3, 1.0), (-0.7, 1.0, 0.7))


@dataclass(frozen=True, slots=True)
class GammaGamma:
    """A fitted model; `v` is in the unit of the values.

    Where customers do not differ more than chance makes them, the likelihood rises towards q, v → ∞ with one `mean`
    p·v/q of all: `q` and `v` are then infinite, and every purchase is foretold that mean. It is None otherwise.
    Where purchases of a customer do not differ, p → ∞: `p` is then so large that each customer's mean is foretold.
    """

    p: float
    q: float
    v: float
    log_likelihood: float
    converged: bool
    standard_error: tuple[float, float, float] | None = None
    mean: float | None = None

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
        if self.mean is not None:
            return np.full(shape, self.mean)
        total = np.where(x > 0, x * m, 0.0)
        return (self.p * (self.v + total) / (self.p * x + self.q - 1.0)).reshape(shape)


def fit(frequency: npt.ArrayLike, mean_value: npt.ArrayLike, weight: npt.ArrayLike | None = None) -> GammaGamma:
    """Maximum likelihood from customers with x ≥ 1 purchases whose mean value is above 0.

    Without an interior maximum it is the end to which the likelihood rises: all customers have one mean, or all
    purchases of a customer one value. A fit without that either is returned as not converged, and refuses to predict.
    Raises `InvalidInput` for values ≤ 0 (a margin of zero or less has no gamma distribution: leave it out, or
    model revenue), `NotEnough` below ten customers.
    """
    x = at_least("frequency", vector("frequency", frequency), 0.0, strictly=True)
    m = at_least("mean_value", vector("mean_value", mean_value, length=x.size), 0.0, strictly=True)
    w = np.ones(x.size) if weight is None else at_least("weight", vector("weight", weight, length=x.size), 0.0)
    if w.sum() < FEWEST_CUSTOMERS:
        customers = "customer" if w.sum() == 1 else "customers"
        raise NotEnough(f"{w.sum():g} {customers} with a purchase value", expected=f"at least {FEWEST_CUSTOMERS}")
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
    shift = float(w.sum()) * float(np.log(unit))
    if not found.converged:
        end = _of_one_mean(x, scaled, w)
        if end.log_likelihood > found.log_likelihood - _SAME or found.log_parameters[1] > _ALIKE:
            return replace(end, mean=float((w * x) @ m / (w @ x)), log_likelihood=end.log_likelihood - shift)
    if not found.converged and found.log_parameters[0] > _ALIKE:
        found = _of_one_value(objective, float(w.sum()))
    p, q, v = np.exp(found.log_parameters) * np.array([1.0, 1.0, unit])
    errors = np.sqrt(np.diag(found.covariance)) * np.array([p, q, v])
    return GammaGamma(
        p=float(p),
        q=float(q),
        v=float(v),
        log_likelihood=found.log_likelihood - shift,
        converged=found.converged,
        standard_error=(float(errors[0]), float(errors[1]), float(errors[2])),
    )


def _of_one_mean(x: FloatArray, m: FloatArray, w: FloatArray) -> GammaGamma:
    """Means of x purchases that are each Gamma(p, p/μ), μ the mean of all of them.

    Where they hardly vary either, p is as large as the search goes: what is foretold does not depend on it.
    """
    mean = float((w * x) @ m / (w @ x))

    def log_likelihood(point: FloatArray) -> float:
        shape, rate = np.exp(point[0]) * x, np.exp(point[0]) / mean * x
        terms = shape * np.log(rate * m) - np.log(m) - special.gammaln(shape) - rate * m
        return float(w @ terms)

    found = maximise(differentiated(log_likelihood), ((0.0,), (2.0,)), observations=float(w.sum()))
    p = float(np.exp(found.log_parameters[0]))
    return GammaGamma(p, np.inf, np.inf, found.log_likelihood, converged=True, mean=mean)


def _of_one_value(objective: Objective, observations: float) -> Maximum:
    """The likeliest q and v with p as large as the search goes."""

    def restricted(point: FloatArray) -> tuple[float, FloatArray]:
        value, gradient = objective(np.array([_LARGE, point[0], point[1] - _LARGE]))
        return value, gradient[1:]

    found = maximise(restricted, ((0.7, 0.0), (2.0, 2.0)), observations=observations)
    covariance = np.full((3, 3), np.nan)
    covariance[1:, 1:] = found.covariance
    q, v = found.log_parameters
    return Maximum(np.array([_LARGE, q, v - _LARGE]), found.log_likelihood, covariance, found.converged)
