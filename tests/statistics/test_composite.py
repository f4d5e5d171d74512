"""Joint shrinkage, ratings and ranks against dense linear algebra, simulated truth and EVAAS."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from appraise.errors import InvalidInput, NotEnough
from appraise.statistics.arrays import FloatArray
from appraise.statistics.composite import evaas_level, percentiles, pool, rank_intervals, rate
from appraise.statistics.correlated import Measured, draw, error_correlation, inverted
from appraise.statistics.refusals import NotEnoughGroups
from appraise.statistics.shrinkage import normal

TAU = np.array([0.20, 0.25, 0.10, 0.30])
CORRELATION = np.array([[1, 0.5, 0.3, 0.2], [0.5, 1, 0.4, 0.3], [0.3, 0.4, 1, 0.1], [0.2, 0.3, 0.1, 1]])


def simulated(seed: int, employees: int, missing: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    random = np.random.default_rng(seed)
    truth = random.multivariate_normal(np.zeros(4), CORRELATION * np.outer(TAU, TAU), employees)
    variance = TAU**2 * random.uniform(0.2, 4.0, (employees, 4))
    estimate = random.normal(truth, np.sqrt(variance))
    return truth, estimate, np.where(random.random((employees, 4)) < missing, np.inf, variance)


def test_correlations_and_spreads_come_back_from_noisy_estimates() -> None:
    _, estimate, variance = simulated(1, 2_000, 0.1)
    draws = draw(Measured(np.where(np.isfinite(variance), estimate, 0.0), variance, np.eye(4)), seed=1)

    correlation = np.einsum("g,gkl->kl", draws.weight, draws.correlation)
    assert correlation == pytest.approx(CORRELATION, abs=0.1)
    assert draws.weight @ draws.sd == pytest.approx(TAU, rel=0.15)
    assert draws.effective > 0.3 * draws.weight.size


@pytest.mark.parametrize("share", [1.0, 0.7])
def test_one_indicator_alone_is_what_shrinkage_makes_of_it(share: float) -> None:
    """Both integrate over the same spread; the composite is in units of it, and the other in its own."""
    _, estimate, variance = simulated(5, 400, 0.0)
    alone = normal(estimate[:, 0], variance[:, 0], attributable_share=share)
    joint = pool(estimate[:, :1], variance[:, :1], weight=[1.0], attributable_share=share, seed=1)
    unit = np.sqrt(share) * alone.population_sd

    assert joint.score * unit == pytest.approx(alone.mean - alone.population_mean, abs=0.02 * unit)
    assert joint.probability_above() == pytest.approx(alone.probability_above_population(), abs=0.01)
    assert joint.reliability == pytest.approx(alone.reliability, abs=0.02)


@pytest.mark.parametrize("together", [0.0, 0.6])
def test_two_indicators_are_those_of_dense_quadrature(together: float) -> None:
    """Eight employees, two indicators whose errors go `together`: the posterior by a grid over spreads and correlation.

    The prior of the correlation is uniform on (−½, 1): ¾ of one that is uniform on (−1, 1), and ¼.
    """
    random = np.random.default_rng(11)
    truth = random.multivariate_normal([0, 0], [[1, 0.5], [0.5, 1]], 8)
    variance = random.uniform(0.2, 1.0, (8, 2))
    estimate = random.normal(truth, np.sqrt(variance))
    errors = np.array([[1.0, together], [together, 1.0]])
    found = pool(estimate, variance, weight=[1, 1], error_correlation=errors, seed=3)
    sampling = errors * np.sqrt(variance[:, :, None] * variance[:, None, :])

    # In log sd the flat prior has density sd; the posterior of eight employees lies well inside these ends.
    log_sd, rho = np.linspace(np.log(0.02), np.log(12), 36), np.linspace(-0.48, 0.98, 24)
    s1, s2, r = (axis.ravel() for axis in np.meshgrid(np.exp(log_sd), np.exp(log_sd), rho, indexing="ij"))
    T = np.moveaxis(np.array([[s1**2, s1 * s2 * r], [s1 * s2 * r, s2**2]]), 2, 0)  # noqa: N806
    precision = np.linalg.inv(T[:, None] + sampling)
    information = precision.sum(axis=1)
    centre = np.linalg.solve(information, (precision @ estimate[:, :, None]).sum(axis=1))[:, :, 0]
    away = estimate - centre[:, None]
    fit = np.einsum("gjk,gjkl,gjl->g", away, precision, away)
    logs = 0.5 * (np.linalg.slogdet(precision)[1].sum(axis=1) - np.linalg.slogdet(information)[1] - fit)
    logs += np.log(s1 * s2)
    unit = 0.5 / np.array([s1, s2]).T
    pull = np.einsum("gk,gkl,gjlm->gjm", unit, T, precision)
    scores = np.einsum("gjk,gjk->gj", pull, away)
    left = np.einsum("gk,gkl,gl->g", unit, T, unit)[:, None] - np.einsum("gjk,gkl,gl->gj", pull, T, unit)
    variances = left + np.einsum("gjk,gkl,gjl->gj", pull, np.linalg.inv(information), pull)
    weight = np.exp(logs - logs.max())
    weight /= weight.sum()
    mean = weight @ scores
    sd = np.sqrt(weight @ (variances + (scores - mean) ** 2))

    assert found.score == pytest.approx(mean, abs=0.05)
    assert found.sd == pytest.approx(sd, rel=0.08)


@pytest.mark.parametrize("employees", [12, 25, 160])
def test_composite_intervals_cover_with_few_employees_too(employees: int) -> None:
    """Taking the estimated covariance as known covered .81 with 12 employees and .85 with 25."""
    weight = np.full(4, 0.25)
    covered = []
    for seed in range(600 // employees):
        truth, estimate, variance = simulated(1_000 * employees + seed, employees, 0.1)
        found = pool(estimate, variance, weight=weight, seed=1)
        target = (truth / TAU) @ weight
        covered.append(np.mean((found.lower < target) & (target < found.upper)))

    assert 0.91 < np.mean(covered) < 0.985


def test_errors_that_go_together_are_not_taken_for_traits_that_do() -> None:
    """Two unrelated traits of 400 employees with errors correlated at .8, some without the second.

    Whoever is told so finds no correlation of the traits; whoever is not finds one, is further off, and claims more.
    """
    random = np.random.default_rng(17)
    errors = np.array([[1.0, 0.8], [0.8, 1.0]])
    truth = random.normal(0.0, 1.0, (400, 2))
    sd = random.uniform(0.8, 2.0, (400, 2))
    estimate = truth + sd * random.multivariate_normal([0, 0], errors, 400)
    variance = np.where(random.random((400, 2)) < [0.0, 0.2], np.inf, sd**2)
    known = np.where(np.isfinite(variance), estimate, 0.0)
    target = truth.mean(axis=1)

    def found(given: FloatArray) -> tuple[float, float, float]:
        """Correlation of the traits, error of the composite, and the reliability claimed for it."""
        drawn = draw(Measured(known, variance, given), seed=1)
        told = pool(estimate, variance, weight=[1, 1], error_correlation=given, seed=1)
        off = np.sqrt(np.mean((told.score - target) ** 2))
        return float(drawn.weight @ drawn.correlation[:, 0, 1]), float(off), float(told.reliability.mean())

    correlation, off, claimed = found(errors)
    believed, further_off, more_claimed = found(np.eye(2))

    assert correlation == pytest.approx(0.0, abs=0.2)
    assert believed > 0.5
    assert further_off > 1.05 * off
    assert more_claimed > 1.2 * claimed


def test_residuals_of_the_same_customers_give_the_correlation_of_errors() -> None:
    """Three customers: residuals (1, 2, 2) and (2, 1, 0), which has none of the third: (2 + 2) / √(9·5). Nobody has the third."""
    assert error_correlation([[9, 4, 0], [4, 5, 0], [0, 0, 0]]) == pytest.approx(
        np.array([[1, 4 / 45**0.5, 0], [4 / 45**0.5, 1, 0], [0, 0, 1]])
    )


@pytest.mark.parametrize(
    "errors",
    [
        [[1.0, 0.5], [0.4, 1.0]],
        [[1.0, 0.5], [0.5, 0.9]],
        [[1.0, 1.5], [1.5, 1.0]],
    ],
)
def test_what_is_no_correlation_of_errors_is_refused(errors: list[list[float]]) -> None:
    with pytest.raises(InvalidInput, match="error_correlation is no correlation matrix"):
        pool(np.zeros((6, 2)), np.ones((6, 2)), weight=[1, 1], error_correlation=errors, seed=1)


def test_of_a_share_of_the_spread_only_the_employees_own_part_is_covered() -> None:
    """7/10 of the variance is the employees' own; the composite is in sds of that part."""
    random = np.random.default_rng(8)
    T, covered = CORRELATION * np.outer(TAU, TAU), []  # noqa: N806
    for _ in range(20):
        own = random.multivariate_normal(np.zeros(4), 0.7 * T, 40)
        other = random.multivariate_normal(np.zeros(4), 0.3 * T, 40)
        variance = TAU**2 * random.uniform(0.2, 2.0, (40, 4))
        found = pool(
            random.normal(own + other, np.sqrt(variance)), variance, weight=[1] * 4, attributable_share=0.7, seed=1
        )
        target = (own / (np.sqrt(0.7) * TAU)).mean(axis=1)
        covered.append(np.mean((found.lower < target) & (target < found.upper)))

    assert np.mean(covered) == pytest.approx(0.95, abs=0.03)


