"""Shrinkage: published examples, a second implementation by brute force, laws."""

from collections.abc import Callable
from random import Random

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, special, stats

from appraise.statistics import shrinkage
from appraise.statistics.arrays import FloatArray
from appraise.statistics.spreads import log_jeffreys

Rows = list[tuple[float, float]]
Call = Callable[[], object]
EIGHT_SCHOOLS = np.array([28.0, 8, -3, 7, -1, 1, 18, 12]), np.array([15.0, 10, 16, 11, 9, 11, 10, 18]) ** 2
estimates = st.lists(st.tuples(st.floats(-50, 50), st.floats(0.01, 100)), min_size=5, max_size=12)
exposed = st.tuples(st.integers(0, 60), st.floats(0.01, 50.0))
counts = st.lists(exposed | st.just((0, 0.0)), min_size=5, max_size=12).filter(lambda rows: sum(o for o, _ in rows) > 0)


def jeffreys(variance: FloatArray, spread: float) -> float:
    """τ tr(PP)^½, P the precisions with the mean taken out, as a matrix."""
    w = 1 / (variance + spread**2)
    P = np.diag(w) - np.outer(w, w) / w.sum()  # noqa: N806
    return spread * float(np.sqrt(np.trace(P @ P)))


def half_normal(cv: float) -> float:
    return float(stats.halfnorm.pdf(cv, scale=0.5))


def brute_force_cdf(y: FloatArray, v: FloatArray, x: FloatArray) -> FloatArray:
    """P(θ_e ≤ x_e) by summing a dense (μ, τ) grid: no formula shared with the code under test."""
    mu = np.linspace(-80, 100, 361)[:, None]
    root = np.linspace(0.0, 250.0 ** (1 / 3), 1_001)[1:]
    tau = root[None, :] ** 3
    log_like = stats.norm.logpdf(y, mu[:, :, None], np.sqrt(v + tau[:, :, None] ** 2)).sum(axis=2)
    prior = np.array([jeffreys(v, spread) for spread in tau[0]])
    weight = np.exp(log_like - log_like.max()) * prior * root**2
    weight /= weight.sum()
    precision = 1 / v[:, None, None] + 1 / tau**2
    mean = (y[:, None, None] / v[:, None, None] + mu / tau**2) / precision
    below = special.ndtr((x[:, None, None] - mean) * np.sqrt(precision))
    return np.asarray((weight * below).sum(axis=(1, 2)))


def test_eight_schools_equal_a_dense_two_dimensional_integration() -> None:
    y, v = EIGHT_SCHOOLS
    result = shrinkage.normal(y, v)

    assert brute_force_cdf(y, v, result.lower) == pytest.approx(np.full(8, 0.025), abs=3e-4)
    assert brute_force_cdf(y, v, result.upper90) == pytest.approx(np.full(8, 0.95), abs=3e-4)


@pytest.mark.parametrize("share", [1.0, 0.6])
def test_eight_schools_have_the_moments_of_the_joint_normal_model(share: float) -> None:
    """For each τ the means, true values and own parts as one Gaussian vector by its precision; τ by the midpoint rule."""
    y, v = EIGHT_SCHOOLS
    result = shrinkage.normal(y, v, attributable_share=share)
    root = (np.arange(1_500) + 0.5) / 1_500 * 12  # τ = root³, up to 1,728
    density, value, square, deviation, away, mean, reliability = ([] for _ in range(7))
    for tau in root**3:
        total = v + tau**2
        information = (1 / total).sum()
        mu = (y / total).sum() / information
        density.append(stats.norm.logpdf(y, mu, np.sqrt(total)).sum() - 0.5 * np.log(information))
        density[-1] += np.log(jeffreys(v, tau))
        pull = share * tau**2 / total
        noise = share**2 * tau**2 * v / total + share * (1 - share) * tau**2
        value.append(mu + pull * (y - mu))
        square.append(noise + (1 - pull) ** 2 / information + value[-1] ** 2)
        deviation.append(pull * (y - mu))
        away.append(noise + pull**2 / information + deviation[-1] ** 2)
        mean.append(mu)
        reliability.append(tau**2 / total)
    weight = np.exp(np.array(density) - max(density)) * root**2
    weight /= weight.sum()

    assert result.mean == pytest.approx(weight @ value, rel=1e-4)
    assert result.sd**2 == pytest.approx(weight @ square - (weight @ value) ** 2, rel=1e-3)
    assert result.deviation.mean() == pytest.approx(weight @ deviation, rel=1e-4, abs=1e-4)
    assert result.deviation.sd() ** 2 == pytest.approx(weight @ away - (weight @ deviation) ** 2, rel=1e-3)
    assert result.population_mean == pytest.approx(weight @ mean, rel=1e-4)
    assert result.reliability == pytest.approx(weight @ reliability, rel=1e-3)
    assert (result.level, result.deviation_origin) == (1.0, 0.0)
    low, middle, high = np.interp([0.025, 0.5, 0.975], np.cumsum(weight), root**3)
    assert (*result.population_sd_interval, result.population_sd) == pytest.approx(
        (low, high, middle), rel=0.01, abs=0.05
    )


