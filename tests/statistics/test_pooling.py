"""Pooled figures against a published meta-analysis, direct algebra, and samples whose credit is shared."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from appraise.errors import InvalidInput, NotEnough
from appraise.statistics.pooling import by_precision, quartiles, total

BCG = np.array(
    [
        (4, 119, 11, 128),
        (6, 300, 29, 274),
        (3, 228, 11, 209),
        (62, 13536, 248, 12619),
        (33, 5036, 47, 5761),
        (180, 1361, 372, 1079),
        (8, 2537, 10, 619),
        (505, 87886, 499, 87892),
        (29, 7470, 45, 7232),
        (17, 1699, 65, 1600),
        (186, 50448, 141, 27197),
        (5, 2493, 3, 2338),
        (27, 16886, 29, 17825),
    ],
    dtype=float,
)
"""Colditz et al. 1994, JAMA 271:698: cases and others, vaccinated and not, in thirteen trials."""


def log_risk_ratios() -> tuple[np.ndarray, np.ndarray]:
    cases, others, control_cases, control_others = BCG.T
    treated, controls = cases + others, control_cases + control_others
    estimate = np.log((cases / treated) / (control_cases / controls))
    return estimate, 1 / cases - 1 / treated + 1 / control_cases - 1 / controls


def test_the_vaccine_trials_pool_to_the_published_figure() -> None:
    """R's metafor, `rma(yi, vi, data = dat, method = "FE")` of dat.bcg: −0.4303 (0.0405), −0.5097 to −0.3509."""
    pooled = by_precision(*log_risk_ratios())

    assert (round(pooled.value, 4), round(pooled.standard_error, 4)) == (-0.4303, 0.0405)
    assert [round(bound, 4) for bound in pooled.interval()] == [-0.5097, -0.3509]


def test_rates_pool_to_all_events_over_all_expected_ones() -> None:
    """The variance of a ratio of counts goes with 1/expected."""
    observed, expected = np.array([12.0, 3.0, 40.0]), np.array([10.0, 8.0, 31.0])

    pooled = by_precision(observed / expected, 1 / expected)

    assert pooled.value == pytest.approx(55 / 49)
    assert pooled.standard_error == pytest.approx(49**-0.5)


def test_the_interval_is_the_normal_one() -> None:
    pooled = by_precision([3.0], [4.0])

    assert pooled.interval(0.90) == pytest.approx(stats.norm.interval(0.90, loc=3.0, scale=2.0))


def test_a_sum_has_the_sum_of_the_variances() -> None:
    whole = total([5.0, -2.0, 1.0], [1.0, 4.0, 4.0])

    assert (whole.value, whole.standard_error) == (4.0, 3.0)


def test_one_employee_alone_shares_nothing_within_the_group() -> None:
    assert total([5.0], [4.0], overlap=[3.0]).standard_error == 2.0
    assert total([5.0], [0.0]).standard_error == 0.0
    assert by_precision([5.0], [4.0], overlap=[3.0]).standard_error == 2.0


def test_credit_shared_by_two_within_the_group_is_one_outcome() -> None:
    """100 outcomes of variance 9, each shared half and half: each has Σw²φ = 225, together they have 900."""
    each = 100 * 0.25 * 9.0

    whole = total([0.0, 0.0], [each, each], overlap=[50 / 25, 50 / 25])

    assert whole.standard_error == 30.0
    # Means by precision: weights 1/225 each, so that the error of the mean is half of the sum's.
    assert by_precision([1.0, 1.0], [each, each], overlap=[2.0, 2.0]).standard_error == pytest.approx(15.0)


shares = st.lists(st.floats(0.05, 1.0), min_size=4, max_size=4)


@given(st.lists(shares, min_size=1, max_size=12), st.integers(1, 4))
def test_the_bound_is_never_below_the_exact_variance(rows: list[list[float]], members: int) -> None:
    """Outcomes of one variance, shared by four, of whom the first few are the group."""
    w = np.array(rows)
    w = (w / w.sum(axis=1, keepdims=True))[:, :members]
    exact = (w.sum(axis=1) ** 2).sum()

    found = total(np.zeros(members), (w**2).sum(axis=0), overlap=w.sum(axis=0) / (w**2).sum(axis=0))

    assert found.standard_error**2 >= exact * (1 - 1e-12)


@pytest.mark.simulation
def test_intervals_of_a_group_that_shares_its_customers_cover() -> None:
    """Five colleagues share each outcome by two of them; without the bound 95 % would be about 83 %."""
    generator = np.random.default_rng(20260301)
    outcomes, groups = 400, 2000
    truth = 1.0
    covered = {True: 0, False: 0}
    for _ in range(groups):
        first = generator.integers(0, 5, outcomes)
        second = (first + generator.integers(1, 5, outcomes)) % 5
        w = np.zeros((outcomes, 5))
        w[np.arange(outcomes), first] = w[np.arange(outcomes), second] = 0.5
        error = generator.normal(0.0, 1.0, outcomes)
        effective = (w**2).sum(axis=0)
        estimate = truth + (w.T @ error) / effective
        for is_shared in covered:
            overlap = w.sum(axis=0) / effective if is_shared else None
            low, high = by_precision(estimate, 1 / effective, overlap=overlap).interval()
            covered[is_shared] += low <= truth <= high

    assert 0.94 < covered[True] / groups < 0.96
    assert covered[False] / groups < 0.86


