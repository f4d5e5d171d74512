"""The ends of BG/NBD against SciPy's distributions and optimisers, and against BG/NBD with parameters near them."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy import integrate, optimize, stats

from appraise.errors import NotEnough
from appraise.statistics.bg_nbd import BgNbd
from appraise.statistics.nbd import DIFFER, NOBODY, SHARED, BuyingLimit, End, fit, likeliest
from appraise.statistics.refusals import NotConverged

NBD, POISSON = End(DIFFER, NOBODY), End(SHARED, NOBODY)
FAR = 1e7
Draw = Callable[[np.random.Generator, int], np.ndarray]


def buyers(seed: int, rate: Draw, leaving: Draw, *, mbg: bool = False, number: int = 1000) -> tuple[np.ndarray, ...]:
    """Frequency, recency and age of customers who buy one purchase after the other until they leave."""
    random = np.random.Generator(np.random.PCG64(seed))
    age, rates, chances = random.uniform(10, 50, number), rate(random, number), leaving(random, number)
    frequency, recency = np.zeros(number), np.zeros(number)
    for k in range(number):
        if mbg and random.random() < chances[k]:
            continue
        at = random.exponential(1 / rates[k])
        while at < age[k]:
            frequency[k], recency[k] = frequency[k] + 1, at
            if random.random() < chances[k]:
                break
            at += random.exponential(1 / rates[k])
    return frequency, recency, age


def all_of(value: float) -> Draw:
    return lambda _, number: np.full(number, value)


def test_nbd_is_the_maximum_of_scipy_s_negative_binomial() -> None:
    frequency, recency, age = buyers(1, lambda random, n: random.gamma(2.0, 1 / 40, n), all_of(0.0))

    def loss(log_parameters: np.ndarray) -> float:
        r, alpha = np.exp(log_parameters)
        return -float(stats.nbinom.logpmf(frequency, r, alpha / (alpha + age)).sum())

    expected = np.exp(
        optimize.minimize(loss, [0.0, 3.0], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-9}).x
    )
    found = fit(frequency, recency, age, end=NBD)
    assert (found.converged, found.name) == (True, "NBD")
    assert found.rate == pytest.approx(tuple(expected), rel=1e-5)


def test_poisson_s_rate_is_all_purchases_over_all_time_and_its_likelihood_that_of_the_counts() -> None:
    """Purchase times given their number are uniform: each count has the probability of Poisson times x!/T^x."""
    x, recency, age, weight = np.array([3.0, 2.0, 0.0]), [5.0, 4.0, 0.0], np.array([9.0, 9.0, 7.0]), np.array([9, 8, 1])

    found = fit(x, recency, age, weight, end=POISSON)

    rate = (27 + 16) / (81 + 72 + 7)
    times = np.array([math.lgamma(n + 1) - n * math.log(t) for n, t in zip(x, age, strict=True)])
    assert (found.rate, found.leaving, found.name) == (pytest.approx((rate,), rel=1e-7), (), "Poisson")
    assert found.log_likelihood == pytest.approx(float(weight @ (stats.poisson.logpmf(x, rate * age) + times)))
    assert found.expected_purchases([[1.0], [2.0]], 3, [5.0, 6.0], 10.0) == pytest.approx(
        np.array([[rate] * 2, [2 * rate] * 2])
    )


@pytest.mark.parametrize("mbg", [False, True])
def test_with_one_rate_and_one_chance_the_fit_is_scipy_s_maximum_of_the_plain_probability(mbg: bool) -> None:
    """λ^x (1−p)^chances e^{−λT} of who is alive, λ^x p (1−p)^(chances − 1) e^{−λ t_x} of who left at the last purchase."""
    x, tx, age = buyers(2, all_of(0.3), all_of(0.2), mbg=mbg)
    chances = x + mbg

    def loss(point: np.ndarray) -> float:
        rate, p = math.exp(point[0]), 1 / (1 + math.exp(-point[1]))
        alive = (1 - p) ** chances * np.exp(-rate * age)
        left = np.where(chances > 0, p * (1 - p) ** (chances - 1) * np.exp(-rate * tx), 0.0)
        return -float((x * math.log(rate) + np.log(alive + left)).sum())

    expected = optimize.minimize(loss, [-1.0, -1.0], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-9})
    found = fit(x, tx, age, end=End(SHARED, SHARED, mbg))
    rate, p = math.exp(expected.x[0]), 1 / (1 + math.exp(-expected.x[1]))
    assert found.converged
    assert (*found.rate, *found.leaving) == pytest.approx((rate, p), rel=1e-5)
    assert found.log_likelihood == pytest.approx(-expected.fun, rel=1e-10)
    assert (*found.rate, *found.leaving) == pytest.approx((0.3, 0.2), rel=0.1)


ENDS_AND_NEAR = [
    (BuyingLimit((2.0, 40.0), (), 0.0, converged=True), (2.0, 40.0, 1 / FAR, 1.0)),
    (BuyingLimit((0.3,), (), 0.0, converged=True), (0.3 * FAR, FAR, 1 / FAR, 1.0)),
    (BuyingLimit((0.3,), (0.2,), 0.0, converged=True), (0.3 * FAR, FAR, 0.2 * FAR, 0.8 * FAR)),
    (BuyingLimit((0.3,), (0.7, 2.5), 0.0, converged=True), (0.3 * FAR, FAR, 0.7, 2.5)),
    (BuyingLimit((0.3,), (0.2,), 0.0, converged=True, mbg=True), (0.3 * FAR, FAR, 0.2 * FAR, 0.8 * FAR)),
    (BuyingLimit((0.3,), (0.7, 2.5), 0.0, converged=True, mbg=True), (0.3 * FAR, FAR, 0.7, 2.5)),
]


@pytest.mark.parametrize(("end", "near"), ENDS_AND_NEAR)
def test_an_end_foretells_what_bg_nbd_near_it_does(end: BuyingLimit, near: tuple[float, ...]) -> None:
    model = BgNbd(*near, 0.0, converged=True, mbg=end.mbg)
    histories = ([0, 3, 12, 12], [0, 20, 49, 10], [30, 45, 50, 12])

    for horizon in (0.0, 1.0, 26.0):
        expected = model.expected_purchases(horizon, *histories)
        assert end.expected_purchases(horizon, *histories) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("mbg", [False, True])
@pytest.mark.parametrize(("x", "tx", "age"), [(0, 0, 30), (3, 20, 45), (12, 10, 12)])
def test_with_one_chance_of_leaving_it_is_bayes_rule_over_the_rates(mbg: bool, x: int, tx: float, age: float) -> None:
    """By SciPy's quadrature over λ ~ Gamma(2, 40): (1 − e^{−26λp})/p of who is alive, over the chance of the history."""
    p, chances = 0.2, x + mbg

    def over_rates(of: Callable[[float], float]) -> float:
        prior = stats.gamma(2.0, scale=1 / 40)
        return float(integrate.quad(lambda rate: prior.pdf(rate) * rate**x * of(rate), 0, 3, epsabs=0, epsrel=1e-10)[0])

    alive = (1 - p) ** chances
    gone = p * (1 - p) ** (chances - 1) * over_rates(lambda rate: math.exp(-rate * tx)) if chances else 0.0
    told = alive * over_rates(lambda rate: math.exp(-rate * age) * -math.expm1(-26 * rate * p) / p)
    expected = told / (alive * over_rates(lambda rate: math.exp(-rate * age)) + gone)

    model = BuyingLimit((2.0, 40.0), (p,), 0.0, converged=True, mbg=mbg)
    assert model.expected_purchases(26.0, x, tx, age) == pytest.approx(expected, rel=1e-7)


