"""An issuer's endpoints, as it publishes them (OpenID Connect Discovery 1.0) and kept for a while."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
import structlog

from appraise.errors import Retriable
from appraise.use_cases.fetch import FAILURES, fetched
from appraise.use_cases.issuers import encrypted_way

LOG = structlog.get_logger("appraise.sign_in")
FRESH: Final = timedelta(hours=1)
ASKED_EVERY: Final = timedelta(seconds=10)
"""While the issuer does not answer."""
PATH: Final = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class Endpoints:
    """`end_session` is None where the issuer has none; `names_itself` whether its answers carry `iss` (RFC 9207)."""

    authorization: str
    token: str
    end_session: str | None
    names_itself: bool
    takes_basic: bool


class IssuerMetadata:
    """For all threads; what is held is replaced as a whole."""

    def __init__(self, issuer: str) -> None:
        self._issuer = issuer
        self._held: tuple[Endpoints, datetime] | None = None
        self._failed_at: datetime | None = None

    def get(self, *, at: datetime) -> Endpoints:
        """Raises `Retriable` where they are not to be had, or are another issuer's."""
        if self._held is not None and at - self._held[1] < FRESH:
            return self._held[0]
        if self._failed_at is not None and at - self._failed_at < ASKED_EVERY:
            return self._stale()
        try:
            body = fetched(self._issuer.removesuffix("/") + PATH, accept="application/json")
            found = _endpoints(orjson.loads(body), self._issuer)
        except FAILURES as error:
            LOG.warning("the issuer's endpoints cannot be fetched", issuer=self._issuer, error=repr(error))
            self._failed_at = at
            return self._stale()
        self._held = found, at
        return found

    def _stale(self) -> Endpoints:
        """Old ones do as well: they seldom change."""
        if self._held is None:
            raise Retriable("the issuer's endpoints cannot be fetched")
        return self._held[0]


def _endpoints(document: Any, issuer: str) -> Endpoints:
    if not isinstance(document, dict) or document.get("issuer") != issuer:
        raise ValueError("the document is not this issuer's")
    end = document.get("end_session_endpoint")
    methods = document.get("token_endpoint_auth_methods_supported")
    return Endpoints(
        authorization=_url(document.get("authorization_endpoint")),
        token=_url(document.get("token_endpoint")),
        end_session=None if end is None else _url(end),
        names_itself=document.get("authorization_response_iss_parameter_supported") is True,
        takes_basic=not isinstance(methods, list) or "client_secret_basic" in methods,
    )


def _url(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("an endpoint is missing")  # noqa: TRY004  # of a document, not of an argument
    return encrypted_way(value)
