"""How long work reports how far it is."""

from collections.abc import Callable
from dataclasses import dataclass

Advance = Callable[[str, int, int], None]
"""`advance(step, done, total)`: a total of 0 means that the end is not known."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How far a file is read: rows so far, and bytes so far of bytes in all.

    Where somebody else does the reading, rows are line ends, so that a cell with one in it counts twice. `size` is 0
    where the end is not known.
    """

    rows: int
    bytes: int
    size: int


Watch = Callable[[Reading], None]


def silent(step: str, done: int, total: int) -> None:
    """For callers that do not watch."""


def unwatched(reading: Reading) -> None:
    """For callers that do not watch how a file is read."""
