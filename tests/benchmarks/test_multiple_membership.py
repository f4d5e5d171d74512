# ruff: noqa: N806  # textbook names
"""The multiple-membership model against dense algebra on the rows themselves."""

import multiple_membership
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from appraise.statistics import shrinkage

Floats = npt.NDArray[np.float64]


def rows(seed: int, *, employees: int = 9, outcomes: int = 120) -> tuple[Floats, Floats]:
    """Credit of one to three employees per outcome, outcomes with effects of sd .8."""
    rng = np.random.default_rng(seed)
    W = np.zeros((outcomes, employees))
    for row in W:
        touched = rng.choice(employees, rng.integers(1, 4), replace=False)
        row[touched] = rng.dirichlet(np.ones(touched.size))
    y = W @ (0.8 * rng.standard_normal(employees)) + rng.standard_normal(outcomes)
    return W, y - y.mean()


def test_the_posterior_is_that_of_dense_algebra_integrated_over_the_spread() -> None:
    """τ by Gauss and Legendre's rule, its prior by the trace of (PWW')²; σ² by regression on W, as ordinary least squares has it."""
    W, y = rows(2)
    _, (residual,), rank, _ = np.linalg.lstsq(W, y)
    sigma2 = residual / (y.size - rank)
    one, J = np.ones(y.size), W.shape[1]
    nodes, node_weights = np.polynomial.legendre.leggauss(60)
    pieces = [(0.0, 1.0), (1.0, 3.0), (3.0, 12.0), (12.0, 60.0)]
    taus = np.concatenate([low + (high - low) * (nodes + 1) / 2 for low, high in pieces])
    lengths = np.concatenate([(high - low) * node_weights for low, high in pieces])
    density, means, variances, levels = np.empty(taus.size), *(np.empty((taus.size, J)) for _ in range(3))
    for at, tau in enumerate(taus):
        V = sigma2 * np.eye(y.size) + tau**2 * W @ W.T
        inverse = np.linalg.inv(V)
        of_mean = 1.0 / (one @ inverse @ one)
        P = inverse - of_mean * np.outer(inverse @ one, one @ inverse)
        density[at] = -0.5 * (np.linalg.slogdet(V)[1] - np.log(of_mean) + y @ P @ y)
        density[at] += np.log(tau) + 0.5 * np.log(np.trace(np.linalg.matrix_power(W.T @ P @ W, 2)))
        means[at] = tau**2 * W.T @ P @ y
        variances[at] = tau**2 - tau**4 * np.diag(W.T @ P @ W)
        levels[at] = of_mean * (one @ inverse @ y) + means[at]
    weight = lengths * np.exp(density - density.max())
    weight /= weight.sum()
    mean = weight @ means
    variance = weight @ (variances + means**2) - mean**2
    found = multiple_membership.normal(sparse.csr_array(W), y)

    assert found.deviation.mean() == pytest.approx(mean, abs=2e-6)
    assert found.deviation.sd() == pytest.approx(np.sqrt(variance), rel=2e-5)
    assert found.mean == pytest.approx(weight @ levels, abs=2e-6)


@settings(max_examples=25)
@given(st.integers(0, 10_000))
def test_of_whole_outcomes_it_is_the_shrinkage_of_each_employees_mean(seed: int) -> None:
    rng = np.random.default_rng(seed)
    group = np.concatenate([np.arange(6), rng.integers(6, size=60)])
    y = (rng.standard_normal(6) * rng.uniform(0, 1))[group] + rng.standard_normal(66)
    W = (group[:, None] == np.arange(6)).astype(float)
    size, mean = W.sum(axis=0), W.T @ y / W.sum(axis=0)
    sigma2 = ((y - mean[group]) ** 2).sum() / 60
    one = shrinkage.normal(mean, sigma2 / size)
    joint = multiple_membership.normal(sparse.csr_array(W), y)

    for name in ("mean", "sd", "lower", "upper", "reliability"):
        assert getattr(joint, name) == pytest.approx(getattr(one, name), rel=1e-7, abs=1e-9)
    assert joint.deviation.sd() == pytest.approx(one.deviation.sd(), rel=1e-7)


def test_two_who_share_everything_are_told_from_others_and_not_from_each_other() -> None:
    W, y = rows(3, employees=8)
    W = np.block([[W, np.zeros((y.size, 2))], [np.zeros((60, 8)), np.full((60, 2), 0.5)]])
    y = np.concatenate([y, 2.0 + np.random.default_rng(9).standard_normal(60)])
    found = multiple_membership.normal(sparse.csr_array(W), y)
    effect, sd = found.deviation.mean(), found.deviation.sd()

    assert effect[8] == pytest.approx(effect[9])
    assert effect[8] > 0.5
    assert sd[8] > 1.5 * sd[:8].max()  # whose doing it was stays open
