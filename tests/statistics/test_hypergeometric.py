"""The continued fraction against arbitrary precision."""

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appraise.statistics.hypergeometric import unit_hyp2f1


@given(st.floats(0.01, 2_000), st.floats(0.01, 50), st.floats(0.0, 0.9999))
def test_it_equals_the_function_in_thirty_digits(b: float, more: float, z: float) -> None:
    with mpmath.workdps(30):
        exact = float(mpmath.hyp2f1(1, b, mpmath.mpf(b) + mpmath.mpf(more), z))

    assert unit_hyp2f1(b, b + more, z) == pytest.approx(exact, rel=1e-11)


@pytest.mark.parametrize("z", [1e-12, 1e-6, 0.01, 0.3, 0.9, 0.999, 0.9999])
def test_the_levels_are_enough_for_all_digits(z: float) -> None:
    """Up to the rounding of z itself, which the function multiplies by 1/(1 − z)."""
    b, c = np.array([0.05, 1.0, 3.0, 700.0]), np.array([0.06, 2.5, 40.0, 701.0])
    with mpmath.workdps(40):
        exact = [float(mpmath.hyp2f1(1, *pair, z)) for pair in zip(b, c, strict=True)]

    assert unit_hyp2f1(b, c, z) == pytest.approx(exact, rel=max(1e-14, 3e-16 / (1 - z)))


def test_arguments_are_broadcast_as_double_numbers() -> None:
    """₂F₁(1, 1; 2; z) = −ln(1 − z)/z, of arguments in single precision too."""
    one, two, z = (
        np.ones(1, dtype=np.float32),
        np.full((2, 1), 2, dtype=np.float32),
        np.array([[[0.5]]], dtype=np.float32),
    )
    result = unit_hyp2f1(one, two, z)

    assert (result.shape, result.dtype) == ((1, 2, 1), np.float64)
    assert result == pytest.approx(np.full((1, 2, 1), 2 * np.log(2)), rel=1e-14)
    assert unit_hyp2f1(one, two, 0.5).shape == (2, 1)
    assert unit_hyp2f1([], [], []).shape == (0,)


def test_at_zero_it_is_one_and_at_b_equal_to_one_with_c_two_a_logarithm() -> None:
    assert unit_hyp2f1([0.3, 5.0], [0.9, 6.0], 0.0) == pytest.approx([1.0, 1.0])
    assert unit_hyp2f1(1.0, 2.0, 0.5) == pytest.approx(1.3862943611198906, rel=1e-14)  # 2 ln 2
