"""Purchase histories as (x, t_x, T): how many repeat purchases, when the last one, how long observed."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from appraise.domain.language import counted
from appraise.errors import InvalidInput, NotEnough
from appraise.statistics.arrays import FloatArray, at_least, vector


@dataclass(frozen=True, slots=True, eq=False)
class Histories:
    """Customers, or distinct histories with their multiplicities as `weight`; all (N,).

    `frequency` x: days with a purchase after the first one (not transactions); `recency` t_x: time from the first
    purchase to the last, 0 exactly when x = 0; `age` T ≥ t_x: time from the first purchase to the end of observation.
    """

    frequency: FloatArray
    recency: FloatArray
    age: FloatArray
    weight: FloatArray


def histories(
    frequency: npt.ArrayLike, recency: npt.ArrayLike, age: npt.ArrayLike, weight: npt.ArrayLike | None = None
) -> Histories:
    """Checked histories. Raises `InvalidInput` where x, t_x and T contradict each other."""
    x = at_least("frequency", vector("frequency", frequency), 0.0)
    tx = at_least("recency", vector("recency", recency, length=x.size), 0.0)
    T = vector("age", age, length=x.size)
    w = np.ones(x.size) if weight is None else vector("weight", weight, length=x.size)
    for wrong, found, expected in (
        (tx > T, "the last purchase lies after the end of observation", "recency ≤ age"),
        (
            (x == 0) != (tx == 0),
            "recency is 0 with repeat purchases, or above 0 without",
            "recency 0 exactly when x = 0",
        ),
        (x != np.floor(x), "a frequency is not whole", "whole numbers of purchase days"),
        (w < 0, "a weight is negative", "how many customers share the history"),
    ):
        if np.any(wrong):
            raise InvalidInput(f"{found}, first at position {np.flatnonzero(wrong)[0]}", expected=expected)
    return Histories(x, tx, T, w)


def refuse_few(past: Histories, *, purchases: float = 10.0) -> None:
    """Raise `NotEnough` where so few customers came back that four parameters cannot be learnt."""
    repeats = float(past.weight @ (past.frequency > 0))
    if repeats < purchases:
        raise NotEnough(
            f"{repeats:g} of {counted(float(past.weight.sum()), 'customer', 'customers')} bought again",
            expected=f"at least {purchases:g} customers with a repeat purchase",
        )


def flattened(*values: npt.ArrayLike) -> tuple[tuple[int, ...], list[FloatArray]]:
    """Arguments broadcast together, each as one row of numbers, and the shape they came from."""
    arrays = np.broadcast_arrays(*(np.asarray(value, dtype=np.float64) for value in values))
    return arrays[0].shape, [array.ravel() for array in arrays]
