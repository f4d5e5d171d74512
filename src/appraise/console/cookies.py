"""The console's cookies: who is signed in, what is remembered while somebody signs in at an issuer, which language.

On https their names begin with `__Host-`, so that no other host or path can set them; browsers keep such cookies only
with `Secure`. Without https they are kept for this machine alone, under plain names.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from starlette.requests import Request
from starlette.responses import Response

from appraise.domain.origins import LOOPBACK

SESSION: Final = "appraise_session"
BEGUN: Final = "appraise_sign_in"
LANGUAGE: Final = "appraise_language"
LANGUAGE_KEPT: Final = timedelta(days=365)
SIGN_IN_LASTS: Final = timedelta(minutes=10)
HEADER: Final = {"alg": "dir", "enc": "A256GCM"}


@dataclass(frozen=True, slots=True)
class Cookies:
    """`public_url` is the address at which browsers reach the console, None where the request must tell."""

    public_url: str | None

    def may_be_kept(self, request: Request) -> bool:
        return self._is_secure(request) or request.url.hostname in LOOPBACK

    def get(self, request: Request, name: str) -> str | None:
        return request.cookies.get(self._full(request, name)) or None

    def set(self, request: Request, response: Response, name: str, value: str, lasts: timedelta) -> None:
        response.set_cookie(
            self._full(request, name),
            value,
            max_age=int(lasts.total_seconds()),
            httponly=True,
            samesite="lax",
            secure=self._is_secure(request),
        )

    def delete(self, request: Request, response: Response, name: str) -> None:
        response.delete_cookie(
            self._full(request, name), httponly=True, samesite="lax", secure=self._is_secure(request)
        )

    def _full(self, request: Request, name: str) -> str:
        return f"__Host-{name}" if self._is_secure(request) else name

    def _is_secure(self, request: Request) -> bool:
        return request.url.scheme == "https" or (self.public_url or "").startswith("https:")


class Seal:
    """Encrypts what a browser keeps for us, so that it can neither read nor change it."""

    def __init__(self, secret: bytes) -> None:
        self._key = OctKey.import_key(hmac.digest(secret, b"appraise sign-in", "sha256"))

    def seal(self, values: dict[str, str], *, at: datetime) -> str:
        ends = int((at + SIGN_IN_LASTS).timestamp())
        return jwe.encrypt_compact(HEADER, orjson.dumps(values | {"ends": ends}), self._key)

    def open(self, text: str | None, *, at: datetime) -> dict[str, Any] | None:
        """None for what is not ours, was changed or is too old."""
        try:
            values = orjson.loads(jwe.decrypt_compact((text or "").encode("ascii"), self._key).plaintext or b"")
        except (JoseError, ValueError):
            return None
        return values if at.timestamp() < values["ends"] else None
