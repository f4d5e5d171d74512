"""Gamma–Gamma against the paper, the definition of its likelihood, and simulated customers."""

import numpy as np
import pytest
from scipy import integrate, stats

from appraise.errors import InvalidInput, NotEnough
from appraise.statistics import gamma_gamma
from appraise.statistics.arrays import FloatArray
from appraise.statistics.gamma_gamma import GammaGamma
from appraise.statistics.refusals import NotConverged

Columns = dict[str, FloatArray]


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


def test_parameters_of_simulated_customers_come_back() -> None:
    random = np.random.default_rng(3)
    x = random.integers(1, 12, 10_000).astype(float)
    m = random.gamma(6.0 * x, 1 / random.gamma(4.0, 1 / 15.0, 10_000)) / x
    model = gamma_gamma.fit(x, m)
    assert model.standard_error is not None
    distance = (np.array([model.p, model.q, model.v]) - [6.0, 4.0, 15.0]) / model.standard_error

    assert np.all(np.abs(distance) < 3.0)


def test_values_without_a_gamma_distribution_are_refused() -> None:
    with pytest.raises(InvalidInput, match=r"mean_value is .*0\.0.* at position 1"):
        gamma_gamma.fit([1.0] * 20, [5.0, 0.0] + [3.0] * 18)
    with pytest.raises(InvalidInput, match="frequency is"):
        gamma_gamma.fit([0.0] * 20, [5.0] * 20)
    with pytest.raises(NotEnough, match="2 customers"):
        gamma_gamma.fit([1.0, 2.0], [5.0, 6.0])


def test_without_a_finite_mean_or_a_fit_nothing_is_predicted() -> None:
    with pytest.raises(NotConverged, match="no finite mean"):
        GammaGamma(6.0, 0.9, 15.0, 0.0, converged=True).expected_value(1, 10.0)
    with pytest.raises(NotConverged, match="no interior maximum"):
        gamma_gamma.fit([3.0] * 20, [10.0] * 20).expected_value(1, 10.0)
