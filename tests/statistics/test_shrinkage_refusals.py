"""What shrinkage refuses, and in which words."""

from collections.abc import Callable

import pytest

from appraise.errors import InvalidInput, NotEnough
from appraise.statistics import shrinkage
from appraise.statistics.refusals import NotEnoughGroups

Call = Callable[[], object]
FEW = (
    " employees to compare\n  expected: at least 5\n"
    "  to do:    compare within a larger unit, or report the unshrunk estimates"
)
EVENTS = " over all employees\n  expected: events among the employees compared"
SHARE = "\n  expected: above 0, at most 1"
ONE = "\n  expected: one dimension"
REFUSED: list[tuple[Call, type[Exception], str]] = [
    (lambda: shrinkage.normal([1, 2, 3, 4], [1] * 4), NotEnoughGroups, "4" + FEW),
    (
        lambda: shrinkage.normal([1] * 5, [1, 1, 0, 1, 1]),
        NotEnough,
        (
            "a sampling variance is zero: the outcomes do not vary\n"
            "  expected: a positive sampling variance for every employee"
        ),
    ),
    (
        lambda: shrinkage.normal([1] * 5, [1, 1, -2, 1, 1]),
        InvalidInput,
        "variance is -2.0 at position 2\n  expected: at least 0",
    ),
    (lambda: shrinkage.normal([[1]], [1]), InvalidInput, "estimate has 2 dimensions" + ONE),
    (lambda: shrinkage.normal([1] * 5, [1] * 6), InvalidInput, "variance has 6 values\n  expected: 5 values"),
    (
        lambda: shrinkage.normal([1] * 5, [1] * 5, attributable_share=0.0),
        InvalidInput,
        "attributable_share is 0.0" + SHARE,
    ),
    (
        lambda: shrinkage.gamma_poisson([1] * 5, [1] * 5, attributable_share=1.5),
        InvalidInput,
        "attributable_share is 1.5" + SHARE,
    ),
    (lambda: shrinkage.gamma_poisson([1] * 4, [1] * 4), NotEnoughGroups, "4" + FEW),
    (lambda: shrinkage.gamma_poisson([0] * 5, [1] * 5), NotEnough, "no event observed and 5 expected" + EVENTS),
    (lambda: shrinkage.gamma_poisson([0] * 5, [0] * 5), NotEnough, "no event observed and 0 expected" + EVENTS),
    (
        lambda: shrinkage.gamma_poisson([-1] * 5, [1] * 5),
        InvalidInput,
        "observed is -1.0 at position 0\n  expected: at least 0",
    ),
    (
        lambda: shrinkage.gamma_poisson([1] * 5, [1, -1, 1, 1, 1]),
        InvalidInput,
        "expected is -1.0 at position 1\n  expected: at least 0",
    ),
    (lambda: shrinkage.gamma_poisson([[1]], [1]), InvalidInput, "observed has 2 dimensions" + ONE),
    (lambda: shrinkage.gamma_poisson([1] * 5, [1] * 6), InvalidInput, "expected has 6 values\n  expected: 5 values"),
    (
        lambda: shrinkage.gamma_poisson([0, 1, 1, 1, 1], [0, 1, 1, 0, 0]),
        InvalidInput,
        (
            "events are observed where none could happen, at position 3\n"
            "  expected: a positive expectation wherever there are events"
        ),
    ),
    (lambda: shrinkage.james_stein([1, 2], 1.0), NotEnoughGroups, "2" + FEW),
    (lambda: shrinkage.james_stein([[1]], 1.0), InvalidInput, "estimate has 2 dimensions" + ONE),
]


def test_what_cannot_be_answered_is_refused() -> None:
    for call, error, message in REFUSED:
        with pytest.raises(error) as refusal:
            call()
        assert str(refusal.value) == message


def test_one_employee_is_told_in_the_singular() -> None:
    with pytest.raises(NotEnough, match=r"^1 employee to compare\n"):
        shrinkage.normal([1.0], [1.0])
