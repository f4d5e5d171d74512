"""Ratings by probability, levels of EVAAS, and ranks of joint draws."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from appraise.errors import InvalidInput
from appraise.statistics.composite import evaas_level, percentiles, rank_intervals, rate


@pytest.mark.parametrize(
    ("probabilities", "rating"),
    [
        pytest.param((0.90, 0.99, 0.01, 0.00), 5, id="above the margin"),
        pytest.param((0.50, 0.90, 0.10, 0.00), 4, id="above"),
        pytest.param((0.30, 0.89, 0.11, 0.05), 3, id="undecided"),
        pytest.param((0.00, 0.05, 0.95, 0.40), 2, id="below"),
        pytest.param((0.00, 0.01, 0.99, 0.95), 1, id="below the margin"),
        pytest.param((0.90 - 6e-10, 0.99, 0.01, 0.00), 4, id="below the threshold by more than rounding"),
        pytest.param((0.90 - 4e-10, 0.99, 0.01, 0.00), 5, id="at the threshold when rounded to nine digits"),
        pytest.param((0.90 - 1e-12, 0.99, 0.01, 0.00), 5, id="at the threshold but for rounding"),
    ],
)
def test_ratings_follow_absolute_probabilities(probabilities: tuple[float, ...], rating: int) -> None:
    above_margin, above, below, below_margin = ([p] for p in probabilities)

    found = rate(above_margin=above_margin, above=above, below=below, below_margin=below_margin)
    assert (found.tolist(), found.dtype) == ([rating], np.int8)


def test_evaas_levels_are_cut_at_one_and_two_standard_errors() -> None:
    """SAS EVAAS/TVAAS: level 5 from 2, 4 from 1, 3 from −1, 2 from −2, else 1."""
    index = [2.0, 1.99, 1.0, 0.99, -1.0, -1.01, -2.0, -2.01]

    levels = evaas_level(np.multiply(index, 0.5), np.full(8, 0.5))
    assert (levels.tolist(), levels.dtype) == ([5, 4, 4, 3, 3, 2, 2, 1], np.int8)


@pytest.mark.simulation
def test_expected_percentiles_are_those_of_pairwise_probabilities() -> None:
    """E[rank] = ½ + Σ P(θ_e ≥ θ_f) over all f with itself counted as ½, for independent normals."""
    random = np.random.default_rng(6)
    mean, sd = random.normal(0, 1, 40), random.uniform(0.2, 1.5, 40)
    z = (mean[:, None] - mean) / np.hypot(sd[:, None], sd)
    ranks = rank_intervals(mean, sd, seed=1, draws=4_000)

    assert ranks.percentile == pytest.approx((0.5 + special.ndtr(z).sum(axis=1)) / 41, abs=0.02)
    assert np.all((ranks.lower <= ranks.percentile) & (ranks.percentile <= ranks.upper))


@pytest.mark.simulation
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


def test_percentiles_are_those_of_the_ranks_in_each_draw() -> None:
    """By hand: ranks (1, 2, 3), (1, 3, 2), (2, 1, 3), (1, 2, 3) of four; of 4 draws the 30 % one is the second."""
    draws = [[0.1, 0.2, 0.3], [-1.0, 5.0, 2.0], [2.0, 1.0, 3.0], [7.0, 8.0, 9.0]]
    found = percentiles(draws, level=0.4)

    assert found.percentile == pytest.approx([5 / 16, 8 / 16, 11 / 16])
    assert found.lower.tolist() == [0.25, 0.5, 0.75]
    assert found.upper.tolist() == [0.25, 0.5, 0.75]
    wide = percentiles(draws, level=0.9)
    assert [wide.lower.tolist(), wide.upper.tolist()] == [[0.25, 0.25, 0.5], [0.5, 0.75, 0.75]]
    assert percentiles(draws).lower.tolist() == wide.lower.tolist()


def test_ties_are_ranked_in_the_order_of_employees() -> None:
    assert percentiles(np.zeros((1, 40))).percentile.tolist() == [rank / 41 for rank in range(1, 41)]
    low, high = percentiles(np.tile([0.0, 1.0], (1, 500))).percentile.reshape(500, 2).T
    assert low.tolist() == [rank / 1_001 for rank in range(1, 501)]
    assert high.tolist() == [rank / 1_001 for rank in range(501, 1_001)]


def test_ranks_of_normal_draws_are_those_of_the_same_draws() -> None:
    noise = np.random.default_rng(8).standard_normal((1_000, 3))
    mean, sd = np.array([0.0, 0.4, 1.0]), np.array([1.0, 0.5, 2.0])

    found, again = rank_intervals(mean, sd, seed=8), percentiles(mean + sd * noise, level=0.9)

    assert found.percentile.tolist() == again.percentile.tolist()
    assert (found.lower.tolist(), found.upper.tolist()) == (again.lower.tolist(), again.upper.tolist())
    few, level = (
        rank_intervals(mean, sd, seed=8, draws=7, level=0.5),
        percentiles(mean + sd * np.random.default_rng(8).standard_normal((7, 3)), level=0.5),
    )
    assert (few.lower.tolist(), few.upper.tolist()) == (level.lower.tolist(), level.upper.tolist())


def test_what_is_just_allowed_is_taken() -> None:
    assert rate(above_margin=[0.6], above=[0.6], below=[0], below_margin=[0], certainty=0.51).tolist() == [5]
    assert rank_intervals([1.0, 2.0], [0.0, 0.0], seed=1).percentile == pytest.approx([1 / 3, 2 / 3])


REFUSED: list[tuple[Callable[[], object], str, str]] = [
    *(
        (
            lambda c=c: rate(above_margin=[1], above=[1], below=[0], below_margin=[0], certainty=c),
            f"certainty is {c}",
            "between 0.5 and 1",
        )
        for c in (0.5, 1.0)
    ),
    *(
        (
            lambda v=v: percentiles(v),
            f"draws has the shape {v.shape}",
            "draws by employees, at least one of each",
        )
        for v in (np.zeros(3), np.zeros((0, 3)), np.zeros((3, 0)), np.zeros((1, 1, 1)))
    ),
    (lambda: rank_intervals([0.0], [-1.0], seed=1), "sd is -1.0 at position 0", "at least 0"),
    (lambda: rank_intervals([0.0], [1.0, 1.0], seed=1), "sd has 2 values", "1 value"),
    (lambda: rank_intervals([[0.0]], [1.0], seed=1), "mean has 2 dimensions", "one dimension"),
    (lambda: evaas_level([1.0], [0.0]), "standard_error is 0.0 at position 0", "above 0"),
    (lambda: evaas_level([1.0, 2.0], [1.0]), "measure has 2 values", "1 value"),
    (lambda: evaas_level([1.0], 1.0), "standard_error has 0 dimensions", "one dimension"),
]


def test_what_makes_no_sense_is_refused() -> None:
    for call, message, expected in REFUSED:
        with pytest.raises(InvalidInput) as refusal:
            call()
        assert str(refusal.value).split("\n")[:2] == [message, f"  expected: {expected}"]
