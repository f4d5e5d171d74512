"""Adverse impact against regulations, textbooks and SciPy."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from appraise.errors import InvalidInput, NotEnough
from appraise.statistics.adverse_impact import Verdict, impact, scoring_rates, selection_rates


def test_the_four_fifths_example_of_the_guidelines_is_evidence() -> None:
    """UGESP questions and answers: 48 of 80 and 12 of 40 selected, 60 % against 30 %, ratio 50 %."""
    result = impact(12, 40, 48, 80)

    assert (result.rate, result.comparison_rate, result.ratio) == pytest.approx((0.3, 0.6, 0.5))
    assert result.fisher_p == pytest.approx(0.0034, abs=5e-5)
    assert (result.flip_flop, result.verdict) == (False, Verdict.EVIDENCE)


def test_the_small_example_of_the_guidelines_is_too_small() -> None:
    """UGESP Q&A 21: 3 of 20 men and 1 of 10 women; one woman instead of one man reverses the result."""
    result = impact(1, 10, 3, 20)

    assert (result.ratio, result.fisher_p) == (pytest.approx(2 / 3), pytest.approx(1.0))
    assert (result.flip_flop, result.verdict) == (True, Verdict.TOO_SMALL)


def test_the_aspirin_trial_has_the_published_ratio_and_interval() -> None:
    """Agresti, Categorical Data Analysis, table 2.1: 189/11034 against 104/11037, 1.82 (1.43 to 2.30)."""
    result = impact(189, 11_034, 104, 11_037)

    assert (result.ratio, result.lower, result.upper) == pytest.approx((1.818, 1.433, 2.306), abs=1e-3)
    assert result.verdict == Verdict.MONITOR  # a higher rate than the comparison group's, beyond chance


def test_fisher_p_values_are_those_of_r() -> None:
    """?fisher.test: the tea taster (two-sided .4857) and Fisher's convictions of twins (.0005367)."""
    assert impact(3, 4, 1, 4).fisher_p == pytest.approx(0.4857, abs=5e-5)
    assert impact(2, 17, 10, 13).fisher_p == pytest.approx(0.0005367, abs=5e-8)


@pytest.mark.parametrize(
    ("counts", "verdict"),
    [
        pytest.param((500, 1000, 510, 1000), Verdict.NO_EVIDENCE, id="equal rates, many people"),
        pytest.param((90, 100, 1000, 1000), Verdict.MONITOR, id="a real difference above four fifths"),
        pytest.param((12, 60, 10, 30), Verdict.MONITOR, id="below four fifths by chance"),
        pytest.param((1, 2, 1, 2), Verdict.TOO_SMALL, id="nothing could be significant"),
        pytest.param((3, 3, 0, 1), Verdict.TOO_SMALL, id="nothing could be, and one group is smaller than the choice"),
        pytest.param((0, 40, 20, 40), Verdict.EVIDENCE, id="nobody selected"),
        pytest.param((5, 40, 0, 40), Verdict.MONITOR, id="nobody selected in the comparison group"),
    ],
)
def test_verdicts(counts: tuple[int, int, int, int], verdict: Verdict) -> None:
    assert impact(*counts).verdict == verdict


def test_without_selections_in_the_comparison_group_the_ratio_is_infinite_and_its_interval_finite() -> None:
    result = impact(5, 40, 0, 40)

    assert result.ratio == float("inf")
    assert 0 < result.lower < result.upper < 1000


@given(st.integers(1, 60), st.integers(1, 60), st.data())
def test_p_values_are_those_of_scipy_and_mid_p_is_half_a_table_less(n: int, m: int, draw: st.DataObject) -> None:
    a, b = draw.draw(st.integers(0, n)), draw.draw(st.integers(0, m))
    if a + b == 0:
        a = 1
    result = impact(a, n, b, m)
    theirs = stats.fisher_exact([[a, n - a], [b, m - b]]).pvalue
    own = stats.hypergeom.pmf(a, n + m, a + b, n)

    assert result.fisher_p == pytest.approx(theirs, rel=1e-6)
    assert result.mid_p <= theirs - 0.5 * own + 1e-9
    assert result.lower <= result.upper


