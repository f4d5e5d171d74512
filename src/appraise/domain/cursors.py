"""Cursors of keyset paging: the sort key of a row, wrapped so that nobody builds one by hand."""

import base64
import binascii
import json

from appraise.errors import InvalidInput


def cursor(*key: str) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def position(cursor: str, parts: int) -> tuple[str, ...]:
    """The sort key in a cursor. Raises `InvalidInput` for anything that `cursor` did not make."""
    try:
        key = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError) as error:
        raise _bad() from error
    if not isinstance(key, list) or len(key) != parts or not all(isinstance(part, str) for part in key):
        raise _bad()
    return tuple(key)


def _bad() -> InvalidInput:
    return InvalidInput("the cursor was not given out by Appraise", hint="use `endCursor` of the page before as it is")
