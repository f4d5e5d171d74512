"""How long work reports how far it is."""

from collections.abc import Callable

Advance = Callable[[str, int, int], None]
"""`advance(step, done, total)`: a total of 0 means that the end is not known."""


def silent(step: str, done: int, total: int) -> None:
    """For callers that do not watch."""
