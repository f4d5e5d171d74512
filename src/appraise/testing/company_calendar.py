"""The generated company's time: whole seconds since 2024-01-01 00:00 UTC, and how columns become Python values."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]
Columns = dict[str, npt.NDArray[np.generic]]
"""A table inside the generator: `datetime64[s]` and `datetime64[D]` (NaT is None), numbers, booleans or objects."""

DAY = 86_400
YEAR = 365.25 * DAY
MONTH = YEAR / 12

HISTORY_START = date(2024, 1, 1)
CYCLE_START = date(2025, 1, 1)
CYCLE_END = date(2026, 1, 1)
"""Also `data_as_of`: the first day of which nothing is known."""


def seconds_at(day: date) -> int:
    return (day - HISTORY_START).days * DAY


MONTH_STARTS: Integers = np.array([seconds_at(date(2024 + m // 12, m % 12 + 1, 1)) for m in range(24)], dtype=np.int64)
OPENING = seconds_at(CYCLE_START)
END = seconds_at(CYCLE_END)

HALF_MONTHS: Integers = np.array(
    [seconds_at(date(2024 + m // 12, m % 12 + 1, day)) for m in range(24) for day in (1, 16)], dtype=np.int64
)
"""Starts of the steps in which subscriptions end and accounts change hands."""

MONTH_SECONDS: Integers = np.array([b - a for a, b in pairwise([*MONTH_STARTS.tolist(), END])], dtype=np.int64)


def month_of(seconds: Integers) -> Integers:
    """Number of the calendar month, 0 for January 2024."""
    return np.searchsorted(MONTH_STARTS, seconds, side="right").astype(np.int64) - 1


def instants(seconds: Integers, *, known: Booleans | None = None) -> npt.NDArray[np.datetime64]:
    """Seconds as instants; NaT where `known` is false."""
    times = np.datetime64(HISTORY_START, "s") + seconds.astype("timedelta64[s]")
    return times if known is None else np.where(known, times, np.datetime64("NaT", "s"))


def words(codes: Integers, vocabulary: tuple[str | None, ...]) -> npt.NDArray[np.object_]:
    return np.array(vocabulary, dtype=object)[codes]


def values(columns: Columns) -> Mapping[str, list[object]]:
    """The columns as Python values: instants aware in UTC, days as dates, NaT as None."""
    return {name: _list(column) for name, column in columns.items()}


def _list(column: npt.NDArray[np.generic]) -> list[object]:
    if column.dtype == np.dtype("datetime64[s]"):
        epoch = datetime(1970, 1, 1, tzinfo=UTC)
        missing = np.isnat(column)
        instants_since = column.astype(np.int64).tolist()
        return [
            None if absent else epoch + timedelta(seconds=second)
            for second, absent in zip(instants_since, missing.tolist(), strict=True)
        ]
    return list(column.tolist())
