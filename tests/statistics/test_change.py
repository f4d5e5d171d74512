"""Change between periods and training effects, against dense integration, the jackknife and simulated truth."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

from appraise.errors import InvalidInput, NotEnough
from appraise.statistics import shrinkage
from appraise.statistics.arrays import FloatArray
from appraise.statistics.change import (
    Effect,
    adjusted_for_baseline,
    between_periods,
    difference_in_differences,
    return_on_training,
)
from appraise.statistics.refusals import NotEnoughGroups


def two_periods(seed: int, employees: int, correlation: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """True values, estimates, variances, each (J, 2); population sd .2, a rise of .05."""
    random = np.random.default_rng(seed)
    covariance = 0.04 * np.array([[1, correlation], [correlation, 1]])
    truth = random.multivariate_normal([3.0, 3.05], covariance, employees)
    variance = 1 / random.integers(3, 80, (employees, 2))
    return truth, random.normal(truth, np.sqrt(variance)), variance


def training(seed: int, employees: int, effect: float) -> tuple[FloatArray, FloatArray, np.ndarray]:
    """Half of those with a low start are trained; everybody drifts by .05."""
    random = np.random.default_rng(seed)
    truth = random.normal(0, 0.2, employees)
    before = truth + random.normal(0, 0.2, employees)
    trained = (before < np.quantile(before, 0.4)) & (random.random(employees) < 0.5)
    after = truth + 0.05 + effect * trained + random.normal(0, 0.2, employees)
    return before, after, trained


def test_the_change_equals_a_dense_integration_over_spreads_correlation_and_means() -> None:
    """Importance sampling from the flat priors, with the likelihood written as a plain bivariate normal."""
    y = np.array([[3.0, 3.4], [2.1, 2.6], [3.9, 3.7], [2.8, 3.5], [3.3, 3.6], [1.9, 2.9], [3.1, 3.0]])
    v = np.array([[0.1, 0.2], [0.05, 0.1], [0.2, 0.1], [0.1, 0.1], [0.3, 0.05], [0.1, 0.1], [0.02, 0.2]])
    result = between_periods(y[:, 0], v[:, 0], y[:, 1], v[:, 1])
    random = np.random.default_rng(0)
    tau1, tau2, rho = random.uniform(0, 3, 80_000), random.uniform(0, 3, 80_000), random.uniform(-1, 1, 80_000)
    prior = np.array([[tau1**2, rho * tau1 * tau2], [rho * tau1 * tau2, tau2**2]]).transpose(2, 0, 1)
    weights = [np.linalg.inv(prior + np.diag(v[e])) for e in range(7)]
    information = sum(weights)
    mean = np.linalg.solve(information, sum(w @ y[e] for e, w in enumerate(weights))[:, :, None])[:, :, 0]
    log_like = -0.5 * np.linalg.slogdet(information)[1]
    for e, w in enumerate(weights):
        distance = y[e] - mean
        log_like += 0.5 * np.linalg.slogdet(w)[1] - 0.5 * np.einsum("gi,gij,gj->g", distance, w, distance)
    probability = np.exp(log_like - log_like.max())
    probability /= probability.sum()
    difference = np.array([-1.0, 1.0])
    expected, spread = [], []
    for e, w in enumerate(weights):
        gain = prior @ w
        change = (mean + np.einsum("gij,gj->gi", gain, y[e] - mean)) @ difference
        left = np.eye(2) - gain
        given = prior - gain @ prior + left @ np.linalg.inv(information) @ left.transpose(0, 2, 1)
        expected.append(float(probability @ change))
        square = np.einsum("i,gij,j->g", difference, given, difference) + change**2
        spread.append(float(np.sqrt(probability @ square - expected[-1] ** 2)))

    assert result.mean == pytest.approx(expected, abs=0.015)
    assert result.sd == pytest.approx(spread, rel=0.04)
    assert result.population_change == pytest.approx(float(probability @ (mean[:, 1] - mean[:, 0])), abs=0.01)
    assert result.correlation == pytest.approx(float(probability @ rho), abs=0.03)


@pytest.mark.parametrize(("employees", "repetitions"), [(12, 50), (40, 25)])
def test_intervals_of_the_change_cover_at_their_nominal_rate(employees: int, repetitions: int) -> None:
    """Spreads and correlation drawn from the priors' range, so that Bayesian coverage is exact."""
    random = np.random.default_rng(employees)
    hits: list[bool] = []
    for _ in range(repetitions):
        tau, rho = random.uniform(0, 2, 2), random.uniform(-1, 1)
        covariance = np.array([[tau[0] ** 2, rho * tau[0] * tau[1]], [rho * tau[0] * tau[1], tau[1] ** 2]])
        truth = random.multivariate_normal([3.0, 3.5], covariance, employees)
        v = 4 / random.integers(3, 80, (employees, 2))
        y = random.normal(truth, np.sqrt(v))
        result = between_periods(y[:, 0], v[:, 0], y[:, 1], v[:, 1])
        change = truth[:, 1] - truth[:, 0]
        hits.extend((result.lower <= change) & (change <= result.upper))

    assert np.mean(hits) == pytest.approx(0.95, abs=0.022)


