"""Group sums: what cannot be sums of rows is refused by name."""

from dataclasses import fields, replace

import numpy as np
import pytest

from appraise.errors import InvalidInput
from appraise.statistics.group_sums import GroupSums


def sums() -> GroupSums:
    """Two employees with rows (y, x) of weight 1: (1, 2), (2, 1) and (3, 4)."""
    return GroupSums(
        weight=np.array([2.0, 1]),
        weight_squared=np.array([2.0, 1]),
        y=np.array([3.0, 3]),
        yy=np.array([5.0, 9]),
        x=np.array([[3.0], [4]]),
        xx=np.array([[21.0]]),
        xy=np.array([16.0]),
    )


def test_batches_are_merged_field_by_field() -> None:
    merged, one = sums() + sums(), sums()

    for field in fields(GroupSums):
        assert getattr(merged, field.name).tolist() == (2 * getattr(one, field.name)).tolist()


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("weight", [2, 0], "weight is 0.0 at position 1\n  expected: above 0"),
        ("weight", [[2]], "weight has 2 dimensions\n  expected: one dimension"),
        ("weight_squared", [0, 1], "weight_squared is 0.0 at position 0\n  expected: above 0"),
        ("weight_squared", [1], "weight_squared has 1 value\n  expected: 2 values"),
        ("y", [1], "y has 1 value\n  expected: 2 values"),
        ("yy", [1, -1], "yy is -1.0 at position 1\n  expected: at least 0"),
        ("yy", [1], "yy has 1 value\n  expected: 2 values"),
        ("x", [[1]], "x has shape (1, 1)\n  expected: shape (2, 1)"),
        ("x", [3, 4], "x has shape (2,)\n  expected: shape (rows, columns)"),
        ("xx", [[1, 2]], "xx has shape (1, 2)\n  expected: shape (1, 1)"),
        ("xy", [1, 2], "xy has 2 values\n  expected: 1 value"),
    ],
)
def test_what_cannot_be_sums_is_refused(name: str, value: object, message: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        replace(sums(), **{name: value})

    assert str(refusal.value) == message


def test_sums_of_squares_of_zeros_are_sums() -> None:
    assert replace(sums(), yy=[0, 0]).yy.tolist() == [0, 0]


def test_other_case_mix_is_not_added() -> None:
    none = replace(sums(), x=np.zeros((2, 0)), xx=np.zeros((0, 0)), xy=np.zeros(0))

    with pytest.raises(InvalidInput) as refusal:
        sums() + none
    assert str(refusal.value) == (
        "sums of shape (2, 0) are added to sums of shape (2, 1)\n  expected: the same employees and case-mix columns"
    )


def test_credit_is_shared_where_a_weight_differs_from_its_square() -> None:
    assert not sums().shared
    assert replace(sums(), weight_squared=[2, 0.999]).shared
