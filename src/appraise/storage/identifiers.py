"""New opaque identifiers: random, so that they tell nothing and can be made anywhere."""

import os
from typing import Final

BASE62: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
LENGTH: Final = 22
"""22 characters of 62 hold 130 bits: more than a random UUID."""
_FAIR: Final = 256 // len(BASE62) * len(BASE62)
_LETTERS: Final = (BASE62 * 5)[:256].encode()
_UNFAIR: Final = bytes(range(_FAIR, 256))
"""Bytes that would make the first letters likelier than the others."""


def new_id() -> str:
    letters = b""
    while len(letters) < LENGTH:
        letters = os.urandom(2 * LENGTH).translate(_LETTERS, _UNFAIR)
    return letters[:LENGTH].decode()