def test_many_employees_change_is_covered_with_their_spread_and_correlation_known_well() -> None:
    truth, y, v = two_periods(102, 1_200, 0.3)
    result = between_periods(y[:, 0], v[:, 0], y[:, 1], v[:, 1])
    change = truth[:, 1] - truth[:, 0]

    assert np.mean((result.lower <= change) & (change <= result.upper)) == pytest.approx(0.95, abs=0.02)
    assert result.population_sd == pytest.approx((0.2, 0.2), abs=0.025)
    assert result.correlation == pytest.approx(0.3, abs=0.15)


def test_fewer_flagged_changes_have_the_wrong_sign_than_between_raw_estimates() -> None:
    truth, y, v = two_periods(5, 2_000, 0.8)
    change, raw = truth[:, 1] - truth[:, 0], y[:, 1] - y[:, 0]
    result = between_periods(y[:, 0], v[:, 0], y[:, 1], v[:, 1])
    apart = [shrinkage.normal(y[:, k], v[:, k]).mean for k in (0, 1)]
    flagged, raw_flagged = (result.lower > 0) | (result.upper < 0), np.abs(raw) > 1.96 * np.sqrt(v.sum(axis=1))

    assert flagged.sum() > 5
    assert np.mean((np.sign(raw) != np.sign(change))[raw_flagged]) > 0.10
    assert np.mean((np.sign(result.mean) != np.sign(change))[flagged]) < 0.05
    assert np.mean((result.mean - change) ** 2) < np.mean((apart[1] - apart[0] - change) ** 2)
    assert result.probability_above()[flagged & (result.mean > 0)].min() > 0.97
    assert result.population_sd == pytest.approx((0.2, 0.2), abs=0.02)


@settings(max_examples=10)
@given(st.floats(-50, 50))
def test_a_common_shift_of_one_period_is_the_population_change_and_nothing_else(shift: float) -> None:
    _, y, v = two_periods(1, 15, 0.5)
    plain = between_periods(y[:, 0], v[:, 0], y[:, 1], v[:, 1])
    moved = between_periods(y[:, 0], v[:, 0], y[:, 1] + shift, v[:, 1])

    assert moved.mean == pytest.approx(plain.mean + shift, abs=1e-6)
    assert moved.population_change == pytest.approx(plain.population_change + shift, abs=1e-6)


def test_training_of_the_weakest_gains_nothing_when_matched_and_seems_to_otherwise() -> None:
    """No true effect: before/after is +.2 by regression to the mean and drift."""
    matched, ancova, naive, covered = [], [], [], []
    for seed in range(120):
        before, after, trained = training(seed, 300, 0.0)
        one, two = difference_in_differences(before, after, trained), adjusted_for_baseline(before, after, trained)
        matched.append(one.estimate)
        ancova.append(two.estimate)
        covered.extend([one.lower <= 0 <= one.upper, two.lower <= 0 <= two.upper])
        naive.append(float((after - before)[trained].mean()))

    assert np.mean(naive) > 0.17
    assert np.mean(matched) == pytest.approx(0.0, abs=0.015)
    assert np.mean(ancova) == pytest.approx(0.0, abs=0.01)
    assert np.mean(covered) == pytest.approx(0.95, abs=0.035)


