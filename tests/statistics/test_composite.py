"""Joint shrinkage, ratings and ranks against dense linear algebra, simulated truth and EVAAS."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from appraise.errors import InvalidInput, NotEnough
from appraise.statistics.arrays import FloatArray
from appraise.statistics.composite import (
    combine,
    evaas_level,
    population_covariance,
    rank_intervals,
    rate,
    shrink_jointly,
)

TAU = np.array([0.20, 0.25, 0.10, 0.30])
CORRELATION = np.array([[1, 0.5, 0.3, 0.2], [0.5, 1, 0.4, 0.3], [0.3, 0.4, 1, 0.1], [0.2, 0.3, 0.1, 1]])


def simulated(seed: int, employees: int, missing: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    random = np.random.default_rng(seed)
    truth = random.multivariate_normal(np.zeros(4), CORRELATION * np.outer(TAU, TAU), employees)
    variance = TAU**2 * random.uniform(0.2, 4.0, (employees, 4))
    estimate = random.normal(truth, np.sqrt(variance))
    return truth, estimate, np.where(random.random((employees, 4)) < missing, np.inf, variance)


def test_correlations_of_true_scores_come_back_from_noisy_ones() -> None:
    _, estimate, variance = simulated(1, 20_000, 0.1)
    covariance = population_covariance(estimate, variance, TAU)

    assert covariance / np.outer(TAU, TAU) == pytest.approx(CORRELATION, abs=0.05)


def test_errors_that_indicators_share_do_not_count_as_correlation() -> None:
    random = np.random.default_rng(2)
    shared = np.array([[0.04, 0.03], [0.03, 0.04]])
    truth, noise = random.normal(0, 0.2, (20_000, 2)), random.multivariate_normal([0, 0], shared, 20_000)
    variance, tau = np.full((20_000, 2), 0.04), np.array([0.2, 0.2])
    naive = population_covariance(truth + noise, variance, tau)
    honest = population_covariance(truth + noise, variance, tau, error_covariance=shared)

    assert naive[0, 1] / 0.04 > 0.6
    assert honest[0, 1] / 0.04 == pytest.approx(0.0, abs=0.05)


def test_correlations_that_cannot_hold_together_become_the_nearest_that_can() -> None:
    a = np.array([[1.0, 1, -1], [1, -1, 1], [-1, 1, 1], [-1, -1, -1]])[:3]
    covariance = population_covariance(a, np.full((3, 3), 1e-9), [1.0, 1.0, 1.0])

    assert np.linalg.eigvalsh(covariance)[0] > -1e-12
    assert np.diag(covariance) == pytest.approx([1, 1, 1])


def test_the_joint_posterior_is_that_of_the_precision_form() -> None:
    """(T⁻¹ + diag(1/v))⁻¹ with precision 0 for what is missing."""
    _, estimate, variance = simulated(3, 50, 0.3)
    T = CORRELATION * np.outer(TAU, TAU)  # noqa: N806
    joint = shrink_jointly(estimate, variance, T)
    for e in range(50):
        precision = 1 / variance[e]
        posterior = np.linalg.inv(np.linalg.inv(T) + np.diag(precision))
        assert joint.covariance[e] == pytest.approx(posterior, abs=1e-12)
        assert joint.mean[e] == pytest.approx(posterior @ (precision * estimate[e]))


def test_correlated_errors_enter_the_joint_posterior() -> None:
    T, V = np.array([[1.0, 0.5], [0.5, 1.0]]), np.array([[0.5, 0.3], [0.3, 0.4]])  # noqa: N806
    joint = shrink_jointly([[1.0, -1.0]], [[0.5, 0.4]], T, error_covariance=V)
    posterior = np.linalg.inv(np.linalg.inv(T) + np.linalg.inv(V))

    assert joint.covariance[0] == pytest.approx(posterior)
    assert joint.mean[0] == pytest.approx(posterior @ np.linalg.inv(V) @ [1.0, -1.0])


def test_composite_intervals_cover_and_independent_ones_do_not() -> None:
    truth, estimate, variance = simulated(4, 5_000, 0.08)
    weight = np.full(4, 0.25)
    target = (truth / TAU) @ weight
    joint = combine(
        shrink_jointly(estimate, variance, CORRELATION * np.outer(TAU, TAU)), weight=weight, population_sd=TAU
    )
    apart = combine(shrink_jointly(estimate, variance, np.diag(TAU**2)), weight=weight, population_sd=TAU)

    assert np.mean((joint.lower < target) & (target < joint.upper)) == pytest.approx(0.95, abs=0.01)
    assert np.mean((apart.lower < target) & (target < apart.upper)) < 0.92
    assert np.mean((joint.score - target) ** 2) < np.mean((apart.score - target) ** 2)


def test_missing_evidence_widens_the_interval_and_is_not_reweighted() -> None:
    T = CORRELATION * np.outer(TAU, TAU)  # noqa: N806
    variance = np.array([TAU**2, [TAU[0] ** 2, np.inf, np.inf, np.inf]])
    result = combine(shrink_jointly([TAU, TAU], variance, T), weight=[1, 1, 1, 1], population_sd=TAU)

    assert result.share_observed == pytest.approx([1.0, 0.25])
    assert result.indicators_observed.tolist() == [4, 1]
    assert result.sd[1] > result.sd[0]
    # ½·τ₁ is left of the first indicator, and of the others what their correlation with it implies.
    assert result.score[1] == pytest.approx(0.5 * (1 + 0.5 + 0.3 + 0.2) / 4)


@pytest.mark.parametrize(
    ("probabilities", "rating"),
    [
        pytest.param((0.90, 0.99, 0.01, 0.00), 5, id="above the margin"),
        pytest.param((0.50, 0.90, 0.10, 0.00), 4, id="above"),
        pytest.param((0.30, 0.89, 0.11, 0.05), 3, id="undecided"),
        pytest.param((0.00, 0.05, 0.95, 0.40), 2, id="below"),
        pytest.param((0.00, 0.01, 0.99, 0.95), 1, id="below the margin"),
        pytest.param((0.90 - 1e-12, 0.99, 0.01, 0.00), 5, id="at the threshold but for rounding"),
    ],
)
def test_ratings_follow_absolute_probabilities(probabilities: tuple[float, ...], rating: int) -> None:
    above_margin, above, below, below_margin = ([p] for p in probabilities)

    assert rate(above_margin=above_margin, above=above, below=below, below_margin=below_margin).tolist() == [rating]


def test_evaas_levels_are_cut_at_one_and_two_standard_errors() -> None:
    """SAS EVAAS/TVAAS: level 5 from 2, 4 from 1, 3 from −1, 2 from −2, else 1."""
    index = [2.0, 1.99, 1.0, 0.99, -1.0, -1.01, -2.0, -2.01]

    assert evaas_level(np.multiply(index, 0.5), np.full(8, 0.5)).tolist() == [5, 4, 4, 3, 3, 2, 2, 1]


def test_expected_percentiles_are_those_of_pairwise_probabilities() -> None:
    """E[rank] = ½ + Σ P(θ_e ≥ θ_f) over all f with itself counted as ½, for independent normals."""
    random = np.random.default_rng(6)
    mean, sd = random.normal(0, 1, 40), random.uniform(0.2, 1.5, 40)
    z = (mean[:, None] - mean) / np.hypot(sd[:, None], sd)
    ranks = rank_intervals(mean, sd, seed=1, draws=4_000)

    assert ranks.percentile == pytest.approx((0.5 + special.ndtr(z).sum(axis=1)) / 41, abs=0.02)
    assert np.all((ranks.lower <= ranks.percentile) & (ranks.percentile <= ranks.upper))


def test_rank_intervals_cover_and_repeat_with_their_seed() -> None:
    random = np.random.default_rng(7)
    truth, sd = random.normal(0, 1, 600), random.uniform(0.3, 1.5, 600)
    gain = 1 / (1 + sd**2)
    ranks = rank_intervals(gain * random.normal(truth, sd), np.sqrt(gain) * sd, seed=3)
    again = rank_intervals(gain * 0 + ranks.percentile, np.ones(600), seed=3)
    percentile = (np.argsort(np.argsort(truth)) + 1) / 601

    assert np.mean((ranks.lower <= percentile) & (percentile <= ranks.upper)) == pytest.approx(0.90, abs=0.03)
    assert np.median(ranks.upper - ranks.lower) > 0.4
    assert again.lower.tolist() == rank_intervals(ranks.percentile, np.ones(600), seed=3).lower.tolist()


@given(st.lists(st.floats(-3, 3), min_size=2, max_size=30, unique=True))
def test_without_uncertainty_ranks_are_the_order(mean: list[float]) -> None:
    ranks = rank_intervals(mean, [0.0] * len(mean), seed=0, draws=3)
    order = np.argsort(np.argsort(mean)) + 1

    assert ranks.lower == pytest.approx(order / (len(mean) + 1))
    assert ranks.upper == pytest.approx(order / (len(mean) + 1))


def test_what_makes_no_sense_is_refused() -> None:
    joint = shrink_jointly([[1.0, 1.0]], [[1.0, 1.0]], np.eye(2))
    with pytest.raises(InvalidInput, match="no between-employee spread"):
        combine(joint, weight=[1, 1], population_sd=[1.0, 0.0])
    with pytest.raises(InvalidInput, match=r"weight is .*-1"):
        combine(joint, weight=[2, -1], population_sd=[1.0, 1.0])
    with pytest.raises(InvalidInput, match=r"certainty is 0\.5"):
        rate(above_margin=[1], above=[1], below=[0], below_margin=[0], certainty=0.5)
    with pytest.raises(InvalidInput, match="variance is not above 0"):
        shrink_jointly([[1.0]], [[0.0]], [[1.0]])
    with pytest.raises(NotEnough, match="no employees"):
        shrink_jointly(np.zeros((0, 1)), np.zeros((0, 1)), [[1.0]])
