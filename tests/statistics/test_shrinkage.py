"""Shrinkage: published examples, a second implementation by brute force, laws."""

from collections.abc import Callable
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

from appraise.errors import InvalidInput, NotEnough
from appraise.statistics import shrinkage
from appraise.statistics.arrays import FloatArray
from appraise.statistics.refusals import NotEnoughGroups

Rows = list[tuple[float, float]]
Call = Callable[[], object]
EIGHT_SCHOOLS = np.array([28.0, 8, -3, 7, -1, 1, 18, 12]), np.array([15.0, 10, 16, 11, 9, 11, 10, 18]) ** 2
estimates = st.lists(st.tuples(st.floats(-50, 50), st.floats(0.01, 100)), min_size=5, max_size=12)
exposed = st.tuples(st.integers(0, 60), st.floats(0.01, 50.0))
counts = st.lists(exposed | st.just((0, 0.0)), min_size=5, max_size=12).filter(lambda rows: sum(o for o, _ in rows) > 0)


def brute_force_cdf(y: FloatArray, v: FloatArray, x: FloatArray) -> FloatArray:
    """P(θ_e ≤ x_e) by summing a dense (μ, τ) grid: no formula shared with the code under test."""
    mu = np.linspace(-80, 100, 361)[:, None]
    root = np.linspace(0.0, 250.0 ** (1 / 3), 1_001)[1:]
    tau = root[None, :] ** 3
    log_like = stats.norm.logpdf(y, mu[:, :, None], np.sqrt(v + tau[:, :, None] ** 2)).sum(axis=2)
    weight = np.exp(log_like - log_like.max()) * root**2
    weight /= weight.sum()
    precision = 1 / v[:, None, None] + 1 / tau**2
    mean = (y[:, None, None] / v[:, None, None] + mu / tau**2) / precision
    below = special.ndtr((x[:, None, None] - mean) * np.sqrt(precision))
    return np.asarray((weight * below).sum(axis=(1, 2)))


def test_eight_schools_have_the_published_posterior_medians() -> None:
    """Rubin 1981; Gelman et al., Bayesian Data Analysis (3rd ed.), table 5.2, from 200 draws."""
    medians = shrinkage.normal(*EIGHT_SCHOOLS).posterior.quantile(0.5)

    assert medians == pytest.approx([10, 8, 7, 8, 5, 6, 10, 8], abs=0.7)


def test_eight_schools_equal_a_dense_two_dimensional_integration() -> None:
    y, v = EIGHT_SCHOOLS
    result = shrinkage.normal(y, v)

    assert brute_force_cdf(y, v, result.lower) == pytest.approx(np.full(8, 0.025), abs=3e-4)
    assert brute_force_cdf(y, v, result.upper90) == pytest.approx(np.full(8, 0.95), abs=3e-4)


def test_a_population_without_spread_is_a_result_with_wide_enough_intervals() -> None:
    """The usual moment and REML estimates of the spread are 0 here (Rubin 1981); nobody becomes certain."""
    result = shrinkage.normal(*EIGHT_SCHOOLS)

    assert result.population_sd_interval[0] < 0.5
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
    """Flat prior on cv ≤ 4 and on ln m, summed; the code under test uses Laplace's method for m."""
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
    weight = np.exp(log_like - log_like.max())
    weight /= weight.sum()
    mean = [float((weight * (a + o) / (a + e * m)).sum()) for o, e in zip(observed, expected, strict=True)]
    below = [
        float((weight * special.gammainc(a + o, (a + e * m) * x)).sum())
        for o, e, x in zip(observed, expected, result.lower, strict=True)
    ]

    assert result.mean == pytest.approx(mean, rel=0.02)
    assert below == pytest.approx([0.025] * 8, abs=0.006)


