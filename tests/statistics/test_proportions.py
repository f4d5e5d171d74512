"""Intervals of proportions against the tables of Newcombe and R."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appraise.errors import InvalidInput
from appraise.statistics.proportions import net_promoter, newcombe_difference, wilson


def test_wilson_limits_with_z_of_1_96_are_those_of_epitools() -> None:
    """epitools::binom.wilson: 10/100, 50/100, 0/100."""
    interval = wilson([10, 50, 0], 100, z=1.96)

    assert interval.lower == pytest.approx([0.0552285, 0.4038298, 0.0], abs=1e-7)
    assert interval.upper == pytest.approx([0.1743673, 0.5961702, 0.0369948], abs=1e-7)


def test_wilson_limits_are_those_of_newcombe_1998() -> None:
    """Statistics in Medicine 17:857, table I, method 3."""
    interval = wilson([81, 15, 0, 1], [263, 148, 20, 29])

    assert interval.lower == pytest.approx([0.2553, 0.0624, 0.0, 0.0061], abs=5e-5)
    assert interval.upper == pytest.approx([0.3662, 0.1605, 0.1611, 0.1718], abs=5e-5)


def test_limits_of_billions_are_those_of_the_closed_form() -> None:
    """Half of n: ½ ± z/(2√(n + z²)). The square of four billion is more than a whole number of 64 bits holds."""
    n, z = 4_000_000_000, 1.959963984540054
    interval = wilson(n // 2, n)

    assert interval.upper - 0.5 == pytest.approx(z / (2 * np.sqrt(n + z**2)), rel=1e-9)
    assert 0.5 - interval.lower == pytest.approx(z / (2 * np.sqrt(n + z**2)), rel=1e-9)


def test_limits_stay_within_0_and_1_where_shared_credit_comes_near_them() -> None:
    """Shares of credit that are a whole on paper need not sum to one: .7 + .2 + .1 is 1e-16 short of it."""
    n = np.array([7.0, 12.0, 21.0])
    almost_all, almost_none = wilson(np.nextafter(n, 0.0), n), wilson(np.nextafter(0.0, n), n)

    assert np.all(almost_all.upper <= 1.0)
    assert np.all(almost_none.lower >= 0.0)


def test_differences_are_those_of_newcombe_1998() -> None:
    """Statistics in Medicine 17:873, table II, method 10, examples (a) to (h)."""
    interval = newcombe_difference([56, 9, 6, 5, 0, 0, 10, 10], [70, 10, 7, 56, 10, 10, 10, 10],
                                   [48, 3, 2, 0, 0, 0, 0, 0], [80, 10, 7, 29, 20, 10, 20, 10])  # fmt: skip

    assert interval.lower == pytest.approx(
        [0.0524, 0.1705, 0.0582, -0.0381, -0.1611, -0.2775, 0.6791, 0.6075], abs=5e-5
    )
    assert interval.upper == pytest.approx([0.3339, 0.8090, 0.8062, 0.1926, 0.2775, 0.2775, 1.0, 1.0], abs=5e-5)


def test_a_difference_at_another_level_is_put_together_from_limits_of_that_level() -> None:
    """Newcombe 1998, formula of method 10, from Wilson limits at 90 %: 56/70 and 48/80."""
    z = 1.6448536269514722
    one, other = wilson(56, 70, z=z), wilson(48, 80, z=z)
    interval = newcombe_difference(56, 70, 48, 80, z=z)

    assert interval.estimate == pytest.approx(0.2)
    assert interval.lower == pytest.approx(0.2 - np.sqrt((0.8 - one.lower) ** 2 + (other.upper - 0.6) ** 2))
    assert interval.upper == pytest.approx(0.2 + np.sqrt((one.upper - 0.8) ** 2 + (0.6 - other.lower) ** 2))


def test_net_promoter_variance_is_that_of_its_three_values() -> None:
    """The variance of the mean of 100, 0 and −100, each as often as given."""
    values = np.repeat([100.0, 0.0, -100.0], [50, 30, 20])
    score, variance = net_promoter(50, 30, 20)

    assert (score, variance) == (pytest.approx(30.0), pytest.approx(values.var() / 100))


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.floats(0.5, 4))
def test_limits_hold_the_proportion_and_mirror_when_successes_and_failures_swap(
    count: tuple[int, int], z: float
) -> None:
    x, n = count
    interval, mirrored = wilson(x, n, z=z), wilson(n - x, n, z=z)

    assert 0 <= interval.lower <= interval.estimate <= interval.upper <= 1
    assert interval.upper == pytest.approx(1 - mirrored.lower)


@pytest.mark.parametrize(("successes", "total"), [(5, 4), (-1, 4), (0, 0), ([1, 5], [4, 4])])
def test_impossible_counts_are_refused(successes: int, total: int) -> None:
    with pytest.raises(InvalidInput) as refusal:
        wilson(successes, total)

    assert str(refusal.value) == (
        "a count lies outside 0 … total, or a total is not above 0\n  expected: 0 ≤ successes ≤ total"
    )


@pytest.mark.parametrize(("counts", "named"), [((np.nan, 4), "successes"), ((1, np.inf), "total")])
def test_what_is_no_number_is_refused_by_its_name(counts: tuple[float, float], named: str) -> None:
    with pytest.raises(InvalidInput, match=f"^{named} has 1 value that is not finite"):
        wilson(*counts)