@pytest.mark.simulation
def test_the_rule_raises_few_false_alarms_where_the_bare_four_fifths_raise_many() -> None:
    """No true disparity, 60 against 30 people at a rate of 30 %, all outcomes enumerated."""
    ours = bare = 0.0
    for a in range(31):
        for b in range(61):
            mass = stats.binom.pmf(a, 30, 0.3) * stats.binom.pmf(b, 60, 0.3)
            if mass > 1e-12 and a + b > 0:
                result = impact(a, 30, b, 60)
                ours += mass * (result.verdict == Verdict.EVIDENCE)
                bare += mass * (result.ratio < 0.8)

    assert bare > 0.25
    assert ours < 0.05


def test_selection_rates_are_set_against_the_highest_one() -> None:
    """By the definition of 6 RCNY §5-300: 667/1,390 = .480, 555/1,181 = .470, .470/.480 = .979."""
    result = selection_rates([667, 555], [1390, 1181])

    assert result.rate == pytest.approx([0.48, 0.47], abs=5e-4)
    assert result.impact_ratio == pytest.approx([1.0, 0.979], abs=5e-4)
    assert result.small.tolist() == [False, False]


def test_scoring_rates_are_shares_above_the_median_of_everybody() -> None:
    score = np.array([1.0, 2, 3, 4, 5, 6, 7, 8])
    result = scoring_rates(score, [0, 0, 0, 1, 1, 1, 0, 0], categories=3)

    assert result.count.tolist() == [5, 3, 0]
    assert result.rate[:2] == pytest.approx([2 / 5, 2 / 3])
    assert result.impact_ratio[:2] == pytest.approx([0.6, 1.0])
    assert np.isnan(result.rate[2])
    assert result.small.tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("counts", "flips"),
    [
        pytest.param((1, 10, 3, 10), False, id="one person more makes the rates equal, not higher"),
        pytest.param((1, 10, 3, 11), True, id="one person more makes the rate higher"),
        pytest.param((4, 4, 3, 4), False, id="nobody is left to be selected instead"),
        pytest.param((0, 40, 1, 40), True, id="the only one selected could have been of the group"),
        pytest.param((5, 40, 0, 40), False, id="nobody of the comparison group was selected"),
        pytest.param((2, 20, 6, 40), True, id="higher in groups of unequal size"),
        pytest.param((2, 20, 7, 40), False, id="equal in groups of unequal size"),
    ],
)
def test_a_result_flips_where_one_other_person_selected_reverses_the_rates(
    counts: tuple[int, int, int, int], flips: bool
) -> None:
    """UGESP questions and answers, no. 21, counted by hand."""
    assert impact(*counts).flip_flop == flips


def test_thresholds_themselves_are_not_below_the_threshold() -> None:
    """A ratio of 4/5 is not less than it; nor is a mid-p of .05: C(6,3) = 20 tables, or 1/2·(1/20 − 1/780) + 1/780."""
    assert impact(400, 1000, 500, 1000).verdict == Verdict.MONITOR
    assert impact(0, 3, 3, 3).verdict == Verdict.TOO_SMALL
    assert impact(37, 38, 1, 2).mid_p == pytest.approx(0.05, rel=1e-12)
    assert impact(37, 38, 1, 2).verdict == Verdict.NO_EVIDENCE
    assert selection_rates([1, 49], [2, 98]).small.tolist() == [False, False]
    assert selection_rates([1, 49], [1, 99]).small.tolist() == [True, False]


def test_a_p_value_is_never_above_one() -> None:
    """The masses of a table of five people sum to 1 + 2e-16."""
    assert impact(1, 2, 1, 3).fisher_p == 1.0


def test_half_a_person_more_in_every_cell_gives_an_empty_group_its_interval() -> None:
    """Cochrane Handbook 10.4.4.2: (5.5/41)/(.5/41) = 11 with variance 1/5.5 − 1/41 + 1/.5 − 1/41 of its logarithm."""
    result, single = impact(5, 40, 0, 40), impact(1, 10, 2, 12)
    half = 1.959963984540054 * np.sqrt(1 / 5.5 + 1 / 0.5 - 2 / 41)
    other = 1.959963984540054 * np.sqrt(1 - 1 / 10 + 1 / 2 - 1 / 12)

    assert (result.lower, result.upper) == pytest.approx((11 * np.exp(-half), 11 * np.exp(half)))
    assert (single.lower, single.upper) == pytest.approx((0.6 * np.exp(-other), 0.6 * np.exp(other)))


