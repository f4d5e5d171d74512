"""Partial pooling of employees with the between-employee spread integrated over, not plugged in.

With few employees a plugged-in spread is often zero, which makes all employees equal with no uncertainty;
integrating it keeps intervals honest from five employees upwards (Gelman 2006, Bayesian Analysis 1:515). The spread's
prior is Jeffreys' (`spreads.log_jeffreys`): under a flat one intervals of few employees with thin evidence are narrow.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from appraise.domain.language import counted
from appraise.errors import InvalidInput, NotEnough
from appraise.statistics.arrays import FloatArray, at_least, matrix, vector
from appraise.statistics.errors_in_common import Estimates
from appraise.statistics.mixtures import GammaMixture, Mixture, NormalMixture
from appraise.statistics.refusals import NotEnoughGroups
from appraise.statistics.spreads import grid, grid_quantiles, log_jeffreys, log_ratios_differ

FEWEST_EMPLOYEES = 5
_LARGEST_CV = 4.0  # beyond it the gamma prior is all at zero: such rates have nothing in common
_SMALLEST_CV = 1e-5
_LAST_STEP, _LONGEST_STEP = 1e-12, 2.0  # in ln m; upwards Newton's method overshoots


@dataclass(frozen=True, slots=True, eq=False)
class Shrunk:
    """Posterior of each employee's true value; every array has one entry per employee, in input order.

    `lower`, `upper` bound the central 95 %, `lower90`, `upper90` the central 90 %.
    `reliability` is the posterior mean of (between-employee variance)/(between + sampling variance), in [0, 1]:
    of the measurement only, so `attributable_share` does not lower it.
    `population_sd` is the posterior median of the between-employee sd (of the cv after `gamma_poisson`), the part
    that is not attributable to employees included; `population_sd_interval` is its central 95 %.
    `level` is 1, after `gamma_poisson` the observed per expected event of the average employee: the unit of the ratios.
    """

    mean: FloatArray
    sd: FloatArray
    reliability: FloatArray
    population_mean: float
    population_sd: float
    population_sd_interval: tuple[float, float]
    level: float
    posterior: Mixture
    deviation: Mixture  # of value − population mean; after gamma_poisson, of the ratio itself
    deviation_origin: float  # what `deviation` is for an average employee: 0, after gamma_poisson 1

    @property
    def lower(self) -> FloatArray:  # quantiles take longer than all else, so each is worked out where it is read
        return self.posterior.quantile(0.025)

    @property
    def upper(self) -> FloatArray:
        return self.posterior.quantile(0.975)

    @property
    def lower90(self) -> FloatArray:
        return self.posterior.quantile(0.05)

    @property
    def upper90(self) -> FloatArray:
        return self.posterior.quantile(0.95)

    def probability_above(self, threshold: npt.ArrayLike) -> FloatArray:
        """P(value > threshold), the threshold a number fixed in advance, or one per employee."""
        return 1.0 - self.posterior.cdf(threshold)

    def probability_above_population(self, margin: float = 0.0) -> FloatArray:
        """P(value > population mean + margin), the uncertainty of that mean included."""
        return 1.0 - self.deviation.cdf(self.deviation_origin + margin)

    def probability_below_population(self, margin: float = 0.0) -> FloatArray:
        """P(value < population mean − margin)."""
        return self.deviation.cdf(self.deviation_origin - margin)


def normal(
    estimate: npt.ArrayLike,
    variance: npt.ArrayLike,
    *,
    attributable_share: float = 1.0,
    common: npt.ArrayLike | None = None,
    doubt: npt.ArrayLike | None = None,
    ratios: bool = False,
) -> Shrunk:
    """Shrink estimates with known sampling variances: estimate_e ~ N(θ_e, variance_e), θ_e ~ N(μ, τ²).

    The prior of μ is flat, that of τ Jeffreys'. Both arguments have shape (J,), in one unit and its square.
    `attributable_share` λ in (0, 1] is the part of the between-employee variance that is the employee's own
    rather than unmeasured case mix: the reported value is μ + e, e | θ ~ N(λ(θ − μ), λ(1−λ)τ²).
    `common` (J, r) are errors on top that employees have together, as of what was expected of all of them: what each of
    r independent standard normal errors adds to each estimate. That they go together counts for how much employees
    differ (see `errors_in_common`); each estimate's own interval has their variance. `doubt` (J,) is the variance of
    such errors where no more is known of them: it widens intervals, and says nothing of how much employees differ.
    Of `ratios`, which are about 1, τ has the half-normal prior of `spreads.log_ratios_differ` besides.

    Raises `NotEnoughGroups` below five employees, `NotEnough` where a sampling variance is zero,
    `InvalidInput` for values that are not finite, lengths that differ, or a share outside (0, 1].
    """
    share = checked_share(attributable_share)
    a = vector("estimate", estimate)
    v = _variances(variance, a.size)
    known = Estimates(a, v, _common(common, a.size))
    tau, weights = known.spread(log_ratios_differ if ratios else None)
    v = known.variance + _doubt(doubt, a.size)
    between = tau**2
    precision = 1.0 / (v[:, None] + between)
    total = precision.sum(axis=0)
    mu = (a @ precision) / total
    factor = between * precision  # B_e of the method
    pull = share * factor
    noise = share**2 * factor * v[:, None] + share * (1.0 - share) * between
    deviations = pull * (a[:, None] - mu)
    return summary(
        posterior=NormalMixture(weights, mu + deviations, np.sqrt(noise + (1.0 - pull) ** 2 / total)),
        deviation=NormalMixture(weights, deviations, np.sqrt(noise + pull**2 / total)),
        reliability=factor @ weights,
        population_mean=float(mu @ weights),
        spread=(tau, weights),
        level=1.0,
    )


def _variances(variance: npt.ArrayLike, size: int) -> FloatArray:
    v = at_least("variance", vector("variance", variance, length=size), 0.0)
    refuse_few(size)
    if np.any(v == 0.0):
        raise NotEnough(
            "a sampling variance is zero: the outcomes do not vary",
            expected="a positive sampling variance for every employee",
        )
    return v


def gamma_poisson(
    observed: npt.ArrayLike,
    expected: npt.ArrayLike,
    *,
    attributable_share: float = 1.0,
    doubt: npt.ArrayLike | None = None,
) -> Shrunk:
    """Shrink observed/expected event counts: observed_e ~ Poisson(θ_e expected_e), θ_e ~ Gamma(mean m, cv).

    The likelihood θ^O e^{−θE} is exact for censored times under proportional hazards, with O events and
    cumulative expected hazard E; O need not be whole (shared credit). cv is integrated with Jeffreys' prior for ratios
    O/(mE) of variance 1/(mE) + cv², times that of `spreads.log_ratios_differ`, m by Laplace's method on ln m: with
    twelve employees a profiled m costs two to four points of coverage.
    Results are ratios θ/m: 1 is an average employee. Both arguments have shape (J,) and are ≥ 0; an employee
    with expected near 0 gets the population's distribution back.
    With an `attributable_share` λ < 1 (see `normal`) the split is multiplicative: given ln θ, the employee's own part
    has mean λ ln θ and variance λ(1−λ) ln(1 + cv²), matched by a gamma; at λ = 1 this is the exact posterior.
    `doubt` is as in `normal`, the variance of ln expected: counts then weigh as much as 1/(1/expected + doubt) events.

    Raises `NotEnoughGroups` below five employees, `NotEnough` without any observed or expected event,
    `InvalidInput` for negative or non-finite values, events without expectation, lengths that differ, or a share
    outside (0, 1].
    """
    share = checked_share(attributable_share)
    O, E = _counts(observed, expected)
    cv, weights = _cv_posterior(O, E)
    weight = 1.0 / (1.0 + E * _doubt(doubt, O.size))
    O, E = O * weight, E * weight
    a = _gamma_shape(cv)
    m = _profile_mean(O, E, a)
    own = E[:, None] * m / (E[:, None] * m + a)  # part of the posterior that is the employee's own data
    means = (O[:, None] + a) / (E[:, None] * m + a)
    variances = means / (E[:, None] * m + a) + (own * means) ** 2 / _information(O, E, a, m)
    spread, noise = np.log1p(cv**2), np.log1p(variances / means**2)
    means = means**share * np.exp(0.5 * share * (1.0 - share) * (spread - noise))
    shapes = 1.0 / np.expm1(share**2 * noise + share * (1.0 - share) * spread)
    posterior = GammaMixture(weights, shapes, shapes / means)
    return summary(
        posterior=posterior,
        deviation=posterior,
        reliability=own @ weights,
        population_mean=1.0,
        spread=(cv, weights),
        level=float(m @ weights),
    )


def _counts(observed: npt.ArrayLike, expected: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    O = at_least("observed", vector("observed", observed), 0.0)
    E = at_least("expected", vector("expected", expected, length=O.size), 0.0)
    refuse_few(O.size)
    impossible = np.flatnonzero((E == 0.0) & (O > 0.0))
    if impossible.size:
        raise InvalidInput(
            f"events are observed where none could happen, at position {impossible[0]}",
            expected="a positive expectation wherever there are events",
        )
    if O.sum() == 0.0:
        raise NotEnough(
            f"no event observed and {E.sum():g} expected over all employees",
            expected="events among the employees compared",
        )
    return O, E


def james_stein(estimate: npt.ArrayLike, variance: float) -> tuple[FloatArray, float]:
    """Estimates of equal known variance shrunk towards their mean, and the factor c that was kept of each distance.

    c = 1 − (J − 3)·variance/Σ(y − ȳ)², never below 0 (Efron & Morris 1977, Scientific American 236:119). The
    plug-in ancestor of `normal`, kept to compare against: it has no interval and is too sure with few employees.
    """
    y = vector("estimate", estimate)
    refuse_few(y.size)
    mean = float(y.mean())
    squares = float(((y - mean) ** 2).sum())
    kept = max(0.0, 1.0 - (y.size - 3) * variance / squares) if squares > 0.0 else 0.0
    return mean + kept * (y - mean), kept


def _doubt(values: npt.ArrayLike | None, size: int) -> FloatArray:
    return np.zeros(size) if values is None else at_least("doubt", vector("doubt", values, length=size), 0.0)


def _common(values: npt.ArrayLike | None, size: int) -> FloatArray:
    L = np.zeros((size, 0)) if values is None else matrix("common", values)
    if L.shape[0] != size:
        raise InvalidInput(f"common has shape {L.shape}", expected=f"{size:,} rows")
    return L


def summary(
    *,
    posterior: Mixture,
    deviation: Mixture,
    reliability: FloatArray,
    population_mean: float,
    spread: tuple[FloatArray, FloatArray],
    level: float,
) -> Shrunk:
    """What is told of the posteriors of value and deviation, with the `spread`'s nodes and their weights."""
    median, low, high = grid_quantiles(*spread, (0.5, 0.025, 0.975))
    return Shrunk(
        mean=posterior.mean(),
        sd=posterior.sd(),
        reliability=reliability,
        population_mean=population_mean,
        population_sd=median,
        population_sd_interval=(low, high),
        level=level,
        posterior=posterior,
        deviation=deviation,
        deviation_origin=population_mean if deviation is posterior else 0.0,
    )


