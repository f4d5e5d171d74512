"""Errors in common: against dense matrices, against the mixed model fitted by REML, and laws."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from appraise.errors import InvalidInput
from appraise.statistics import shrinkage
from appraise.statistics.arrays import FloatArray
from appraise.statistics.errors_in_common import Estimates
from appraise.statistics.group_sums import GroupSums
from appraise.statistics.within import case_mix, random_intercept

Build = Callable[..., GroupSums]
seeds = st.integers(0, 10_000)
TAU = np.array([0.05, 0.7, 3.0, 40.0])


def drawn(seed: int, employees: int = 7, errors: int = 3) -> Estimates:
    random = np.random.default_rng(seed)
    own = np.exp(random.normal(size=employees))
    return Estimates(3.0 * random.normal(size=employees), own, random.normal(size=(employees, errors)))


def covariance(known: Estimates) -> FloatArray:
    return np.diag(known.own) + known.common @ known.common.T


def dense(known: Estimates, tau: float) -> tuple[FloatArray, FloatArray]:
    """Means and covariance of (μ, θ − μ) given the estimates, each with the variance of all its errors, by conditioning
    one Gaussian vector with a wide μ."""
    seen = np.column_stack([np.ones(7), np.eye(7)])
    prior = np.diag(np.append(1e6, np.full(7, tau**2)))
    gain = prior @ seen.T @ np.linalg.inv(seen @ prior @ seen.T + np.diag(np.diag(covariance(known))))
    return gain @ known.value, prior - gain @ seen @ prior


def jeffreys(known: Estimates, tau: float) -> float:
    """τ tr(PP)^½, P the inverse of the whole covariance with the mean taken out."""
    inverse = np.linalg.inv(covariance(known) + tau**2 * np.eye(known.value.size))
    P = inverse - np.outer(inverse.sum(axis=0), inverse.sum(axis=0)) / inverse.sum()  # noqa: N806
    return float(tau * np.sqrt(np.trace(P @ P)))


def test_the_likelihood_is_that_of_scipy_s_normal_vectors_with_the_mean_summed_out() -> None:
    known = drawn(1)
    mu = np.linspace(-60, 60, 4_001)
    found = known.log_likelihood(TAU[1:])
    by_hand = []
    for tau in TAU[1:]:
        total = covariance(known) + tau**2 * np.eye(7)
        around = known.value[None, :] - mu[:, None]
        by_hand.append(np.log(stats.multivariate_normal(np.zeros(7), total).pdf(around).sum()))

    assert np.diff(found[:2]) == pytest.approx(np.diff(by_hand[:2]), abs=1e-8)
    wider = np.linspace(-600, 600, 40_001)
    total = covariance(known) + TAU[3] ** 2 * np.eye(7)
    far = np.log(stats.multivariate_normal(np.zeros(7), total).pdf(known.value[None, :] - wider[:, None]).sum())
    assert found[2] - found[1] == pytest.approx(far - by_hand[1], abs=1e-8)


@given(seeds, st.floats(-3, 3))
@settings(max_examples=20)
def test_the_spread_has_the_prior_and_the_likelihood_of_the_whole_covariance(seed: int, log_size: float) -> None:
    known = drawn(seed)
    known = replace(known, common=np.exp(log_size) * known.common)
    tau, weight = known.spread()
    at = np.linspace(0, 1, 4_001)[1:-1]
    spread = np.sqrt(known.variance.mean() + known.value.var()) * at / (1 - at)
    logs = known.log_likelihood(spread) + np.log([jeffreys(known, one) for one in spread]) - 2 * np.log1p(-at)
    mass = np.exp(logs - logs.max())
    assert weight @ (1 / (1 + tau**2)) == pytest.approx(mass @ (1 / (1 + spread**2)) / mass.sum(), rel=1e-4)


def test_what_is_known_of_the_spread_from_elsewhere_multiplies_its_density() -> None:
    known = drawn(5)
    tau, weight = known.spread()
    times = weight * stats.halfnorm.pdf(tau, scale=2.0)
    now, found = known.spread(lambda spread: stats.halfnorm.logpdf(spread, scale=2.0))

    assert found @ (1 / (1 + now**2)) == pytest.approx(times @ (1 / (1 + tau**2)) / times.sum(), rel=1e-5)


@pytest.mark.parametrize("share", [1.0, 0.6])
def test_the_posterior_is_that_of_one_gaussian_vector_for_each_spread(share: float) -> None:
    known = drawn(3)
    result = shrinkage.normal(known.value, known.own, common=known.common, attributable_share=share)
    root = (np.arange(600) + 0.5) / 600 * 6
    log_weight = known.log_likelihood(root**3) + [np.log(jeffreys(known, tau)) for tau in root**3] + 2 * np.log(root)
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    deviation, square, reliability = ([] for _ in range(3))
    for tau in root**3:
        mean, spread = dense(known, tau)
        deviation.append(share * mean[1:])
        noise = share * (1 - share) * tau**2
        square.append(share**2 * np.diag(spread)[1:] + noise + deviation[-1] ** 2)
        reliability.append(tau**2 / (tau**2 + np.diag(covariance(known))))

    assert result.deviation.mean() == pytest.approx(weight @ deviation, rel=2e-3, abs=2e-3)
    assert result.deviation.sd() ** 2 == pytest.approx(weight @ square - (weight @ deviation) ** 2, rel=5e-3)
    assert result.reliability == pytest.approx(weight @ reliability, rel=5e-3)


def test_the_spread_is_that_of_the_mixed_model(sums_of: Build) -> None:
    """Within-employee estimates and their errors in common have the likelihood of the random-intercept model by REML."""
    random = np.random.default_rng(4)
    g = np.repeat(np.arange(12), random.integers(2, 9, 12))
    x = np.column_stack([(random.random(g.size) < np.where(g < 6, 0.05, 0.95)), random.normal(size=g.size)])
    y = 2.0 * random.normal(size=12)[g] + x @ [1.5, -0.5] + random.normal(size=g.size)
    fit = random_intercept(sums_of(g, y, x))
    adjusted = case_mix(sums_of(g, y, x))
    scale = fit.residual / adjusted.sigma2  # one variance of an outcome in both
    known = Estimates(adjusted.adjusted, scale * adjusted.own, np.sqrt(scale) * adjusted.common)
    near = np.sqrt(fit.between * np.array([0.99, 1.0, 1.01]))

    assert int(np.argmax(known.log_likelihood(near))) == 1


@given(seeds)
@settings(max_examples=30)
def test_without_errors_in_common_each_is_as_it_stands(seed: int) -> None:
    known = drawn(seed, errors=0)
    nothing = shrinkage.normal(known.value, known.own)
    zeros = shrinkage.normal(known.value, known.own, common=np.zeros((7, 2)))

    assert known.variance == pytest.approx(known.own)
    assert zeros.mean == pytest.approx(nothing.mean, rel=1e-9, abs=1e-9)
    assert zeros.sd == pytest.approx(nothing.sd, rel=1e-9)


@given(seeds)
@settings(max_examples=15)
def test_an_error_that_all_have_in_common_says_nothing_of_the_spread(seed: int) -> None:
    """Nor does it matter by which independent errors the same covariance is told."""
    known = drawn(seed)
    turned = known.common @ np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))[0]
    moved = replace(known, common=np.column_stack([turned, np.full(7, 5.0)]))

    assert moved.log_likelihood(TAU) == pytest.approx(known.log_likelihood(TAU), rel=1e-9, abs=1e-9)


def test_errors_of_other_employees_are_refused() -> None:
    with pytest.raises(InvalidInput, match=r"^common has shape \(2, 1\)") as refused:
        shrinkage.normal([1.0, 2, 3, 4, 5], [1.0] * 5, common=[[1.0], [2.0]])

    assert refused.value.expected == "5 rows"
