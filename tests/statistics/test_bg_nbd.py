"""BG/NBD and MBG/NBD against the paper, BTYD, lifetimes, and 60-digit arithmetic."""

from collections.abc import Callable
from functools import cache

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, special

from appraise.errors import InvalidInput, NotEnough
from appraise.statistics import bg_nbd
from appraise.statistics.arrays import FloatArray
from appraise.statistics.bg_nbd import BgNbd
from appraise.statistics.refusals import NotConverged

Columns = dict[str, FloatArray]
Errors = Callable[[Callable[[FloatArray], float], FloatArray], FloatArray]
VIGNETTE = BgNbd(0.2425945, 4.4136019, 0.7929199, 2.4258881, -9582.429, converged=True)


@pytest.fixture(scope="module")
def fitted(cdnow: Columns) -> BgNbd:
    return bg_nbd.fit(cdnow["x"], cdnow["t_x"], cdnow["T"])


def test_cdnow_parameters_are_the_published_ones(fitted: BgNbd) -> None:
    """Fader, Hardie & Lee 2005, table 2: .243, 4.414, .793, 2.426, LL −9582.4 (−9582.429 by CLVTools)."""
    assert fitted.converged
    assert (fitted.r, fitted.alpha) == (pytest.approx(0.24259, rel=1e-4), pytest.approx(4.41353, rel=1e-4))
    assert (fitted.a, fitted.b) == (pytest.approx(0.79289, rel=1e-4), pytest.approx(2.42575, rel=1e-4))
    assert fitted.log_likelihood == pytest.approx(-9582.429, abs=0.01)


def test_cdnow_expected_purchases_are_the_published_ones(fitted: BgNbd) -> None:
    """Hardie's spreadsheet of the paper: E[X(t)] of a new customer, and E[Y(39) | 2, 30.43, 38.86] = 1.226."""
    new = fitted.expected_new([0.1429, 1, 3, 31.8571, 32, 78])

    assert new == pytest.approx([0.0078, 0.0532, 0.1506, 1.0405, 1.0437, 1.8576], rel=1e-3, abs=5e-5)
    assert fitted.expected_purchases(39, 2, 30.43, 38.86) == pytest.approx(1.226, abs=5e-4)


def test_predictions_are_those_of_the_btyd_vignette() -> None:
    """BTYD, Dziurzynski et al.: E[X(52)] = 1.444; x = 26, t_x = 30.86, T = 31 expects 25.76, P(alive) .9689."""
    assert VIGNETTE.expected_new(52) == pytest.approx(1.444, abs=1e-3)
    assert VIGNETTE.expected_purchases(52, 26, 30.86, 31) == pytest.approx(25.76, abs=5e-3)
    assert VIGNETTE.probability_alive(26, 30.86, 31) == pytest.approx(0.9689, abs=1e-4)


def test_predictions_have_the_shape_of_all_arguments_together() -> None:
    horizon, recency = np.array([[1.0], [2.0]]), np.array([5.0, 6.0, 7.0])
    expected = VIGNETTE.expected_purchases(horizon, 3, recency, 10.0)

    assert expected == pytest.approx(
        np.array([[float(VIGNETTE.expected_purchases(t, 3, last, 10.0)) for last in recency] for t in horizon[:, 0]])
    )
    assert VIGNETTE.probability_alive(3, [[5.0], [6.0]], 10.0).shape == (2, 1)
    assert VIGNETTE.expected_new(horizon).tolist() == [[float(VIGNETTE.expected_new(t))] for t in (1.0, 2.0)]


def test_standard_errors_are_those_of_a_numerical_hessian_of_the_plain_formula(cdnow: Columns, fitted: BgNbd) -> None:
    def log_likelihood(point: FloatArray) -> float:
        r, alpha, a, b = (mpmath.mpf(float(value)) for value in point)
        total = mpmath.mpf(0)
        for (x, tx, age), count in rows:
            one = mpmath.beta(a, b + x) / mpmath.beta(a, b) / (alpha + age) ** (r + x)
            two = mpmath.beta(a + 1, b + x - 1) / mpmath.beta(a, b) / (alpha + tx) ** (r + x) if x else 0
            total += count * mpmath.log(mpmath.gamma(r + x) / mpmath.gamma(r) * alpha**r * (one + two))
        return float(total)

    some = slice(0, 300)
    part = bg_nbd.fit(cdnow["x"][some], cdnow["t_x"][some], cdnow["T"][some])
    triples = np.stack([cdnow["x"][some], cdnow["t_x"][some], cdnow["T"][some]], axis=1)
    unique, counts = np.unique(triples, axis=0, return_counts=True)
    rows = [(tuple(map(float, row)), int(count)) for row, count in zip(unique, counts, strict=True)]

    assert log_likelihood(np.array([part.r, part.alpha, part.a, part.b])) == pytest.approx(
        part.log_likelihood, abs=1e-8
    )
    assert fitted.standard_error == pytest.approx((0.01256, 0.3782, 0.1857, 0.7053), rel=2e-3)