def test_missing_evidence_widens_the_interval_and_is_not_reweighted() -> None:
    _, estimate, variance = simulated(9, 300, 0.0)
    estimate[0], estimate[1] = TAU, TAU
    variance[0] = variance[1] = TAU**2
    variance[1, 1:] = np.inf
    found = pool(estimate, variance, weight=[1, 1, 1, 1], seed=2)

    assert found.share_observed[:2] == pytest.approx([1.0, 0.25])
    assert found.indicators_observed[:2].tolist() == [4, 1]
    assert found.sd[1] > 1.3 * found.sd[0]
    # ½·τ₁ is left of the first indicator, and of the others what their correlation with it implies.
    assert found.score[1] == pytest.approx(0.5 * (1 + 0.5 + 0.3 + 0.2) / 4, abs=0.06)
    assert found.contribution[1, 0] > found.contribution[1, 1:].max()


def test_an_indicator_that_hardly_anybody_has_counts_as_missing_for_all() -> None:
    _, estimate, variance = simulated(10, 60, 0.0)
    variance[3:, 3] = np.inf
    found = pool(estimate, variance, weight=[1, 1, 1, 1], seed=2)

    assert found.share_observed.tolist() == [0.75] * 60
    assert np.all(found.contribution[:, 3] == 0.0)
    assert np.all(found.sd > 0.25)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), order=st.permutations(range(12)))
