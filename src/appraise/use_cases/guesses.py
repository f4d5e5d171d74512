"""How many unknown credentials an address may try in a while."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from typing import Final

MOST: Final = 300
"""In a minute from one address, where a whole office may be; so many are forgiven in each minute, too."""
PERIOD: Final = 60.0
"""Seconds."""
REMEMBERED: Final = 10_000
"""Addresses; whichever was forgotten had been quiet the longest."""


def network_of(host: str | None) -> str:
    """What counts as one address: one network of IPv6 is often one computer's."""
    try:
        address = ip_address(host or "")
    except ValueError:
        return str(host)
    return str(address if address.version == 4 else ip_network((address, 64), strict=False))  # noqa: PLR2004


class Guesses:
    """Belongs to one event loop. Credentials that are over or revoked were good once: they are no guesses."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._tried: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, address: str) -> int:
        """Seconds until the address may try again; 0 where it may now."""
        return math.ceil(max(0.0, self._level(address) + 1 - MOST) * PERIOD / MOST)

    def wrong(self, address: str) -> None:
        """One more was tried, and is unknown."""
        self._tried[address] = self._level(address) + 1, self._clock()
        self._tried.move_to_end(address)
        if len(self._tried) > REMEMBERED:
            self._tried.popitem(last=False)

    def _level(self, address: str) -> float:
        level, since = self._tried.get(address, (0.0, 0.0))
        return max(0.0, level - (self._clock() - since) * MOST / PERIOD)
