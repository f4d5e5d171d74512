"""Pages of rows, read by the sort key of the last row of the page before."""

from collections.abc import Sequence
from typing import Final, TypeVar

from appraise.domain.reading import Page
from appraise.errors import InvalidInput

T = TypeVar("T")
MOST_ROWS: Final = 1_000


def checked_size(first: int) -> int:
    if not 1 <= first <= MOST_ROWS:
        raise InvalidInput(f"a page of {first} rows cannot be had", expected=f"from 1 to {MOST_ROWS}")
    return first


def page(items: Sequence[T], first: int, keys: Sequence[tuple[str, ...]]) -> Page[T]:
    """A page of `items` with their sort `keys`, of which one more than `first` was asked for."""
    return Page(tuple(items[:first]), tuple(keys[:first]), len(keys) > first)
