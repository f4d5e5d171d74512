"""Shrinkage on simulated organisations whose truth is known: what its intervals cover."""

import numpy as np
import pytest

from appraise.statistics import shrinkage


@pytest.mark.simulation
def test_rates_of_five_thousand_employees_keep_who_had_no_exposure_at_the_population() -> None:
    random = np.random.default_rng(7)
    expected = np.concatenate([[0.0, 1e-12], random.gamma(1.0, 8.0, 4_998)])
    truth = random.gamma(16.0, 1 / 16, 5_000)
    result = shrinkage.gamma_poisson(random.poisson(1.3 * truth * expected), expected)

    assert result.mean[:2] == pytest.approx([1.0, 1.0], abs=1e-6)
    assert result.reliability[:2] == pytest.approx([0.0, 0.0], abs=1e-9)
    assert (result.population_sd, result.level) == (pytest.approx(0.25, abs=0.02), pytest.approx(1.3, abs=0.03))
    assert np.mean((result.lower < truth) & (truth < result.upper)) == pytest.approx(0.95, abs=0.012)


@pytest.mark.simulation
@pytest.mark.parametrize(("employees", "repetitions"), [(12, 120), (25, 60), (300, 5)])
def test_normal_intervals_cover_at_their_nominal_rate(employees: int, repetitions: int) -> None:
    """Spread drawn from the prior's range, so that Bayesian coverage is exact."""
    random = np.random.default_rng(employees)
    hits95, hits90 = [], []
    for _ in range(repetitions):
        variance = 4.0 / random.integers(3, 80, employees)
        truth = random.normal(3.0, random.uniform(0.0, 2.0), employees)
        result = shrinkage.normal(random.normal(truth, np.sqrt(variance)), variance)
        hits95.extend((result.lower <= truth) & (truth <= result.upper))
        hits90.extend((result.lower90 <= truth) & (truth <= result.upper90))

    assert np.mean(hits95) == pytest.approx(0.95, abs=0.015)
    assert np.mean(hits90) == pytest.approx(0.90, abs=0.02)


@pytest.mark.simulation
@pytest.mark.parametrize(("employees", "repetitions"), [(12, 80), (25, 40), (300, 2)])
def test_rate_intervals_cover_at_their_nominal_rate(employees: int, repetitions: int) -> None:
    """The plug-in gamma-Poisson covers .67 with 12 and .83 with 25 employees."""
    random = np.random.default_rng(employees + 1)
    hits = []
    for _ in range(repetitions):
        cv = random.uniform(0.1, 0.7)
        expected, truth = random.gamma(2.0, 8.0, employees), random.gamma(cv**-2, cv**2, employees)
        result = shrinkage.gamma_poisson(random.poisson(truth * expected), expected)
        hits.extend((result.lower <= truth) & (truth <= result.upper))

    assert np.mean(hits) == pytest.approx(0.95, abs=0.02)


@pytest.mark.simulation
def test_unmeasured_case_mix_is_covered_when_the_attributable_share_is_right() -> None:
    """True sd .17, unmeasured sd .20, share .42: counting all as the employee's covers about .83."""
    random = np.random.default_rng(5)
    own, other = random.normal(0, 0.17, 2_000), random.normal(0, 0.20, 2_000)
    variance = 1.0 / random.integers(10, 300, 2_000)
    estimate = random.normal(own + other, np.sqrt(variance))
    honest = shrinkage.normal(estimate, variance, attributable_share=0.42)
    naive = shrinkage.normal(estimate, variance)

    assert np.mean((honest.lower < own) & (own < honest.upper)) == pytest.approx(0.95, abs=0.012)
    assert np.mean((naive.lower < own) & (own < naive.upper)) < 0.87


@pytest.mark.simulation
def test_rates_with_unmeasured_case_mix_are_covered_when_the_attributable_share_is_right() -> None:
    hits: list[bool] = []
    for seed in range(2):
        random = np.random.default_rng(seed)
        own, other = random.gamma(40, 1 / 40, 2_000), random.gamma(30, 1 / 30, 2_000)
        expected = random.gamma(2.0, 15.0, 2_000)
        observed = random.poisson(own * other * expected)
        result = shrinkage.gamma_poisson(observed, expected, attributable_share=30 / 70)
        hits.extend((result.lower < own) & (own < result.upper))

    assert np.mean(hits) == pytest.approx(0.95, abs=0.015)