def test_rates_of_five_thousand_employees_keep_who_had_no_exposure_at_the_population() -> None:
    random = np.random.default_rng(7)
    expected = np.concatenate([[0.0, 1e-12], random.gamma(1.0, 8.0, 4_998)])
    truth = random.gamma(16.0, 1 / 16, 5_000)
    result = shrinkage.gamma_poisson(random.poisson(1.3 * truth * expected), expected)

    assert result.mean[:2] == pytest.approx([1.0, 1.0], abs=1e-6)
    assert result.reliability[:2] == pytest.approx([0.0, 0.0], abs=1e-9)
    assert (result.population_sd, result.level) == (pytest.approx(0.25, abs=0.02), pytest.approx(1.3, abs=0.03))
    assert np.mean((result.lower < truth) & (truth < result.upper)) == pytest.approx(0.95, abs=0.012)


@pytest.mark.parametrize(("employees", "repetitions"), [(12, 120), (25, 60), (300, 5)])
def test_normal_intervals_cover_at_their_nominal_rate(employees: int, repetitions: int) -> None:
    """Spread drawn from the prior's range, so that Bayesian coverage is exact."""
    random = np.random.default_rng(employees)
    hits95, hits90 = [], []
    for _ in range(repetitions):
        variance = 4.0 / random.integers(3, 80, employees)
        truth = random.normal(3.0, random.uniform(0.0, 2.0), employees)
        result = shrinkage.normal(random.normal(truth, np.sqrt(variance)), variance)
        hits95.extend((result.lower <= truth) & (truth <= result.upper))
        hits90.extend((result.lower90 <= truth) & (truth <= result.upper90))

    assert np.mean(hits95) == pytest.approx(0.95, abs=0.015)
    assert np.mean(hits90) == pytest.approx(0.90, abs=0.02)


@pytest.mark.parametrize(("employees", "repetitions"), [(12, 80), (25, 40), (300, 2)])
def test_rate_intervals_cover_at_their_nominal_rate(employees: int, repetitions: int) -> None:
    """The plug-in gamma-Poisson covers .67 with 12 and .83 with 25 employees."""
    random = np.random.default_rng(employees + 1)
    hits = []
    for _ in range(repetitions):
        cv = random.uniform(0.1, 0.7)
        expected, truth = random.gamma(2.0, 8.0, employees), random.gamma(cv**-2, cv**2, employees)
        result = shrinkage.gamma_poisson(random.poisson(truth * expected), expected)
        hits.extend((result.lower <= truth) & (truth <= result.upper))

    assert np.mean(hits) == pytest.approx(0.95, abs=0.02)


def test_unmeasured_case_mix_is_covered_when_the_attributable_share_is_right() -> None:
    """True sd .17, unmeasured sd .20, share .42: counting all as the employee's covers about .83."""
    random = np.random.default_rng(5)
    own, other = random.normal(0, 0.17, 2_000), random.normal(0, 0.20, 2_000)
    variance = 1.0 / random.integers(10, 300, 2_000)
    estimate = random.normal(own + other, np.sqrt(variance))
    honest = shrinkage.normal(estimate, variance, attributable_share=0.42)
    naive = shrinkage.normal(estimate, variance)

    assert np.mean((honest.lower < own) & (own < honest.upper)) == pytest.approx(0.95, abs=0.012)
    assert np.mean((naive.lower < own) & (own < naive.upper)) < 0.87


def test_rates_with_unmeasured_case_mix_are_covered_when_the_attributable_share_is_right() -> None:
    hits: list[bool] = []
    for seed in range(2):
        random = np.random.default_rng(seed)
        own, other = random.gamma(40, 1 / 40, 2_000), random.gamma(30, 1 / 30, 2_000)
        expected = random.gamma(2.0, 15.0, 2_000)
        observed = random.poisson(own * other * expected)
        result = shrinkage.gamma_poisson(observed, expected, attributable_share=30 / 70)
        hits.extend((result.lower < own) & (own < result.upper))

    assert np.mean(hits) == pytest.approx(0.95, abs=0.015)


@settings(max_examples=50)
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


