"""Gamma–Gamma against the paper, the definition of its likelihood, and simulated customers."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy import integrate, optimize, special, stats

from appraise.errors import InvalidInput, NotEnough
from appraise.statistics import gamma_gamma
from appraise.statistics.arrays import FloatArray
from appraise.statistics.gamma_gamma import GammaGamma
from appraise.statistics.refusals import NotConverged

Columns = dict[str, FloatArray]
Errors = Callable[[Callable[[FloatArray], float], FloatArray], FloatArray]


def test_cdnow_parameters_are_the_published_ones(cdnow: Columns) -> None:
    """Fader & Hardie 2013 (note on the gamma-gamma model): 6.25, 3.74, 15.44 on the 946 repeat buyers."""
    bought = cdnow["x"] > 0
    model = gamma_gamma.fit(cdnow["x"][bought], cdnow["zbar"][bought])

    assert bought.sum() == 946
    assert model.converged
    assert (model.p, model.q) == (pytest.approx(6.25, rel=1e-2), pytest.approx(3.74, rel=1e-2))
    assert (model.v, model.log_likelihood) == (pytest.approx(15.44, rel=1e-2), pytest.approx(-4055.9177, abs=0.05))


def test_the_likelihood_is_the_integral_of_its_definition() -> None:
    """One customer: ∫ Gamma(x·z̄; p·x, ν)·Gamma(ν; q, v) dν, with ten copies to be enough."""
    x, m = np.array([3.0, 1, 7, 2, 2, 5, 1, 4, 3, 6]), np.array([20.0, 35, 18, 40, 22, 60, 15, 30, 25, 21])
    model = gamma_gamma.fit(x, m)

    def density(count: float, mean: float) -> float:
        def at(nu: float) -> float:
            total = stats.gamma.pdf(count * mean, model.p * count, scale=1 / nu) * count
            return float(total * stats.gamma.pdf(nu, model.q, scale=1 / model.v))

        return integrate.quad(at, 0, 10, limit=400, points=[0.05, 0.2, 1.0])[0]

    assert model.log_likelihood == pytest.approx(sum(np.log(density(*row)) for row in zip(x, m, strict=True)), abs=1e-6)


def test_the_expected_value_lies_between_the_population_and_the_customer() -> None:
    """With the published parameters: E[M] = p·v/(q − 1) = 35.2, and (p(v + x·m))/(p·x + q − 1) after purchases."""
    model = GammaGamma(6.25, 3.74, 15.44, -4055.9, converged=True)
    values = model.expected_value([0, 1, 7, 400], [0.0, 60.0, 60.0, 60.0])

    assert values[0] == pytest.approx(35.2, abs=0.05)
    assert values[1] == pytest.approx(6.25 * (15.44 + 60) / (6.25 + 2.74))
    assert np.all(np.diff(values) > 0)
    assert values[3] == pytest.approx(60, abs=0.1)


def test_weights_count_customers_and_the_unit_of_money_changes_only_v(cdnow: Columns) -> None:
    bought = cdnow["x"] > 0
    x, m = cdnow["x"][bought], cdnow["zbar"][bought]
    one, twice, cents = gamma_gamma.fit(x, m), gamma_gamma.fit(x, m, np.full(946, 2.0)), gamma_gamma.fit(x, 100 * m)

    assert (twice.p, twice.q, twice.v) == pytest.approx((one.p, one.q, one.v), rel=1e-6)
    assert twice.log_likelihood == pytest.approx(2 * one.log_likelihood)
    assert (cents.p, cents.q, cents.v) == pytest.approx((one.p, one.q, 100 * one.v), rel=1e-5)


@pytest.mark.simulation
def test_parameters_of_simulated_customers_come_back() -> None:
    random = np.random.default_rng(3)
    x = random.integers(1, 12, 10_000).astype(float)
    m = random.gamma(6.0 * x, 1 / random.gamma(4.0, 1 / 15.0, 10_000)) / x
    model = gamma_gamma.fit(x, m)
    assert model.standard_error is not None
    distance = (np.array([model.p, model.q, model.v]) - [6.0, 4.0, 15.0]) / model.standard_error

    assert np.all(np.abs(distance) < 3.0)


def test_standard_errors_are_those_of_a_numerical_hessian_of_the_plain_formula(errors_of: Errors) -> None:
    """Fader & Hardie 2013, eq. 1a, in p, q and v themselves; customers of two kinds, by their number."""
    random = np.random.default_rng(5)
    x = random.integers(1, 9, 200).astype(float)
    m = random.gamma(6.0 * x, 1 / random.gamma(4.0, 1 / 15.0, 200)) / x
    w = random.integers(0, 3, 200).astype(float)
    model = gamma_gamma.fit(x, m, w)
    at = np.array([model.p, model.q, model.v])

    def log_likelihood(point: FloatArray) -> float:
        p, q, v = point
        terms = special.gammaln(p * x + q) - special.gammaln(p * x) - special.gammaln(q) + q * np.log(v)
        terms += (p * x - 1) * np.log(m) + p * x * np.log(x) - (p * x + q) * np.log(x * m + v)
        return float(w @ terms)

    assert model.log_likelihood == pytest.approx(log_likelihood(at), rel=1e-12)
    assert model.standard_error == pytest.approx(errors_of(log_likelihood, at), rel=1e-4)


UNFIT = "\n  to do:    winsorise the values, or use the observed means"
REFUSED: list[tuple[Callable[[], object], type[Exception], str]] = [
    (
        lambda: gamma_gamma.fit([1.0] * 20, [5.0, 0.0] + [3.0] * 18),
        InvalidInput,
        "mean_value is 0.0 at position 1\n  expected: above 0",
    ),
    (
        lambda: gamma_gamma.fit([0.0] * 20, [5.0] * 20),
        InvalidInput,
        "frequency is 0.0 at position 0\n  expected: above 0",
    ),
    (lambda: gamma_gamma.fit([[1.0]], [5.0]), InvalidInput, "frequency has 2 dimensions\n  expected: one dimension"),
    (lambda: gamma_gamma.fit([1.0], [5.0, 1.0]), InvalidInput, "mean_value has 2 values\n  expected: 1 value"),
    (lambda: gamma_gamma.fit([1.0], [5.0], [1, 1]), InvalidInput, "weight has 2 values\n  expected: 1 value"),
    (lambda: gamma_gamma.fit([1.0], [5.0], [-1]), InvalidInput, "weight is -1.0 at position 0\n  expected: at least 0"),
    (
        lambda: gamma_gamma.fit([1.0, 2.0], [5.0, 6.0], [7, 2]),
        NotEnough,
        "9 customers with a purchase value\n  expected: at least 10",
    ),
    (
        lambda: gamma_gamma.fit([2.0], [6.0]),
        NotEnough,
        "1 customer with a purchase value\n  expected: at least 10",
    ),
    (
        lambda: GammaGamma(6.0, 1.0, 15.0, 0.0, converged=True).expected_value(1, 10.0),
        NotConverged,
        "the value model has no finite mean" + UNFIT,
    ),
    (
        lambda: GammaGamma(6.0, 3.0, 15.0, 0.0, converged=False).expected_value(1, 10.0),
        NotConverged,
        "the value model has no interior maximum" + UNFIT,
    ),
]


def test_what_gives_no_value_is_refused() -> None:
    for call, error, message in REFUSED:
        with pytest.raises(error) as refusal:
            call()
        assert str(refusal.value) == message


def test_customers_who_do_not_differ_are_foretold_the_mean_of_all_purchases() -> None:
    """The likeliest gamma distribution of one mean for all, by SciPy's density and optimiser."""
    random = np.random.Generator(np.random.PCG64(1))
    x = random.integers(1, 12, 300).astype(float)
    m = random.gamma(5.0 * x, 1000.0 / (5.0 * x))
    weight = np.arange(300) % 3
    mean = float((weight * x) @ m / (weight @ x))

    def loss(p: float) -> float:
        return -float(weight @ stats.gamma.logpdf(m, p * x, scale=mean / (p * x)))

    found = gamma_gamma.fit(x, m, weight)

    expected = optimize.minimize_scalar(loss, (1.0, 5.0), tol=1e-12)
    assert (found.converged, found.p, found.q, found.v) == (True, pytest.approx(expected.x, rel=1e-5), np.inf, np.inf)
    assert found.log_likelihood == pytest.approx(-expected.fun, rel=1e-10)
    assert found.expected_value([[0], [7]], [10.0, 3000.0]).tolist() == [[pytest.approx(mean)] * 2] * 2
    assert gamma_gamma.fit([3.0] * 20, [10.0] * 20).expected_value(3, 17.0) == pytest.approx(10.0)


