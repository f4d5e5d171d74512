"""False discovery control against the paper, SciPy and simulated truth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from appraise.errors import InvalidInput
from appraise.statistics import shrinkage
from appraise.statistics.multiplicity import bayesian_fdr, benjamini_hochberg

# Benjamini & Hochberg 1995, §3.2: thrombolysis trial of Neuhaus et al. 1992.
NEUHAUS = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]  # fmt: skip

probabilities = st.lists(st.floats(0, 1), min_size=1, max_size=40)


def test_the_example_of_the_paper_rejects_four_where_bonferroni_rejects_three() -> None:
    result = benjamini_hochberg(NEUHAUS)

    assert result.rejected.tolist() == [True] * 4 + [False] * 11
    assert sum(p <= 0.05 / 15 for p in NEUHAUS) == 3


@given(probabilities)
def test_adjusted_p_values_are_those_of_scipy(p: list[float]) -> None:
    assert benjamini_hochberg(p).adjusted == pytest.approx(stats.false_discovery_control(p))


def test_flags_follow_the_running_mean_of_the_wrong_sign_probability() -> None:
    """Wrong-sign probabilities .01, .02, .09, .20: means .01, .015, .04, .08."""
    result = bayesian_fdr([0.99, 0.5, 0.02, 0.91, 0.2])

    assert result.flag.tolist() == [1, 0, -1, 1, 0]
    assert result.expected_false_rate == pytest.approx(0.04)


def test_what_is_asked_for_exactly_is_given() -> None:
    """A p-value, or a mean probability of a wrong sign, equal to the rate keeps to it; of even odds the sign is plus."""
    assert benjamini_hochberg([0.05, 0.05]).rejected.tolist() == [True, True]
    assert bayesian_fdr([0.95, 0.05]).flag.tolist() == [1, -1]
    assert bayesian_fdr([0.5], rate=0.5).flag.tolist() == [1]
    assert bayesian_fdr([0.5], rate=0.5).flag.dtype == np.int8


def test_ties_stand_or_fall_together() -> None:
    assert bayesian_fdr([0.99, 0.91, 0.09]).flag.tolist() == [1, 0, 0]
    assert bayesian_fdr([0.91, 0.09, 0.99]).flag.tolist() == [0, 0, 1]
    assert bayesian_fdr([0.5, 0.5]).flag.tolist() == [0, 0]
    assert bayesian_fdr([0.5, 0.5]).expected_false_rate == 0.0


@given(probabilities, st.floats(0.001, 0.4))
def test_the_expected_false_rate_keeps_to_what_was_asked(p: list[float], rate: float) -> None:
    result = bayesian_fdr(p, rate=rate)
    wrong = np.minimum(p, 1 - np.array(p))

    assert result.expected_false_rate <= rate
    if np.any(result.flag):
        assert result.expected_false_rate == pytest.approx(wrong[result.flag != 0].mean())


@pytest.mark.simulation
def test_no_more_flags_have_the_wrong_sign_than_promised() -> None:
    random = np.random.default_rng(8)
    variance = 1 / random.integers(5, 400, 4_000)
    truth = random.normal(0, 0.2, 4_000)
    posterior = shrinkage.normal(random.normal(truth, np.sqrt(variance)), variance)
    flags = bayesian_fdr(posterior.probability_above_population()).flag
    flagged = flags != 0

    assert flagged.mean() > 0.1
    assert np.mean(np.sign(truth[flagged]) != flags[flagged]) == pytest.approx(0.05, abs=0.015)


def test_what_is_no_probability_is_refused() -> None:
    for name, call in (("p_value", benjamini_hochberg), ("probability_above", bayesian_fdr)):
        for wrong in (-0.1, 1.1):
            with pytest.raises(InvalidInput) as refusal:
                call([0.1, wrong])
            assert str(refusal.value) == f"{name} lies outside 0 … 1\n  expected: probabilities"
        with pytest.raises(InvalidInput, match=f"^{name} has 2 dimensions"):
            call([[0.1]])