def checked_share(value: float) -> float:
    """Raises `InvalidInput` for an attributable share outside (0, 1]."""
    if not 0.0 < value <= 1.0:
        raise InvalidInput(f"attributable_share is {value!r}", expected="above 0, at most 1")
    return float(value)


def refuse_few(employees: int) -> None:
    """Raises `NotEnoughGroups` where there are too few employees to learn how much they differ."""
    if employees < FEWEST_EMPLOYEES:
        raise NotEnoughGroups(
            f"{counted(employees, 'employee', 'employees')} to compare",
            expected=f"at least {FEWEST_EMPLOYEES}",
            hint="compare within a larger unit, or report the unshrunk estimates",
        )


def _cv_scales(O: FloatArray) -> tuple[float, float]:
    return 1.0 / float(np.sqrt(1.0 + O.max())), _LARGEST_CV


def _gamma_shape(cv: FloatArray) -> FloatArray:
    return 1.0 / np.maximum(cv, _SMALLEST_CV) ** 2


def _cv_posterior(O: FloatArray, E: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Nodes and weights of the cv between employees' rates."""
    return grid(lambda cv: _cv_log_density(O, E, cv), _cv_scales(O), O.size)


def _cv_log_density(O: FloatArray, E: FloatArray, cv: FloatArray) -> FloatArray:
    """Log posterior of each cv (negative binomial), the mean rate integrated by Laplace's method."""
    a = _gamma_shape(cv)
    m = _profile_mean(O, E, a)
    growth = E[:, None] * m
    terms = _log_rising(a, O[:, None]) - (a + O[:, None]) * np.log1p(growth / a) + O[:, None] * np.log(m)
    likelihood: FloatArray = terms.sum(axis=0) - 0.5 * np.log(_information(O, E, a, m))
    return likelihood + log_jeffreys(a * growth / (a + growth), cv) + log_ratios_differ(cv)


def _information(O: FloatArray, E: FloatArray, a: FloatArray, m: FloatArray) -> FloatArray:
    """Observed information of ln m; its inverse is the variance of ln m."""
    growth = E[:, None] * m
    information: FloatArray = (a * growth * (a + O[:, None]) / (a + growth) ** 2).sum(axis=0)
    return information


def _log_rising(a: FloatArray, x: FloatArray) -> FloatArray:
    """Returns ln Γ(a+x) − ln Γ(a) − x ln a, without the cancellation for a ≫ x."""
    series = x * (x - 1.0) / (2.0 * a) * (1.0 - (2.0 * x - 1.0) / (6.0 * a))
    exact = special.gammaln(a + x) - special.gammaln(a) - x * np.log(a)
    return np.where(a > 1e4 * (1.0 + x), series, exact)


def _profile_mean(O: FloatArray, E: FloatArray, a: FloatArray) -> FloatArray:
    """Root in m of Σ (O − mE)/(a + mE), by Newton on the log of the ratio of its two sums in ln m."""
    log_m = np.full(a.shape, np.log(O.sum() / E.sum()))
    for _ in range(200):
        growth = E[:, None] * np.exp(log_m)
        below = 1.0 / (a + growth)
        gained, spent = (O @ below), (growth * below).sum(axis=0)
        slope = (O @ (growth * below**2)) / gained + (a * growth * below**2).sum(axis=0) / spent
        step = np.minimum(np.log(gained / spent) / slope, _LONGEST_STEP)
        log_m = log_m + step
        if np.max(np.abs(step)) < _LAST_STEP:
            break
    mean: FloatArray = np.exp(log_m)
    return mean