SCHOOLS = ([28, 8, -3, 7, -1, 1, 18, 12], [15, 10, 16, 11, 9, 11, 10, 18])
"""Rubin 1981, J Educ Stat 6:377: effects of coaching in eight schools, and their standard errors."""


def test_quartiles_are_those_of_a_new_member_by_plain_numerical_integration() -> None:
    """The prior of the mean is flat, that of the spread τ tr(PP)^½; both are laid out on a plane and added up."""
    y, s = (np.array(column, float) for column in SCHOOLS)
    mu, tau = np.linspace(-20, 40, 301), np.sinh(np.linspace(0.0, np.arcsinh(4_000), 2_000))
    variance = s[:, None] ** 2 + tau**2
    centre = (y[:, None] / variance).sum(axis=0) / (1 / variance).sum(axis=0)
    log_density = stats.norm.logpdf(y[:, None], centre, np.sqrt(variance)).sum(axis=0)
    log_density += 0.5 * np.log(2 * np.pi / (1 / variance).sum(axis=0))  # the mean integrated out
    w = (1 / variance).T
    P = w[:, :, None] * (np.eye(8) - w[:, None] / w.sum(axis=1)[:, None, None])  # noqa: N806
    prior = tau * np.sqrt((P * np.swapaxes(P, 1, 2)).sum(axis=(1, 2)))
    # The nodes lie further and further apart.
    weight = np.exp(log_density - log_density.max()) * prior * np.sqrt(1 + tau**2)
    weight /= weight.sum()
    spread = np.sqrt(tau**2 + 1 / (1 / variance).sum(axis=0))
    below = np.array([weight @ stats.norm.cdf(at, centre, spread) for at in mu])

    found = quartiles(*SCHOOLS[:1], s**2)

    assert [found.lower, found.middle, found.upper] == pytest.approx(np.interp([0.25, 0.5, 0.75], below, mu), abs=0.02)


def test_chance_does_not_widen_the_quartiles() -> None:
    """Hundreds who are all alike, measured badly: they lie at one point."""
    generator = np.random.default_rng(5)
    found = quartiles(50 + generator.normal(0, 8, 800), np.full(800, 64.0))

    assert found.upper - found.lower < 2 < 1.349 * 8
    assert found.middle == pytest.approx(50, abs=1)


def test_quartiles_of_exact_figures_are_those_of_the_normal_law() -> None:
    truth = stats.norm.ppf((np.arange(2000) + 0.5) / 2000, loc=10, scale=3)

    found = quartiles(truth, np.full(2000, 1e-6))

    assert [found.lower, found.middle, found.upper] == pytest.approx(stats.norm.ppf([0.25, 0.5, 0.75], 10, 3), abs=0.01)


REFUSED: list[tuple[Callable[[], object], type[Exception], str, str]] = [
    (lambda: total([], []), NotEnough, "there is nobody to take together", "at least one estimate"),
    (lambda: by_precision([], []), NotEnough, "there is nobody to take together", "at least one estimate"),
    (lambda: by_precision([[1.0]], [1.0]), InvalidInput, "estimate has 2 dimensions", "one dimension"),
    (lambda: by_precision([1.0], [1.0, 1.0]), InvalidInput, "variance has 2 values", "1 value"),
    (lambda: by_precision([1.0, 2.0], [1.0, 0.0]), InvalidInput, "variance is 0.0 at position 1", "above 0"),
    (lambda: total([[1.0]], [1.0]), InvalidInput, "amount has 2 dimensions", "one dimension"),
    (lambda: total([1.0], [1.0, 1.0]), InvalidInput, "variance has 2 values", "1 value"),
    (lambda: total([1.0], [-1.0]), InvalidInput, "variance is -1.0 at position 0", "at least 0"),
    (lambda: total([1.0], [1.0], overlap=[0.5]), InvalidInput, "overlap is 0.5 at position 0", "at least 1"),
    (lambda: total([1.0], [1.0], overlap=[1.0, 1.0]), InvalidInput, "overlap has 2 values", "1 value"),
    (lambda: quartiles([1.0] * 4, [1.0] * 4), NotEnough, "4 employees to compare", "at least 5"),
    (lambda: quartiles([[1.0]] * 5, [1.0] * 5), InvalidInput, "estimate has 2 dimensions", "one dimension"),
    (lambda: quartiles([1.0] * 5, [1.0] * 4), InvalidInput, "variance has 4 values", "5 values"),
    (lambda: quartiles([1.0] * 5, [1.0] * 4 + [0.0]), InvalidInput, "variance is 0.0 at position 4", "above 0"),
]


def test_what_cannot_be_pooled_is_refused() -> None:
    for call, error, message, expected in REFUSED:
        with pytest.raises(error) as refusal:
            call()
        assert str(refusal.value).split("\n")[:2] == [message, f"  expected: {expected}"]