def test_a_population_without_spread_is_a_result_with_wide_enough_intervals() -> None:
    """The usual moment and REML estimates of the spread are 0 here (Rubin 1981); nobody becomes certain."""
    result = shrinkage.normal(*EIGHT_SCHOOLS)

    assert np.all(result.upper - result.lower > 20)


def test_baseball_by_james_stein_is_as_published() -> None:
    """Efron & Morris 1977: first 45 at-bats of 18 players, c = .212 around .265, Clemente .294 … Alvis .242."""
    hits = np.array([18, 17, 16, 15, 14, 14, 13, 12, 11, 11, 10, 10, 10, 10, 10, 9, 8, 7])
    average = hits / 45
    variance = average.mean() * (1 - average.mean()) / 45
    shrunk, kept = shrinkage.james_stein(average, variance)

    assert kept == pytest.approx(0.212, abs=5e-4)
    assert average.mean() == pytest.approx(0.265, abs=5e-4)
    published = [0.294, 0.289, 0.285, 0.280, 0.275, 0.275, 0.270, 0.266, 0.261, 0.261]
    assert shrunk == pytest.approx([*published, *[0.256] * 5, 0.252, 0.247, 0.242], abs=1e-3)


def test_equal_estimates_keep_nothing_of_distances_that_there_are_not() -> None:
    shrunk, kept = shrinkage.james_stein([5.0] * 6, 1.0)

    assert (shrunk.tolist(), kept) == ([5.0] * 6, 0.0)


def test_baseball_integrated_shrinkage_agrees_with_james_stein_and_beats_the_raw_averages() -> None:
    """Season averages of the same players from Efron & Morris 1975, table 1."""
    hits = np.array([18, 17, 16, 15, 14, 14, 13, 12, 11, 11, 10, 10, 10, 10, 10, 9, 8, 7])
    season = [0.346, 0.298, 0.276, 0.222, 0.273, 0.270, 0.263, 0.210, 0.269, 0.230, 0.264, 0.256, 0.303]
    truth = np.array([*season, 0.264, 0.226, 0.285, 0.316, 0.200])
    average = hits / 45
    variance = average.mean() * (1 - average.mean()) / 45
    result = shrinkage.normal(average, np.full(18, variance))

    assert result.mean == pytest.approx(shrinkage.james_stein(average, variance)[0], abs=0.012)
    raw, shrunk = ((average - truth) ** 2).sum(), ((result.mean - truth) ** 2).sum()
    assert raw == pytest.approx(0.077, abs=2e-3)  # the paper's figure; .022 after shrinkage
    assert shrunk < raw / 3


