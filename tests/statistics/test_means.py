"""The interval of a mean, against Student's own sleep data as R prints them."""

import pytest

from appraise.errors import NotEnough
from appraise.statistics.means import mean_interval

LONGER_SLEEP = [1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4]
"""Hours more under one drug than under the other (Student 1908; R: `with(sleep, extra[group == 2] - extra[group == 1])`)."""


def test_student_s_sleep_data_give_what_r_gives() -> None:
    """R 4: t.test(LONGER_SLEEP) says 95 percent confidence interval 0.7001142 2.4598858, mean of x 1.58."""
    told = mean_interval(LONGER_SLEEP)

    assert (told.mean, told.lower, told.upper) == pytest.approx((1.58, 0.7001142, 2.4598858), abs=5e-8)


def test_one_value_tells_nothing_of_its_spread() -> None:
    with pytest.raises(NotEnough) as refusal:
        mean_interval([1.0])
    assert (refusal.value.found, refusal.value.expected) == ("a sample of 1", "at least 2")


def test_two_values_give_the_widest_interval() -> None:
    """Their mean is 2 and its error 1; t with 1 degree of freedom is the Cauchy, whose .975 point is tan(.475 π)."""
    told = mean_interval([1, 3])

    assert (told.mean, told.lower, told.upper) == pytest.approx((2, 2 - 12.706204736, 2 + 12.706204736), rel=1e-9)
