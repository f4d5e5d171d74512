"""SAP BTP with the kit's application on it: an approuter that signs people in, and the identity service's keys."""

import json
import os
import sys
import time
from collections.abc import Callable, Iterable
from http.cookies import SimpleCookie
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from tests.kits.serving import PLUGINS

AUDIENCE = "appraise-application"
USERS = {"max": "max.weber", "ben": "ben.castellanos"}
KEY, OTHER = (RSAKey.generate_key(2048, parameters={"kid": "one"}) for _ in range(2))


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


def token(who: str, issuer: str) -> str:
    """Of a user; or a bad one, by what is bad about it."""
    claims = {"iss": issuer, "aud": AUDIENCE, "exp": int(time.time()) + 300, "sub": USERS.get(who, "max.weber")}
    wrong: dict[str, dict[str, Any]] = {
        "ended": {"exp": int(time.time()) - 5},
        "elsewhere": {"aud": "another-application"},
        "stranger": {"iss": "https://evil.example"},
        "nameless": {"sub": None},
    }
    key = OTHER if who == "forged" else KEY
    return jwt.encode({"alg": "RS256", "kid": "one"}, claims | wrong.get(who, {}), key)


def main() -> None:
    sys.path.insert(0, str(PLUGINS / "appraise-successfactors/embed"))
    from appraise_embed.app import Application, Identity
    from appraise_embed.appraise import Appraise

    server = make_server("127.0.0.1", 0, lambda *_: [], Server, Quiet)
    url = f"http://127.0.0.1:{server.server_port}"
    client = Appraise(os.environ["APPRAISE_URL"], os.environ["APPRAISE_TOKEN"])
    application = Application(client, Identity(url, AUDIENCE, "sub"), url)
    keys = KeySet([KEY]).as_dict(private=False)
    documents = {"/.well-known/openid-configuration": {"jwks_uri": f"{url}/jwks"}, "/jwks": keys}

    def routed(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if (document := documents.get(environ["PATH_INFO"])) is not None:
            start_response("200 OK", [("Content-Type", "application/json")])
            return [json.dumps(document).encode()]
        who = SimpleCookie(environ.get("HTTP_COOKIE", "")).get("who")
        if who is not None:
            environ["HTTP_AUTHORIZATION"] = f"Bearer {token(who.value, url)}"
        answer: Iterable[bytes] = application(environ, start_response)
        return answer

    server.set_app(routed)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
