"""What lies beyond a threshold, and what the data cannot tell."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appraise.domain.contributions import Dimension, Figure, Group
from appraise.domain.identifiers import EmployeeId, WatchId
from appraise.domain.indicators import ATTRITION, REPEAT_PURCHASE, SATISFACTION
from appraise.domain.sections import Refusal
from appraise.domain.watches import (
    MOST_WATCHES,
    Answer,
    Bounded,
    Finding,
    Measure,
    Rule,
    Side,
    Watch,
    WatchReading,
    answer,
    difference,
    hindrance_to_watch,
    level,
    sorted_by_words,
)
from appraise.scoring.installed import installed
from appraise.statistics.proportions import wilson

installed()  # what is installed is known, also where these tests run without the others

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
        (Side.ABOVE, ("70", "75", "80"), Answer.CANNOT_TELL),
        (Side.ABOVE, ("60", "70", "80"), Answer.WITHIN),
        (Side.BELOW, ("60", "70", "80"), Answer.WITHIN),
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


def test_a_difference_has_the_distances_of_both_in_its_limits() -> None:
    """By hand: 24 (21 to 29) less 13 (1 to 17) is 11; down by √(3² + 4²), up by √(5² + 12²)."""
    before, after = (figure(*map(Decimal, numbers)) for numbers in ((1, 13, 17), (21, 24, 29)))

    assert difference(before, after) == Bounded(Decimal(11), Decimal(6), Decimal(24))
    assert str(difference(before, after).lower) == "6.000000"
    assert level(after) == Bounded(Decimal(24), Decimal(21), Decimal(29))


def figure(lower: Decimal, value: Decimal, upper: Decimal) -> Figure:
    return Figure(SATISFACTION, value, lower, upper, lower, upper, value, is_pooled=True)


def of_range(lowest: int, highest: int) -> Refusal:
    return Refusal("OUT_OF_RANGE", f"a number from {lowest} to {highest}", "threshold")


RATIO = replace(RULE, indicator=REPEAT_PURCHASE)
CHANGE = replace(RULE, measure=Measure.CHANGE)


@pytest.mark.parametrize(
    ("rule", "refusal"),
    [
        (RULE, None),
        (replace(RULE, threshold=Decimal(0)), None),
        (replace(RULE, threshold=Decimal(100)), None),
        (replace(RULE, threshold=Decimal("100.1")), of_range(0, 100)),
        (replace(RULE, threshold=Decimal(-1)), of_range(0, 100)),
        (replace(CHANGE, threshold=Decimal(-100)), None),
        (replace(CHANGE, threshold=Decimal("-100.1")), of_range(-100, 100)),
        (replace(RULE, threshold=Decimal("NaN")), of_range(0, 100)),
        (replace(RATIO, threshold=Decimal(10)), None),
        (RATIO, of_range(0, 10)),
        (
            replace(RULE, dimension=Dimension.ORGANISATION),
            Refusal("OUT_OF_RANGE", "choose departments, units or single employees", "groupBy"),
        ),
        (
            replace(RULE, dimension=Dimension.EMPLOYEE),
            Refusal(
                "WRONG_STATE",
                "the policy allows watch-lists of groups only; its key watch_lists allows individuals",
                "groupBy",
            ),
        ),
    ],
)
def test_a_threshold_is_one_that_something_could_lie_beyond(rule: Rule, refusal: Refusal | None) -> None:
    assert hindrance_to_watch(rule, [], allows_individuals=False, is_further=True) == refusal


def test_the_same_threshold_is_kept_once_and_not_more_than_can_be_read() -> None:
    many = [replace(RULE, threshold=Decimal(number)) for number in range(MOST_WATCHES)]
    employee = replace(RULE, dimension=Dimension.EMPLOYEE)

    def refusal(rule: Rule, others: list[Rule], *, is_further: bool = True) -> Refusal | None:
        return hindrance_to_watch(rule, others, allows_individuals=True, is_further=is_further)

    assert refusal(RULE, [RULE]) == Refusal("ALREADY_DONE", "this threshold is on the list already", "threshold")
    assert refusal(RULE, many) == Refusal("TOO_MANY", "at most 20 thresholds; take one away first", "threshold")
    assert refusal(RULE, many[1:]) is None
    assert refusal(RULE, many, is_further=False) is None
    assert refusal(employee, []) is None


def test_what_has_something_new_comes_first_then_by_name_kind_threshold_and_id() -> None:
    def reading(name: str, rule: Rule, *, is_new: bool = False) -> WatchReading:
        bounded = Bounded(Decimal(1), Decimal(1), Decimal(1))
        found = [
            Finding(Group(Dimension.UNIT, "cs", "Service", "service"), bounded, is_new=one) for one in (False, is_new)
        ]
        return WatchReading(Watch(WatchId(name), EmployeeId("vera"), rule, 1), tuple(found), unsure=0, compared=2)

    low = replace(RULE, threshold=Decimal(9))
    in_order = [
        reading("new", RULE, is_new=True),
        reading("attrition", replace(RULE, indicator=ATTRITION)),
        reading("purchases", RATIO),
        reading("department", replace(RULE, dimension=Dimension.DEPARTMENT)),
        reading("low", low),
        reading("a", RULE),
        reading("b", RULE),
    ]

    assert sorted_by_words(reversed(in_order)) == tuple(in_order)
