"""An issuer's public keys, fetched from its JWK Set (RFC 7517) and kept for a while."""

from base64 import urlsafe_b64decode
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Final

import orjson
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from appraise.errors import Retriable
from appraise.use_cases.fetch import FAILURES, fetched

LOG = structlog.get_logger("appraise.sign_in")
FRESH: Final = timedelta(minutes=5)
"""After this the set is fetched again, so that a key the issuer withdrew is forgotten."""
RENEWED_AFTER: Final = timedelta(minutes=4)
"""By a server, in a thread of its own, so that no request waits for the issuer."""
USABLE: Final = timedelta(hours=1)
"""How long keys serve while the issuer does not answer; its tokens seldom live longer."""
FETCHED_EVERY: Final = timedelta(minutes=1)
"""Invented key ids must not make us a burden to the issuer."""
ACCEPT: Final = "application/jwk-set+json, application/json"
SHORTEST_RSA: Final = 2048
"""Bits (RFC 7518, 3.3)."""
PublicKey = RSAKey | ECKey
KINDS: Final[dict[str, type[PublicKey]]] = {"RSA": RSAKey, "EC": ECKey}
"""No `oct`: what lies open at a URL is no secret."""


@dataclass(frozen=True, slots=True)
class _Held:
    keys: dict[str, PublicKey] = field(default_factory=dict)
    fetched_at: datetime | None = None
    tried_at: datetime | None = None

    def usable(self, kid: str, at: datetime) -> PublicKey | None:
        return self.keys.get(kid) if self.fetched_at is not None and at - self.fetched_at < USABLE else None

    def is_fresh(self, at: datetime) -> bool:
        return self.fetched_at is not None and at - self.fetched_at < FRESH

    @property
    def has_failed(self) -> bool:
        return self.tried_at != self.fetched_at


class IssuerKeys:
    """The keys of one JWK Set by their id, for all threads. What is held is replaced as a whole, never changed."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._held = _Held()
        self._fetching = Lock()

    def get(self, kid: str, *, at: datetime) -> PublicKey | None:
        """None where the issuer has no such key. Raises `Retriable` where it could not be asked.

        Waits for the issuer at most some three seconds, and only for an unknown key or in the first call after `FRESH`.
        """
        key = self._held.usable(kid, at)
        if key is not None and self._held.is_fresh(at):
            return key
        if self._fetching.acquire(blocking=key is None):  # who has a key need not wait for another's fetch
            try:
                self._refresh(kid, at)
            finally:
                self._fetching.release()
        held = self._held
        key = held.usable(kid, at)
        if key is None and held.has_failed:
            raise Retriable("the issuer's keys cannot be fetched")
        return key

    def is_at_hand(self, kid: str, *, at: datetime) -> bool:
        """Whether `get` answers without waiting for the issuer."""
        held = self._held
        if held.is_fresh(at) and held.usable(kid, at) is not None:
            return True
        return held.tried_at is not None and at - held.tried_at < FETCHED_EVERY

    def renew(self, *, at: datetime) -> None:
        """Fetches the set where it will soon be fresh no longer, unless somebody does already."""
        since = self._held.fetched_at
        if (since is None or at - since >= RENEWED_AFTER) and self._fetching.acquire(blocking=False):
            try:
                self._fetch(at)
            finally:
                self._fetching.release()

    def _refresh(self, kid: str, at: datetime) -> None:
        held = self._held
        if held.is_fresh(at) and held.usable(kid, at) is not None:  # another fetched it meanwhile
            return
        self._fetch(at)

    def _fetch(self, at: datetime) -> None:
        held = self._held
        if held.tried_at is not None and at - held.tried_at < FETCHED_EVERY:
            return
        try:
            self._held = _Held(_keys(fetched(self._url, accept=ACCEPT)), at, at)
        except FAILURES as error:
            LOG.warning("the issuer's keys cannot be fetched", url=self._url, error=repr(error))
            self._held = replace(held, tried_at=at)


def _keys(body: bytes) -> dict[str, PublicKey]:
    """The keys that verify signatures, by id; others are left out (RFC 7517, 5). Raises `ValueError` for no JWK Set."""
    document = orjson.loads(body)
    listed = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise ValueError("the answer is no JWK Set")  # noqa: TRY004  # of a document, not of an argument
    found: dict[str, PublicKey] = {}
    for jwk in listed:
        key = _key(jwk)
        if key is not None:
            found.setdefault(jwk["kid"], key)
    if not found:
        raise ValueError("the JWK Set has no usable key")
    return found


def _key(jwk: Any) -> PublicKey | None:
    if not isinstance(jwk, dict) or not isinstance(jwk.get("kid"), str) or jwk.get("use", "sig") != "sig":
        return None
    kind = KINDS.get(str(jwk.get("kty")))
    if kind is None:
        return None
    try:
        return None if kind is RSAKey and _bits(jwk["n"]) < SHORTEST_RSA else kind.import_key(jwk)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):  # whatever a malformed key makes of the import
        return None


def _bits(base64url: str) -> int:
    return int.from_bytes(urlsafe_b64decode(base64url + "=="), "big").bit_length()