def test_rates_equal_a_dense_two_dimensional_integration() -> None:
    """cv ≤ 4 and ln m summed, the prior of cv that of ratios of variance 1/(mE) + cv² by SciPy's half-normal one; no
    Laplace's method here."""
    observed = np.array([3.0, 9, 0, 14, 5, 8, 2, 11])
    expected = np.array([5.0, 6, 2, 7, 5, 9, 4, 8])
    result = shrinkage.gamma_poisson(observed, expected)
    cv = (np.arange(400) + 0.5)[:, None] / 100
    m = np.exp(np.linspace(-3, 3, 601))[None, :]
    a = 1 / cv**2
    log_like = sum(
        special.gammaln(a + o) - special.gammaln(a) + a * np.log(a / m) - (a + o) * np.log(a / m + e)
        for o, e in zip(observed, expected, strict=True)
    )
    prior = np.array([[jeffreys(1 / (at * expected), float(spread)) for at in m[0]] for spread in cv[:, 0]])
    prior *= stats.halfnorm.pdf(cv, scale=0.5)
    weight = np.exp(log_like - log_like.max()) * prior
    weight /= weight.sum()
    mean = [float((weight * (a + o) / (a + e * m)).sum()) for o, e in zip(observed, expected, strict=True)]
    below = [
        float((weight * special.gammainc(a + o, (a + e * m) * x)).sum())
        for o, e, x in zip(observed, expected, result.lower, strict=True)
    ]

    assert result.mean == pytest.approx(mean, rel=0.02)
    assert below == pytest.approx([0.025] * 8, abs=0.006)


@pytest.mark.parametrize("expected", [0.1, 1.0, 10.0, 100.0])
def test_the_prior_of_a_cv_is_nearly_that_of_the_negative_binomials_information(expected: float) -> None:
    """E[(∂ ln p/∂cv)²] summed over SciPy's probabilities: up to a cv of .5 the roots are a tenth apart at most."""
    counted, ratios = np.arange(4_000), []
    for cv in (0.05, 0.1, 0.3, 0.5):

        def log_probability(at: float) -> FloatArray:
            return np.asarray(stats.nbinom.logpmf(counted, at**-2, 1 / (1 + at**2 * expected)))

        slope = (log_probability(cv * 1.0001) - log_probability(cv * 0.9999)) / (2e-4 * cv)
        exact = np.sqrt(np.exp(log_probability(cv)) @ slope**2)
        ours = log_jeffreys(np.full((8, 1), 1 / (1 / expected + cv**2)), np.array([cv]))
        ratios.append(exact / np.exp(ours[0]))

    assert ratios == pytest.approx([ratios[0]] * 4, rel=0.105)


@pytest.mark.parametrize("share", [1.0, 0.7])
def test_rates_are_those_of_laplaces_method_by_scipy(share: float) -> None:
    """For each cv: m maximises SciPy's negative binomial, its information by differences; θ/m matched by a gamma."""
    observed, exposure = np.array([3.0, 9, 0, 14, 5]), np.array([5.0, 6, 2, 7, 5])
    result = shrinkage.gamma_poisson(observed, exposure, attributable_share=share)
    cvs, weights, parts = (np.arange(100) + 0.5) / 25, [], []
    for cv in cvs:
        a = cv**-2

        def log_likelihood(log_m: float, a: float = a) -> float:
            return float(stats.nbinom.logpmf(observed, a, a / (a + exposure * np.exp(log_m))).sum())

        log_m = optimize.minimize_scalar(lambda at: -log_likelihood(at), bracket=(-1, 1), tol=1e-9).x
        around = [log_likelihood(log_m + step) for step in (-1e-3, 0.0, 1e-3)]
        information = -(around[0] - 2 * around[1] + around[2]) / 1e-6
        prior = jeffreys(1 / (exposure * np.exp(log_m)), cv) * half_normal(cv)
        weights.append(around[1] - 0.5 * np.log(information) + np.log(prior))
        rate = a + exposure * np.exp(log_m)
        mean = (a + observed) / rate
        variance = mean / rate + (exposure * np.exp(log_m) / rate * mean) ** 2 / information
        spread, noise = np.log1p(cv**2), np.log1p(variance / mean**2)
        own = mean**share * np.exp(share * (1 - share) * (spread - noise) / 2)
        squared = own**2 * np.exp(share**2 * noise + share * (1 - share) * spread)
        parts.append((own, squared, exposure * np.exp(log_m) / rate, np.full(5, np.exp(log_m))))
    weight = np.exp(np.array(weights) - max(weights))
    mean, square, reliability, level = np.einsum("g,gke->ke", weight / weight.sum(), np.array(parts))

    assert result.mean == pytest.approx(mean, rel=2e-4)
    assert result.sd**2 == pytest.approx(square - mean**2, rel=2e-3)
    assert result.reliability == pytest.approx(reliability, rel=1e-3)
    assert result.level == pytest.approx(level[0], rel=1e-3)
    assert result.population_sd == pytest.approx(
        np.interp(0.5, np.cumsum(weight) / weight.sum(), cvs + 0.02), abs=0.002
    )
    assert (result.population_mean, result.deviation_origin) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("observed", "expected"),
    [
        pytest.param([0, 0, 1000, 1000, 1], [0, 0, 1e-6, 1e-6, 1], id="events where hardly any were expected"),
        pytest.param([0, 5, 3, 9, 1e6], [1e6, 4, 2, 8, 1e-3], id="none where all were expected"),
    ],
)
def test_the_mean_rate_solves_its_equation_however_far_rates_lie_apart(
    observed: list[float], expected: list[float]
) -> None:
    """The slope of SciPy's negative binomial log likelihood in ln m: Σ a (O − mE)/(a + mE) = 0."""
    events, exposure = np.array(observed), np.array(expected)
    a = np.geomspace(1e4, 0.0625, 160)
    growth = exposure[:, None] * shrinkage._profile_mean(events, exposure, a)
    gained, spent = (events[:, None] / (a + growth)).sum(axis=0), (growth / (a + growth)).sum(axis=0)

    assert spent == pytest.approx(gained, rel=1e-11)


