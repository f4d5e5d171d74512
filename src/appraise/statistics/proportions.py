"""Intervals for raw proportions. A Wald interval is wrong for small counts and is not offered."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from appraise.errors import InvalidInput
from appraise.statistics.arrays import FloatArray, finite

Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True, eq=False)
class Interval:
    """An estimate with its limits; arrays of the shape of the inputs."""

    estimate: FloatArray
    lower: FloatArray
    upper: FloatArray


def wilson(successes: npt.ArrayLike, total: npt.ArrayLike, *, z: float = Z95) -> Interval:
    """Score interval without continuity correction (Wilson 1927, JASA 22:209); `z` 1.96 for 95 %.

    Raises `InvalidInput` unless 0 ≤ successes ≤ total and total > 0.
    """
    x, n = _counts(successes, total)
    p = x / n
    middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    # Exact at the ends, where rounding would leave 1e-17 too much or too little; near them shared credit can.
    lower = np.where(x == 0, 0.0, np.maximum(middle - half, 0.0))
    upper = np.where(x == n, 1.0, np.minimum(middle + half, 1.0))
    return Interval(p, lower, upper)


def newcombe_difference(
    successes: npt.ArrayLike,
    total: npt.ArrayLike,
    other_successes: npt.ArrayLike,
    other_total: npt.ArrayLike,
    *,
    z: float = Z95,
) -> Interval:
    """First proportion minus the other, hybrid score interval (Newcombe 1998, Stat. Med. 17:873, method 10).

    The arguments broadcast together. Raises `InvalidInput` as `wilson` does.
    """
    one, two = wilson(successes, total, z=z), wilson(other_successes, other_total, z=z)
    difference = one.estimate - two.estimate
    below = np.hypot(one.estimate - one.lower, two.upper - two.estimate)
    above = np.hypot(one.upper - one.estimate, two.estimate - two.lower)
    return Interval(difference, difference - below, difference + above)


def net_promoter(
    promoters: npt.ArrayLike, passives: npt.ArrayLike, detractors: npt.ArrayLike
) -> tuple[FloatArray, FloatArray]:
    """Net promoter score, −100 to 100, and its sampling variance 10⁴·[p + d − (p − d)²]/n, of any shape.

    Raises `InvalidInput` for a negative count, or where nobody answered.
    """
    promoting, n = _counts(promoters, np.add(np.add(promoters, passives), detractors))
    detracting, _ = _counts(detractors, n)
    p, d = promoting / n, detracting / n
    return 100.0 * (p - d), 1e4 * (p + d - (p - d) ** 2) / n


def _counts(successes: npt.ArrayLike, total: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    x, n = finite("successes", successes), finite("total", total)
    if np.any(n <= 0) or np.any(x < 0) or np.any(x > n):
        raise InvalidInput(
            "a count lies outside 0 … total, or a total is not above 0", expected="0 ≤ successes ≤ total"
        )
    return x, n
