"""How much each principal may ask in a while: a bucket of cost points that refills steadily.

Kept in the memory of one process: with several processes each has its own, and a restart fills all.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Final

REMEMBERED: Final = 10_000
"""Principals; whoever was forgotten had been quiet the longest."""
PERIOD: Final = 60.0
"""Seconds in which an empty bucket fills."""


@dataclass(frozen=True, slots=True)
class Balance:
    """`remaining` points after the request; `reset` seconds until the bucket is full; `wait` seconds where refused."""

    limit: int
    remaining: int
    reset: int
    wait: int = 0

    @property
    def is_refused(self) -> bool:
        return self.wait > 0

    @property
    def headers(self) -> dict[str, str]:
        told = {"limit": self.limit, "remaining": self.remaining, "reset": self.reset}
        return {f"ratelimit-{name}": str(value) for name, value in told.items()}


class Buckets:
    """Safe to share between threads. `limit` points per minute, which may also be spent at once."""

    def __init__(self, limit: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._clock = clock
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def take(self, principal: str, cost: int) -> Balance:
        """Takes `cost` points, or none where there are too few."""
        with self._lock:
            now = self._clock()
            level, since = self._levels.pop(principal, (float(self._limit), now))
            level = min(self._limit, level + (now - since) * self._limit / PERIOD)
            is_refused = level < cost
            left = level if is_refused else level - cost
            self._levels[principal] = (left, now)
            if len(self._levels) > REMEMBERED:
                self._levels.popitem(last=False)
        wait = max(1, self._seconds(cost - level)) if is_refused else 0
        return Balance(self._limit, int(left), self._seconds(self._limit - left), wait)

    def give_back(self, principal: str, cost: int) -> None:
        with self._lock:
            if principal in self._levels:
                level, since = self._levels[principal]
                self._levels[principal] = (min(self._limit, level + cost), since)

    def _seconds(self, points: float) -> int:
        return math.ceil(points * PERIOD / self._limit)
