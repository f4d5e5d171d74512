"""Gaps between groups against a textbook, SciPy, a published table and simulation."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from appraise.errors import InvalidInput, NotEnough
from appraise.statistics.group_gaps import bias_contrast, calibration, hedges_g, missing_shares


def with_moments(mean: float, sd: float, n: int) -> np.ndarray:
    draws = np.random.default_rng(n).normal(size=n)
    return mean + sd * (draws - draws.mean()) / draws.std(ddof=1)


def test_hedges_g_is_that_of_the_textbook() -> None:
    """Borenstein et al. 2009, Introduction to Meta-Analysis, p. 26–27: 103 (5.5) and 100 (4.5), 50 people each."""
    gap = hedges_g(with_moments(103, 5.5, 50), with_moments(100, 4.5, 50))

    assert gap.estimate == pytest.approx(0.5924, abs=5e-5)
    assert (gap.upper - gap.lower) / (2 * 1.959964) == pytest.approx(0.2028, abs=2e-4)
    assert (gap.people, gap.others) == (50, 50)


@pytest.mark.simulation
def test_hedges_g_is_unbiased_and_its_interval_covers_in_small_groups() -> None:
    rng = np.random.default_rng(7)
    gaps = [hedges_g(rng.normal(0.8, 1, 8), rng.normal(0, 1, 12)) for _ in range(4_000)]

    assert np.mean([gap.estimate for gap in gaps]) == pytest.approx(0.8, abs=0.025)  # d itself is near .835
    assert np.mean([gap.lower <= 0.8 <= gap.upper for gap in gaps]) == pytest.approx(0.95, abs=0.02)


def test_with_every_score_known_the_contrast_is_welchs_of_each_persons_own() -> None:
    rng = np.random.default_rng(3)
    member = np.arange(60) < 22
    scores = (
        rng.normal(size=(60, 3)) @ np.array([[1, 0.5, 0.2], [0, 1, 0.4], [0, 0, 2]]) + np.where(member, 0.3, 0)[:, None]
    )
    gap = bias_contrast(scores[:, 0], scores[:, 1:], member)

    pooled = np.sqrt((21 * scores[member].var(axis=0, ddof=1) + 37 * scores[~member].var(axis=0, ddof=1)) / 58)
    own = (scores / pooled) @ np.array([1, -0.5, -0.5])
    theirs = stats.ttest_ind(own[member], own[~member], equal_var=False).confidence_interval(0.95)
    assert gap.estimate == pytest.approx(own[member].mean() - own[~member].mean())
    assert (gap.lower, gap.upper) == pytest.approx((theirs.low, theirs.high))


@pytest.mark.simulation
@pytest.mark.parametrize("bias", [0.0, -0.6])
def test_the_contrast_finds_a_bias_in_satisfaction_and_no_gap_that_all_indicators_share(bias: float) -> None:
    """All indicators follow one ability, which differs by group; a third of the behavioural scores are missing."""
    rng = np.random.default_rng(11)
    found = []
    for _ in range(1_500):
        member = np.arange(90) < 30
        ability = rng.normal(np.where(member, -0.5, 0.0), 1)
        noise = rng.normal(size=(90, 3))
        scores = ability[:, None] + noise
        scores[member, 0] += bias
        scores[:, 1:][rng.random((90, 2)) < 1 / 3] = np.nan
        found.append(bias_contrast(scores[:, 0], scores[:, 1:], member))
    truth = bias / np.sqrt(2)

    assert np.mean([gap.estimate for gap in found]) == pytest.approx(truth, abs=0.02)
    assert np.mean([gap.lower <= truth <= gap.upper for gap in found]) == pytest.approx(0.95, abs=0.02)


def test_missing_shares_are_newcombes() -> None:
    """Newcombe 1998, table II, (a) and (b): 56/70 − 48/80 and 9/10 − 3/10, method 10."""
    one = missing_shares([48, 56], [80, 70], reference=0)
    two = missing_shares([9, 3], [10, 10], reference=1)

    assert (one.estimate[1], one.lower[1], one.upper[1]) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)
    assert (two.estimate[0], two.lower[0], two.upper[0]) == pytest.approx((0.6, 0.1705, 0.8090), abs=5e-5)
    assert np.isnan([one.estimate[0], two.upper[1]]).all()


def test_scores_that_few_people_have_or_that_are_all_equal_within_a_group_still_compare() -> None:
    """Two people a group: g = J·d with J = Γ(1)/(Γ(½)·√1), d = 3/√.5 over the pooled sd; by hand."""
    gap = hedges_g([4.0, 5.0], [1.0, 2.0])
    d = 3 / np.sqrt(0.5)
    j = 1 / np.sqrt(np.pi)

    assert gap.estimate == pytest.approx(j * d)
    assert gap.upper - gap.estimate == pytest.approx(1.959963984540054 * j * np.sqrt(1 + d**2 / 8))
    assert gap.estimate - gap.lower == pytest.approx(gap.upper - gap.estimate)
    assert hedges_g([1.0, 1.0], [2.0, 2.5]).estimate < 0


def test_a_contrast_of_few_people_with_gaps_is_that_by_hand() -> None:
    """Satisfaction of 2 and 3 people, one behaviour of 2 and 2; each person's pull on the difference summed."""
    gap = bias_contrast([1.0, 3, 2, 4, 6], [[2.0], [4], [np.nan], [1], [5]], [1, 1, 0, 0, 0])
    one, other = np.sqrt((2 + 8) / 3), np.sqrt((2 + 8) / 2)
    pulls = np.array([-1 / one / 2 + 1 / other / 2, 1 / one / 2 - 1 / other / 2])
    others = np.array([-2 / one / 3, 2 / other / 2, 2 / one / 3 - 2 / other / 2])
    variance, rest = (pulls**2).sum() * 2, (others**2).sum() * 3 / 2
    freedom = (variance + rest) ** 2 / (variance**2 / 1 + rest**2 / 2)

    assert gap.estimate == pytest.approx((2 - 4) / one - (3 - 3) / other)
    assert gap.upper - gap.estimate == pytest.approx(stats.t.ppf(0.975, freedom) * np.sqrt(variance + rest))
    assert (gap.people, gap.others) == (2, 3)


