"""What lies beyond a threshold, and what the data cannot tell."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appraise.domain.contributions import Dimension, Figure
from appraise.domain.indicators import REPEAT_PURCHASE, SATISFACTION
from appraise.domain.watches import (
    MOST_WATCHES,
    Answer,
    Bounded,
    Measure,
    Rule,
    Side,
    answer,
    difference,
    hindrance_to_watch,
)
from appraise.statistics.proportions import wilson

RULE = Rule(SATISFACTION, Dimension.UNIT, Measure.LEVEL, Side.BELOW, Decimal(70))
numbers = st.decimals(-100, 100, places=2)


@given(st.lists(numbers, min_size=3, max_size=3).map(sorted), numbers, st.sampled_from(Side))
def test_nobody_is_told_of_whose_interval_holds_the_threshold(
    interval: list[Decimal], threshold: Decimal, side: Side
) -> None:
    lower, value, upper = interval
    found = answer(replace(RULE, threshold=threshold, side=side), Bounded(value, lower, upper))

    if lower <= threshold <= upper:
        assert found is not Answer.BEYOND
    if found is Answer.CANNOT_TELL:
        assert lower <= threshold <= upper


@pytest.mark.parametrize(
    ("side", "interval", "expected"),
    [
        (Side.BELOW, ("60", "65", "69.9"), Answer.BEYOND),
        (Side.BELOW, ("60", "65", "70"), Answer.CANNOT_TELL),
        (Side.BELOW, ("70.1", "75", "80"), Answer.WITHIN),
        (Side.ABOVE, ("70.1", "75", "80"), Answer.BEYOND),
        (Side.ABOVE, ("69", "75", "80"), Answer.CANNOT_TELL),
        (Side.ABOVE, ("60", "65", "69.9"), Answer.WITHIN),
    ],
)
def test_beyond_is_where_the_whole_interval_lies(side: Side, interval: tuple[str, str, str], expected: Answer) -> None:
    lower, value, upper = map(Decimal, interval)

    assert answer(replace(RULE, side=side), Bounded(value, lower, upper)) is expected


def test_a_difference_of_two_figures_has_the_published_limits() -> None:
    """56 of 70 less 48 of 80: .0524 to .3339 (Newcombe 1998, Stat. Med. 17:873, table II, method 10), which is MOVER
    with Wilson's limits."""
    shares = wilson([48, 56], [80, 70])
    before, after = (
        figure(*(Decimal(repr(float(limit[n]))) for limit in (shares.lower, shares.estimate, shares.upper)))
        for n in (0, 1)
    )

    found = difference(before, after)

    assert (round(found.value, 4), round(found.lower, 4), round(found.upper, 4)) == (
        Decimal("0.2000"),
        Decimal("0.0524"),
        Decimal("0.3339"),
    )


def figure(lower: Decimal, value: Decimal, upper: Decimal) -> Figure:
    return Figure(SATISFACTION, value, lower, upper, lower, upper, value, is_pooled=True)


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (RULE, None),
        (replace(RULE, threshold=Decimal("100.1")), "OUT_OF_RANGE"),
        (replace(RULE, threshold=Decimal(-1)), "OUT_OF_RANGE"),
        (replace(RULE, threshold=Decimal(-1), measure=Measure.CHANGE), None),
        (replace(RULE, threshold=Decimal("NaN")), "OUT_OF_RANGE"),
        (replace(RULE, indicator=REPEAT_PURCHASE), "OUT_OF_RANGE"),
        (replace(RULE, dimension=Dimension.ORGANISATION), "OUT_OF_RANGE"),
        (replace(RULE, dimension=Dimension.EMPLOYEE), "WRONG_STATE"),
    ],
)
def test_a_threshold_is_one_that_something_could_lie_beyond(rule: Rule, code: str | None) -> None:
    found = hindrance_to_watch(rule, [], allows_individuals=False, is_further=True)

    assert (None if found is None else found.code) == code


def test_the_same_threshold_is_kept_once_and_not_more_than_can_be_read() -> None:
    many = [replace(RULE, threshold=Decimal(number)) for number in range(MOST_WATCHES)]
    employee = replace(RULE, dimension=Dimension.EMPLOYEE)

    def code(rule: Rule, others: list[Rule], *, is_further: bool) -> str | None:
        found = hindrance_to_watch(rule, others, allows_individuals=True, is_further=is_further)
        return None if found is None else found.code

    assert code(RULE, [RULE], is_further=True) == "ALREADY_DONE"
    assert code(RULE, many, is_further=True) == "TOO_MANY"
    assert code(RULE, many, is_further=False) is None
    assert code(employee, [], is_further=True) is None
