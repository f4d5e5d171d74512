"""Sentences of absences, where rounding would contradict them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appraise.scoring.absences import short_of


@pytest.mark.parametrize(
    ("value", "needed", "told"),
    [(0.31, 0.5, "0.31"), (0.4987, 0.5, "0.499"), (0.49996, 0.5, "0.49996"), (0.0, 0.5, "0.00")],
)
def test_what_is_too_little_is_told_as_less(value: float, needed: float, told: str) -> None:
    assert short_of(value, needed) == told


@given(st.floats(0, 0.98), st.sampled_from([0.3, 0.5, 0.7, 0.99]))
def test_it_is_less_wherever_six_digits_tell_it(value: float, needed: float) -> None:
    if value <= needed - 1e-6:
        assert float(short_of(value, needed)) < needed