def test_mbg_parameters_are_those_of_lifetimes(cdnow: Columns) -> None:
    """lifetimes ModifiedBetaGeoFitter on CDNOW: .525, 6.183, .891, 1.614; its x = 0 customers may be gone."""
    model = bg_nbd.fit(cdnow["x"], cdnow["t_x"], cdnow["T"], mbg=True)

    assert (model.r, model.alpha) == (pytest.approx(0.525, rel=2e-3), pytest.approx(6.183, rel=2e-3))
    assert (model.a, model.b) == (pytest.approx(0.891, rel=2e-3), pytest.approx(1.614, rel=2e-3))
    assert model.probability_alive(0, 0, 39) == pytest.approx(
        1 / (1 + 0.8914 / 1.6140 * (45.183 / 6.183) ** 0.5248), rel=1e-3
    )
    assert VIGNETTE.probability_alive(0, 0, 39) == 1.0


def test_weights_count_customers(cdnow: Columns, fitted: BgNbd) -> None:
    triples = np.stack([cdnow["x"], cdnow["t_x"], cdnow["T"]], axis=1)
    unique, counts = np.unique(triples, axis=0, return_counts=True)
    compressed = bg_nbd.fit(*unique.T, counts)

    assert unique.shape[0] < 2_000
    assert (compressed.r, compressed.b) == (pytest.approx(fitted.r, rel=1e-6), pytest.approx(fitted.b, rel=1e-6))
    assert compressed.log_likelihood == pytest.approx(fitted.log_likelihood, abs=1e-6)


def test_the_unit_of_time_changes_only_alpha(cdnow: Columns, fitted: BgNbd) -> None:
    days = bg_nbd.fit(cdnow["x"], 7 * cdnow["t_x"], 7 * cdnow["T"])

    assert (days.r, days.a, days.b) == pytest.approx((fitted.r, fitted.a, fitted.b), rel=1e-5)
    assert days.alpha == pytest.approx(7 * fitted.alpha, rel=1e-5)


@cache  # where one expression after the other is changed they are worked out once
def exact(model: BgNbd, t: float, x: float, tx: float, age: float) -> float:
    """The published formula in 60 digits."""
    with mpmath.workdps(60):
        r, alpha, a, b, t, x, tx, now = map(mpmath.mpf, (model.r, model.alpha, model.a, model.b, t, x, tx, age))
        z = t / (alpha + now + t)
        series = mpmath.hyp2f1(r + x, b + x, a + b + x - 1, z)
        alive = (a + b + x - 1) / (a - 1) * (1 - ((alpha + now) / (alpha + now + t)) ** (r + x) * series)
        odds = a / (b + x - 1) * ((alpha + now) / (alpha + tx)) ** (r + x) if x else mpmath.mpf(0)
        return float(alive / (1 + odds))


@pytest.mark.parametrize(
    ("r", "alpha", "a", "b"),
    [
        pytest.param(0.243, 4.414, 0.793, 2.426, id="cdnow"),
        pytest.param(0.5, 10.0, 1 + 1e-9, 2.0, id="a just above 1"),
        pytest.param(0.5, 10.0, 1 - 1e-7, 2.0, id="a just below 1"),
        pytest.param(1.956, 39.396, 0.027, 4.421, id="hardly any dropout"),
        pytest.param(0.3, 5.0, 0.3, 0.7, id="a + b = 1"),
        pytest.param(0.3, 5.0, 0.3, 0.3, id="a + b below 1"),
        pytest.param(30.0, 20.0, 0.3, 0.4, id="r far above a + b"),
        pytest.param(30.0, 20.0, 0.3, 0.7, id="r far above a + b = 1"),
        pytest.param(80.0, 50.0, 0.2, 5.0, id="very large r"),
        pytest.param(0.3, 5.0, 40.0, 900.0, id="large a and b"),
    ],
)
def test_expected_purchases_equal_sixty_digit_arithmetic(r: float, alpha: float, a: float, b: float) -> None:
    """SciPy on the published form gives NaN at x = 2000, divides by zero at a = 1, errs by 1e-6 near it."""
    model = BgNbd(r, alpha, a, b, 0.0, converged=True)
    histories = [(0, 0, 38.86), (1, 5, 30), (2, 30.43, 38.86), (26, 30, 31), (200, 100, 120), (2000, 300, 310)]
    horizons = [0.1, 39.0, 156.0, 5200.0]
    computed = model.expected_purchases(np.array(horizons)[:, None], *np.array(histories).T)

    assert computed == pytest.approx(
        np.array([[exact(model, t, *past) for past in histories] for t in horizons]), rel=1e-10
    )
    assert model.expected_purchases(0.0, *np.array(histories).T).tolist() == [0.0] * 6