def test_a_group_of_which_all_were_selected_is_no_more_certain_than_others() -> None:
    """The same with 3 of 3 against 6 of 12: (3.5/4)/(6.5/13) = 1.75 with variance 1/3.5 − 1/4 + 1/6.5 − 1/13."""
    result = impact(3, 3, 6, 12)
    half = 1.959963984540054 * np.sqrt(1 / 3.5 - 1 / 4 + 1 / 6.5 - 1 / 13)

    assert (result.lower, result.upper) == pytest.approx((1.75 * np.exp(-half), 1.75 * np.exp(half)))
    assert result.lower < 1 < result.upper
    reverse = impact(6, 12, 3, 3)
    assert (reverse.lower, reverse.upper) == pytest.approx((1 / result.upper, 1 / result.lower))
    everybody = impact(4, 4, 3, 3)
    assert (everybody.lower < 0.8, everybody.upper > 1.25) == (True, True)


def test_who_scores_the_median_is_not_above_it_and_one_person_is_a_category() -> None:
    result = scoring_rates([1.0, 2, 3, 4, 5], [0, 0, 0, 0, 1], categories=2)

    assert (result.count.tolist(), result.rate.tolist()) == ([4, 1], [0.25, 1.0])
    assert selection_rates([1, 4], [3, 4]).impact_ratio == pytest.approx([1 / 3, 1.0])
    assert selection_rates([0, 1], [3, 4]).impact_ratio.tolist() == [0.0, 1.0]


FINITE = (
    "score has 1 value that is not finite, at position 1\n  expected: finite numbers\n"
    "  to do:    leave out employees without data instead of passing NaN"
)
COUNTS = "\n  expected: 0 ≤ selected ≤ total, total > 0"
CATEGORY = "category does not match the scores\n  expected: integers 0 … 1, one per score"


IMPOSSIBLE: list[tuple[Callable[[], object], str]] = [
    (lambda: impact(5, 4, 1, 4), "5 of 4 against 1 of 4" + COUNTS),
    (lambda: impact(-1, 4, 1, 4), "-1 of 4 against 1 of 4" + COUNTS),
    (lambda: impact(1, 4, 5, 4), "1 of 4 against 5 of 4" + COUNTS),
    (lambda: impact(1, 4, -1, 4), "1 of 4 against -1 of 4" + COUNTS),
    (lambda: impact(0, 0, 1, 4), "0 of 0 against 1 of 4" + COUNTS),
    (lambda: impact(1, 4, 0, 0), "1 of 4 against 0 of 0" + COUNTS),
    (lambda: selection_rates([5], [4]), "more people were selected than there are\n  expected: selected ≤ total"),
    (lambda: selection_rates([5], [[9]]), "total has 2 dimensions\n  expected: one dimension"),
    (lambda: selection_rates([1, 1], [1, 0]), "total is 0.0 at position 1\n  expected: above 0"),
    (lambda: selection_rates([5], [9, 9]), "selected has 1 value\n  expected: 2 values"),
    (lambda: selection_rates([-1], [9]), "selected is -1.0 at position 0\n  expected: at least 0"),
    (lambda: scoring_rates([1, np.inf], [0, 1], categories=2), FINITE),
    (lambda: scoring_rates([1, 2], [0, 2], categories=2), CATEGORY),
    (lambda: scoring_rates([1, 2], [0, -1], categories=2), CATEGORY),
    (lambda: scoring_rates([1, 2], [0.0, 1.0], categories=2), CATEGORY),
    (lambda: scoring_rates([1, 2], [0], categories=2), CATEGORY),
]
NOBODY: list[tuple[Callable[[], object], str]] = [
    (lambda: impact(0, 4, 0, 4), "nobody was selected in either group"),
    (lambda: selection_rates([0, 0], [4, 4]), "nobody was selected in any category"),
    (lambda: scoring_rates([1, 1, 1], [0, 1, 1], categories=2), "nobody was selected in any category"),
]


def test_impossible_counts_are_refused() -> None:
    for call, message in IMPOSSIBLE:
        with pytest.raises(InvalidInput) as refusal:
            call()
        assert str(refusal.value) == message


def test_without_selections_there_is_nothing_to_compare() -> None:
    for call, message in NOBODY:
        with pytest.raises(NotEnough) as refusal:
            call()
        assert str(refusal.value) == f"{message}\n  expected: selections to compare"
