"""The continued fraction against arbitrary precision."""

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appraise.statistics.hypergeometric import unit_hyp2f1


@given(st.floats(0.01, 2_000), st.floats(0.01, 50), st.floats(0.0, 0.9999))
def test_it_equals_the_function_in_thirty_digits(b: float, more: float, z: float) -> None:
    with mpmath.workdps(30):
        exact = float(mpmath.hyp2f1(1, b, mpmath.mpf(b) + mpmath.mpf(more), z))

    assert unit_hyp2f1(b, b + more, z) == pytest.approx(exact, rel=1e-11)


def test_at_zero_it_is_one_and_at_b_equal_to_one_with_c_two_a_logarithm() -> None:
    assert unit_hyp2f1([0.3, 5.0], [0.9, 6.0], 0.0) == pytest.approx([1.0, 1.0])
    assert unit_hyp2f1(1.0, 2.0, 0.5) == pytest.approx(1.3862943611198906, rel=1e-14)  # 2 ln 2
