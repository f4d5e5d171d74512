"""What fits a key of a policy document, and how it is told to somebody who wrote something else."""

from datetime import date
from typing import Any

import pytest

from appraise.domain.indicators import ATTRITION, SATISFACTION
from appraise.domain.policy_keys import OF_AN_INDICATOR, OF_THE_POLICY, expectation, fits, keys_of

SHAPES = {key.name: key.shape for key in (*OF_THE_POLICY, *OF_AN_INDICATOR)}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("attribution", "one of: direct, last_touch, linear, time_decay, ownership"),
        ("case_mix", 'a list of different texts, e.g. ["channel", "topic"]'),
        ("window_days", "a whole number, 1 to 3660"),
        ("weight", "a number, 0 to 1"),
        ("attributable_share", "a number, above 0, at most 1"),
    ],
)
def test_what_a_key_takes_is_told_in_words(name: str, words: str) -> None:
    assert expectation(SHAPES[name]) == words


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("attribution", ["direct", "ownership"]),
        ("case_mix", [[], ["topic"], ["channel", "topic"]]),
        ("window_days", [1, 3660]),
        ("minimum_events", [0]),
        ("weight", [0, 0.0, 0.5, 1]),
        ("attributable_share", [0.001, 1, 1.0]),
    ],
)
def test_what_fits(name: str, values: list[Any]) -> None:
    assert [value for value in values if not fits(value, SHAPES[name])] == []


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("attribution", ["shapley", "", 1, None, ["direct"], {}]),
        ("case_mix", ["topic", ["topic", ""], ["topic", 1], [1], ["a", "b", "a"], {"topic": 1}, [["topic"]]]),
        ("window_days", [0, 3661, 1.0, 90.5, True, "90", None, date(2026, 1, 1)]),
        ("minimum_events", [-1]),
        ("weight", [-0.001, 1.001, True, False, "0.5", None, [0.5], float("nan"), float("inf"), float("-inf")]),
        ("attributable_share", [0, 0.0, -1, 1.001, True, float("nan")]),
    ],
)
def test_what_does_not_fit(name: str, values: list[Any]) -> None:
    assert [value for value in values if fits(value, SHAPES[name])] == []


def test_an_indicator_has_the_keys_of_all_and_those_that_are_its_alone() -> None:
    of_all = ("attribution", "case_mix", "minimum_events", "weight", "window_days", "half_life_days", "horizon_days")

    assert tuple(key.name for key in keys_of(SATISFACTION)) == (*of_all, "minimum_response", "response_ratio")
    assert tuple(key.name for key in keys_of(ATTRITION)) == (*of_all, "relation", "inactive_after_days")
