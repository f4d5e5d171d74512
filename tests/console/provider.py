"""An OpenID provider on this machine, as strict with its clients as the specifications ask, and with habits to be set.

Tokens are put together and signed by `tests.use_cases.issuer`, with nothing of the libraries that Appraise uses.
"""

import base64
import hashlib
import json
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import unquote, urlencode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from tests.api.builder import AT
from tests.serving import serving
from tests.use_cases.issuer import RSA, Private, base64url, jwk, signed, signed_by_the_public_key, unsigned

CLIENT, SECRET = "console at the provider", "a secret: with = and %"


@dataclass
class OpenIdProvider:
    """`claims` change the ID token (None leaves one out), `answer` the token endpoint's answer; the rest says itself."""

    url: str = ""
    callbacks: set[str] = field(default_factory=set)
    is_public: bool = False
    has_page: bool = False
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    key: Private = RSA
    form: str = "signed"
    metadata: dict[str, Any] = field(default_factory=dict)
    answer: tuple[int, Any] | None = None
    back: dict[str, str] = field(default_factory=dict)
    wait: dict[str, float] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    asked: list[dict[str, str]] = field(default_factory=list)
    ended: list[dict[str, str]] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    async def discovery(self, _request: Request) -> Response:
        if "discovery" in self.broken:
            return Response("no", 500)
        return JSONResponse(
            {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys",
                "end_session_endpoint": f"{self.url}/end",
                "id_token_signing_alg_values_supported": ["RS256", "none"],
                "authorization_response_iss_parameter_supported": True,
            }
            | self.metadata
        )

    def keys(self, _request: Request) -> Response:
        time.sleep(self.wait.get("keys", 0))
        return Response("no", 500) if "keys" in self.broken else JSONResponse({"keys": [jwk(RSA, "one")]})

    async def authorize(self, request: Request) -> Response:
        query = dict(request.query_params)
        self.asked.append(query)
        must = {"response_type": "code", "client_id": CLIENT, "code_challenge_method": "S256"}
        wrong = [name for name, value in must.items() if query.get(name) != value]
        missing = {"state", "nonce", "code_challenge"} - query.keys()
        if (
            wrong
            or missing
            or query.get("redirect_uri") not in self.callbacks
            or "openid" not in query["scope"].split()
        ):
            return Response(f"{wrong} {missing} {query}", 400)
        if self.has_page and request.method == "GET":
            return HTMLResponse(
                "<!doctype html><html lang=en><link rel=icon href='data:,'><title>Provider</title><h1>Provider</h1>"
                f"<form method=post action='/authorize?{escape(urlencode(query))}'><button>Continue as Ann</button></form>"
            )
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        back = {"code": code, "state": query["state"], "iss": self.url} | self.back
        kept = {name: value for name, value in back.items() if value}
        return RedirectResponse(f"{query['redirect_uri']}?{urlencode(kept)}", 303)

    async def token(self, request: Request) -> Response:
        sent = {name: str(value) for name, value in (await request.form()).items()}
        if not self._is_client(request, sent):
            return JSONResponse({"error": "invalid_client"}, 401)
        began = self.codes.pop(sent.get("code", ""), None)  # a code is good once (RFC 6749, 4.1.2)
        if began is None or began["redirect_uri"] != sent.get("redirect_uri"):
            return JSONResponse({"error": "invalid_grant"}, 400)
        digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        if base64url(digest) != began["code_challenge"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        if self.answer is not None:
            status, body = self.answer
            return Response(body if isinstance(body, str) else json.dumps(body), status, media_type="application/json")
        bearer = {"access_token": secrets.token_urlsafe(8), "token_type": "Bearer", "expires_in": 60}
        return JSONResponse(bearer | {"id_token": self.id_token(began)})

    def id_token(self, began: dict[str, str]) -> str:
        now = int(AT.timestamp())
        usual = {"iss": self.url, "aud": CLIENT, "sub": "E0005", "iat": now, "exp": now + 300, "nonce": began["nonce"]}
        claims = {name: value for name, value in (usual | self.claims).items() if value is not None}
        match self.form:
            case "none":
                return unsigned(claims)
            case "hmac":
                return signed_by_the_public_key(claims, self.key)
        return signed(claims, self.key, **self.header)

    def logout_token(self, *, form: str = "signed", key: Private = RSA, typ: str = "logout+jwt", **claims: Any) -> str:
        """As OpenID Connect Back-Channel Logout 1.0, 2.4 has it, but for what is said otherwise; None leaves one out."""
        now = int(AT.timestamp())
        event = {"http://schemas.openid.net/event/backchannel-logout": {}}
        usual = {"iss": self.url, "aud": CLIENT, "sub": "E0005", "iat": now, "exp": now + 120, "events": event}
        usual["jti"] = secrets.token_urlsafe(8)
        kept = {name: value for name, value in (usual | claims).items() if value is not None}
        return unsigned(kept, typ=typ) if form == "none" else signed(kept, key, typ=typ)

    async def end(self, request: Request) -> Response:
        query = dict(request.query_params)
        self.ended.append(query)
        return RedirectResponse(query["post_logout_redirect_uri"], 303)

    def _is_client(self, request: Request, sent: dict[str, str]) -> bool:
        if self.is_public:
            return sent.get("client_id") == CLIENT and "authorization" not in request.headers
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        name, _, secret = base64.b64decode(given).decode().partition(":")
        if set(secret) & set(" :=") or re.search(r"%(?![0-9A-F]{2})", secret):  # not form-encoded (RFC 6749, 2.3.1)
            return False
        return scheme == "Basic" and (unquote(name.replace("+", " ")), unquote(secret.replace("+", " "))) == (
            CLIENT,
            SECRET,
        )


@contextmanager
def openid_provider() -> Iterator[OpenIdProvider]:
    provider = OpenIdProvider()
    app = Starlette(
        routes=[
            Route("/.well-known/openid-configuration", provider.discovery),
            Route("/keys", provider.keys),
            Route("/authorize", provider.authorize, methods=["GET", "POST"]),
            Route("/token", provider.token, methods=["POST"]),
            Route("/end", provider.end),
        ]
    )
    with serving(app) as url:
        provider.url = url
        yield provider
