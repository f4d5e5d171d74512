"""₂F₁(1, b; c; z) for 0 ≤ z < 1 by Gauss's continued fraction."""

import numpy as np
import numpy.typing as npt

from appraise.statistics.arrays import FloatArray

_DIGITS = 9.5  # a quarter of −ln of the truncation error
_SPARE = 3  # levels, as the error is that of many levels
_MOST_TERMS = 20_000


def unit_hyp2f1(b: npt.ArrayLike, c: npt.ArrayLike, z: npt.ArrayLike) -> FloatArray:
    """₂F₁(1, b; c; z), c > b > 0, arguments broadcast together.

    Every coefficient lies in (0, 1), so nothing cancels and nothing overflows, and n levels leave an error of
    ((1 − √(1−z))/(1 + √(1−z)))^{2n} (Wall 1948, Analytic Theory of Continued Fractions, §89): few levels
    even where the series needs thousands of terms.
    """
    b, c, z = (np.asarray(value, dtype=np.float64) for value in (b, c, z))
    rate = np.arctanh(np.sqrt(1.0 - np.max(z, initial=1e-9)))
    levels = int(min(_MOST_TERMS, np.ceil(_DIGITS / rate) + _SPARE))
    tail: FloatArray = np.ones_like(z)
    for n in range(levels, -1, -1):
        even = (n + 1.0) * (c - b + n) / ((c + 2.0 * n) * (c + 2.0 * n + 1.0))
        # At n = 0 the factor c − 1 of the general coefficient cancels: b/c, also where c = 1.
        odd = b / c if n == 0 else (b + n) * (c + n - 1.0) / ((c + 2.0 * n - 1.0) * (c + 2.0 * n))
        tail = 1.0 - odd * z / (1.0 - even * z / tail)
    return 1.0 / tail
