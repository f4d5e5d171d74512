"""Integration over a spread, against integrals known in closed form, SciPy's quadrature and R's bayesmeta."""

from itertools import pairwise

import mpmath
import numpy as np
import pytest
from scipy import integrate, optimize, stats

from appraise.statistics.arrays import FloatArray
from appraise.statistics.mixtures import NormalMixture
from appraise.statistics.spreads import (
    grid,
    grid_quantiles,
    log_jeffreys,
    log_ratios_differ,
    sd_log_likelihood,
    sd_posterior,
    sd_scales,
)


def rayleigh(t: FloatArray) -> FloatArray:
    return np.log(t, where=t > 0.0, out=np.full(t.shape, -np.inf)) - 0.5 * t**2


@pytest.mark.parametrize("employees", [5, 1_000, 1_001])
@pytest.mark.parametrize("scales", [(1.0, 10.0), (0.01, 1e3), (1e-3, 1e7), (3.0, 1e4)])
def test_moments_of_a_rayleigh_spread_are_exact_from_any_scales(scales: tuple[float, float], employees: int) -> None:
    """E[t] = √(π/2), E[t²] = 2, E[t⁴] = 8: the scales say where to look, not what is found."""
    nodes, weights = grid(rayleigh, scales, employees)

    assert weights.sum() == pytest.approx(1.0, rel=1e-14)
    moments = [weights @ nodes, weights @ nodes**2, weights @ nodes**4]
    assert moments == pytest.approx([np.sqrt(np.pi / 2), 2.0, 8.0], rel=1e-8)
    assert nodes.size == (161 if employees <= 1_000 else 65)
    assert nodes.min() > 0.0


def test_a_spread_far_from_zero_is_resolved_where_it_lies() -> None:
    """Normal around 1,000 with sd 1, looked for between 0 and 10⁷: four passes find it."""
    nodes, weights = grid(lambda t: -0.5 * (t - 1e3) ** 2, (0.5, 1e7), 5)

    assert weights @ nodes == pytest.approx(1e3, rel=1e-9)
    assert weights @ (nodes - 1e3) ** 2 == pytest.approx(1.0, rel=1e-7)
    assert np.ptp(nodes) < 20.0


def test_the_tail_that_is_left_out_is_negligible() -> None:
    """t/(1 + t²)^{5/2} falls like t⁻⁴, as slowly as any posterior: mass beyond the last node is below 1e-9 of all."""
    nodes, weights = grid(lambda t: rayleigh(t) + 0.5 * t**2 - 2.5 * np.log1p(t**2), (1.0, 1e5), 5)

    assert weights @ nodes**2 == pytest.approx(2.0, rel=1e-3)  # ∫ t³/(1 + t²)^{5/2} = 2/3, ∫ t/(1 + t²)^{5/2} = 1/3
    assert (weights * (nodes > 1.0)).sum() == pytest.approx(2**-1.5, abs=0.02)


def test_a_density_that_is_cut_off_has_its_nodes_up_to_the_cut() -> None:
    """Beyond cv 4 no rate is looked for: the Rayleigh law truncated at 2, E[t²] = 2 − 4e⁻²/(1 − e⁻²)."""
    nodes, weights = grid(rayleigh, (1.0, 2.0), 5)

    assert nodes.max() < 2.0 < nodes[-1] + (nodes[-1] - nodes[-2])
    assert weights @ nodes**2 == pytest.approx(2.0 - 4.0 / np.expm1(2.0), rel=1e-4)


@pytest.mark.parametrize("constant", [-2_000.0, 2_000.0])
def test_a_constant_factor_of_the_density_makes_no_difference(constant: float) -> None:
    nodes, weights = grid(lambda t: rayleigh(t) + constant, (1.0, 10.0), 5)

    assert weights @ nodes**2 == pytest.approx(2.0, rel=1e-8)


def test_quantiles_are_those_of_the_density() -> None:
    quantiles = grid_quantiles(*grid(rayleigh, (1.0, 10.0), 5), (0.5, 0.025, 0.975))

    assert quantiles == pytest.approx(stats.rayleigh.ppf([0.5, 0.025, 0.975]), abs=2e-3)
    assert grid_quantiles(np.array([1.0, 2.0]), np.array([0.5, 0.5]), (0.25, 0.5, 0.75)) == [1.0, 1.5, 2.0]


