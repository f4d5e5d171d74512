"""Arrays that the statistics take: what they become, and how what is none of them is refused."""

from collections.abc import Callable

import numpy as np
import pytest

from appraise.errors import InvalidInput
from appraise.statistics.arrays import at_least, finite, matrix, vector


def test_numbers_become_float64_of_the_same_shape() -> None:
    for made, shape in (
        (finite("n", 3), ()),
        (vector("n", [1, 2]), (2,)),
        (vector("n", [1, 2], length=2), (2,)),
        (matrix("n", [[1, 2, 3]]), (1, 3)),
        (matrix("n", [[1, 2, 3]], shape=(1, 3)), (1, 3)),
    ):
        assert (made.dtype, made.shape) == (np.float64, shape)


def test_a_floor_is_allowed_unless_it_is_strict() -> None:
    values = np.array([0.0, 1.0])

    assert at_least("n", values, 0.0) is values
    assert at_least("n", values, -1.0, strictly=True) is values


FINITE = (
    "n has 2 values that are not finite, the first at position 1\n  expected: finite numbers\n"
    "  to do:    leave out employees without data instead of passing NaN"
)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: finite("n", [1, np.nan, np.inf]), FINITE),
        (lambda: vector("n", [1, np.nan, -np.inf]), FINITE),
        (lambda: matrix("n", [[1, np.nan], [np.inf, 2]]), FINITE),
        (
            lambda: finite("n", [1, np.inf]),
            FINITE.replace("2 values that are not finite, the first at", "1 value that is not finite, at"),
        ),
        (lambda: vector("n", [1], length=2), "n has 1 value\n  expected: 2 values"),
        (lambda: vector("n", [1, 2], length=1), "n has 2 values\n  expected: 1 value"),
        (lambda: vector("n", 1), "n has 0 dimensions\n  expected: one dimension"),
        (lambda: vector("n", [1, 2], length=0), "n has 2 values\n  expected: 0 values"),
        (lambda: matrix("n", [1, 2]), "n has shape (2,)\n  expected: shape (rows, columns)"),
        (lambda: matrix("n", [[1], [2]], shape=(1, 2)), "n has shape (2, 1)\n  expected: shape (1, 2)"),
        (lambda: at_least("n", vector("n", [2, 1, 0]), 1.5), "n is 1.0 at position 1\n  expected: at least 1.5"),
        (
            lambda: at_least("n", matrix("n", [[2, 3], [0, 1]]), 0.0, strictly=True),
            "n is 0.0 at position 2\n  expected: above 0",
        ),
    ],
)
def test_what_is_no_such_array_is_refused(call: Callable[[], object], message: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        call()

    assert str(refusal.value) == message
