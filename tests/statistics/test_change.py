"""Change between periods and training effects, against dense integration, the jackknife and simulated truth."""

from collections.abc import Callable

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
    _Pairs,
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
    """Gauss and Legendre's rule over the flat priors, with the likelihood written as a plain bivariate normal."""
    y = np.array([[3.0, 3.4], [2.1, 2.6], [3.9, 3.7], [2.8, 3.5], [3.3, 3.6], [1.9, 2.9], [3.1, 3.0]])
    v = np.array([[0.1, 0.2], [0.05, 0.1], [0.2, 0.1], [0.1, 0.1], [0.3, 0.05], [0.1, 0.1], [0.02, 0.2]])
    result = between_periods(y[:, 0], v[:, 0], y[:, 1], v[:, 1])
    (u, u_mass), (r, r_mass) = np.polynomial.legendre.leggauss(40), np.polynomial.legendre.leggauss(24)
    root = (u + 1) / 2
    grid = np.meshgrid(40 * root**4, 40 * root**4, r, indexing="ij")
    tau1, tau2, rho = (axis.ravel() for axis in grid)
    mass = np.einsum("i,j,k->ijk", u_mass * root**3, u_mass * root**3, r_mass).ravel()
    prior = np.array([[tau1**2, rho * tau1 * tau2], [rho * tau1 * tau2, tau2**2]]).transpose(2, 0, 1)
    weights = [np.linalg.inv(prior + np.diag(v[e])) for e in range(7)]
    information = sum(weights)
    mean = np.linalg.solve(information, sum(w @ y[e] for e, w in enumerate(weights))[:, :, None])[:, :, 0]
    log_like = -0.5 * np.linalg.slogdet(information)[1]
    for e, w in enumerate(weights):
        distance = y[e] - mean
        log_like += 0.5 * np.linalg.slogdet(w)[1] - 0.5 * np.einsum("gi,gij,gj->g", distance, w, distance)
    probability = mass * np.exp(log_like - log_like.max())
    probability /= probability.sum()
    difference = np.array([-1.0, 1.0])
    expected, spread, below = [], [], []
    for e, w in enumerate(weights):
        gain = prior @ w
        change = (mean + np.einsum("gij,gj->gi", gain, y[e] - mean)) @ difference
        left = np.eye(2) - gain
        given = prior - gain @ prior + left @ np.linalg.inv(information) @ left.transpose(0, 2, 1)
        expected.append(float(probability @ change))
        variance = np.einsum("i,gij,j->g", difference, given, difference)
        spread.append(float(np.sqrt(probability @ (variance + change**2) - expected[-1] ** 2)))
        limits = np.array([result.lower[e], result.upper[e]])
        below.append(probability @ special.ndtr((limits - change[:, None]) / np.sqrt(variance)[:, None]))

    assert result.mean == pytest.approx(expected, abs=0.005)
    assert result.sd == pytest.approx(spread, rel=0.01)
    assert np.array(below) == pytest.approx(np.tile([0.025, 0.975], (7, 1)), abs=6e-4)
    assert result.population_change == pytest.approx(float(probability @ (mean[:, 1] - mean[:, 0])), abs=5e-4)
    assert result.population_sd == pytest.approx((probability @ tau1, probability @ tau2), rel=0.012)
    assert result.correlation == pytest.approx(float(probability @ rho), abs=0.01)