def test_the_likelihood_of_a_spread_is_the_integral_over_the_mean() -> None:
    a, v = np.array([1.0, 2.5, -0.5, 4.0]), np.array([0.5, 1.0, 2.0, 0.1])
    tau = np.array([0.0, 0.7, 3.0])

    def joint(mu: float, spread: float) -> float:
        return float(np.prod(stats.norm.pdf(a, mu, np.sqrt(v + spread**2))))

    integrals = [integrate.quad(joint, -30, 30, args=(spread,), points=[3.0], epsabs=0)[0] for spread in tau]

    assert sd_log_likelihood(a, v, tau) == pytest.approx(np.log(integrals) + 1.5 * np.log(2 * np.pi), rel=1e-9)


def test_scales_span_from_the_most_precise_estimate_to_far_beyond_all() -> None:
    assert sd_scales(np.array([1.0, 4.0, 2.0]), np.array([0.25, 4.0, 1.0])) == (0.5, 5e4)


def test_under_a_flat_prior_the_nodes_give_eight_schools_the_published_medians() -> None:
    """Rubin 1981; Gelman et al., Bayesian Data Analysis (3rd ed.), table 5.2, from 200 draws."""
    y, v = np.array([28.0, 8, -3, 7, -1, 1, 18, 12]), np.array([15.0, 10, 16, 11, 9, 11, 10, 18]) ** 2
    tau, weight = grid(lambda t: sd_log_likelihood(y, v, t), sd_scales(y, v), 8)
    total = v[:, None] + tau**2
    information = (1.0 / total).sum(axis=0)
    mu, pull = (y @ (1.0 / total)) / information, tau**2 / total
    means = mu + pull * (y[:, None] - mu)
    school = NormalMixture(weight, means, np.sqrt(pull * v[:, None] + (1.0 - pull) ** 2 / information))

    assert school.quantile(0.5) == pytest.approx([10, 8, 7, 8, 5, 6, 10, 8], abs=0.7)


def dense_jeffreys(v: FloatArray, tau: float) -> float:
    """τ tr(PP)^½ of the matrix that takes the mean out of the precisions, to fifty digits."""
    with mpmath.workdps(50):
        w = [1 / (mpmath.mpf(float(one)) + mpmath.mpf(tau) ** 2) for one in v]
        P = mpmath.diag(w) - mpmath.matrix(w) * mpmath.matrix(w).T / sum(w)  # noqa: N806
        PP = P * P  # noqa: N806
        return float(tau * mpmath.sqrt(sum(PP[k, k] for k in range(len(w)))))


@pytest.mark.parametrize(
    "variances",
    [
        pytest.param([0.5, 1.0, 2.0, 0.1, 7.0], id="several"),
        pytest.param([3.0, 1e-12, 2.0, 1.0, 5.0], id="one known almost exactly"),
        pytest.param([3.0, 1e-30, 2.0, 1.0, 5.0], id="one known exactly"),
        pytest.param([1e-12, 1e-12, 2.0, 1.0, 1e30], id="two known almost exactly and one not at all"),
        pytest.param([4.0, 0.25], id="two"),
    ],
)
def test_the_prior_is_the_information_on_a_spread_once_the_mean_is_taken_out(variances: list[float]) -> None:
    v, tau = np.array(variances), np.array([1e-9, 1e-3, 0.7, 30.0, 1e5])
    expected = np.log([dense_jeffreys(v, float(one)) for one in tau])

    assert log_jeffreys(1.0 / (v[:, None] + tau**2), tau) == pytest.approx(expected, abs=1e-9)


def test_the_prior_of_ratios_is_scipys_half_normal() -> None:
    spread = np.array([0.0, 0.2, 0.5, 2.0])
    published = stats.halfnorm.logpdf(spread, scale=0.5)

    assert log_ratios_differ(spread) == pytest.approx(published - published[0], rel=1e-12)


def test_of_equal_variances_the_prior_is_the_published_one_that_takes_the_mean_for_known() -> None:
    """Bodnar et al. 2017, Statistics in Medicine 36:378: τ(Σ(v + τ²)⁻²)^½, up to a constant."""
    v, tau = np.full(12, 2.5), np.array([1e-3, 0.1, 1.0, 20.0])
    published = np.log(tau) + 0.5 * np.log((1.0 / (v[:, None] + tau**2) ** 2).sum(axis=0))
    apart = log_jeffreys(1.0 / (v[:, None] + tau**2), tau) - published

    assert apart == pytest.approx(np.full(4, 0.5 * np.log(11 / 12)), abs=1e-12)