@pytest.mark.parametrize(
    ("end", "rate", "leaving"),
    [
        (End(DIFFER, SHARED), lambda random, n: random.gamma(2.0, 0.2, n), all_of(0.2)),
        (End(SHARED, DIFFER), all_of(0.5), lambda random, n: random.beta(0.7, 2.5, n)),
        (End(DIFFER, SHARED, mbg=True), lambda random, n: random.gamma(2.0, 0.2, n), all_of(0.2)),
        (End(SHARED, DIFFER, mbg=True), all_of(0.5), lambda random, n: random.beta(0.7, 2.5, n)),
    ],
)
def test_what_customers_share_is_found_again_and_what_they_do_not(end: End, rate: Draw, leaving: Draw) -> None:
    """The mean rate of .4 or .5, and the mean chance of .2 or .7/3.2, within four standard errors or so."""
    found = fit(*buyers(3, rate, leaving, mbg=end.mbg), end=end)

    assert found.converged
    r, a = found.rate, found.leaving
    assert (r[0] if end.rate == SHARED else r[0] / r[1]) == pytest.approx(0.5 if end.rate == SHARED else 0.4, rel=0.1)
    assert (a[0] if end.leaving == SHARED else a[0] / sum(a)) == pytest.approx(
        0.2 if end.leaving == SHARED else 0.7 / 3.2, rel=0.15
    )


def test_customers_who_do_not_differ_have_one_rate_and_few_are_refused() -> None:
    assert not fit([3.0] * 20, [5.0] * 20, [9.0] * 20, end=NBD).converged
    regular = likeliest([3.0, 4.0] * 20, [8.0, 8.5] * 20, [9.0] * 40)
    assert (regular.name, regular.rate) == ("Poisson", pytest.approx((140 / 360,), rel=1e-6))
    leavers = likeliest(*buyers(2, all_of(0.3), all_of(0.2), mbg=True, number=200))
    assert leavers.name.startswith("MBG/NBD with one ")
    with pytest.raises(NotConverged) as refusal:
        BuyingLimit((2.0, 40.0), (), 0.0, converged=False).expected_purchases(1, 1, 1, 1)
    assert str(refusal.value) == (
        "the purchase model has no maximum on these histories\n  to do:    use more history, or the observed purchases"
    )
    with pytest.raises(NotEnough, match=r"^9 of 9 customers bought again"):
        fit([3.0] * 9, [5.0] * 9, [9.0] * 9, end=NBD)


def test_a_history_with_a_weight_counts_as_often() -> None:
    """Forty of one kind and twenty of another: 40·3 + 20·4 purchases in 60·9."""
    weighed = likeliest([3.0, 4.0], [8.0, 8.5], [9.0, 9.0], [40, 20])

    assert (weighed.name, weighed.rate) == ("Poisson", pytest.approx((200 / 540,), rel=1e-6))


def test_the_unit_of_time_does_not_matter() -> None:
    x, tx, age = buyers(2, all_of(0.3), all_of(0.2), number=300)

    for end in (NBD, End(SHARED, SHARED)):
        weeks, days = fit(x, tx, age, end=end), fit(x, 7 * tx, 7 * age, end=end)
        assert days.expected_purchases(70.0, x, 7 * tx, 7 * age) == pytest.approx(
            weeks.expected_purchases(10.0, x, tx, age), rel=1e-5
        )
        assert days.log_likelihood == pytest.approx(weeks.log_likelihood - x.sum() * math.log(7), rel=1e-9)
