"""BG/NBD (Fader, Hardie & Lee 2005, Marketing Science 24:275) and its modification MBG/NBD (Batislam et al. 2007).

While alive a customer buys as a Poisson process with rate λ ~ Gamma(r, α); after each purchase the customer leaves
with probability p ~ Beta(a, b). In MBG/NBD the customer may leave right after the first purchase as well, so that
one-time buyers can be gone; use it where inactivity matters.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from appraise.statistics.arrays import FloatArray
from appraise.statistics.histories import Histories, flattened, histories, refuse_few
from appraise.statistics.maximum_likelihood import maximise
from appraise.statistics.refusals import NotConverged

_STARTS = ((0.0, 0.0, 0.0, 0.0), (-1.4, -1.4, -0.7, 0.7), (1.1, 1.1, -1.0, 1.6))
_MOST_TERMS = 20_000
_NODES = 80  # of each rule where the series cancels
_SMOOTH = 16.0  # the integrand falls by e^−8 at most within the first part


@dataclass(frozen=True, slots=True)
class BgNbd:
    """A fitted model; times are in the unit of the histories (`alpha` too), `standard_error` as the parameters.

    Of a history `frequency` x counts purchases after the first, `recency` t_x is the time of the last and `age` T that
    of the end of observation, both from the first purchase. Arguments of a method broadcast together, and its result
    has their shape. Every method raises `NotConverged` without a fit.
    """

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float
    converged: bool
    mbg: bool = False
    standard_error: tuple[float, float, float, float] | None = None

    def probability_alive(self, frequency: npt.ArrayLike, recency: npt.ArrayLike, age: npt.ArrayLike) -> FloatArray:
        """P(still a customer | history). BG/NBD gives 1 for x = 0 by construction; MBG/NBD does not."""
        self._refuse()
        shape, (x, tx, T) = flattened(frequency, recency, age)
        return special.expit(-self._log_odds_gone(x, tx, T)).reshape(shape)

    def expected_purchases(
        self,
        horizon: npt.ArrayLike,
        frequency: npt.ArrayLike,
        recency: npt.ArrayLike,
        age: npt.ArrayLike,
    ) -> FloatArray:
        """E[purchases in (T, T + horizon] | history] (Fader, Hardie & Lee 2005, eq. 10); finite for any x and a."""
        self._refuse()
        shape, (t, x, tx, T) = flattened(horizon, frequency, recency, age)
        # The series does not depend on recency, by which most histories of one frequency and age differ.
        pairs = np.empty(x.size, np.complex128)
        pairs.real, pairs.imag = x, t / (self.alpha + T + t)
        distinct, place = np.unique(pairs, return_inverse=True)
        while_alive = _expected_while_alive(self.r, self.a, self._b, distinct.real, distinct.imag)[place]
        return (while_alive * special.expit(-self._log_odds_gone(x, tx, T))).reshape(shape)

    def expected_new(self, horizon: npt.ArrayLike) -> FloatArray:
        """E[repeat purchases of a new customer within the horizon] (Fader, Hardie & Lee 2005, eq. 9)."""
        self._refuse()
        shape, (t,) = flattened(horizon)
        stays = self.b / (self.a + self.b) if self.mbg else 1.0
        while_alive = _expected_while_alive(self.r, self.a, self._b, np.zeros_like(t), t / (self.alpha + t))
        return (stays * while_alive).reshape(shape)

    @property
    def _b(self) -> float:
        # Given alive, p ~ Beta(a, b + x) after x chances to leave; MBG/NBD has one chance more.
        return self.b + 1.0 if self.mbg else self.b

    def _log_odds_gone(self, x: FloatArray, tx: FloatArray, T: FloatArray) -> FloatArray:
        had_chance = (x > 0) | self.mbg
        chances = np.where(had_chance, self._b + x - 1.0, 1.0)
        silence = (self.r + x) * (np.log(self.alpha + T) - np.log(self.alpha + tx))
        return np.where(had_chance, np.log(self.a) - np.log(chances) + silence, -np.inf)

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
    *,
    mbg: bool = False,
) -> BgNbd:
    """Maximum likelihood from histories (N,); `weight` is the number of customers with each history.

    A fit that does not converge is returned as such, and refuses to predict (`NotConverged`).
    Raises `InvalidInput` for contradicting histories, `NotEnough` with fewer than ten repeat buyers.
    """
    past = histories(frequency, recency, age, weight)
    refuse_few(past)
    unit = float(past.weight @ past.age / past.weight.sum())
    scaled = Histories(past.frequency, past.recency / unit, past.age / unit, past.weight)
    likelihood = _Likelihood(scaled, mbg=mbg)
    found = maximise(likelihood, _STARTS, observations=float(past.weight.sum()))
    r, alpha, a, b = np.exp(found.log_parameters) * np.array([1.0, unit, 1.0, 1.0])
    errors = np.sqrt(np.diag(found.covariance)) * np.array([r, alpha, a, b])
    return BgNbd(
        r=float(r),
        alpha=float(alpha),
        a=float(a),
        b=float(b),
        log_likelihood=found.log_likelihood - float(past.weight @ past.frequency) * float(np.log(unit)),
        converged=found.converged,
        mbg=mbg,
        standard_error=(float(errors[0]), float(errors[1]), float(errors[2]), float(errors[3])),
    )


class _Likelihood:
    """Log likelihood and gradient in (ln r, ln α, ln a, ln b); gamma functions only at the distinct x."""

    def __init__(self, past: Histories, *, mbg: bool) -> None:
        self._past, self._mbg = past, mbg
        self._x, self._row = np.unique(past.frequency, return_inverse=True)
        self._count = np.bincount(self._row, past.weight)

    def __call__(self, log_parameters: FloatArray) -> tuple[float, FloatArray]:
        r, alpha, a, b = np.exp(log_parameters)
        past, x = self._past, self._x
        rate = r + past.frequency
        log_age, log_recency = np.log(alpha + past.age), np.log(alpha + past.recency)
        alive_x, gone_x = self._log_chances(a, b)
        alive = alive_x[self._row] - rate * log_age
        gone = gone_x[self._row] - rate * log_recency
        either = np.logaddexp(alive, gone)
        common = special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha)
        value = float(self._count @ common + past.weight @ either)
        p_gone = np.exp(gone - either)
        p_alive = 1.0 - p_gone
        times = p_alive / (alpha + past.age) + p_gone / (alpha + past.recency)
        d_r = self._count @ (special.psi(r + x) - special.psi(r) + np.log(alpha))
        d_r -= past.weight @ (p_alive * log_age + p_gone * log_recency)
        d_alpha = past.weight.sum() * r / alpha - past.weight @ (rate * times)
        d_a, d_b = self._chance_gradient(a, b, np.bincount(self._row, past.weight * p_gone).astype(np.float64))
        return value, np.array([r * d_r, alpha * d_alpha, a * d_a, b * d_b])

    def _log_chances(self, a: float, b: float) -> tuple[FloatArray, FloatArray]:
        """Log of E[(1−p)^chances] and of E[p (1−p)^(chances−1)] for each distinct x."""
        x, base = self._x, float(special.betaln(a, b))
        had_chance = (x > 0) | self._mbg
        chances = x + 1.0 if self._mbg else x
        left = np.where(had_chance, b + chances - 1.0, 1.0)
        alive = np.asarray(special.betaln(a, b + chances), dtype=np.float64) - base
        gone: FloatArray = np.where(had_chance, special.betaln(a + 1.0, left) - base, -np.inf)
        return alive, gone

    def _chance_gradient(self, a: float, b: float, gone: FloatArray) -> tuple[float, float]:
        x, alive = self._x, self._count - gone
        extra = 1.0 if self._mbg else 0.0
        psi = special.psi
        stayed = np.where(gone > 0, b + x + extra - 1.0, 1.0)
        d_a = self._count @ (psi(a + b) - psi(a + b + x + extra) - psi(a)) + alive.sum() * psi(a)
        d_a += gone.sum() * psi(a + 1.0)
        d_b = self._count @ (psi(a + b) - psi(a + b + x + extra) - psi(b))
        d_b += alive @ psi(b + x + extra) + gone @ psi(stayed)
        return float(d_a), float(d_b)


def _expected_while_alive(r: float, a: float, b: float, x: FloatArray, z: FloatArray) -> FloatArray:
    """Purchases within t of a customer alive at T, z = t/(α+T+t): C/(a−1)·[1 − (1−z)^{a−1} ₂F₁(A, a−1; C; z)].

    This Euler transform of the published (1−z)^{r+x} ₂F₁(r+x, b+x; C; z), with C = a+b+x−1 and A = a+b−1−r,
    keeps its parameters small as x grows. Splitting ₂F₁ = 1 + (a−1)·S/C takes the singularities at a = 1 and
    C = 0 away. Where the series cancels (r far above a+b) or goes on too long
    (z near 1), integration over p replaces it.
    """
    C, A = a + b + x - 1.0, a + b - 1.0 - r
    log_rest = np.log1p(-z)
    series, largest, ended = _series(A, a, C, z)
    power = np.exp((a - 1.0) * log_rest)
    first = -C * log_rest * _expm1_ratio((a - 1.0) * log_rest)
    expected = first - power * series
    noise = np.finfo(np.float64).eps * (np.abs(first) + power * largest)
    unsure = ~ended | (noise > 1e-11 * np.abs(expected))
    for frequency in np.unique(x[unsure]):
        rows = unsure & (x == frequency)
        expected[rows] = _integrated(r + frequency, a, b + frequency, z[rows])
    return np.maximum(expected, 0.0)


def _series(A: float, a: float, C: FloatArray, z: FloatArray) -> tuple[FloatArray, FloatArray, npt.NDArray[np.bool_]]:
    """S = Σ_{k≥1} (A)_k (a)_{k−1} z^k / ((C+1)_{k−1} k!), its largest term in absolute value, and where it ended."""
    term = A * z
    total, largest = term.copy(), np.abs(term)
    ended = np.zeros(z.shape, bool)
    for k in range(1, _MOST_TERMS):
        term = term * ((A + k) * (a + k - 1.0) / (k + 1.0)) * z / (C + k)
        total += term
        np.maximum(largest, np.abs(term), out=largest)
        # Beyond |A| all terms have one sign and shrink at least like z^k.
        ended = (np.abs(term) <= 1e-17 * (1.0 - z) * largest) & (k > -A)
        if np.all(ended):
            break
    return total, largest, ended


def _expm1_ratio(y: FloatArray) -> FloatArray:
    """(e^y − 1)/y, 1 at y = 0."""
    return np.divide(np.expm1(y), y, out=np.ones_like(y), where=y != 0.0)


def _integrated(rate: float, a: float, b: float, z: FloatArray) -> FloatArray:
    """E_p[(1 − (1 + p z/(1−z))^{−rate})/p] for p ~ Beta(a, b), in three parts with a rule of its own for each.

    Close to 0 Gauss–Jacobi for p^{a−1}, up to ½ Gauss–Legendre in log p, beyond it Gauss–Jacobi for (1−p)^{b−1}.
    """
    w = z / (1.0 - z)
    cut = 0.5 / np.maximum(np.maximum(rate * w, b) / _SMOOTH, 1.0)
    inside = np.log(0.5 / cut)

    def part(p: FloatArray, log_density: FloatArray) -> FloatArray:
        """Of nodes (n, m), with the logarithm of the density but for the rule's own weight."""
        value = -np.expm1(-rate * np.log1p(p * w)) / p
        return np.asarray(value * np.exp(log_density - special.betaln(a, b)))

    x, weight = _rule(0.0, a - 1.0)
    p = cut * x[:, None]
    expected = weight @ part(p, a * np.log(cut) + (b - 1.0) * np.log1p(-p))
    x, weight = _rule(0.0, 0.0)
    p = cut * np.exp(inside * x[:, None])
    expected += weight @ part(p, np.log(p) * a + (b - 1.0) * np.log1p(-p)) * inside
    x, weight = _rule(b - 1.0, 0.0)
    p = 0.5 * (1.0 + x[:, None]) + np.zeros_like(w)
    return np.asarray(expected + weight @ part(p, (a - 1.0) * np.log(p) - b * np.log(2.0)))


def _rule(right: float, left: float) -> tuple[FloatArray, FloatArray]:
    """Nodes and weights of ∫_0^1 x^left (1−x)^right f(x) dx."""
    nodes, weights = special.roots_jacobi(_NODES, right, left)
    return 0.5 * (1.0 + nodes), weights / 2.0 ** (right + left + 1.0)
