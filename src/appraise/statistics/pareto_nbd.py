"""Pareto/NBD (Schmittlein, Morrison & Colombo 1987; notes by Fader & Hardie 2005).

While alive a customer buys as a Poisson process with rate λ ~ Gamma(r, α); the lifetime is exponential with rate
μ ~ Gamma(s, β).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from appraise.errors import InvalidInput
from appraise.statistics.arrays import FloatArray
from appraise.statistics.histories import Histories, flattened, histories, refuse_few
from appraise.statistics.hypergeometric import unit_hyp2f1
from appraise.statistics.maximum_likelihood import differentiated, maximise
from appraise.statistics.refusals import NotConverged

_NODES, _NODE_WEIGHTS = np.polynomial.legendre.leggauss(64)
_NEGLIGIBLE = 40.0  # e^-40: what lies beyond the last node

_STARTS = ((-0.7, -1.0, -0.7, -0.7), (0.0, 0.0, 0.0, 0.0))


@dataclass(frozen=True, slots=True)
class ParetoNbd:
    """A fitted model; times are in the unit of the histories (`alpha`, `beta` too), `standard_error` as the parameters.

    Of a history `frequency` x counts purchases after the first, `recency` t_x is the time of the last and `age` T that
    of the end of observation, both from the first purchase. Arguments of a method broadcast together, and its result
    has their shape. Every method raises `NotConverged` without a fit.
    """

    r: float
    alpha: float
    s: float
    beta: float
    log_likelihood: float
    converged: bool
    standard_error: tuple[float, float, float, float] | None = None

    def probability_alive(self, frequency: npt.ArrayLike, recency: npt.ArrayLike, age: npt.ArrayLike) -> FloatArray:
        """P(still a customer | history)."""
        self._refuse()
        shape, (x, tx, T) = flattened(frequency, recency, age)
        return np.exp(self._log_probability_alive(x, tx, T)).reshape(shape)

    def expected_purchases(
        self, horizon: npt.ArrayLike, frequency: npt.ArrayLike, recency: npt.ArrayLike, age: npt.ArrayLike
    ) -> FloatArray:
        """E[purchases in (T, T + horizon] | history]; continuous at s = 1."""
        self._refuse()
        shape, (t, x, tx, T) = flattened(horizon, frequency, recency, age)
        time = (self.beta + T) * self._discounted(np.log1p(t / (self.beta + T)))
        alive = np.exp(self._log_probability_alive(x, tx, T))
        return (alive * (self.r + x) / (self.alpha + T) * time).reshape(shape)

    def expected_remaining(
        self, discount: npt.ArrayLike, frequency: npt.ArrayLike, recency: npt.ArrayLike, age: npt.ArrayLike
    ) -> FloatArray:
        """E[all purchases after T | history], each at its present value: DERT.

        `discount` δ is continuous per unit of time and above 0: ln 1.15/52 per week for 15 % a year.
        P(alive)·(r + x)/(α + T)·δ^{s−1}(β + T)^s Ψ(s, s; δ(β + T)), Ψ the confluent hypergeometric function of the
        second kind (Fader, Hardie & Lee 2005, J. Marketing Research 42:415, eq. 2). Times a customer's mean margin
        it is what the customer is still worth; most of it lies beyond what was ever observed.
        """
        self._refuse()
        shape, (delta, x, tx, T) = flattened(discount, frequency, recency, age)
        if not np.all(delta > 0.0):
            raise InvalidInput(f"discount is {delta.min():g}", expected="above 0 per unit of time")
        time = (self.beta + T) * _tricomi(self.s, delta * (self.beta + T))
        alive = np.exp(self._log_probability_alive(x, tx, T))
        return (alive * (self.r + x) / (self.alpha + T) * time).reshape(shape)

    def expected_new(self, horizon: npt.ArrayLike) -> FloatArray:
        """E[repeat purchases of a new customer within the horizon]."""
        self._refuse()
        shape, (t,) = flattened(horizon)
        return (self.r * self.beta / self.alpha * self._discounted(np.log1p(t / self.beta))).reshape(shape)

    def _discounted(self, log_growth: FloatArray) -> FloatArray:
        """(1 − e^{−(s−1)·log_growth})/(s − 1), continuous at s = 1."""
        y = -(self.s - 1.0) * log_growth
        return log_growth * np.divide(np.expm1(y), y, out=np.ones_like(y), where=y != 0.0)

    def _log_probability_alive(self, x: FloatArray, tx: FloatArray, T: FloatArray) -> FloatArray:
        alive, gone = _alive_and_gone((self.r, self.alpha, self.s, self.beta), x, tx, T)
        return alive - np.logaddexp(alive, gone)

    def _refuse(self) -> None:
        if not self.converged:
            raise NotConverged(
                "the purchase model has no interior maximum on these histories",
                hint="use more history, or the observed purchases",
            )


def fit(
    frequency: npt.ArrayLike,
    recency: npt.ArrayLike,
    age: npt.ArrayLike,
    weight: npt.ArrayLike | None = None,
) -> ParetoNbd:
    """Maximum likelihood from histories (N,); `weight` is the number of customers with each history.

    A fit that does not converge is returned as such, and refuses to predict (`NotConverged`).
    Raises `InvalidInput` for contradicting histories, `NotEnough` with fewer than ten repeat buyers.
    """
    past = histories(frequency, recency, age, weight)
    refuse_few(past)
    unit = float(past.weight @ past.age / past.weight.sum())
    scaled = Histories(past.frequency, past.recency / unit, past.age / unit, past.weight)
    found = maximise(
        differentiated(lambda point: _log_likelihood(point, scaled)),
        _STARTS,
        observations=float(past.weight.sum()),
    )
    r, alpha, s, beta = np.exp(found.log_parameters) * np.array([1.0, unit, 1.0, unit])
    errors = np.sqrt(np.diag(found.covariance)) * np.array([r, alpha, s, beta])
    return ParetoNbd(
        r=float(r),
        alpha=float(alpha),
        s=float(s),
        beta=float(beta),
        log_likelihood=found.log_likelihood - float(past.weight @ past.frequency) * float(np.log(unit)),
        converged=found.converged,
        standard_error=(float(errors[0]), float(errors[1]), float(errors[2]), float(errors[3])),
    )


def _tricomi(s: float, z: FloatArray) -> FloatArray:
    """z^{s−1} Ψ(s, s; z) = ∫_0^∞ exp(−z(e^u − 1) + (1 − s)u) du, the time to come in units of β + T.

    In the logarithm u of time one rule of Gauss and Legendre holds 13 digits for every s and z, where the series in
    Γ(1 − s) cancels near whole s and the continued fraction needs many terms for small z.
    """
    furthest = np.log1p(_NEGLIGIBLE / z)
    if s > 1.0:
        furthest = np.minimum(furthest, _NEGLIGIBLE / (s - 1.0))
    u = furthest[:, None] * (0.5 * (_NODES + 1.0))
    integral: FloatArray = 0.5 * furthest * (np.exp(-z[:, None] * np.expm1(u) + (1.0 - s) * u) @ _NODE_WEIGHTS)
    return integral


def _log_likelihood(log_parameters: FloatArray, past: Histories) -> float:
    r, alpha, s, beta = np.exp(log_parameters)
    alive, gone = _alive_and_gone((r, alpha, s, beta), past.frequency, past.recency, past.age)
    common = special.gammaln(r + past.frequency) - special.gammaln(r) + r * np.log(alpha) + s * np.log(beta)
    return float(past.weight @ (common + np.logaddexp(alive, gone)))


def _alive_and_gone(
    parameters: tuple[float, float, float, float], x: FloatArray, tx: FloatArray, T: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Log likelihood terms of being alive at T and of having left between t_x and T; `parameters` are r, α, s, β."""
    r, alpha, s, beta = parameters
    order = r + s + x

    def log_after(t: FloatArray) -> FloatArray:
        """Logarithm of ∫_t^∞ of (α+y)^{−(r+x)} (β+y)^{−(s+1)} dy·(r+s+x), by Euler's transform."""
        larger, smaller = max(alpha, beta) + t, min(alpha, beta) + t
        power = s + 1.0 if alpha >= beta else r + x
        z = (larger - smaller) / larger
        rest = np.log(unit_hyp2f1(order + 1.0 - power, order + 1.0, z))
        return (1.0 - power) * (np.log(smaller) - np.log(larger)) + rest - order * np.log(larger)

    late, early = log_after(T), log_after(tx)
    with np.errstate(divide="ignore"):
        between = early + np.log(-np.expm1(np.minimum(late - early, 0.0)))
    alive = -(r + x) * np.log(alpha + T) - s * np.log(beta + T)
    return alive, np.log(s) - np.log(order) + between
