"""Pareto/NBD against the paper, BTYD and numerical integration of its definition."""

from collections.abc import Callable
from functools import cache

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from appraise.errors import InvalidInput, NotEnough
from appraise.statistics import pareto_nbd
from appraise.statistics.arrays import FloatArray
from appraise.statistics.pareto_nbd import ParetoNbd
from appraise.statistics.refusals import NotConverged

Columns = dict[str, FloatArray]
Errors = Callable[[Callable[[FloatArray], float], FloatArray], FloatArray]
VIGNETTE = ParetoNbd(0.5533971, 10.5801985, 0.6060625, 11.6562237, -9594.976, converged=True)


@pytest.fixture(scope="module")
def fitted(cdnow: Columns) -> ParetoNbd:
    return pareto_nbd.fit(cdnow["x"], cdnow["t_x"], cdnow["T"])


def test_cdnow_parameters_are_the_published_ones(fitted: ParetoNbd) -> None:
    """Fader, Hardie & Lee 2005, table 2: .553, 10.578, .606, 11.669, LL −9595.0 (−9594.976 by CLVTools)."""
    assert fitted.converged
    assert (fitted.r, fitted.alpha) == (pytest.approx(0.553, rel=2e-3), pytest.approx(10.578, rel=2e-3))
    assert (fitted.s, fitted.beta) == (pytest.approx(0.606, rel=2e-3), pytest.approx(11.669, rel=2e-3))
    assert fitted.log_likelihood == pytest.approx(-9594.976, abs=0.01)


def test_cdnow_standard_errors_are_the_published_ones(fitted: ParetoNbd) -> None:
    """CLVTools summary of the same model: .0476, .8427, .1873, 6.2105."""
    assert fitted.standard_error == pytest.approx((0.0476, 0.8427, 0.1873, 6.2105), rel=2e-3)


def test_a_fit_of_few_customers_is_the_maximum_of_the_likelihood_by_quadrature(errors_of: Errors) -> None:
    """Fader & Hardie 2005: alive at T, or left at y between t_x and T, integrated by a rule of 80 nodes."""
    random = np.random.default_rng(4)
    rate, lifetime = random.gamma(0.9, 1 / 8, 100), random.exponential(1 / random.gamma(1.2, 1 / 30, 100))
    age = random.integers(30, 90, 100).astype(float)
    purchases = np.cumsum(random.exponential(1 / rate[:, None], (100, 400)), axis=1)
    counted = purchases < np.minimum(lifetime, age)[:, None]
    x, last = counted.sum(axis=1).astype(float), np.max(np.where(counted, purchases, 0.0), axis=1)
    weight = 1.0 + np.arange(100) % 3
    model = pareto_nbd.fit(x, last, age, weight)
    at = np.array([model.r, model.alpha, model.s, model.beta])
    nodes, masses = np.polynomial.legendre.leggauss(80)
    y, width = last[:, None] + (age - last)[:, None] * (1 + nodes) / 2, (age - last) / 2

    def log_likelihood(point: FloatArray) -> float:
        r, alpha, s, beta = point
        alive = (alpha + age) ** -(r + x) * (beta + age) ** -s
        gone = s * width * (((alpha + y) ** -(r + x)[:, None] * (beta + y) ** -(s + 1)) @ masses)
        buying = special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha) + s * np.log(beta)
        return float(weight @ (buying + np.log(alive + gone)))

    slopes = [(log_likelihood(at + step) - log_likelihood(at - step)) / (2 * step.sum()) for step in np.diag(at * 1e-5)]

    assert model.converged
    assert model.log_likelihood == pytest.approx(log_likelihood(at), rel=1e-11)
    assert slopes == pytest.approx([0.0] * 4, abs=1e-2)
    assert model.standard_error == pytest.approx(errors_of(log_likelihood, at), rel=1e-2)


def test_predictions_are_those_of_the_btyd_vignette() -> None:
    """BTYD: P(alive | 0, 0, 39) = .2941633, P(alive | 26, 30.86, 31) = .9979, 25.46 and E[X(52)] = 1.473."""
    assert VIGNETTE.probability_alive([0, 26], [0, 30.86], [39, 31]) == pytest.approx([0.2941633, 0.9979], abs=5e-4)
    assert VIGNETTE.expected_purchases(52, 26, 30.86, 31) == pytest.approx(25.46, abs=5e-3)
    assert VIGNETTE.expected_new(52) == pytest.approx(1.473, abs=5e-4)


