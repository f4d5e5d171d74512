"""Ids at the API: opaque, one namespace for all types, so that `node(id:)` finds what any id names."""

import base64
import binascii
from typing import Final

import strawberry

from appraise.domain.global_ids import Kind as Kind  # noqa: PLC0414  # handed on
from appraise.domain.global_ids import encoded
from appraise.errors import InvalidInput

LONGEST: Final = 200
KINDS: Final = {kind.value: kind for kind in Kind}


def to_global(kind: Kind, key: str) -> strawberry.ID:
    return strawberry.ID(encoded(kind, key))


def from_global(text: str) -> tuple[Kind, str]:
    """What an id names. Raises `InvalidInput` where it is none of ours."""
    if len(text) > LONGEST:
        raise _refusal(text)
    try:
        decoded = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeError, ValueError) as error:
        raise _refusal(text) from error
    kind, _, key = decoded.partition(":")
    if kind not in KINDS or not key:
        raise _refusal(text)
    return KINDS[kind], key


def _refusal(text: str) -> InvalidInput:
    return InvalidInput(f"{text[:LONGEST]!r} is not an id of this service", expected="an id as the API gave it")


def key_of(text: str, kind: Kind) -> str:
    """The key inside an id that must be of `kind`."""
    found, key = from_global(text)
    if found is not kind:
        raise InvalidInput(f"{text!r} is the id of a {found}", expected=f"the id of a {kind}")
    return key