@settings(max_examples=50)
@given(estimates, st.randoms(use_true_random=False))
def test_the_order_of_employees_does_not_matter(rows: Rows, random: Random) -> None:
    a, v = np.array(rows).T
    order = list(range(len(rows)))
    random.shuffle(order)

    assert shrinkage.normal(a[order], v[order]).mean == pytest.approx(
        shrinkage.normal(a, v).mean[order], rel=1e-7, abs=1e-7
    )


@settings(max_examples=50)
@given(estimates, st.floats(-100, 100), st.floats(0.1, 10))
def test_a_change_of_origin_and_unit_changes_nothing_else(rows: Rows, origin: float, unit: float) -> None:
    a, v = np.array(rows).T
    before, after = shrinkage.normal(a, v), shrinkage.normal(origin + unit * a, unit**2 * v)

    assert after.mean == pytest.approx(origin + unit * before.mean, rel=1e-6, abs=1e-6)
    assert after.reliability == pytest.approx(before.reliability, rel=1e-6, abs=1e-9)


@settings(max_examples=50)
@given(estimates, st.floats(0.05, 0.9))
def test_more_data_means_more_reliability_and_less_shrinkage(rows: Rows, smaller: float) -> None:
    a, v = np.array(rows).T
    v[1], a[:2] = v[0] * smaller, a.max() + 1.0
    result = shrinkage.normal(a, v)

    assert result.reliability[1] > result.reliability[0]
    assert abs(result.mean[1] - a[1]) <= abs(result.mean[0] - a[0]) + 1e-9


@settings(max_examples=40)
@given(counts)
def test_rates_lie_in_their_intervals_and_probabilities_add_up(rows: Rows) -> None:
    observed, expected = np.array(rows, dtype=float).T
    result = shrinkage.gamma_poisson(observed, expected)

    assert np.all((result.lower < result.mean) & (result.mean < result.upper))
    total = result.probability_above_population() + result.probability_below_population()
    assert total == pytest.approx(np.ones(len(rows)), abs=1e-9)
    assert np.all(result.probability_above_population(0.2) <= result.probability_above_population() + 1e-12)


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


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        pytest.param(lambda: shrinkage.normal([1, 2, 3, 4], [1] * 4), NotEnoughGroups, "4 employees", id="few"),
        pytest.param(lambda: shrinkage.normal([1] * 5, [1, 1, 0, 1, 1]), NotEnough, "variance is zero", id="zero"),
        pytest.param(
            lambda: shrinkage.normal([1] * 5, [1, 1, -2, 1, 1]),
            InvalidInput,
            "variance is .*-2.* position 2",
            id="below",
        ),
        pytest.param(lambda: shrinkage.normal([1, np.nan, 1, 1, 1], [1] * 5), InvalidInput, "not finite", id="nan"),
        pytest.param(lambda: shrinkage.normal([1] * 5, [1] * 6), InvalidInput, "variance has 6 values", id="length"),
        pytest.param(
            lambda: shrinkage.normal([1] * 5, [1] * 5, attributable_share=0.0), InvalidInput, "share is 0.0", id="share"
        ),
        pytest.param(lambda: shrinkage.gamma_poisson([1] * 4, [1] * 4), NotEnoughGroups, "4 employees", id="few rates"),
        pytest.param(lambda: shrinkage.gamma_poisson([0] * 5, [1] * 5), NotEnough, "0 events observed", id="no event"),
        pytest.param(
            lambda: shrinkage.gamma_poisson([-1] * 5, [1] * 5), InvalidInput, "observed is .*-1", id="negative"
        ),
        pytest.param(
            lambda: shrinkage.gamma_poisson([1] * 5, [1, 1, 1, 1, 0]), InvalidInput, "position 4", id="no time"
        ),
        pytest.param(lambda: shrinkage.james_stein([1, 2], 1.0), NotEnoughGroups, "2 employees", id="few averages"),
    ],
)
def test_what_cannot_be_answered_is_refused(call: Call, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()
