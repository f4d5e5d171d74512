"""New opaque identifiers: random, so that they tell nothing and can be made anywhere."""

import secrets
from typing import Final

BASE62: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
LENGTH: Final = 22
"""22 characters of 62 hold 130 bits: more than a random UUID."""


def new_id() -> str:
    return "".join(secrets.choice(BASE62) for _ in range(LENGTH))
