"""Cursors of keyset paging: the sort key of the last row, wrapped so that nobody builds one by hand."""

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Final, TypeVar

from appraise.domain.reading import Page
from appraise.errors import InvalidInput

T = TypeVar("T")
MOST_ROWS: Final = 1_000


def cursor(*key: str) -> str:
    return base64.urlsafe_b64encode(json.dumps(key, separators=(",", ":")).encode()).decode().rstrip("=")


def position(cursor: str, parts: int) -> tuple[str, ...]:
    """The sort key in a cursor. Raises `InvalidInput` for anything that `cursor` did not make."""
    try:
        key = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError) as error:
        raise _bad() from error
    if not isinstance(key, list) or len(key) != parts or not all(isinstance(part, str) for part in key):
        raise _bad()
    return tuple(key)


def checked_size(first: int) -> int:
    if not 1 <= first <= MOST_ROWS:
        raise InvalidInput(f"a page of {first} rows cannot be had", expected=f"from 1 to {MOST_ROWS}")
    return first


def page(items: Sequence[T], first: int, key: tuple[str, ...] | None) -> Page[T]:
    """A page of `items`, of which one more than `first` was asked for; `key` is that of the page's last row."""
    return Page(tuple(items[:first]), None if key is None else cursor(*key), len(items) > first)


def _bad() -> InvalidInput:
    return InvalidInput("the cursor was not given out by Appraise", hint="use `endCursor` of the page before as it is")
