"""A mean with its interval."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.stats import t

from appraise.errors import NotEnough

FEWEST: Final = 2


@dataclass(frozen=True, slots=True)
class Mean:
    mean: float
    lower: float
    upper: float


def mean_interval(values: Sequence[float], *, level: float = 0.95) -> Mean:
    """Student's interval of the mean of independent values (Student 1908, "The probable error of a mean").

    Raises `NotEnough` below two values.
    """
    sample = np.asarray(values, dtype=np.float64)
    if sample.size < FEWEST:
        raise NotEnough(f"{sample.size} values", expected=f"at least {FEWEST}")
    mean, error = float(sample.mean()), float(sample.std(ddof=1) / np.sqrt(sample.size))
    half = float(t.ppf(0.5 + level / 2, sample.size - 1)) * error
    return Mean(mean, mean - half, mean + half)
