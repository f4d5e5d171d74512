"""NBD against SciPy's negative binomial and against BG/NBD without leaving."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy import optimize, special, stats

from appraise.errors import NotEnough
from appraise.statistics import nbd
from appraise.statistics.bg_nbd import BgNbd
from appraise.statistics.refusals import NotConverged

Errors = Callable[[Callable[[np.ndarray], float], np.ndarray], np.ndarray]


def histories(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.Generator(np.random.PCG64(seed))
    age = random.uniform(10, 50, 3000)
    frequency = random.poisson(random.gamma(2.0, 1 / 40, 3000) * age).astype(float)
    recency = np.where(frequency > 0, age * random.uniform(0.1, 1.0, 3000), 0.0)
    return frequency, recency, age


def test_the_fit_is_the_maximum_of_scipy_s_negative_binomial() -> None:
    frequency, recency, age = histories(1)

    def loss(log_parameters: np.ndarray) -> float:
        r, alpha = np.exp(log_parameters)
        return -float(stats.nbinom.logpmf(frequency, r, alpha / (alpha + age)).sum())

    expected = np.exp(
        optimize.minimize(loss, [0.0, 3.0], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-9}).x
    )
    found = nbd.fit(frequency, recency, age)
    assert found.converged
    assert (found.r, found.alpha) == pytest.approx(tuple(expected), rel=1e-5)


def test_it_is_bg_nbd_whose_customers_never_leave() -> None:
    model = nbd.Nbd(2.0, 40.0, 0.0, converged=True)
    staying = BgNbd(2.0, 40.0, 1e-9, 1.0, 0.0, converged=True)

    arguments = ([1.0, 13.0, 26.0], [0, 3, 12], [0, 20, 49], [30, 45, 50])
    assert model.expected_purchases(*arguments) == pytest.approx(staying.expected_purchases(*arguments), rel=1e-6)


def test_likelihood_and_standard_errors_are_those_of_the_plain_formula(errors_of: Errors) -> None:
    """Γ(r + x)/Γ(r)·α^r/(α + T)^(r + x) of each customer, weighed; its Hessian in r and α by differences."""
    x, recency, age = (column[:300] for column in histories(2))
    weight = np.arange(300) % 3
    found = nbd.fit(x, recency, age, weight)
    at = np.array([found.r, found.alpha])

    def log_likelihood(point: np.ndarray) -> float:
        r, alpha = point
        terms = special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha) - (r + x) * np.log(alpha + age)
        return float(weight @ terms)

    assert found.log_likelihood == pytest.approx(log_likelihood(at), rel=1e-12)
    assert found.standard_error == pytest.approx(errors_of(log_likelihood, at), rel=1e-4)


def test_customers_who_do_not_differ_have_no_fit_and_few_are_refused() -> None:
    assert not nbd.fit([3.0] * 20, [5.0] * 20, [9.0] * 20).converged
    with pytest.raises(NotConverged) as refusal:
        nbd.Nbd(2.0, 40.0, 0.0, converged=False).expected_purchases(1, 1, 1, 1)
    assert str(refusal.value) == (
        "customers' rates do not differ more than chance makes them\n"
        "  to do:    use more history, or the observed purchases"
    )
    with pytest.raises(NotEnough, match=r"^9 of 9 customers bought again"):
        nbd.fit([3.0] * 9, [5.0] * 9, [9.0] * 9)


def test_predictions_have_the_shape_of_all_arguments_together() -> None:
    """t·(2 + 3)/(40 + 10); the recency says nothing, its shape does."""
    expected = nbd.Nbd(2.0, 40.0, 0.0, converged=True).expected_purchases([[1.0], [2.0]], 3, [5.0, 6.0, 7.0], 10.0)

    assert expected == pytest.approx(np.array([[0.1] * 3, [0.2] * 3]))