def test_given_spreads_and_correlation_the_change_is_that_of_the_joint_normal_distribution() -> None:
    """Means and true values as one Gaussian vector with its precision matrix; the density by SciPy, means integrated."""
    y = np.array([[3.0, 3.4], [2.1, 2.6], [3.9, 3.7], [2.8, 3.5]])
    v = np.array([[0.1, 0.2], [0.05, 0.1], [0.2, 0.1], [0.1, 0.3]])
    nodes = np.array([[0.5, 0.8, 0.3], [0.1, 1.2, -0.7], [2.0, 0.4, 0.9]])
    pairs = _Pairs(y[:, 0], v[:, 0], y[:, 1], v[:, 1])
    means, variances = pairs.change(nodes)
    density, population = [], []
    for g, (one, two, rho) in enumerate(nodes):
        prior = np.array([[one**2, rho * one * two], [rho * one * two, two**2]])
        precision, right = np.zeros((10, 10)), np.zeros(10)
        for e in range(4):
            own = slice(2 + 2 * e, 4 + 2 * e)
            precision[own, own] = np.linalg.inv(prior) + np.diag(1 / v[e])
            precision[:2, own] = precision[own, :2] = -np.linalg.inv(prior)
            precision[:2, :2] += np.linalg.inv(prior)
            right[own] = y[e] / v[e]
        covariance = np.linalg.inv(precision)
        mean = covariance @ right
        of_change = np.kron(np.eye(5), [-1.0, 1.0])[1:]
        assert means[:, g] == pytest.approx(of_change @ mean)
        assert variances[:, g] == pytest.approx(np.diag(of_change @ covariance @ of_change.T))
        population.append(mean[:2])
        likelihood = sum(stats.multivariate_normal.logpdf(y[e], mean[:2], prior + np.diag(v[e])) for e in range(4))
        density.append(likelihood + 0.5 * np.linalg.slogdet(covariance[:2, :2])[1] + 4 * np.log(2 * np.pi))

    assert pairs.log_density(nodes) == pytest.approx(density)
    assert np.transpose(pairs.population_mean(nodes)) == pytest.approx(np.array(population))


@pytest.mark.simulation
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


@pytest.mark.simulation
def test_many_employees_change_is_covered_with_their_spread_and_correlation_known_well() -> None:
    truth, y, v = two_periods(102, 1_200, 0.3)
    result = between_periods(y[:, 0], v[:, 0], y[:, 1], v[:, 1])
    change = truth[:, 1] - truth[:, 0]

    assert np.mean((result.lower <= change) & (change <= result.upper)) == pytest.approx(0.95, abs=0.02)
    assert result.population_sd == pytest.approx((0.2, 0.2), abs=0.025)
    assert result.correlation == pytest.approx(0.3, abs=0.15)


@pytest.mark.simulation
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