def test_employees_may_come_in_any_order_and_weights_in_any_unit(seed: int, order: list[int]) -> None:
    _, estimate, variance = simulated(seed, 12, 0.2)
    one = pool(estimate, variance, weight=[1, 2, 3, 4], seed=7)
    other = pool(estimate[order], variance[order], weight=[10, 20, 30, 40], seed=7)

    assert one.contribution.sum(axis=1) == pytest.approx(one.score, abs=1e-9)
    assert other.score == pytest.approx(one.score[order], abs=0.05)
    assert other.sd == pytest.approx(one.sd[order], rel=0.05)
    again = pool(estimate, variance, weight=[1, 2, 3, 4], seed=7)
    assert again.score.tolist() == one.score.tolist()


def test_one_beats_the_other_with_the_probability_of_the_difference() -> None:
    _, estimate, variance = simulated(12, 50, 0.0)
    found = pool(estimate, variance, weight=[1, 1, 1, 1], seed=1)
    z = (found.score[0] - found.score[1]) / np.hypot(found.sd[0], found.sd[1])

    assert found.probability_better(0, 1) == pytest.approx(special.ndtr(z), abs=0.03)
    assert found.probability_better(0, 1) + found.probability_better(1, 0) == pytest.approx(1.0)


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
    ones = np.ones((6, 2))
    with pytest.raises(InvalidInput, match="no indicator has a weight"):
        pool(ones, ones, weight=[0, 0], seed=1)
    with pytest.raises(InvalidInput, match=r"weight is .*-1"):
        pool(ones, ones, weight=[2, -1], seed=1)
    with pytest.raises(InvalidInput, match="attributable_share"):
        pool(ones, ones, weight=[1, 1], attributable_share=0.0, seed=1)
    with pytest.raises(InvalidInput, match=r"certainty is 0\.5"):
        rate(above_margin=[1], above=[1], below=[0], below_margin=[0], certainty=0.5)
    for nothing in (np.zeros(3), np.zeros((0, 3)), np.zeros((3, 0))):
        with pytest.raises(InvalidInput, match="draws has the shape"):
            percentiles(nothing)
    with pytest.raises(InvalidInput, match="variance is not above 0"):
        pool(ones, 0 * ones, weight=[1, 1], seed=1)
    with pytest.raises(NotEnoughGroups, match="no indicator has enough employees"):
        pool(ones[:4], ones[:4], weight=[1, 1], seed=1)
    with pytest.raises(NotEnough, match="no employees"):
        pool(np.zeros((0, 1)), np.zeros((0, 1)), weight=[1], seed=1)


@given(st.integers(1, 6), st.integers(0, 10_000), st.floats(1e-6, 1e3))
def test_swept_matrices_are_the_inverses_of_lapack(size: int, seed: int, noise: float) -> None:
    roots = np.random.default_rng(seed).standard_normal((3, 5, size, size))
    matrices = roots @ np.swapaxes(roots, -1, -2) + noise * np.eye(size)
    inverse, log_determinant = inverted(matrices)

    assert np.allclose(inverse @ matrices, np.eye(size), atol=1e-12 * np.linalg.cond(matrices).max())
    assert log_determinant == pytest.approx(np.linalg.slogdet(matrices)[1], rel=1e-7, abs=1e-7)
