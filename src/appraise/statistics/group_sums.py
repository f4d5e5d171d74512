"""Sums per employee from which case mix, adjusted means and mixed models follow without seeing a row again."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from appraise.errors import InvalidInput
from appraise.statistics.arrays import FloatArray, at_least, matrix, vector


@dataclass(frozen=True, slots=True, eq=False)
class GroupSums:
    """Sums over rows (outcome, employee) with weight w, for J employees and p case-mix columns.

    Without shared credit every w is 1, so `weight` and `weight_squared` are both the number of outcomes.
    With shared credit Σ_e w = 1 within each outcome, and every sum below carries the weight once:

    `weight` Σw, `weight_squared` Σw², `y` Σwy, `yy` Σwy², each (J,); `x` Σwx (J, p);
    `xx` Σwxx' (p, p) and `xy` Σwxy (p,) over all rows of all employees.

    Subtract a constant near the mean from y and from every x before squaring: sums of squares of large numbers cancel.
    Merge batches of the same employees, in the same order, with `+`.
    """

    weight: FloatArray
    weight_squared: FloatArray
    y: FloatArray
    yy: FloatArray
    x: FloatArray
    xx: FloatArray
    xy: FloatArray

    def __post_init__(self) -> None:
        weight = at_least("weight", vector("weight", self.weight), 0.0, strictly=True)
        J, p = weight.size, matrix("x", self.x).shape[1]
        checked = {
            "weight": weight,
            "weight_squared": at_least(
                "weight_squared", vector("weight_squared", self.weight_squared, length=J), 0.0, strictly=True
            ),
            "y": vector("y", self.y, length=J),
            "yy": at_least("yy", vector("yy", self.yy, length=J), 0.0),
            "x": matrix("x", self.x, shape=(J, p)),
            "xx": matrix("xx", self.xx, shape=(p, p)),
            "xy": vector("xy", self.xy, length=p),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    def __add__(self, other: Self) -> "GroupSums":
        if self.x.shape != other.x.shape:
            raise InvalidInput(
                f"sums of shape {other.x.shape} are added to sums of shape {self.x.shape}",
                expected="the same employees and case-mix columns",
            )
        return GroupSums(*(getattr(self, name) + getattr(other, name) for name in GroupSums.__slots__))

    @property
    def shared(self) -> bool:
        """Whether any outcome was shared between employees."""
        return not np.allclose(self.weight, self.weight_squared, rtol=1e-9, atol=0.0)
