"""What was expected is an estimate: posteriors under errors in common and doubts, by SciPy's quadrature."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy import integrate, optimize, stats

from appraise.errors import InvalidInput
from appraise.statistics import shrinkage
from appraise.statistics.arrays import FloatArray

ESTIMATE, VARIANCE = np.array([3.0, 9, -4, 1, 6]), np.array([4.0, 9, 1, 16, 2])
COMMON = np.array([[2.0, 0], [2, 1], [2, -1], [-1, 3], [-1, 2]])
DOUBT = np.array([0.5, 4, 0, 9, 30])
OBSERVED, EXPECTED = np.array([3.0, 9, 0, 14, 5]), np.array([5.0, 6, 2, 7, 5])
RATE_DOUBT = np.array([0.0, 0.1, 0.5, 0.02, 3.0])


def averaged(density: Callable[[float], float], values: Callable[[float], FloatArray], upto: float) -> FloatArray:
    def weighed(at: float) -> FloatArray:
        return density(at) * np.append(values(at).ravel(), 1.0)

    total = integrate.quad_vec(weighed, 1e-9, upto, epsrel=1e-9, limit=2_000)[0]
    return np.asarray(total[:-1] / total[-1])


def spread_density(tau: float) -> float:
    """τ tr(PP)^½ by the likelihood of the whole covariance, the mean integrated out; no doubt in it."""
    total = np.diag(VARIANCE) + COMMON @ COMMON.T + tau**2 * np.eye(5)
    inverse = np.linalg.inv(total)
    P = inverse - np.outer(inverse.sum(axis=0), inverse.sum(axis=0)) / inverse.sum()  # noqa: N806
    determinants = np.sqrt(np.linalg.det(total / 10) * inverse.sum())
    return float(tau * np.sqrt(np.trace(P @ P)) * np.exp(-0.5 * ESTIMATE @ P @ ESTIMATE) / determinants)


def test_averages_have_the_spread_of_the_whole_covariance_and_the_variance_of_all_errors() -> None:
    result = shrinkage.normal(ESTIMATE, VARIANCE, common=COMMON, doubt=DOUBT)
    variance = VARIANCE + (COMMON**2).sum(axis=1) + DOUBT

    def moments(root: float) -> FloatArray:
        precision = 1 / (variance + root**6)
        mu = precision @ ESTIMATE / precision.sum()
        kept = root**6 * precision
        value = mu + kept * (ESTIMATE - mu)
        square = value**2 + kept * variance + (1 - kept) ** 2 / precision.sum()
        return np.array([value, square, kept])

    mean, square, reliability = averaged(lambda root: spread_density(root**3) * root**2, moments, 30.0).reshape(3, 5)

    assert result.mean == pytest.approx(mean, rel=2e-4)
    assert result.sd**2 == pytest.approx(square - mean**2, rel=2e-3)
    assert result.reliability == pytest.approx(reliability, rel=2e-4)


def test_ratios_have_a_half_normal_prior_besides() -> None:
    ratio, variance = 1 + ESTIMATE / 10, VARIANCE / 100
    result = shrinkage.normal(ratio, variance, ratios=True)

    def density(root: float) -> float:
        tau, total = root**3, np.diag(variance) + root**6 * np.eye(5)
        inverse = np.linalg.inv(total)
        P = inverse - np.outer(inverse.sum(axis=0), inverse.sum(axis=0)) / inverse.sum()  # noqa: N806
        likelihood = np.exp(-0.5 * ratio @ P @ ratio) / np.sqrt(np.linalg.det(total) * inverse.sum())
        return float(likelihood * tau * np.sqrt(np.trace(P @ P)) * stats.halfnorm.pdf(tau, scale=0.5) * root**2)

    def kept(root: float) -> FloatArray:
        return np.asarray(root**6 / (variance + root**6))

    assert result.reliability == pytest.approx(averaged(density, kept, 1.6), rel=2e-4)


def rates_given(cv: float, observed: FloatArray, expected: FloatArray) -> tuple[float, float]:
    """ln m at the highest of the negative binomial likelihood, and the information on it by differences."""
    a = cv**-2

    def log_likelihood(log_m: float) -> float:
        return float((observed * log_m - (a + observed) * np.log(a + expected * np.exp(log_m))).sum())

    log_m = float(optimize.minimize_scalar(lambda at: -log_likelihood(at), bracket=(-1, 1), tol=1e-10).x)
    below, middle, above = (log_likelihood(log_m + step) for step in (-1e-3, 0.0, 1e-3))
    return log_m, -(below - 2 * middle + above) / 1e-6


def cv_density(cv: float) -> float:
    log_m, information = rates_given(cv, OBSERVED, EXPECTED)
    growth = EXPECTED * np.exp(log_m)
    w = 1 / (1 / growth + cv**2)
    P = np.diag(w) - np.outer(w, w) / w.sum()  # noqa: N806
    likelihood = stats.nbinom.pmf(OBSERVED, cv**-2, 1 / (1 + cv**2 * growth)).prod()
    return float(likelihood / np.sqrt(information) * cv * np.sqrt(np.trace(P @ P)) * stats.halfnorm.pdf(cv, scale=0.5))


def test_doubted_counts_weigh_as_fewer_events_and_say_as_much_of_the_spread() -> None:
    result = shrinkage.gamma_poisson(OBSERVED, EXPECTED, doubt=RATE_DOUBT)
    known = 1 / (1 / EXPECTED + RATE_DOUBT)
    events = OBSERVED / EXPECTED * known

    def moments(cv: float) -> FloatArray:
        log_m, information = rates_given(cv, events, known)
        rate = cv**-2 + known * np.exp(log_m)
        mean, own = (cv**-2 + events) / rate, 1 - cv**-2 / rate
        return np.array([mean, mean**2 + mean / rate + (own * mean) ** 2 / information, own])

    nodes = (np.arange(160) + 0.5) / 40
    weight = np.array([cv_density(cv) for cv in nodes])
    mean, square, reliability = np.einsum("g,gke->ke", weight / weight.sum(), [moments(cv) for cv in nodes])

    assert result.mean == pytest.approx(mean, rel=2e-4)
    assert result.sd**2 == pytest.approx(square - mean**2, rel=2e-3)
    assert result.reliability == pytest.approx(reliability, rel=1e-3)


def test_errors_and_doubts_of_others_than_the_employees_are_refused() -> None:
    for wrong, found, expected in (
        ({"common": [[1.0], [2.0]]}, "common has shape (2, 1)", "5 rows"),
        ({"common": [1.0] * 5}, "common has shape (5,)", "shape (rows, columns)"),
        ({"doubt": [[1.0]] * 5}, "doubt has 2 dimensions", "one dimension"),
        ({"doubt": [1.0] * 4}, "doubt has 4 values", "5 values"),
        ({"doubt": [1.0, 1, -0.5, 1, 1]}, "doubt is -0.5 at position 2", "at least 0"),
    ):
        with pytest.raises(InvalidInput) as refused:
            shrinkage.normal(ESTIMATE, VARIANCE, **wrong)
        assert str(refused.value).split("\n")[0] == found
        assert refused.value.expected == expected
