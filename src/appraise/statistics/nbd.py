"""NBD: customers who buy at a constant rate of their own and never leave (Ehrenberg 1959, Applied Statistics 8:26).

BG/NBD with no chance of leaving. It is what remains where a short history shows no sign of anybody leaving, so that
BG/NBD has no interior maximum.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from appraise.statistics.arrays import FloatArray
from appraise.statistics.histories import flattened, histories, refuse_few
from appraise.statistics.maximum_likelihood import maximise
from appraise.statistics.refusals import NotConverged

_STARTS = ((0.0, 0.0), (2.0, 2.0))


@dataclass(frozen=True, slots=True)
class Nbd:
    """Rates are Gamma(r, α) across customers; times are in the unit of the histories.

    `log_likelihood` is that of the purchase times, comparable with BG/NBD's.
    """

    r: float
    alpha: float
    log_likelihood: float
    converged: bool
    standard_error: tuple[float, float] | None = None

    def expected_purchases(
        self, horizon: npt.ArrayLike, frequency: npt.ArrayLike, recency: npt.ArrayLike, age: npt.ArrayLike
    ) -> FloatArray:
        """E[purchases in (T, T + horizon] | history] = t (r + x)/(α + T), whatever the recency; broadcasts."""
        if not self.converged:
            raise NotConverged(
                "customers' rates do not differ more than chance makes them",
                hint="use more history, or the observed purchases",
            )
        shape, (t, x, _, T) = flattened(horizon, frequency, recency, age)
        return (t * (self.r + x) / (self.alpha + T)).reshape(shape)


def fit(
    frequency: npt.ArrayLike, recency: npt.ArrayLike, age: npt.ArrayLike, weight: npt.ArrayLike | None = None
) -> Nbd:
    """Maximum likelihood from histories (N,); `weight` is the number of customers with each history.

    Raises `InvalidInput` for contradicting histories, `NotEnough` with fewer than ten repeat buyers.
    """
    past = histories(frequency, recency, age, weight)
    refuse_few(past)
    unit = float(past.weight @ past.age / past.weight.sum())
    x, T, w = past.frequency, past.age / unit, past.weight

    def objective(log_parameters: FloatArray) -> tuple[float, FloatArray]:
        r, alpha = np.exp(log_parameters)
        log_time = np.log(alpha + T)
        value = w @ (special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha) - (r + x) * log_time)
        d_r = w @ (special.psi(r + x) - special.psi(r) + np.log(alpha) - log_time)
        d_alpha = w @ (r / alpha - (r + x) / (alpha + T))
        return float(value), np.array([r * d_r, alpha * d_alpha])

    found = maximise(objective, _STARTS, observations=float(w.sum()))
    r, alpha = np.exp(found.log_parameters) * np.array([1.0, unit])
    errors = np.sqrt(np.diag(found.covariance)) * np.array([r, alpha])
    return Nbd(
        r=float(r),
        alpha=float(alpha),
        log_likelihood=found.log_likelihood - float(w @ x) * float(np.log(unit)),
        converged=found.converged,
        standard_error=(float(errors[0]), float(errors[1])),
    )
