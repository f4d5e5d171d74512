"""Joint shrinkage against algebra draw by draw, dense quadrature and simulated truth."""

from collections.abc import Callable
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from appraise.errors import InvalidInput, NotEnough
from appraise.statistics.arrays import FloatArray
from appraise.statistics.composite import pool, pool_each
from appraise.statistics.correlated import Conditional, Draws, Measured, conditional, draw
from appraise.statistics.mixtures import NormalMixture
from appraise.statistics.refusals import NotEnoughGroups
from appraise.statistics.shrinkage import normal

TAU = np.array([0.20, 0.25, 0.10, 0.30])
CORRELATION = np.array([[1, 0.5, 0.3, 0.2], [0.5, 1, 0.4, 0.3], [0.3, 0.4, 1, 0.1], [0.2, 0.3, 0.1, 1]])

ONES = np.ones((6, 2))


def simulated(seed: int, employees: int, missing: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    random = np.random.default_rng(seed)
    truth = random.multivariate_normal(np.zeros(4), CORRELATION * np.outer(TAU, TAU), employees)
    variance = TAU**2 * random.uniform(0.2, 4.0, (employees, 4))
    estimate = random.normal(truth, np.sqrt(variance))
    return truth, estimate, np.where(random.random((employees, 4)) < missing, np.inf, variance)


@pytest.mark.simulation
def test_correlations_and_spreads_come_back_from_noisy_estimates() -> None:
    _, estimate, variance = simulated(1, 2_000, 0.1)
    draws = draw(Measured(np.where(np.isfinite(variance), estimate, 0.0), variance, np.eye(4)), seed=1)

    correlation = np.einsum("g,gkl->kl", draws.weight, draws.correlation)
    assert correlation == pytest.approx(CORRELATION, abs=0.1)
    assert draws.weight @ draws.sd == pytest.approx(TAU, rel=0.15)
    assert draws.effective > 0.3 * draws.weight.size


@pytest.mark.simulation
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


@pytest.mark.simulation
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

    # The posterior of eight employees lies well inside these ends.
    log_sd, rho = np.linspace(np.log(0.02), np.log(12), 36), np.linspace(-0.48, 0.98, 24)
    s1, s2, r = (axis.ravel() for axis in np.meshgrid(np.exp(log_sd), np.exp(log_sd), rho, indexing="ij"))
    T = np.moveaxis(np.array([[s1**2, s1 * s2 * r], [s1 * s2 * r, s2**2]]), 2, 0)  # noqa: N806
    precision = np.linalg.inv(T[:, None] + sampling)
    information = precision.sum(axis=1)
    centre = np.linalg.solve(information, (precision @ estimate[:, :, None]).sum(axis=1))[:, :, 0]
    away = estimate - centre[:, None]
    fit = np.einsum("gjk,gjkl,gjl->g", away, precision, away)
    logs = 0.5 * (np.linalg.slogdet(precision)[1].sum(axis=1) - np.linalg.slogdet(information)[1] - fit)
    for k, sd in enumerate((s1, s2)):  # Jeffreys' prior of each, τ tr(PP)^½; in log sd its density has another factor τ
        w = 1 / (variance[:, k] + sd[:, None] ** 2)
        P = w[:, :, None] * (np.eye(8) - w[:, None] / w.sum(axis=1)[:, None, None])  # noqa: N806
        logs += 2 * np.log(sd) + 0.5 * np.log((P * np.swapaxes(P, 1, 2)).sum(axis=(1, 2)))
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


@pytest.mark.simulation
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


@pytest.mark.simulation
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


@pytest.mark.simulation
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


@pytest.mark.simulation
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


@pytest.mark.simulation
def test_an_indicator_that_hardly_anybody_has_counts_as_missing_for_all() -> None:
    _, estimate, variance = simulated(10, 60, 0.0)
    variance[3:, 3] = np.inf
    found = pool(estimate, variance, weight=[1, 1, 1, 1], seed=2)

    assert found.share_observed.tolist() == [0.75] * 60
    assert np.all(found.contribution[:, 3] == 0.0)
    assert np.all(found.sd > 0.25)


@pytest.mark.simulation
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


@pytest.mark.simulation
def test_one_beats_the_other_with_the_probability_of_the_difference() -> None:
    _, estimate, variance = simulated(12, 50, 0.0)
    found = pool(estimate, variance, weight=[1, 1, 1, 1], seed=1)
    z = (found.score[0] - found.score[1]) / np.hypot(found.sd[0], found.sd[1])

    assert found.probability_better(0, 1) == pytest.approx(special.ndtr(z), abs=0.03)
    assert found.probability_better(0, 1) + found.probability_better(1, 0) == pytest.approx(1.0)


NO_MATRIX = "symmetric, ones on the diagonal, no eigenvalue below 0"


REFUSED: list[tuple[Callable[[], object], type[Exception], str, str]] = [
    (
        lambda: pool(ONES, ONES, weight=[0, 0], seed=1),
        InvalidInput,
        "no indicator has a weight",
        "at least one weight above 0",
    ),
    (lambda: pool(ONES, ONES, weight=[2, -1], seed=1), InvalidInput, "weight is -1.0 at position 1", "at least 0"),
    (lambda: pool(ONES, ONES, weight=[2], seed=1), InvalidInput, "weight has 1 value", "2 values"),
    (
        lambda: pool(ONES, ONES, weight=[1, 1], attributable_share=0.0, seed=1),
        InvalidInput,
        "attributable_share is 0.0",
        "above 0, at most 1",
    ),
    (
        lambda: pool(ONES[:, :1], ONES, weight=[1, 1], seed=1),
        InvalidInput,
        "deviation has shape (6, 1)",
        "shape (6, 2)",
    ),
    (
        lambda: pool(np.where(ONES > 0, np.nan, 0), ONES, weight=[1, 1], seed=1),
        InvalidInput,
        "deviation has 12 values that are not finite, the first at position 0",
        "finite numbers",
    ),
    *(
        (
            lambda v=v: pool(ONES, np.where(np.eye(6, 2) > 0, v, 1.0), weight=[1, 1], seed=1),
            InvalidInput,
            "a sampling variance is not above 0",
            "positive, inf where missing",
        )
        for v in (0.0, -1.0, np.nan)
    ),
    *(
        (
            lambda v=v: pool(v, v, weight=[1], seed=1),
            NotEnough,
            "no employees",
            "one row per employee and one column per indicator",
        )
        for v in (np.zeros((0, 1)), np.ones(6), np.ones((6, 1, 1)))
    ),
    (
        lambda: pool(ONES[:4], ONES[:4], weight=[1, 1], seed=1),
        NotEnoughGroups,
        "no indicator has enough employees",
        "at least 5",
    ),
    *(
        (
            lambda m=m: pool(ONES, ONES, weight=[1, 1], error_correlation=m, seed=1),
            InvalidInput,
            "error_correlation is no correlation matrix",
            NO_MATRIX,
        )
        for m in ([[1, 0.5], [0.4, 1]], [[1, 0.5], [0.5, 0.9]], [[1, 1.5], [1.5, 1]])
    ),
    (
        lambda: pool(ONES, ONES, weight=[1, 1], error_correlation=[[1.0]], seed=1),
        InvalidInput,
        "error_correlation has shape (1, 1)",
        "shape (2, 2)",
    ),
]


def test_what_makes_no_sense_is_refused() -> None:
    for call, error, message, expected in REFUSED:
        with pytest.raises(error) as refusal:
            call()
        assert str(refusal.value).split("\n")[:2] == [message, f"  expected: {expected}"]


def test_what_is_just_allowed_is_taken() -> None:
    nothing_else = [[1.0, 1.0], [1.0, 1.0]]

    assert pool(ONES[:5], ONES[:5], weight=[1, 0], seed=1).score.shape == (5,)
    assert pool(ONES, ONES, weight=[1, 1], error_correlation=nothing_else, seed=1).score.shape == (6,)


def by_each_draw(
    measured: Measured, draws: Draws, given_: Conditional, weight: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Mean (J, G), variance (J, G) and parts (J, G, K) of wᵀd/τ: d ~ N(T(T+V)⁻¹(a − μ), T − T(T+V)⁻¹T), μ normal in turn."""
    T = draws.correlation * draws.sd[:, :, None] * draws.sd[:, None, :]  # noqa: N806
    unit = weight / draws.sd
    means, variances, parts = [], [], []
    for a, v in zip(measured.deviation, measured.variance, strict=True):
        seen = np.flatnonzero(np.isfinite(v))
        errors = measured.error_correlation[np.ix_(seen, seen)] * np.sqrt(np.outer(v[seen], v[seen]))
        gain = T[:, :, seen] @ np.linalg.inv(T[:, seen][:, :, seen] + errors)
        parts.append(np.einsum("gkl,gl->gk", gain, a[seen] - given_.mean[:, seen]) * unit)
        means.append(parts[-1].sum(axis=1))
        left = T - gain @ T[:, seen]
        left += gain @ given_.mean_covariance[:, seen][:, :, seen] @ np.swapaxes(gain, 1, 2)
        variances.append(np.einsum("gk,gkl,gl->g", unit, left, unit))
    return np.array(means), np.array(variances), np.array(parts)


@pytest.mark.parametrize(("employees", "share"), [(8, 1.0), (120, 0.7)])
def test_a_composite_is_the_mixture_of_what_each_draw_says(employees: int, share: float) -> None:
    """The last indicator is one that only four have, the third weighs nothing."""
    _, a, v = simulated(employees, employees, 0.15)
    v[4:, 3], v[:4, 3] = np.inf, 0.01
    v[0, :3], v[1, :3] = [0.04, 0.06, 0.01], [np.inf, 0.06, 0.01]
    errors = np.array([[1, 0.3, 0, 0], [0.3, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
    weight, unknown = np.array([0.5, 0.3]), 0.2**2
    first = Measured(np.where(np.isfinite(v), a, 0.0)[:, :2], v[:, :2], errors[:2, :2])
    draws = draw(first, seed=9)
    given_ = conditional(first, draws.sd, draws.correlation)
    spread_2 = np.einsum("k,gkl,l->g", weight, draws.correlation, weight)
    means, variances, parts = by_each_draw(first, draws, given_, weight)

    found = pool(a, v, weight=[5, 3, 0, 2], error_correlation=errors, attributable_share=share, seed=9)
    mixed = NormalMixture(
        draws.weight, np.sqrt(share) * means, np.sqrt(share * variances + (1 - share) * spread_2 + unknown)
    )

    assert found.score == pytest.approx(mixed.mean(), abs=1e-12)
    assert found.sd == pytest.approx(mixed.sd(), rel=1e-10)
    for p, bound in ((0.025, found.lower), (0.975, found.upper), (0.05, found.lower90), (0.95, found.upper90)):
        assert mixed.cdf(bound) == pytest.approx(np.full(employees, p), abs=1e-9)
    between = draws.weight @ spread_2 + unknown
    assert found.spread == pytest.approx(np.sqrt(between), rel=1e-12)
    assert found.reliability == pytest.approx(1 - (variances @ draws.weight + unknown) / between, abs=1e-10)
    assert found.contribution[:, :2] == pytest.approx(np.sqrt(share) * np.einsum("g,egk->ek", draws.weight, parts))
    assert np.all(found.contribution[:, 2:] == 0.0)
    has = np.isfinite(v[:, :2])
    assert found.share_observed == pytest.approx(has @ weight)
    assert found.indicators_observed.tolist() == has.sum(axis=1).tolist()
    assert found.probability_above(0.1) == pytest.approx(1 - mixed.cdf(0.1), abs=1e-12)
    assert found.probability_above() == pytest.approx(1 - mixed.cdf(0.0), abs=1e-12)
    assert found.probability_below() == pytest.approx(mixed.cdf(0.0), abs=1e-12)
    z = (mixed.means[0] - mixed.means[1]) / np.hypot(mixed.sds[0], mixed.sds[1])
    assert found.probability_better(0, 1) == pytest.approx(special.ndtr(z) @ draws.weight, abs=1e-12)


def test_several_weights_are_each_what_they_are_alone() -> None:
    _, a, v = simulated(3, 12, 0.2)
    weights = [[1, 2, 3, 4], [4, 0, 0, 1], [1, 1, 1, 1]]

    together = pool_each(a, v, weights=weights, attributable_share=0.7, seed=4)

    alone = [pool(a, v, weight=weight, attributable_share=0.7, seed=4) for weight in weights]
    assert [one.score.tolist() for one in together] == [one.score.tolist() for one in alone]
    assert (
        together[0].score.tolist()
        == pool(
            a, v, weight=[10, 20, 30, 40], error_correlation=np.eye(4), attributable_share=0.7, seed=4
        ).score.tolist()
    )


def test_decimals_are_taken_as_the_numbers_they_are() -> None:
    """Published figures are decimals."""
    deviation, variance = np.arange(12.0).reshape(6, 2) / 4, np.arange(1.0, 13.0).reshape(6, 2) / 8
    decimal = np.vectorize(Decimal, otypes=[object])

    found = pool(decimal(deviation), decimal(variance), weight=[1, 1], seed=2)

    assert found.score.tolist() == pool(deviation, variance, weight=[1, 1], seed=2).score.tolist()


def test_a_reliability_lies_between_0_and_1() -> None:
    """Evidence so poor that what is not known of the mean is more than the spread."""
    random = np.random.default_rng(1)
    found = pool(random.normal(0, 1, (5, 1)), np.full((5, 1), 1e6), weight=[1], seed=1)

    assert np.all(found.reliability >= 0.0)
    assert np.all(found.reliability <= 1.0)