def test_purchases_that_do_not_differ_are_foretold_at_the_customer_s_own_mean() -> None:
    """Means are then of the inverse gamma distribution, as SciPy fits it.

    Its information per customer on q and the log of the scale is [[ψ'(q), −1], [−1, q]], which leaves q the variance
    q/(q ψ'(q) − 1)/300.
    """
    m = 1000.0 / np.random.Generator(np.random.PCG64(2)).gamma(6.0, 1 / 5.0, 300)
    q, _, scale = stats.invgamma.fit(m, floc=0)

    found = gamma_gamma.fit(np.arange(300) % 7 + 1.0, m)

    assert (found.converged, found.q, found.p * found.v) == (
        True,
        pytest.approx(q, rel=1e-3),
        pytest.approx(scale, rel=1e-3),
    )
    assert found.expected_value([1, 4], [200.0, 9000.0]) == pytest.approx([200.0, 9000.0], rel=1e-3)
    assert found.standard_error is not None
    assert np.isnan(found.standard_error[0])
    error = np.sqrt(q / (q * special.polygamma(1, q) - 1) / 300)
    assert found.standard_error[1] == pytest.approx(error, rel=1e-2)


def test_the_mean_value_of_who_has_not_bought_is_not_looked_at() -> None:
    """p·v/(q − 1) = 6·10/.5 of anybody; the finite mean begins above q = 1."""
    model = GammaGamma(6.0, 1.5, 10.0, 0.0, converged=True)

    assert model.expected_value([[0], [0]], [[float("nan")], [7.0]]).tolist() == [[120.0], [120.0]]
