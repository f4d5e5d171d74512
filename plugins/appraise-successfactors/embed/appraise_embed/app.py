"""A page beside SuccessFactors with the section in a frame: an extension on SAP BTP, which a link in the form opens.

Who looks is told by the token of SAP's identity service that an approuter sends along; nothing else is believed.
"""

import json
import os
import time
import urllib.request
from html import escape
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from appraise_embed.appraise import Appraise

ALGORITHMS = ["RS256", "ES256"]
KEPT_FOR = 600
"""Seconds for which the keys of the identity service are believed to be the same."""
SCRIPT = Path(__file__).with_name("frame.js").read_bytes()
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Customer service</title>
<div data-appraise-view="{view}"></div>
<script type="module" src="frame.js"></script>"""


class SignInError(Exception):
    """Nobody whom the identity service vouches for."""


class Identity:
    """`issuer` and `audience` are those of the application in SAP Cloud Identity Services, `claim` holds the userId."""

    def __init__(self, issuer, audience, claim):
        if urlsplit(issuer).scheme != "https" and urlsplit(issuer).hostname != "127.0.0.1":
            raise ValueError(f"the issuer is {issuer!r}; expected https://…")
        self.issuer, self.claim = issuer.rstrip("/"), claim
        needed = {"essential": True}
        self._claims = {"iss": needed | {"value": issuer}, "aud": needed | {"value": audience}, "exp": needed}
        self._keys, self._until = None, 0.0

    def user(self, authorization):
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise SignInError("sign in first")
        try:
            claims = jwt.decode(token, self._key_set(), algorithms=ALGORITHMS).claims
            jwt.JWTClaimsRegistry(**self._claims).validate(claims)
        except (JoseError, ValueError) as error:
            raise SignInError("the token is not good") from error
        if not isinstance(claims.get(self.claim), str):
            raise SignInError(f"the token names no {self.claim}")
        return claims[self.claim]

    def _key_set(self):
        if self._keys is None or time.monotonic() > self._until:
            about = _fetched(f"{self.issuer}/.well-known/openid-configuration")
            self._keys = KeySet.import_key_set(_fetched(about["jwks_uri"]))
            self._until = time.monotonic() + KEPT_FOR
        return self._keys


def _fetched(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)


class Application:
    """`public` is where browsers reach this application: its origin is the one in which the section may be shown."""

    def __init__(self, client, identity, public, namespace="successfactors:userid"):
        self.client, self.identity, self.namespace = client, identity, namespace
        self.origin = "{0.scheme}://{0.netloc}".format(urlsplit(public))

    def __call__(self, environ, start_response):
        status, media, body = self._answer(environ)
        start_response(status, [("Content-Type", media), ("Cache-Control", "no-store")])
        return [body]

    def _answer(self, environ):
        path, asked = environ["PATH_INFO"], parse_qs(environ.get("QUERY_STRING", ""))
        subject = asked.get("user", [""])[0]
        if path == "/frame.js":
            return "200 OK", "text/javascript", SCRIPT
        if path == "/section":
            view = "view" + (f"?{urlencode({'user': subject})}" if subject else "")
            return "200 OK", "text/html; charset=utf-8", PAGE.format(view=escape(view)).encode()
        if path == "/view":
            status, told = self._view(environ.get("HTTP_AUTHORIZATION", ""), subject)
            return status, "application/json", json.dumps(told).encode()
        return "404 Not Found", "text/plain", b"There is no such page"

    def _view(self, authorization, subject):
        try:
            viewer = self.identity.user(authorization)
            seen = ((self.namespace, one) for one in (viewer, subject or viewer))
            return "200 OK", self.client.view(*seen, self.origin)
        except SignInError as error:
            return "401 Unauthorized", {"problem": str(error)}
        except LookupError as error:
            return "404 Not Found", {"problem": str(error)}
        except PermissionError as error:
            return "403 Forbidden", {"problem": str(error)}
        except OSError:
            return "502 Bad Gateway", {"problem": "Appraise cannot be reached"}


def from_environment():
    """gunicorn 'appraise_embed.app:from_environment()'"""
    told = os.environ
    client = Appraise(told["APPRAISE_URL"], told["APPRAISE_TOKEN"])
    identity = Identity(told["IDENTITY_ISSUER"], told["IDENTITY_AUDIENCE"], told.get("IDENTITY_CLAIM", "sub"))
    return Application(client, identity, told["PUBLIC_URL"])