def test_with_the_mean_taken_for_known_the_nodes_give_what_bayesmeta_gives() -> None:
    """R's bayesmeta(c(11, 13, 16), c(1, 1, 2), tau.prior = "Jeffreys"), printed by Okumura 2018 (R de tanoshimu Bayes
    tōkei nyūmon), section 6.5: of τ the median and the mean, the mean of μ, of the true values means and sds.

    bayesmeta itself is right to three digits: its mixtures differ from the posterior by up to .01 of divergence (Röver
    2020, J Statistical Software 93:6).
    """
    y, v = np.array([11.0, 13.0, 16.0]), np.array([1.0, 1.0, 4.0])

    def log_density(tau: FloatArray) -> FloatArray:
        squares = (1.0 / (v[:, None] + tau**2) ** 2).sum(axis=0)
        return sd_log_likelihood(y, v, tau) + rayleigh(tau) + 0.5 * tau**2 + 0.5 * np.log(squares)

    tau, weight = grid(log_density, sd_scales(y, v), 3)
    total = v[:, None] + tau**2
    information = (1.0 / total).sum(axis=0)
    mu = (y @ (1.0 / total)) / information
    pull = tau**2 / total
    means = mu + pull * (y[:, None] - mu)
    squares = pull * v[:, None] + (1.0 - pull) ** 2 / information + means**2

    assert weight @ mu == pytest.approx(12.980341, abs=2e-4)
    assert [*grid_quantiles(tau, weight, (0.5,)), weight @ tau] == pytest.approx([2.35487034, 3.67647047], rel=2e-3)
    assert means @ weight == pytest.approx([11.4133994, 12.9395931, 14.5880300], abs=1e-3)
    assert np.sqrt(squares @ weight - (means @ weight) ** 2) == pytest.approx(
        [0.9927761, 0.9349359, 1.888808], rel=1e-3
    )


@pytest.mark.parametrize(
    ("estimates", "variances"),
    [
        pytest.param([1.0, 2.5, -0.5, 4.0, 1.2], [0.5, 1.0, 2.0, 0.1, 7.0], id="several"),
        pytest.param([2.0] * 5, [1.0] * 5, id="all alike"),
        pytest.param([-3.0, 5.0, 0.0, 1.0, 9.0], [1e-8] * 5, id="all known almost exactly"),
        pytest.param([-3.0, 5.0, 0.0, 1.0, 9.0], [1e-8, 40.0, 40.0, 40.0, 40.0], id="one known almost exactly"),
    ],
)
def test_the_posterior_of_a_spread_is_that_of_scipys_quadrature(estimates: list[float], variances: list[float]) -> None:
    """In z = τ/(s + τ), which brings all spreads into (0, 1): the share below some, and E[1/(1 + τ²)]."""
    a, v = np.array(estimates), np.array(variances)
    s = float(np.sqrt(np.median(v) + np.var(a)))

    def log_density(z: float) -> float:
        tau = s * z / (1.0 - z)
        w = 1.0 / (v + tau**2)
        away = a - w @ a / w.sum()
        log_likelihood = 0.5 * (np.log(w).sum() - np.log(w.sum()) - w @ away**2)
        P = np.diag(w) - np.outer(w, w) / w.sum()  # noqa: N806
        return float(log_likelihood + np.log(tau) + 0.5 * np.log(np.trace(P @ P)) - 2.0 * np.log1p(-z))

    top = log_density(optimize.minimize_scalar(lambda z: -log_density(z), bounds=(1e-9, 1 - 1e-9), method="bounded").x)
    ends = [0.0, 1e-6, 1e-4, 1e-2, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 1.0 - 1e-6]

    def integral(of: str) -> float:
        def at(z: float) -> float:
            tau = s * z / (1.0 - z)
            return float(np.exp(log_density(z) - top) * (1.0 if of == "all" else 1.0 / (1.0 + tau**2)))

        return sum(integrate.quad(at, *pair, epsabs=1e-12)[0] for pair in pairwise(ends))

    tau, weight = sd_posterior(a, v)

    assert weight @ (1.0 / (1.0 + tau**2)) == pytest.approx(integral("hat") / integral("all"), rel=1e-6)
