"""A mean with its interval."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import special

from appraise.errors import NotEnough

FEWEST: Final = 2


@dataclass(frozen=True, slots=True)
class Mean:
    mean: float
    lower: float
    upper: float


def mean_interval(values: Sequence[float]) -> Mean:
    """Student's 95 % interval of the mean of independent values, in their unit (Student 1908, Biometrika 6:1).

    Raises `NotEnough` below two values.
    """
    sample = np.asarray(values)
    if sample.size < FEWEST:
        raise NotEnough(f"a sample of {sample.size}", expected=f"at least {FEWEST}")
    mean, error = float(sample.mean()), float(sample.std(ddof=1) / np.sqrt(sample.size))
    half = float(special.stdtrit(sample.size - 1, 0.975)) * error
    return Mean(mean, mean - half, mean + half)
