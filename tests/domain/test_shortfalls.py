"""Figures beside what is asked of them: no rounding makes a figure below it look like it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appraise.domain.shortfalls import amount_short_of, asked, asked_share, reached, share_short_of, short_of


@pytest.mark.parametrize(
    ("value", "needed", "told"),
    [
        (0.31, 0.5, "0.31"),
        (0.4987, 0.5, "0.499"),
        (0.49996, 0.5, "0.49996"),
        (0.4999999, 0.5, "0.500000"),
        (0.0, 0.5, "0.00"),
        (Decimal("0.697"), Decimal("0.7"), "0.697"),
        (0.7, 0.705, "0.70"),
    ],
)
def test_what_is_too_little_is_told_as_less(value: float | Decimal, needed: float | Decimal, told: str) -> None:
    assert short_of(value, needed) == told


@given(st.floats(0, 0.98), st.sampled_from([0.3, 0.5, 0.7, 0.705, 0.99]))
def test_it_is_less_wherever_six_digits_tell_it(value: float, needed: float) -> None:
    if value <= needed - 1e-6:
        assert float(short_of(value, needed)) < float(asked(needed))
        assert float(share_short_of(value, needed).removesuffix("%")) < float(asked_share(needed).removesuffix("%"))


@pytest.mark.parametrize(
    ("share", "needed", "told"),
    [
        (0.0197, 0.02, "1.97%"),
        (0.4996, 0.5, "49.96%"),
        (0.1, 0.5, "10.0%"),
        (Decimal("0.62"), Decimal("0.625"), "62.0%"),
    ],
)
def test_a_share_below_what_is_needed_is_told_as_less(
    share: float | Decimal, needed: float | Decimal, told: str
) -> None:
    assert share_short_of(share, needed) == told


def test_whole_per_cent_are_enough_where_they_tell_it() -> None:
    assert share_short_of(Decimal("0.25"), Decimal("0.5"), places=0) == "25%"
    assert share_short_of(Decimal("0.597"), Decimal("0.6"), places=0) == "59.7%"
    assert amount_short_of(9.97, 10) == "9.97"
    assert amount_short_of(9.93, 10) == "9.9"


@pytest.mark.parametrize(
    ("value", "told", "share"),
    [
        (0.7, "0.70", "70%"),
        (0.705, "0.705", "70.5%"),
        (Decimal("0.625"), "0.625", "62.5%"),
        (0.07, "0.07", "7%"),
        (1.0, "1.00", "100%"),
        (0.1234567, "0.123457", "12.3457%"),
    ],
)
def test_what_is_asked_keeps_its_digits(value: float | Decimal, told: str, share: str) -> None:
    assert (asked(value), asked_share(value)) == (told, share)


def test_a_figure_that_is_held_to_a_threshold_is_told_as_far_as_it_has_come() -> None:
    assert str(reached(Decimal("0.697"))) == "0.69"
    assert str(reached(Decimal("0.7"))) == "0.70"