@pytest.mark.parametrize(("a", "x"), [(2e4, 100.0), (1e6, 3.0), (1e6, 0.5), (3e5, 20.0), (1e8, 1000.0), (5.0, 0.0)])
def test_a_rising_power_is_that_of_sixty_digits(a: float, x: float) -> None:
    with mpmath.workdps(60):
        exact = mpmath.loggamma(mpmath.mpf(a) + x) - mpmath.loggamma(a) - x * mpmath.log(a)

    assert shrinkage._log_rising(np.array([a]), np.array([x])) == pytest.approx([float(exact)], rel=2e-9)


@settings(max_examples=20)
@given(estimates)
def test_shrinkage_moves_towards_the_peers_and_intervals_hold_the_estimate(rows: Rows) -> None:
    a, v = np.array(rows).T
    result = shrinkage.normal(a, v)

    assert np.all(result.lower < result.mean)
    assert np.all(result.mean < result.upper)
    assert np.all((result.lower <= result.lower90) & (result.upper90 <= result.upper))
    inside = (result.mean >= a.min() - 1e-9) & (result.mean <= a.max() + 1e-9)
    assert np.all(inside)
    assert np.all((result.reliability >= 0) & (result.reliability <= 1))


@settings(max_examples=20)
@given(estimates, st.randoms(use_true_random=False))
def test_the_order_of_employees_does_not_matter(rows: Rows, random: Random) -> None:
    a, v = np.array(rows).T
    order = list(range(len(rows)))
    random.shuffle(order)

    assert shrinkage.normal(a[order], v[order]).mean == pytest.approx(
        shrinkage.normal(a, v).mean[order], rel=1e-7, abs=1e-7
    )