def test_predictions_have_the_shape_of_all_arguments_together() -> None:
    horizon, recency = np.array([[1.0], [2.0]]), np.array([5.0, 6.0, 7.0])
    expected = VIGNETTE.expected_purchases(horizon, 3, recency, 10.0)

    assert expected == pytest.approx(
        np.array([[float(VIGNETTE.expected_purchases(t, 3, last, 10.0)) for last in recency] for t in horizon[:, 0]])
    )
    assert VIGNETTE.probability_alive(3, [[5.0], [6.0]], 10.0).shape == (2, 1)
    assert VIGNETTE.expected_new(horizon).tolist() == [[float(VIGNETTE.expected_new(t))] for t in (1.0, 2.0)]
    assert VIGNETTE.expected_remaining([[0.1], [0.2]], 3, recency, 10.0).shape == (2, 3)


@cache  # where one expression after the other is changed it is worked out once
def integrated(model: ParetoNbd, x: int, tx: float, age: float) -> tuple[float, float]:
    """P(alive), and the purchases expected of 52 weeks."""
    r, alpha, s, beta = model.r, model.alpha, model.s, model.beta
    with mpmath.workdps(30):
        # Marginal over rate and lifetime of surviving to `age`, and of leaving at y between t_x and age.
        alive = mpmath.power(alpha + age, -(r + x)) * mpmath.power(beta + age, -s)
        gone = s * mpmath.quad(
            lambda y: mpmath.power(alpha + y, -(r + x)) * mpmath.power(beta + y, -(s + 1)),
            mpmath.linspace(tx, age, 9),
        )
        probability = alive / (alive + gone)
        # E[rate | alive]·E[time alive within 52 weeks | alive at age].
        time = mpmath.quad(lambda y: ((beta + age) / (beta + age + y)) ** s, [0, 52])
        return float(probability), float(probability * (r + x) / (alpha + age) * time)


@pytest.mark.parametrize(
    ("r", "alpha", "s", "beta"),
    [
        pytest.param(0.553, 10.58, 0.606, 11.66, id="cdnow"),
        pytest.param(0.9, 30.0, 0.4, 2.0, id="alpha above beta"),
        pytest.param(0.9, 2.0, 0.4, 500.0, id="beta far above alpha"),
        pytest.param(2.0, 7.0, 1.0, 7.0, id="alpha equals beta, s = 1"),
    ],
)
def test_alive_and_expected_equal_integration_over_the_time_of_leaving(
    r: float, alpha: float, s: float, beta: float
) -> None:
    model = ParetoNbd(r, alpha, s, beta, 0.0, converged=True)
    for history in ((0, 0.0, 38.86), (2, 30.43, 38.86), (40, 20.0, 60.0), (300, 100.0, 104.0)):
        probability, expected = integrated(model, *history)

        assert model.probability_alive(*history) == pytest.approx(probability, rel=1e-10)
        assert model.expected_purchases(52, *history) == pytest.approx(expected, rel=1e-10)


def test_whoever_bought_a_moment_ago_is_alive() -> None:
    """Between the last purchase and now there is one bit: of 3,000 such customers rounding would lose some."""
    random = np.random.default_rng(0)
    last, x = random.uniform(1, 100, 3_000), random.integers(1, 200, 3_000)

    assert np.all(VIGNETTE.probability_alive(x, last, np.nextafter(last, np.inf)) > 1 - 1e-9)


def test_a_new_customer_expects_what_the_definition_integrates_to() -> None:
    model = ParetoNbd(0.7, 9.0, 1.0 + 1e-9, 12.0, 0.0, converged=True)
    time = mpmath.quad(lambda y: (12.0 / (12.0 + y)) ** 1.0, [0, 52])

    assert model.expected_new([52.0]) == pytest.approx([float(0.7 / 9.0 * time)], rel=1e-8)


def test_expected_remaining_is_the_closed_form_of_fader_hardie_and_lee() -> None:
    """The customer (7, 35, 77.86) of CDNOW at 15 % a year: .89531674 with Ψ by mpmath, which has it to any digits."""
    r, alpha, s, beta = 0.553, 10.578, 0.606, 11.669
    model = ParetoNbd(r, alpha, s, beta, 0.0, converged=True)
    delta, x, tx, age = np.log(1.15) / 52, 7, 35.0, 77.86
    with mpmath.workdps(30):
        closed = delta ** (s - 1) * (beta + age) ** s * mpmath.hyperu(s, s, delta * (beta + age))
    alive = model.probability_alive(x, tx, age)

    assert model.expected_remaining(delta, x, tx, age) == pytest.approx(0.89531674, abs=5e-9)
    assert model.expected_remaining(delta, x, tx, age) == pytest.approx(
        float(alive * (r + x) / (alpha + age) * closed), rel=1e-12
    )


