"""NBD against SciPy's negative binomial and against BG/NBD without leaving."""

import numpy as np
import pytest
from scipy import optimize, stats

from appraise.statistics import nbd
from appraise.statistics.bg_nbd import BgNbd


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