def test_expected_purchases_equal_sixty_digit_arithmetic_wherever_parameters_lie() -> None:
    """Among them long horizons of frequent buyers who hardly ever leave, and of rare ones who leave at once."""
    rng = np.random.default_rng(4)
    drawn = 10 ** rng.uniform((-2, -1, -1.7, -1.7, 0, -0.5), (2, 2.5, 2, 2, 4, 3), (60, 6))
    cases = [((50.0, 5.0, 0.05, 0.4), 3000.0, 1, 0.5, 1.0), ((80.0, 5.0, 0.05, 0.3), 3000.0, 1, 0.5, 1.0)]
    cases += [((0.02, 0.06, 57.0, 97.0), 2344.0, 2, 0.1, 0.2)]
    cases += [
        (tuple(row[:4]), row[4], x, 0.7 * row[5] if x else 0.0, row[5])
        for row, x in zip(drawn, [0, 1, 7] * 20, strict=True)
    ]
    for parameters, *past in cases:
        model = BgNbd(*parameters, 0.0, converged=True)
        assert float(model.expected_purchases(*past)) == pytest.approx(exact(model, *past), rel=1e-9, abs=1e-200), (
            parameters
        )


@pytest.mark.parametrize("mbg", [False, True])
@pytest.mark.parametrize(("r", "alpha", "a", "b"), [(0.525, 6.183, 0.891, 1.614), (80.0, 50.0, 0.2, 5.0)])
def test_a_new_customer_expects_what_the_definition_integrates_to(
    r: float, alpha: float, a: float, b: float, mbg: bool
) -> None:
    """E[(1 − e^{−λpt})/p] over λ and p; in MBG/NBD times 1 − p, the chance that they did not leave at once."""
    model = BgNbd(r, alpha, a, b, 0.0, converged=True, mbg=mbg)
    horizons = [0.1, 39.0, 5200.0]

    def bought(p: float, t: float) -> float:
        rate = -np.expm1(-r * np.log1p(p * t / alpha)) / p if p else r * t / alpha
        return float(rate * (1 - p if mbg else 1))

    # Integrated against p^(a−1)·(1−p)^(b−1), whose ends are singular.
    by_hand = [
        integrate.quad(bought, 0, 1, args=(t,), weight="alg", wvar=(a - 1, b - 1), epsabs=0, epsrel=1e-11, limit=400)[0]
        / special.beta(a, b)
        for t in horizons
    ]
    assert model.expected_new(horizons) == pytest.approx(by_hand, rel=1e-8)


def test_at_a_equal_to_one_the_expectation_is_the_limit() -> None:
    near = [exact(BgNbd(0.5, 10, 1 + d, 2, 0, converged=True), 39, 2, 30, 38) for d in (-1e-12, 1e-12)]
    at_one = BgNbd(0.5, 10, 1.0, 2.0, 0.0, converged=True).expected_purchases(39, 2, 30, 38)

    assert at_one == pytest.approx(sum(near) / 2, rel=1e-11)


@given(
    st.floats(0.05, 5), st.floats(0.5, 50), st.floats(0.05, 5), st.floats(0.05, 8), st.integers(0, 300), st.booleans()
)
def test_more_time_means_more_purchases_and_never_more_than_the_rate_allows(
    r: float, alpha: float, a: float, b: float, x: int, mbg: bool
) -> None:
    model = BgNbd(r, alpha, a, b, 0.0, converged=True, mbg=mbg)
    t = np.array([0.0, 1.0, 10.0, 100.0, 1000.0])
    expected = model.expected_purchases(t, x, 30.0 if x else 0.0, 40.0)
    alive = model.probability_alive(x, 30.0 if x else 0.0, 40.0)

    assert expected[0] == 0.0
    assert np.all(np.diff(expected) >= 0)
    assert np.all(expected <= (r + x) / (alpha + 40.0) * t * alive + 1e-9)


def simulated(customers: int, *, mbg: bool) -> tuple[FloatArray, FloatArray, FloatArray]:
    """x, t_x and T of customers with r .5, α 8, a .8, b 2.5."""
    random = np.random.default_rng(0)
    rate, leave = random.gamma(0.5, 1 / 8, customers), random.beta(0.8, 2.5, customers)
    age = random.integers(30, 104, customers).astype(float)
    x, last, now = np.zeros(customers), np.zeros(customers), np.zeros(customers)
    here = random.random(customers) > leave if mbg else np.ones(customers, dtype=bool)
    while here.any():
        now = now + random.exponential(1 / rate)
        bought = here & (now < age)
        x, last = x + bought, np.where(bought, now, last)
        here = bought & (random.random(customers) > leave)
    return x, last, age