FEW = "\n  expected: at least two in each group to compare"
DIFFER = "\n  expected: scores that differ"
ALL = [True, True, False, False]
UNLIKE = "the scores do not match the people\n  expected: one score and one or more behaviours per person"
UNTOLD = "the scores do not match the people\n  expected: one score and one figure per person"
REFUSED: list[tuple[Callable[[], object], type[Exception], str]] = [
    (lambda: hedges_g([1.0], [1.0, 2.0, 3.0]), NotEnough, "1 and 3 people have scores" + FEW),
    (lambda: hedges_g([1.0, 2.0, 3.0], [1.0]), NotEnough, "3 and 1 people have scores" + FEW),
    (lambda: hedges_g([1.0, 1.0], [2.0, 2.0]), NotEnough, "all scores within each group are equal" + DIFFER),
    (lambda: hedges_g([[1.0]], [2.0]), InvalidInput, "score has 2 dimensions\n  expected: one dimension"),
    (lambda: hedges_g([1.0], [[2.0]]), InvalidInput, "other has 2 dimensions\n  expected: one dimension"),
    (
        lambda: bias_contrast([1.0, 2, 3, 4], [[np.nan], [np.nan], [1], [2]], ALL),
        NotEnough,
        "0 and 2 people have scores" + FEW,
    ),
    (
        lambda: bias_contrast([1.0, 2, 1, 2], [[1], [2], [1], [2]], ALL),
        NotEnough,
        "everybody's contrast is the same" + DIFFER,
    ),
    (lambda: bias_contrast([1.0, 2], np.empty((2, 0)), [True, False]), InvalidInput, UNLIKE),
    (lambda: bias_contrast([1.0, 2, 3, 4], [[1], [2], [3], [4]], ALL[:3]), InvalidInput, UNLIKE),
    (lambda: calibration([1.0, 2, 3, 4], [1.0, 2, 3, 5], [1, 0, 0, 0]), NotEnough, "1 and 3 people have scores" + FEW),
    (
        lambda: calibration([1.0, 2, 3, 4], [1.0, 2, 3, 4], ALL),
        NotEnough,
        "everybody's contrast is the same" + DIFFER,
    ),
    (lambda: calibration([1.0, 2, 3], [1.0, 2], ALL[:3]), InvalidInput, UNTOLD),
    (lambda: calibration([1.0, 2], [1.0, 2], ALL[:3]), InvalidInput, UNTOLD),
    (lambda: calibration([[1.0]], [1.0], [True]), InvalidInput, "score has 2 dimensions\n  expected: one dimension"),
    (lambda: calibration([1.0], [[1.0]], [True]), InvalidInput, "figure has 2 dimensions\n  expected: one dimension"),
    (
        lambda: missing_shares([[1]], [2], reference=0),
        InvalidInput,
        "missing has 2 dimensions\n  expected: one dimension",
    ),
    (
        lambda: missing_shares([1], [[2]], reference=0),
        InvalidInput,
        "total has 2 dimensions\n  expected: one dimension",
    ),
]


def test_what_cannot_be_compared_is_refused() -> None:
    for call, error, message in REFUSED:
        with pytest.raises(error) as refusal:
            call()
        assert str(refusal.value) == message


def test_calibration_is_welchs_difference_as_far_as_everybody_else_is_part_of_everybody() -> None:
    rng = np.random.default_rng(5)
    member, figure = np.arange(80) < 30, rng.normal(size=80)
    score = 0.6 * figure + 0.1 * member
    gap = calibration(score, figure, member.astype(int))

    pooled = np.sqrt((29 * figure[member].var(ddof=1) + 49 * figure[~member].var(ddof=1)) / 78)
    drawn = (score - figure) / pooled
    theirs = stats.ttest_ind(drawn[member], drawn[~member], equal_var=False).confidence_interval(0.95)
    assert gap.estimate == pytest.approx(drawn[member].mean() - drawn.mean())
    assert (gap.lower, gap.upper) == pytest.approx((50 / 80 * theirs.low, 50 / 80 * theirs.high))
    assert (gap.people, gap.others) == (30, 50)


@pytest.mark.simulation
@pytest.mark.parametrize(("below", "told"), [(0.0, (0.03, 0.07)), (0.8, (0.8, 1.0))])
def test_shrinkage_to_a_common_average_is_told_where_a_group_lies_below_it(
    below: float, told: tuple[float, float]
) -> None:
    """Normal shrinkage with the true spread, a factor of ½; the mean drawn is half of how far the group lies below."""
    rng = np.random.default_rng(13)
    found = []
    for _ in range(1_000):
        member = np.arange(120) < 40
        figure = rng.normal(np.where(member, -below, 0.0), 1) + rng.normal(size=120)
        average = figure.mean()
        found.append(calibration(average + 0.5 * (figure - average), figure, member))

    assert np.mean([gap.estimate for gap in found]) == pytest.approx(below / 3 / np.sqrt(2), abs=0.01)
    assert told[0] <= np.mean([not gap.lower <= 0 <= gap.upper for gap in found]) <= told[1]
