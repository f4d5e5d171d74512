"""Change between two periods, and what a training did, without mistaking regression to the mean for either.

Subtracting two published (separately shrunk) scores is wrong; so is before/after of those chosen for being low.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize, special

from appraise.domain.language import counted
from appraise.errors import InvalidInput, NotEnough
from appraise.statistics.arrays import FloatArray, at_least, vector
from appraise.statistics.mixtures import NormalMixture
from appraise.statistics.refusals import NotEnoughGroups

FEWEST_EMPLOYEES = 5
_NEGLIGIBLE = 1e-4  # a node of less weight than this, against the heaviest, is left out
_MANY = 500
_EDGE_OF_CORRELATION = 0.999
_PASSES = 4
_COARSE, _FINE, _FINE_OF_MANY = 11, 15, 9  # cells along each axis
_REACH = 30.0  # largest spread, in spreads of the estimates
_ALL_BUT = 1e-9  # a leverage of 1 leaves no residual; it must not divide by 0


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """Posterior of θ_after − θ_before for each employee (J,), and of the population's two spreads and correlation.

    `lower`, `upper` bound the central 95 %. `population_change` is μ_after − μ_before; `population_sd` and
    `correlation` are posterior means.
    """

    mean: FloatArray
    sd: FloatArray
    lower: FloatArray
    upper: FloatArray
    population_change: float
    population_sd: tuple[float, float]
    correlation: float
    posterior: NormalMixture

    def probability_above(self, threshold: npt.ArrayLike = 0.0) -> FloatArray:
        """P(change > threshold)."""
        return 1.0 - self.posterior.cdf(threshold)


def between_periods(
    before: npt.ArrayLike,
    variance_before: npt.ArrayLike,
    after: npt.ArrayLike,
    variance_after: npt.ArrayLike,
) -> Change:
    """Bivariate shrinkage of two unshrunk estimates per employee, (J,) each, with their sampling variances.

    (θ_before, θ_after) ~ N((μ₁, μ₂), [[τ₁², ρτ₁τ₂], [ρτ₁τ₂, τ₂²]]), flat priors on μ, τ ≥ 0 and
    −1 < ρ < 1. τ₁, τ₂ and ρ are integrated over, since a plugged-in maximum is often at an edge. Sampling errors of
    the two periods are independent.
    Only employees seen in both periods belong in the arrays.

    Raises `NotEnoughGroups` below five employees, `InvalidInput` for variances that are not above 0.
    """
    y1 = vector("before", before)
    y2 = vector("after", after, length=y1.size)
    v1 = at_least("variance_before", vector("variance_before", variance_before, length=y1.size), 0.0, strictly=True)
    v2 = at_least("variance_after", vector("variance_after", variance_after, length=y1.size), 0.0, strictly=True)
    if y1.size < FEWEST_EMPLOYEES:
        raise NotEnoughGroups(
            f"{counted(y1.size, 'employee', 'employees')} in both periods", expected=f"at least {FEWEST_EMPLOYEES}"
        )
    pairs = _Pairs(y1, v1, y2, v2)
    nodes, weights = _integrate(pairs)
    means, variances = pairs.change(nodes)
    posterior = NormalMixture(weights, means, np.sqrt(variances))
    mu = pairs.population_mean(nodes)
    tau1, tau2, rho = weights @ nodes
    return Change(
        mean=posterior.mean(),
        sd=posterior.sd(),
        lower=posterior.quantile(0.025),
        upper=posterior.quantile(0.975),
        population_change=float(weights @ (mu[1] - mu[0])),
        population_sd=(float(tau1), float(tau2)),
        correlation=float(rho),
        posterior=posterior,
    )


class _Pairs:
    """The bivariate normal model at many (τ₁, τ₂, ρ) at once; inner arrays are (J, G)."""

    def __init__(self, y1: FloatArray, v1: FloatArray, y2: FloatArray, v2: FloatArray) -> None:
        self.y1, self.v1, self.y2, self.v2 = (array[:, None] for array in (y1, v1, y2, v2))

    def _precision(self, nodes: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Inverse of T + V_e as (p11, p12, p22), and ln det(T + V_e)."""
        tau1, tau2, rho = nodes.T
        a, b, c = self.v1 + tau1**2, rho * tau1 * tau2, self.v2 + tau2**2
        determinant = a * c - b**2
        return c / determinant, -b / determinant, a / determinant, np.log(determinant)

    def _mean(self, p11: FloatArray, p12: FloatArray, p22: FloatArray) -> tuple[FloatArray, ...]:
        """GLS estimates μ₁, μ₂ and their covariance c11, c12, c22."""
        s11, s12, s22 = p11.sum(axis=0), p12.sum(axis=0), p22.sum(axis=0)
        t1 = (p11 * self.y1 + p12 * self.y2).sum(axis=0)
        t2 = (p12 * self.y1 + p22 * self.y2).sum(axis=0)
        determinant = s11 * s22 - s12**2
        c11, c12, c22 = s22 / determinant, -s12 / determinant, s11 / determinant
        return c11 * t1 + c12 * t2, c12 * t1 + c22 * t2, c11, c12, c22

    def log_density(self, nodes: FloatArray) -> FloatArray:
        p11, p12, p22, log_determinant = self._precision(nodes)
        mu1, mu2, c11, c12, c22 = self._mean(p11, p12, p22)
        d1, d2 = self.y1 - mu1, self.y2 - mu2
        fit = (p11 * d1**2 + 2 * p12 * d1 * d2 + p22 * d2**2 + log_determinant).sum(axis=0)
        result: FloatArray = -0.5 * fit + 0.5 * np.log(c11 * c22 - c12**2)
        return result

    def population_mean(self, nodes: FloatArray) -> tuple[FloatArray, FloatArray]:
        mu1, mu2, *_ = self._mean(*self._precision(nodes)[:3])
        return mu1, mu2

    def change(self, nodes: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Posterior mean and variance of θ₂ − θ₁, (J, G)."""
        tau1, tau2, rho = nodes.T
        t11, t12, t22 = tau1**2, rho * tau1 * tau2, tau2**2
        p11, p12, p22, _ = self._precision(nodes)
        mu1, mu2, c11, c12, c22 = self._mean(p11, p12, p22)
        # The row (−1, 1) T of the prior covariance, and its gain (−1, 1) T (T + V)⁻¹.
        r1, r2 = t12 - t11, t22 - t12
        g1, g2 = r1 * p11 + r2 * p12, r1 * p12 + r2 * p22
        mean = mu2 - mu1 + g1 * (self.y1 - mu1) + g2 * (self.y2 - mu2)
        given = t11 - 2 * t12 + t22 - (g1 * r1 + g2 * r2)
        h1, h2 = -1.0 - g1, 1.0 - g2
        return mean, np.maximum(given + h1**2 * c11 + 2 * h1 * h2 * c12 + h2**2 * c22, 0.0)


def _integrate(pairs: _Pairs) -> tuple[FloatArray, FloatArray]:
    """Nodes (G, 3) and weights over (τ₁, τ₂, ρ): midpoints of a box that is narrowed to where the mass is."""
    small = float(np.sqrt(min(pairs.v1.min(), pairs.v2.min())))
    large = max(float(np.ptp(y)) + float(np.sqrt(v.max())) for y, v in ((pairs.y1, pairs.v1), (pairs.y2, pairs.v2)))
    top = float(np.arcsinh(_REACH * large / small))
    box = np.array([[0.0, top], [0.0, top], [-_EDGE_OF_CORRELATION, _EDGE_OF_CORRELATION]])
    for _ in range(_PASSES):
        _, weights = _midpoints(pairs, box, small, per_axis=_COARSE)
        box = _narrowed(box, weights.reshape(_COARSE, _COARSE, _COARSE))
    fine = _FINE_OF_MANY if pairs.y1.shape[0] > _MANY else _FINE
    nodes, weights = _midpoints(pairs, box, small, per_axis=fine)
    kept = weights > _NEGLIGIBLE
    return nodes[kept], weights[kept] / weights[kept].sum()


def _midpoints(pairs: _Pairs, box: FloatArray, small: float, *, per_axis: int) -> tuple[FloatArray, FloatArray]:
    """Cell midpoints in (arcsinh(τ₁/small), arcsinh(τ₂/small), ρ) and their weights relative to the largest."""
    axes = [low + (high - low) * (np.arange(per_axis) + 0.5) / per_axis for low, high in box]
    u = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    nodes = np.column_stack([small * np.sinh(u[:, :2]), u[:, 2]])
    values = pairs.log_density(nodes) + np.log(np.cosh(u[:, :2])).sum(axis=1)
    return nodes, np.exp(values - values.max())


def _narrowed(box: FloatArray, weights: FloatArray) -> FloatArray:
    """The part of each axis, one cell wider on both sides, whose marginal weight is not negligible."""
    result = box.copy()
    for axis in range(3):
        marginal = weights.sum(axis=tuple(other for other in range(3) if other != axis))
        used = np.flatnonzero(marginal > _NEGLIGIBLE * marginal.max())
        low, width = box[axis, 0], (box[axis, 1] - box[axis, 0]) / marginal.size
        result[axis] = [
            max(box[axis, 0], low + width * (used[0] - 1)),
            min(box[axis, 1], low + width * (used[-1] + 2)),
        ]
    return result


@dataclass(frozen=True, slots=True)
class Effect:
    """A treatment effect with its 95 % interval by t; the unit is the employee."""

    estimate: float
    standard_error: float
    lower: float
    upper: float
    degrees_of_freedom: float
    treated: int
    controls: int


def difference_in_differences(
    before: npt.ArrayLike, after: npt.ArrayLike, trained: npt.ArrayLike, *, caliper: float = 0.1
) -> Effect:
    """Mean change of the trained minus that of untrained employees with the same starting value.

    One adjusted value per employee and period, (J,); `trained` boolean (J,). Each trained employee is paired with one
    untrained employee at most `caliper` baseline sds away, all pairs together as close as possible; the trained
    without such a partner are left out (`treated` counts those kept). Without the matching, those sent to training
    because they were low would seem to gain by regression to the mean.

    A pre-trend is checked by the same call on two earlier periods. Raises `NotEnough` below five pairs.
    """
    pre, post, treated = _periods(before, after, trained)
    one, none = np.flatnonzero(treated), np.flatnonzero(~treated)
    reach = caliper * float(np.std(pre, ddof=1))
    distance = np.abs(pre[one][:, None] - pre[none][None, :])
    # Beyond the caliper any pair costs more than all allowed pairs together.
    forbidden = reach * (one.size + 1.0) + 1.0
    rows, columns = optimize.linear_sum_assignment(np.where(distance <= reach, distance, forbidden))
    allowed = distance[rows, columns] <= reach
    rows, columns = rows[allowed], columns[allowed]
    n = rows.size
    if n < FEWEST_EMPLOYEES:
        raise NotEnough(
            f"{n} of {counted(one.size, 'trained employee', 'trained employees')} with an untrained partner of the "
            "same starting value",
            expected=f"at least {FEWEST_EMPLOYEES} pairs",
            hint="compare with employees who were eligible but not yet trained",
        )
    gain = (post - pre)[one[rows]] - (post - pre)[none[columns]]
    error = float(np.std(gain, ddof=1) / np.sqrt(n))
    return _effect(float(gain.mean()), error, n - 1.0, treated=n, controls=n)


def adjusted_for_baseline(before: npt.ArrayLike, after: npt.ArrayLike, trained: npt.ArrayLike) -> Effect:
    """ANCOVA: the coefficient of `trained` in after ~ 1 + trained + before, with HC3 standard errors.

    Raises `NotEnough` with fewer than five employees on either side, or where `before` does not vary.
    """
    pre, post, treated = _periods(before, after, trained)
    X = np.column_stack([np.ones(pre.size), treated, pre - pre.mean()])
    if np.linalg.matrix_rank(X) < X.shape[1]:
        raise NotEnough("the starting values do not vary within the groups", expected="starting values that differ")
    bread = np.linalg.inv(X.T @ X)
    beta = bread @ X.T @ post
    leverage = np.minimum(((X @ bread) * X).sum(axis=1), 1.0 - _ALL_BUT)
    scores = X * ((post - X @ beta) / (1.0 - leverage))[:, None]
    covariance = bread @ (scores.T @ scores) @ bread
    return _effect(
        float(beta[1]),
        float(np.sqrt(covariance[1, 1])),
        float(pre.size - X.shape[1]),
        treated=int(treated.sum()),
        controls=int((~treated).sum()),
    )


def return_on_training(effect: Effect, *, volume: float, unit_value: float, cost: float) -> tuple[float, float, float]:
    """(effect × volume × unit value − cost)/cost with the limits of the effect carried through: estimate, lower, upper.

    `volume` counts the outcomes touched over the horizon, `unit_value` is money per unit of the effect.
    """
    if not cost > 0.0:
        raise InvalidInput(f"cost is {cost!r}", expected="above 0")
    value = volume * unit_value
    estimate, one, two = ((bound * value - cost) / cost for bound in (effect.estimate, effect.lower, effect.upper))
    return estimate, min(one, two), max(one, two)


def _periods(
    before: npt.ArrayLike, after: npt.ArrayLike, trained: npt.ArrayLike
) -> tuple[FloatArray, FloatArray, npt.NDArray[np.bool_]]:
    pre = vector("before", before)
    post = vector("after", after, length=pre.size)
    treated = np.asarray(trained)
    if treated.dtype != np.bool_ or treated.shape != pre.shape:
        raise InvalidInput("trained does not match the employees", expected=f"{pre.size} booleans")
    smaller = min(int(treated.sum()), int((~treated).sum()))
    if smaller < FEWEST_EMPLOYEES:
        raise NotEnough(
            f"{treated.sum()} trained and {counted((~treated).sum(), 'untrained employee', 'untrained employees')}",
            expected=f"at least {FEWEST_EMPLOYEES} of each",
        )
    return pre, post, treated


def _effect(estimate: float, error: float, freedom: float, *, treated: int, controls: int) -> Effect:
    half = float(special.stdtrit(freedom, 0.975)) * error
    return Effect(estimate, error, estimate - half, estimate + half, freedom, treated, controls)
