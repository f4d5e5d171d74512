"""Purchase histories: what contradicts itself is refused by name and place."""

import numpy as np
import pytest

from appraise.errors import InvalidInput, NotEnough
from appraise.statistics.histories import flattened, histories, refuse_few

ZERO = (
    "recency is 0 with repeat purchases, or above 0 without, first at position 1\n"
    "  expected: recency 0 exactly when x = 0"
)


def test_histories_are_taken_as_they_are_and_weigh_one_each() -> None:
    past = histories([0, 2, 1], [0, 5, 10], [10, 10, 10])

    assert [past.frequency.tolist(), past.recency.tolist(), past.age.tolist(), past.weight.tolist()] == [
        [0, 2, 1],
        [0, 5, 10],
        [10, 10, 10],
        [1, 1, 1],
    ]
    assert histories([0, 2], [0, 5], [10, 10], [0, 7]).weight.tolist() == [0, 7]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (
            ([1, 1], [2, 9], [8, 8]),
            "the last purchase lies after the end of observation, first at position 1\n  expected: recency ≤ age",
        ),
        (
            ([1, 0], [2, 1], [8, 8]),
            ZERO,
        ),
        (
            ([1, 2], [2, 0], [8, 8]),
            ZERO,
        ),
        (
            ([1.5, 2], [2, 1], [8, 8]),
            "a frequency is not whole, first at position 0\n  expected: whole numbers of purchase days",
        ),
        (
            ([1, 2], [2, 1], [8, 8], [1, -1]),
            "a weight is negative, first at position 1\n  expected: how many customers share the history",
        ),
        (([1, -2], [2, 1], [8, 8]), "frequency is -2.0 at position 1\n  expected: at least 0"),
        (([1, 2], [2, -1], [8, 8]), "recency is -1.0 at position 1\n  expected: at least 0"),
        (([[1]], [2], [8]), "frequency has 2 dimensions\n  expected: one dimension"),
        (([1, 2], [2], [8, 8]), "recency has 1 value\n  expected: 2 values"),
        (([1, 2], [2, 1], [8]), "age has 1 value\n  expected: 2 values"),
        (([1, 2], [2, 1], [8, 8], [1]), "weight has 1 value\n  expected: 2 values"),
    ],
)
def test_what_contradicts_itself_is_refused(columns: tuple[list[float], ...], message: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        histories(*columns)

    assert str(refusal.value) == message


def test_few_who_came_back_are_refused_with_their_weight() -> None:
    enough = histories([0, 1, 2], [0, 3, 3], [8, 8, 8], [30, 4, 6])
    few = histories([0, 1, 2], [0, 3, 3], [8, 8, 8], [30, 4, 5])
    refuse_few(enough)

    with pytest.raises(NotEnough) as refusal:
        refuse_few(few)
    assert str(refusal.value) == (
        "9 of 39 customers bought again\n  expected: at least 10 customers with a repeat purchase"
    )
    with pytest.raises(NotEnough, match=r"^0 of 1 customer bought again"):
        refuse_few(histories([0], [0], [8], [1]))
    with pytest.raises(NotEnough, match="at least 11 customers"):
        refuse_few(enough, purchases=11)


def test_arguments_are_broadcast_to_rows_of_numbers() -> None:
    shape, (one, other) = flattened([[1], [2]], [3, 4, 5])

    assert shape == (2, 3)
    assert (one.tolist(), other.tolist()) == ([1, 1, 1, 2, 2, 2], [3, 4, 5, 3, 4, 5])
    assert one.dtype == other.dtype == np.float64
    assert flattened([[7]])[0] == (1, 1)
