"""A total of 1 to 5 on the scale of another system, by hand."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appraise.domain.host_scale import HostScale
from appraise.errors import InvalidInput


@pytest.mark.parametrize(
    ("scale", "total", "written"),
    [
        pytest.param(("0", "100", "1"), "1", "0", id="the lowest"),
        pytest.param(("0", "100", "1"), "5", "100", id="the highest"),
        pytest.param(("0", "100", "1"), "3.26", "57", id="56.5 goes up"),
        pytest.param(("0", "100", "1"), "3.259", "56", id="56.475 does not"),
        pytest.param(("1", "5", "0.5"), "3.25", "3.5", id="half-way between two halves"),
        pytest.param(("1", "5", "0.5"), "3.24", "3.0", id="just below it"),
        pytest.param(("-2", "4", "3"), "2.9", "1", id="around zero: 1.425 of two steps"),
        pytest.param(("0", "1", "1"), "2.9", "0", id="a single step"),
        pytest.param(("6", "1", "0.5"), "1", "6", id="the worst school mark"),
        pytest.param(("6", "1", "0.5"), "5", "1", id="the best one"),
        pytest.param(("6", "1", "0.5"), "3.4", "3", id="halves of marks: 6 steps of ten are 3.0"),
        pytest.param(("5", "1", "1"), "3.5", "2", id="half-way goes to the better mark"),
    ],
)
def test_a_total_is_stretched_and_rounded_to_the_nearest_step(
    scale: tuple[str, str, str], total: str, written: str
) -> None:
    assert HostScale(*map(Decimal, scale)).written(Decimal(total)) == Decimal(written)


@pytest.mark.parametrize(
    ("worst", "best", "step"), [("5", "5", "1"), ("6", "1", "2"), ("1", "5", "0"), ("1", "5", "3"), ("1", "5", "-1")]
)
def test_a_scale_that_is_not_reached_in_whole_steps_is_refused(worst: str, best: str, step: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        HostScale(Decimal(worst), Decimal(best), Decimal(step))

    assert str(refusal.value) == (
        f"a scale from {worst} to {best} in steps of {step}\n"
        "  expected: a best value that is not the worst, and reached from it in whole steps"
    )


@given(st.decimals("1", "5", places=4), st.decimals("1", "5", places=4), st.booleans())
def test_a_higher_total_is_never_written_worse(one: Decimal, other: Decimal, least_is_best: bool) -> None:
    ends = (Decimal(10), Decimal(0)) if least_is_best else (Decimal(0), Decimal(10))
    scale = HostScale(*ends, Decimal("2.5"))

    written = scale.written(min(one, other)), scale.written(max(one, other))

    assert sorted(written, reverse=least_is_best) == list(written)
    assert all(0 <= value <= 10 for value in written)


@pytest.mark.parametrize(("least", "greatest"), [(5, 5), (5, 1)])
def test_bounds_of_a_host_the_wrong_way_round_are_no_scale(least: int, greatest: int) -> None:
    with pytest.raises(InvalidInput) as refusal:
        HostScale.between(Decimal(least), Decimal(greatest))

    assert str(refusal.value) == (
        f"a scale from {least} to {greatest} in steps of 1\n  expected: a greatest value above the least"
    )


def test_the_least_bound_of_a_host_is_the_worst() -> None:
    assert HostScale.between(Decimal(2), Decimal(8)) == HostScale(Decimal(2), Decimal(8), Decimal(1))
    assert HostScale.between(Decimal(2), Decimal(8), Decimal(3)) == HostScale(Decimal(2), Decimal(8), Decimal(3))


def test_percent_are_whole_numbers_from_0_to_100() -> None:
    assert HostScale.percent() == HostScale(Decimal(0), Decimal(100), Decimal(1))


def test_our_own_scale_is_1_to_5_in_hundredths() -> None:
    scale = HostScale.of_ratings()

    assert (scale.worst, scale.best, scale.step) == (Decimal(1), Decimal(5), Decimal("0.01"))
    assert scale.written(Decimal("3.654999")) == Decimal("3.65")
