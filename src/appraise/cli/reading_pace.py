"""How fast a file is read, in words."""

from collections.abc import Callable
from typing import Final

from appraise.domain.progress import Reading

SOONEST: Final = 1.0
"""Seconds before which a pace says nothing about what is left."""


class Paced:
    """The pace since the first reading that was told; it begins anew where a file is read once more from its start."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` gives seconds that only grow."""
        self._clock = clock
        self._since = 0.0
        self._first: Reading | None = None
        self._bytes = 0
        self.rows = 0

    def told(self, reading: Reading) -> str:
        now = self._clock()
        if self._first is None or reading.bytes < self._bytes:
            self._since, self._first = now, reading
        self._bytes, self.rows = reading.bytes, reading.rows
        seconds, grown = now - self._since, reading.bytes - self._first.bytes
        words = [f"{reading.rows:,} rows"]
        if seconds >= SOONEST and grown:
            words.append(f"{(reading.rows - self._first.rows) / seconds:,.0f}/s")
            if reading.bytes < reading.size:
                words.append(f"{_span(seconds * (reading.size - reading.bytes) / grown)} left")
        return ", ".join(words)


def _span(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
