"""The text of our own tokens: `<prefix><id>_<secret><checksum>`.

The prefix is for those who scan for leaked secrets, the id to look the token up by, and the checksum tells a mistyped
or cut token from an unknown one without asking the database.
"""

import hashlib
import hmac
import re
import secrets
import zlib
from dataclasses import dataclass, field
from typing import Final

from appraise.domain.identifiers import TokenId
from appraise.errors import Unauthenticated
from appraise.storage.identifiers import BASE62

LIVE: Final = "apr_live_"
"""Access tokens of employees and services."""
EMBED: Final = "apr_embed_"
"""Tokens for one viewer of one section on one origin."""
SECRET_BYTES: Final = 32
SECRET_LENGTH: Final = 43
CHECKSUM_LENGTH: Final = 6
FORM: Final = re.compile(
    rf"(?P<signed>(?P<prefix>{LIVE}|{EMBED})(?P<id>[0-9A-Za-z]{{1,40}})_(?P<secret>[0-9A-Za-z]{{{SECRET_LENGTH}}}))"
    rf"(?P<checksum>[0-9A-Za-z]{{{CHECKSUM_LENGTH}}})"
)


@dataclass(frozen=True, slots=True)
class TokenText:
    prefix: str
    id: TokenId
    secret: str = field(repr=False)

    def __str__(self) -> str:
        text = f"{self.prefix}{self.id}_{self.secret}"
        return text + checksum(text)

    def is_of(self, kept: str) -> bool:
        """Whether the secret is the one whose hash is kept; takes as long for a wrong one as for the right one."""
        return hmac.compare_digest(kept, secret_hash(self.secret))


def read_token(text: str) -> TokenText:
    """Raises `Unauthenticated` for what cannot be a token of ours."""
    parts = FORM.fullmatch(text)
    if parts is None or checksum(parts["signed"]) != parts["checksum"]:
        raise Unauthenticated("the token is malformed", hint="copy it whole, or have a new one made")
    return TokenText(parts["prefix"], TokenId(parts["id"]), parts["secret"])


def new_secret() -> str:
    return base62(secrets.token_bytes(SECRET_BYTES), SECRET_LENGTH)


def secret_hash(secret: str) -> str:
    """A fast hash is right: a secret of 256 bits is not to be guessed, unlike a password."""
    return hashlib.sha256(secret.encode()).hexdigest()


def checksum(text: str) -> str:
    return base62(zlib.crc32(text.encode()).to_bytes(4, "big"), CHECKSUM_LENGTH)


def base62(value: bytes, length: int) -> str:
    number = int.from_bytes(value, "big")
    digits = []
    for _ in range(length):
        number, digit = divmod(number, len(BASE62))
        digits.append(BASE62[digit])
    return "".join(reversed(digits))