@pytest.mark.parametrize("mbg", [False, True])
def test_a_fit_of_few_customers_is_the_maximum_of_the_published_likelihood(mbg: bool, errors_of: Errors) -> None:
    """Fader, Hardie & Lee 2005, eq. 6; Batislam et al. 2007, eq. 4, with the chance to leave at once."""
    x, last, age = simulated(150, mbg=mbg)
    weight = 1.0 + np.arange(150) % 3
    model = bg_nbd.fit(x, last, age, weight, mbg=mbg)
    at = np.array([model.r, model.alpha, model.a, model.b])
    chances = x + mbg

    def log_likelihood(point: FloatArray) -> float:
        r, alpha, a, b = point
        buying = special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha)
        stays = special.beta(a, b + chances) / special.beta(a, b) * (alpha + age) ** -(r + x)
        left = special.beta(a + 1, b + np.maximum(chances, 1) - 1) / special.beta(a, b) * (alpha + last) ** -(r + x)
        return float(weight @ (buying + np.log(stays + np.where(chances > 0, left, 0.0))))

    slopes = [(log_likelihood(at + step) - log_likelihood(at - step)) / (2 * step.sum()) for step in np.diag(at * 1e-5)]

    assert model.converged
    assert model.log_likelihood == pytest.approx(log_likelihood(at), rel=1e-12)
    assert slopes == pytest.approx([0.0] * 4, abs=2e-4)
    assert model.standard_error == pytest.approx(errors_of(log_likelihood, at), rel=1e-3)


@pytest.mark.simulation
@pytest.mark.parametrize("mbg", [False, True])
def test_parameters_of_simulated_customers_come_back(mbg: bool) -> None:
    """Three standard errors of 10,000 customers."""
    model = bg_nbd.fit(*simulated(10_000, mbg=mbg), mbg=mbg)
    assert model.standard_error is not None
    distance = (np.array([model.r, model.alpha, model.a, model.b]) - [0.5, 8, 0.8, 2.5]) / model.standard_error

    assert np.all(np.abs(distance) < 3.0)


def test_customers_without_dropout_or_differences_have_no_fit_and_no_predictions() -> None:
    """One common rate and no dropout: the maximum lies at infinity."""
    x = np.tile([9.0, 10, 11], 40)
    model = bg_nbd.fit(x, np.full(120, 99.0), np.full(120, 100.0))

    assert not model.converged
    for predict in (
        lambda: model.expected_new(1.0),
        lambda: model.expected_purchases(1.0, 1, 1, 2),
        lambda: model.probability_alive(1, 1, 2),
    ):
        with pytest.raises(NotConverged) as refusal:
            predict()
        assert str(refusal.value) == (
            "the purchase model has no interior maximum on these histories\n"
            "  to do:    use more history, or the observed purchases"
        )


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        pytest.param(lambda: bg_nbd.fit([1], [5], [4]), InvalidInput, "after the end of observation", id="recency"),
        pytest.param(lambda: bg_nbd.fit([0], [2], [4]), InvalidInput, "recency is 0 with repeat", id="gap"),
        pytest.param(lambda: bg_nbd.fit([1.5], [2], [4]), InvalidInput, "frequency is not whole", id="fraction"),
        pytest.param(lambda: bg_nbd.fit([1], [2], [4], [-1]), InvalidInput, "weight is negative", id="weight"),
        pytest.param(lambda: bg_nbd.fit([1] * 9, [2] * 9, [4] * 9), NotEnough, "9 of 9 customers", id="few"),
    ],
)
def test_contradicting_histories_are_refused(call: Callable[[], object], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize(("rate", "b"), [(0.6, 1.5), (3.0, 0.7), (15.9, 12.0)])
def test_the_integral_over_chances_is_scipy_s_quadrature_where_little_is_bought(rate: float, b: float) -> None:
    """Where the first part reaches up to a half, as nothing falls steeply there."""
    a, w = 0.8, 0.3 / 0.7

    def over(p: float) -> float:
        return -float(np.expm1(-rate * np.log1p(p * w))) / p if p else rate * w

    below, _ = integrate.quad(lambda p: over(p) * (1 - p) ** (b - 1), 0, 0.5, weight="alg", wvar=(a - 1, 0))
    above, _ = integrate.quad(lambda p: over(p) * p ** (a - 1), 0.5, 1, weight="alg", wvar=(0, b - 1))
    expected = (below + above) / special.beta(a, b)

    assert bg_nbd._integrated(rate, a, b, np.array([0.3])) == pytest.approx([expected], rel=1e-10)
