"""Figures beside what is asked of them: no rounding makes a figure below it look like it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appraise.domain.shortfalls import (
    amount_short_of,
    asked,
    asked_share,
    reached,
    reliability_told,
    share_short_of,
    short_of,
)


@pytest.mark.parametrize(
    ("value", "needed", "text"),
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
def test_what_is_too_little_is_told_as_less(value: float | Decimal, needed: float | Decimal, text: str) -> None:
    assert short_of(value, needed) == text


@given(st.floats(0, 0.98), st.sampled_from([0.3, 0.5, 0.7, 0.705, 0.99]))
def test_it_is_less_wherever_six_digits_tell_it(value: float, needed: float) -> None:
    if value <= needed - 1e-6:
        assert float(short_of(value, needed)) < float(asked(needed))
        assert float(share_short_of(value, needed).removesuffix("%")) < float(asked_share(needed).removesuffix("%"))


@pytest.mark.parametrize(
    ("share", "needed", "text"),
    [
        (0.0197, 0.02, "1.97\N{NO-BREAK SPACE}%"),
        (0.4996, 0.5, "49.96\N{NO-BREAK SPACE}%"),
        (0.1, 0.5, "10.0\N{NO-BREAK SPACE}%"),
        (Decimal("0.62"), Decimal("0.625"), "62.0\N{NO-BREAK SPACE}%"),
    ],
)
def test_a_share_below_what_is_needed_is_told_as_less(
    share: float | Decimal, needed: float | Decimal, text: str
) -> None:
    assert share_short_of(share, needed) == text


def test_whole_per_cent_are_enough_where_they_tell_it() -> None:
    assert share_short_of(Decimal("0.25"), Decimal("0.5"), places=0) == "25\N{NO-BREAK SPACE}%"
    assert share_short_of(Decimal("0.597"), Decimal("0.6"), places=0) == "59.7\N{NO-BREAK SPACE}%"
    assert amount_short_of(9.97, 10) == "9.97"
    assert amount_short_of(9.93, 10) == "9.9"


@pytest.mark.parametrize(
    ("value", "text", "share"),
    [
        (0.7, "0.70", "70\N{NO-BREAK SPACE}%"),
        (0.705, "0.705", "70.5\N{NO-BREAK SPACE}%"),
        (Decimal("0.625"), "0.625", "62.5\N{NO-BREAK SPACE}%"),
        (0.07, "0.07", "7\N{NO-BREAK SPACE}%"),
        (1.0, "1.00", "100\N{NO-BREAK SPACE}%"),
        (0.1234567, "0.123457", "12.3457\N{NO-BREAK SPACE}%"),
    ],
)
def test_what_is_asked_keeps_its_digits(value: float | Decimal, text: str, share: str) -> None:
    assert (asked(value), asked_share(value)) == (text, share)


def test_a_figure_that_is_held_to_a_threshold_is_told_as_far_as_it_has_come() -> None:
    assert str(reached(Decimal("0.697"))) == "0.69"
    assert str(reached(Decimal("0.7"))) == "0.70"


@pytest.mark.parametrize(
    ("reliability", "is_enough", "text"),
    [
        ("0.697", False, "0.697"),
        ("0.7481", False, "0.748"),
        ("0.697", True, "0.70"),
        ("0.566", False, "0.57"),
        ("0.5503", False, "0.55"),
        ("0.5", False, "0.50"),
        ("0.996", False, "0.996"),
    ],
)
def test_a_reliability_that_is_not_enough_is_not_told_as_the_next_that_may_be_asked(
    reliability: str, *, is_enough: bool, text: str
) -> None:
    assert reliability_told(Decimal(reliability), is_enough=is_enough) == text