def test_a_true_effect_is_found() -> None:
    before, after, trained = training(3, 2_000, 0.3)

    for effect in (difference_in_differences(before, after, trained), adjusted_for_baseline(before, after, trained)):
        assert effect.lower < 0.3 < effect.upper
        assert effect.standard_error < 0.03


def test_the_matched_difference_is_a_paired_t_interval() -> None:
    before = np.array([1.0, 2, 3, 4, 5, 6, 1.01, 2.01, 3.01, 4.01, 5.01, 60])
    after = before + np.array([1.0, 2, 0, 1, 3, 9, 0, 1, 0, 1, 1, 0])
    trained = np.arange(12) < 6
    effect = difference_in_differences(before, after, trained)
    theirs = stats.ttest_rel([1, 2, 0, 1, 3], [0, 1, 0, 1, 1]).confidence_interval()

    assert (effect.treated, effect.controls, effect.degrees_of_freedom) == (5, 5, 4)
    assert (effect.lower, effect.upper) == pytest.approx((theirs.low, theirs.high))


def test_the_standard_error_of_the_ancova_is_that_of_the_jackknife() -> None:
    """HC3 is Σ (β₍ᵢ₎ − β)², each β₍ᵢ₎ refitted without employee i (MacKinnon & White 1985), around β."""
    before, after, trained = training(9, 60, 0.1)
    X = np.column_stack([np.ones(60), trained, before])  # noqa: N806
    beta = np.linalg.lstsq(X, after)[0]
    without = [np.linalg.lstsq(np.delete(X, i, 0), np.delete(after, i))[0][1] for i in range(60)]
    effect = adjusted_for_baseline(before, after, trained)

    assert effect.estimate == pytest.approx(beta[1])
    assert effect.standard_error == pytest.approx(np.sqrt(((np.array(without) - beta[1]) ** 2).sum()))


def test_return_carries_the_interval_of_the_effect() -> None:
    effect = Effect(0.1, 0.05, -0.02, 0.22, 40.0, 41, 41)
    result = return_on_training(effect, volume=1_000, unit_value=20.0, cost=1_000.0)
    worse = return_on_training(effect, volume=1_000, unit_value=-20.0, cost=1_000.0)

    assert result == pytest.approx((1.0, -1.4, 3.4))
    assert worse == pytest.approx((-3.0, -5.4, -0.6))


def test_what_cannot_be_compared_is_refused() -> None:
    few, flags = np.arange(12.0), np.arange(12) < 6
    with pytest.raises(NotEnoughGroups, match="4 employees in both periods"):
        between_periods([1, 2, 3, 4], [1] * 4, [1, 2, 3, 4], [1] * 4)
    with pytest.raises(InvalidInput, match="variance_after is"):
        between_periods(few, np.ones(12), few, np.zeros(12))
    with pytest.raises(NotEnough, match="0 of 6 trained employees have an untrained partner"):
        difference_in_differences(few, few, flags)
    with pytest.raises(NotEnough, match="2 trained and 10 untrained"):
        adjusted_for_baseline(few, few, np.arange(12) < 2)
    with pytest.raises(NotEnough, match="starting values do not vary"):
        adjusted_for_baseline(np.ones(12), few, flags)
    with pytest.raises(InvalidInput, match="trained does not match"):
        adjusted_for_baseline(few, few, np.ones(12))
    with pytest.raises(InvalidInput, match="cost is 0"):
        return_on_training(Effect(0, 1, -1, 1, 9, 5, 5), volume=1, unit_value=1, cost=0.0)


def test_the_normal_cdf_of_the_posterior_is_what_probability_above_reports() -> None:
    _, y, v = two_periods(2, 30, 0.6)
    result = between_periods(y[:, 0], v[:, 0], y[:, 1], v[:, 1])
    by_hand = special.ndtr((result.posterior.means - 0.1) / result.posterior.sds) @ result.posterior.weights

    assert result.probability_above(0.1) == pytest.approx(by_hand)
