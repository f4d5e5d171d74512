"""A total of 1 to 5 on the scale of another system, by hand."""

from decimal import Decimal

import pytest

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
    ],
)
def test_a_total_is_stretched_and_rounded_to_the_nearest_step(
    scale: tuple[str, str, str], total: str, written: str
) -> None:
    assert HostScale(*map(Decimal, scale)).written(Decimal(total)) == Decimal(written)


@pytest.mark.parametrize(
    ("low", "high", "step"), [("5", "5", "1"), ("6", "5", "1"), ("1", "5", "0"), ("1", "5", "3"), ("1", "5", "-1")]
)
def test_a_scale_that_is_not_reached_in_whole_steps_is_refused(low: str, high: str, step: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        HostScale(Decimal(low), Decimal(high), Decimal(step))

    assert str(refusal.value) == (
        f"a scale from {low} to {high} in steps of {step}\n"
        "  expected: a highest value above the lowest, that is reached in whole steps"
    )


def test_our_own_scale_is_1_to_5_in_hundredths() -> None:
    scale = HostScale.of_ratings()

    assert (scale.low, scale.high, scale.step) == (Decimal(1), Decimal(5), Decimal("0.01"))
    assert scale.written(Decimal("3.654999")) == Decimal("3.65")