def test_where_much_is_known_spreads_and_correlation_are_those_of_the_density_around_its_top() -> None:
    """200 employees: Gauss and Legendre's rule over six standard errors about the sample's own figures."""
    _, y, v = two_periods(8, 200, 0.6)
    v = v / 50
    result = between_periods(y[:, 0], v[:, 0], y[:, 1], v[:, 1])
    (one, two), rho = y.std(axis=0, ddof=1), float(np.corrcoef(y.T)[0, 1])
    nodes, masses = np.polynomial.legendre.leggauss(24)
    reach = [6 * one / 20, 6 * two / 20, 6 * (1 - rho**2) / 14]
    axes = [at + wide * nodes for at, wide in zip((one, two, rho), reach, strict=True)]
    grid = np.array([axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")]).T
    values = _Pairs(y[:, 0], v[:, 0], y[:, 1], v[:, 1]).log_density(grid)
    weight = np.einsum("i,j,k->ijk", masses, masses, masses).ravel() * np.exp(values - values.max())
    weight /= weight.sum()

    assert (*result.population_sd, result.correlation) == pytest.approx(tuple(weight @ grid), rel=1e-3)


def test_the_order_of_the_periods_and_the_unit_change_nothing_else() -> None:
    _, y, v = two_periods(1, 6, 0.5)
    y[:, 0] = 3.0 + 0.1 * (y[:, 0] - 3.0)  # hardly any spread in the first
    plain = between_periods(y[:, 0], v[:, 0], y[:, 1], v[:, 1])
    turned = between_periods(y[:, 1], v[:, 1], y[:, 0], v[:, 0])
    milli = between_periods(1e3 * y[:, 0], 1e6 * v[:, 0], 1e3 * y[:, 1], 1e6 * v[:, 1])

    assert turned.mean == pytest.approx(-plain.mean, rel=1e-9)
    assert turned.population_sd == pytest.approx(plain.population_sd[::-1], rel=1e-9)
    assert milli.mean == pytest.approx(1e3 * plain.mean, rel=1e-9)
    assert milli.sd == pytest.approx(1e3 * plain.sd, rel=1e-9)


def test_five_employees_who_differ_less_than_their_errors_are_enough() -> None:
    result = between_periods([1.0, 1.1, 0.9, 1.0, 1.05], [1.0] * 5, [1.0, 1.0, 1.1, 0.9, 1.0], [1.0] * 5)

    assert result.mean.shape == (5,)
    assert min(result.population_sd) > 0.1


@pytest.mark.parametrize(("employees", "fine"), [(500, 15), (501, 9)])
def test_of_more_than_five_hundred_employees_fewer_nodes_are_enough(employees: int, fine: int) -> None:
    _, y, v = two_periods(3, employees, 0.5)
    weights = between_periods(y[:, 0], v[:, 0], y[:, 1], v[:, 1]).posterior.weights

    assert (weights.size > 9**3) == (fine == 15)


@settings(max_examples=4)
@given(st.floats(-50, 50))
def test_a_common_shift_of_one_period_is_the_population_change_and_nothing_else(shift: float) -> None:
    _, y, v = two_periods(1, 15, 0.5)
    plain = between_periods(y[:, 0], v[:, 0], y[:, 1], v[:, 1])
    moved = between_periods(y[:, 0], v[:, 0], y[:, 1] + shift, v[:, 1])

    assert moved.mean == pytest.approx(plain.mean + shift, abs=1e-6)
    assert moved.population_change == pytest.approx(plain.population_change + shift, abs=1e-6)


@pytest.mark.simulation
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


def test_whoever_alone_has_a_starting_value_decides_nothing_and_breaks_nothing() -> None:
    """A leverage of 1: the coefficient and HC3 error are those without that employee, of two means."""
    before, trained = np.array([1.0] * 10 + [9.0]), np.arange(11) < 5
    after = np.array([3.0, 4, 5, 6, 7, 1, 2, 3, 4, 2, 50])
    effect = adjusted_for_baseline(before, after, trained)
    squares = [((part - part.mean()) ** 2).sum() / (1 - 1 / 5) ** 2 / 25 for part in (after[:5], after[5:10])]

    assert effect.estimate == pytest.approx(5.0 - 2.4)
    assert effect.standard_error == pytest.approx(np.sqrt(sum(squares)))
    assert (effect.treated, effect.controls, effect.degrees_of_freedom) == (5, 6, 8.0)


@pytest.mark.parametrize("unit", [1e-3, 1.0, 1e3])
def test_as_many_pairs_as_the_caliper_allows_are_formed(unit: float) -> None:
    """Six trained at 0 … 5, six others at 1 … 6: the identical five pairs are closer, the six neighbours are more."""
    before = unit * np.concatenate([np.arange(6.0), np.arange(1.0, 7.0)])
    after, trained = before + np.tile([1.0, 2.0, 4.0], 4), np.arange(12) < 6
    caliper = 1.001 * unit / float(np.std(before, ddof=1))

    assert difference_in_differences(before, after, trained, caliper=caliper).treated == 6
    assert difference_in_differences(before, after, trained, caliper=0.998 * caliper).treated == 5
    assert difference_in_differences(before, after, trained, caliper=0.0).treated == 5
    assert difference_in_differences(before, after, trained).treated == 5


def test_return_carries_the_interval_of_the_effect() -> None:
    effect = Effect(0.1, 0.05, -0.02, 0.22, 40.0, 41, 41)
    result = return_on_training(effect, volume=1_000, unit_value=20.0, cost=1_000.0)
    worse = return_on_training(effect, volume=1_000, unit_value=-20.0, cost=1_000.0)

    assert result == pytest.approx((1.0, -1.4, 3.4))
    assert worse == pytest.approx((-3.0, -5.4, -0.6))
    assert return_on_training(effect, volume=10, unit_value=1.0, cost=0.5) == pytest.approx((1.0, -1.4, 3.4))


FEW, FLAGS = np.arange(12.0), np.arange(12) < 6
ONE = "\n  expected: one dimension"
BOOLEANS = "trained does not match the employees\n  expected: 12 booleans"
EACH = "\n  expected: at least 5 of each"
REFUSED: list[tuple[Callable[[], object], type[Exception], str]] = [
    (
        lambda: between_periods([1, 2, 3, 4], [1] * 4, [1, 2, 3, 4], [1] * 4),
        NotEnoughGroups,
        "4 employees in both periods\n  expected: at least 5",
    ),
    (
        lambda: between_periods([1], [1], [1], [1]),
        NotEnoughGroups,
        "1 employee in both periods\n  expected: at least 5",
    ),
    (lambda: between_periods([[1]], [1], [1], [1]), InvalidInput, "before has 2 dimensions" + ONE),
    (lambda: between_periods([1], [1], [1, 2], [1]), InvalidInput, "after has 2 values\n  expected: 1 value"),
    (
        lambda: between_periods([1], [1, 2], [1], [1]),
        InvalidInput,
        "variance_before has 2 values\n  expected: 1 value",
    ),
    (lambda: between_periods([1], [1], [1], [1, 2]), InvalidInput, "variance_after has 2 values\n  expected: 1 value"),
    (
        lambda: between_periods(FEW, np.zeros(12), FEW, np.ones(12)),
        InvalidInput,
        "variance_before is 0.0 at position 0\n  expected: above 0",
    ),
    (
        lambda: between_periods(FEW, np.ones(12), FEW, np.zeros(12)),
        InvalidInput,
        "variance_after is 0.0 at position 0\n  expected: above 0",
    ),
    (
        lambda: difference_in_differences(FEW, FEW, FLAGS),
        NotEnough,
        (
            "0 of 6 trained employees with an untrained partner of the same starting value\n"
            "  expected: at least 5 pairs\n"
            "  to do:    compare with employees who were eligible but not yet trained"
        ),
    ),
    (
        lambda: adjusted_for_baseline(FEW, FEW, np.arange(12) < 2),
        NotEnough,
        "2 trained and 10 untrained employees" + EACH,
    ),
    (
        lambda: adjusted_for_baseline(FEW, FEW, np.arange(12) < 8),
        NotEnough,
        "8 trained and 4 untrained employees" + EACH,
    ),
    (
        lambda: adjusted_for_baseline(FEW, FEW, np.arange(12) < 11),
        NotEnough,
        "11 trained and 1 untrained employee" + EACH,
    ),
    (
        lambda: adjusted_for_baseline(np.ones(12), FEW, FLAGS),
        NotEnough,
        "the starting values do not vary within the groups\n  expected: starting values that differ",
    ),
    (lambda: adjusted_for_baseline([[1]], FEW, FLAGS), InvalidInput, "before has 2 dimensions" + ONE),
    (lambda: adjusted_for_baseline(FEW, FEW[1:], FLAGS), InvalidInput, "after has 11 values\n  expected: 12 values"),
    (lambda: adjusted_for_baseline(FEW, FEW, np.ones(12)), InvalidInput, BOOLEANS),
    (lambda: adjusted_for_baseline(FEW, FEW, FLAGS[1:]), InvalidInput, BOOLEANS),
    (
        lambda: return_on_training(Effect(0, 1, -1, 1, 9, 5, 5), volume=1, unit_value=1, cost=0.0),
        InvalidInput,
        "cost is 0.0\n  expected: above 0",
    ),
]


def test_what_cannot_be_compared_is_refused() -> None:
    for call, error, message in REFUSED:
        with pytest.raises(error) as refusal:
            call()
        assert str(refusal.value) == message


def test_the_normal_cdf_of_the_posterior_is_what_probability_above_reports() -> None:
    _, y, v = two_periods(2, 30, 0.6)
    result = between_periods(y[:, 0], v[:, 0], y[:, 1], v[:, 1])
    by_hand = special.ndtr((result.posterior.means - 0.1) / result.posterior.sds) @ result.posterior.weights

    assert result.probability_above(0.1) == pytest.approx(by_hand)
    assert result.probability_above().tolist() == result.probability_above(0.0).tolist()
