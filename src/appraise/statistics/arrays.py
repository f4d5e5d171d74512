"""Arrays as every module here takes them: float64, finite, of one length."""

import numpy as np
import numpy.typing as npt

from appraise.domain.language import counted
from appraise.errors import InvalidInput

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


def vector(name: str, values: npt.ArrayLike, *, length: int | None = None) -> FloatArray:
    """`values` as a finite float64 vector, or `InvalidInput` that names the argument."""
    array = finite(name, values)
    if array.ndim != 1:
        raise InvalidInput(f"{name} has {array.ndim} dimensions", expected="one dimension")
    if length is not None and array.size != length:
        has, wanted = (counted(number, "value", "values") for number in (array.size, length))
        raise InvalidInput(f"{name} has {has}", expected=wanted)
    return array


def matrix(name: str, values: npt.ArrayLike, *, shape: tuple[int, int] | None = None) -> FloatArray:
    """`values` as a finite float64 matrix, or `InvalidInput` that names the argument."""
    array = finite(name, values)
    if array.ndim != 2 or (shape is not None and array.shape != shape):  # noqa: PLR2004  # a matrix has two
        raise InvalidInput(f"{name} has shape {array.shape}", expected=f"shape {shape or '(rows, columns)'}")
    return array


def finite(name: str, values: npt.ArrayLike) -> FloatArray:
    """`values` as a float64 array of any shape, or `InvalidInput` when one is NaN or infinite."""
    array = np.asarray(values, dtype=np.float64)
    wrong = np.flatnonzero(~np.isfinite(array))
    if wrong.size:
        raise InvalidInput(
            f"{name} has {counted(wrong.size, 'value that is', 'values that are')} not finite, "
            f"{'' if wrong.size == 1 else 'the first '}at position {wrong[0]}",
            expected="finite numbers",
            hint="leave out employees without data instead of passing NaN",
        )
    return array


def at_least(name: str, array: FloatArray, floor: float, *, strictly: bool = False) -> FloatArray:
    """`array`, or `InvalidInput` when a value is below `floor` (or equal to it, if `strictly`)."""
    wrong = np.flatnonzero(array <= floor if strictly else array < floor)
    if wrong.size:
        raise InvalidInput(
            f"{name} is {float(array.flat[wrong[0]])!r} at position {wrong[0]}",
            expected=f"{'above' if strictly else 'at least'} {floor:g}",
        )
    return array
