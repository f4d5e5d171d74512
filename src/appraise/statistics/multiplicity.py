"""Many employees are judged at once: control how many of the flagged ones are flagged wrongly."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from appraise.errors import InvalidInput
from appraise.statistics.arrays import FloatArray, vector

_DIGITS = 12  # so that .91 above and .09 above are a tie on every machine


@dataclass(frozen=True, slots=True, eq=False)
class Rejections:
    """`rejected` at the asked rate, and the adjusted p-value at which each would just be rejected; (N,)."""

    rejected: npt.NDArray[np.bool_]
    adjusted: FloatArray


def benjamini_hochberg(p_value: npt.ArrayLike, *, rate: float = 0.05) -> Rejections:
    """Step-up false discovery rate control (Benjamini & Hochberg 1995, JRSS B 57:289).

    Take the p-values from a null that allows for overdispersion (variance + τ²), or everybody large is flagged.
    """
    p = _probabilities("p_value", p_value)
    order = np.argsort(p)
    stepped = p[order] * p.size / np.arange(1.0, p.size + 1.0)
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum.accumulate(stepped[::-1])[::-1]
    return Rejections(rejected=adjusted <= rate, adjusted=adjusted)


@dataclass(frozen=True, slots=True, eq=False)
class Flags:
    """1, −1 or 0: flagged as above, as below, not flagged; `expected_false_rate` of the flags given."""

    flag: npt.NDArray[np.int8]
    expected_false_rate: float


def bayesian_fdr(probability_above: npt.ArrayLike, *, rate: float = 0.05) -> Flags:
    """Flag in order of the probability of a wrong sign while its mean stays ≤ `rate` (Newton et al. 2004, 5:155).

    `probability_above` is each employee's P(better than average | data), (N,).
    """
    above = _probabilities("probability_above", probability_above)
    wrong = np.round(np.minimum(above, 1.0 - above), _DIGITS)
    order = np.argsort(wrong)
    ordered = wrong[order]
    running = np.cumsum(ordered) / np.arange(1.0, wrong.size + 1.0)
    count = int(np.searchsorted(np.round(running, _DIGITS), rate, side="right"))
    if count < wrong.size:
        # Ties stand or fall together, so that the input's order decides nothing.
        count = int(np.searchsorted(ordered, ordered[count]))
    flag = np.zeros(wrong.size, dtype=np.int8)
    chosen = order[:count]
    flag[chosen] = np.where(above[chosen] >= 0.5, 1, -1)  # noqa: PLR2004  # the likelier side
    return Flags(flag=flag, expected_false_rate=float(running[count - 1]) if count else 0.0)


def _probabilities(name: str, values: npt.ArrayLike) -> FloatArray:
    p = vector(name, values)
    if np.any((p < 0.0) | (p > 1.0)):
        raise InvalidInput(f"{name} lies outside 0 … 1", expected="probabilities")
    return p