@cache
def time_to_come(discount: float, s: float, since: float) -> float:
    """∫ e^{−δt}·P(alive at T + t | alive at T) dt, `since` β + T."""
    end = 36.0 / discount
    pieces = [0.0, *np.geomspace(min(end, since) / (1.0 + s) / 1e3, end, 12)]
    return float(mpmath.quad(lambda t: mpmath.exp(-discount * t) * (1 + t / since) ** -s, pieces))


@pytest.mark.parametrize("s", [0.02, 0.606, 1.0, 1.0 + 1e-9, 2.0, 30.0])
@pytest.mark.parametrize("discount", [1e-7, 0.0027, 0.4, 30.0])
def test_expected_remaining_is_the_discounted_integral_of_what_is_expected(s: float, discount: float) -> None:
    """∫ e^{−δt}·(r + x)/(α + T)·P(alive at T + t | alive at T) dt, in the clock of the histories."""
    model = ParetoNbd(0.9, 30.0, s, 12.0, 0.0, converged=True)
    for x, tx, age in ((2, 30.43, 38.86), (2_000, 1_500.0, 1_560.0)):
        rate = float(model.probability_alive(x, tx, age)) * (0.9 + x) / (30.0 + age)

        assert model.expected_remaining(discount, x, tx, age) == pytest.approx(
            rate * time_to_come(discount, s, 12.0 + age), rel=1e-11
        )


@given(st.floats(0.05, 4), st.floats(0.5, 80), st.floats(1e-4, 0.1), st.integers(0, 500))
def test_expected_remaining_lies_between_a_long_horizon_discounted_at_its_end_and_undiscounted(
    s: float, beta: float, discount: float, x: int
) -> None:
    model = ParetoNbd(0.6, 10.0, s, beta, 0.0, converged=True)
    history = (x, 30.0 if x else 0.0, 40.0)
    horizon = 50.0
    within = model.expected_purchases(horizon, *history)
    remaining = model.expected_remaining([discount, 2 * discount], *history)

    assert remaining[0] >= np.exp(-discount * horizon) * within * (1 - 1e-12)
    assert remaining[1] < remaining[0]


def test_a_discount_of_nothing_is_refused() -> None:
    with pytest.raises(InvalidInput) as refusal:
        VIGNETTE.expected_remaining([0.1, 0.0], 2, 30.0, 40.0)
    assert str(refusal.value) == "discount is 0\n  expected: above 0 per unit of time"


@given(st.floats(0.05, 5), st.floats(0.5, 80), st.floats(0.05, 4), st.floats(0.5, 80), st.integers(0, 500))
def test_a_customer_silent_for_longer_is_less_likely_to_be_alive(
    r: float, alpha: float, s: float, beta: float, x: int
) -> None:
    model = ParetoNbd(r, alpha, s, beta, 0.0, converged=True)
    probability = model.probability_alive(x, 30.0 if x else 0.0, [30.0, 31.0, 45.0, 90.0, 400.0])

    assert np.all((probability >= 0) & (probability <= 1))
    assert np.all(np.diff(probability) <= 1e-12)


def test_thin_histories_are_refused_and_a_failed_fit_predicts_nothing() -> None:
    with pytest.raises(NotEnough, match="3 of 3 customers"):
        pareto_nbd.fit([1, 2, 3], [1, 2, 3], [5, 5, 5])
    model = ParetoNbd(1, 1, 1, 1, 0.0, converged=False)
    for predict in (
        lambda: model.expected_new(1.0),
        lambda: model.expected_purchases(1.0, 1, 1, 2),
        lambda: model.probability_alive(1, 1, 2),
        lambda: model.expected_remaining(0.1, 1, 1, 2),
    ):
        with pytest.raises(NotConverged) as refusal:
            predict()
        assert str(refusal.value) == (
            "the purchase model has no interior maximum on these histories\n"
            "  to do:    use more history, or the observed purchases"
        )