@settings(max_examples=20)
@given(estimates, st.floats(-100, 100), st.floats(0.1, 10))
def test_a_change_of_origin_and_unit_changes_nothing_else(rows: Rows, origin: float, unit: float) -> None:
    a, v = np.array(rows).T
    before, after = shrinkage.normal(a, v), shrinkage.normal(origin + unit * a, unit**2 * v)

    assert after.mean == pytest.approx(origin + unit * before.mean, rel=1e-6, abs=1e-6)
    assert after.reliability == pytest.approx(before.reliability, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("unit", [1e-120, 1e120])
def test_no_unit_is_too_small_or_too_large(unit: float) -> None:
    before, after = (
        shrinkage.normal(*EIGHT_SCHOOLS),
        shrinkage.normal(unit * EIGHT_SCHOOLS[0], unit**2 * EIGHT_SCHOOLS[1]),
    )

    assert after.mean == pytest.approx(unit * before.mean, rel=1e-9)
    assert after.reliability == pytest.approx(before.reliability, rel=1e-9)


@pytest.mark.parametrize("ahead", [1e4, 1e12])
def test_how_precise_one_estimate_is_says_nothing_of_the_others_spread(ahead: float) -> None:
    """Once far ahead of all others it is the mean's origin, and no more evidence of it changes anything for them."""
    a, v = (column.copy() for column in EIGHT_SCHOOLS)
    v[3] = v.min() / ahead
    near = shrinkage.normal(a, v)
    v[3] /= 1e6
    far = shrinkage.normal(a, v)

    others = np.arange(8) != 3
    assert far.mean == pytest.approx(near.mean, rel=2 / np.sqrt(ahead))
    assert far.population_sd == pytest.approx(near.population_sd, rel=3e-3)
    assert (far.upper - far.lower)[others] == pytest.approx((near.upper - near.lower)[others], rel=2 / np.sqrt(ahead))


@settings(max_examples=20)
@given(estimates, st.floats(0.05, 0.9))
def test_more_data_means_more_reliability_and_less_shrinkage(rows: Rows, smaller: float) -> None:
    a, v = np.array(rows).T
    v[1], a[:2] = v[0] * smaller, a.max() + 1.0
    result = shrinkage.normal(a, v)

    assert result.reliability[1] > result.reliability[0]
    assert abs(result.mean[1] - a[1]) <= abs(result.mean[0] - a[0]) + 1e-9


@settings(max_examples=20)
@given(counts)
def test_rates_lie_in_their_intervals_and_probabilities_add_up(rows: Rows) -> None:
    observed, expected = np.array(rows, dtype=float).T
    result = shrinkage.gamma_poisson(observed, expected)

    assert np.all((result.lower < result.mean) & (result.mean < result.upper))
    total = result.probability_above_population() + result.probability_below_population()
    assert total == pytest.approx(np.ones(len(rows)), abs=1e-9)


def test_a_margin_is_added_to_the_population_above_it_and_taken_off_below_it() -> None:
    rates, values = shrinkage.gamma_poisson([3, 9, 0, 14, 5], [5, 6, 2, 7, 5]), shrinkage.normal(*EIGHT_SCHOOLS)

    assert rates.probability_above_population(0.2) == pytest.approx(1 - rates.posterior.cdf(1.2), rel=1e-12)
    assert rates.probability_below_population(0.2) == pytest.approx(rates.posterior.cdf(0.8), rel=1e-12)
    assert values.probability_above_population(3.0) == pytest.approx(1 - values.deviation.cdf(3.0), rel=1e-12)
    assert values.probability_below_population(3.0) == pytest.approx(values.deviation.cdf(-3.0), rel=1e-12)


def test_the_probability_of_beating_the_population_allows_for_its_own_uncertainty() -> None:
    """Six equal employees: whoever is average is above the mean with probability one half, whatever the mean."""
    result = shrinkage.normal([1.0, 2.0, 3.0, 4.0, 5.0, 3.0], [0.5] * 6)

    assert result.probability_above_population()[[2, 5]] == pytest.approx([0.5, 0.5], abs=1e-9)
    assert result.probability_above(result.posterior.quantile(0.3)) == pytest.approx(np.full(6, 0.7), abs=1e-9)


def test_quantiles_invert_the_posterior_and_the_deviation() -> None:
    normal = shrinkage.normal(*EIGHT_SCHOOLS)
    rates = shrinkage.gamma_poisson([3, 9, 0, 14, 5], [5, 6, 2, 7, 5], attributable_share=0.6)

    for mixture in (normal.posterior, normal.deviation, rates.posterior):
        for p in (0.001, 0.025, 0.6, 0.975, 0.999):
            assert mixture.cdf(mixture.quantile(p)) == pytest.approx(np.full(mixture.mean().size, p), abs=1e-9)
