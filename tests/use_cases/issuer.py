"""An identity provider on this machine: real keys, a real server, tokens signed by `cryptography` and put together here.

Nothing of the library that verifies is used, so the two must agree on RFC 7515, 7517 and 7518.
"""

import base64
import hmac
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

Private = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
RSA = rsa.generate_private_key(65537, 2048)
OTHER_RSA = rsa.generate_private_key(65537, 2048)
SHORT_RSA = rsa.generate_private_key(65537, 1024)  # noqa: S505  # to be refused
EC = ec.generate_private_key(ec.SECP256R1())


@dataclass
class Provider:
    """What the server answers; `asked` counts its requests."""

    url: str = ""
    body: bytes = b'{"keys": []}'
    status: int = 200
    location: str | None = None
    wait: float = 0
    drip: float = 0
    asked: int = 0

    def publish(self, **keys: Private) -> None:
        self.body = json.dumps({"keys": [jwk(key, kid) for kid, key in keys.items()]}).encode()


@contextmanager
def served() -> Iterator[Provider]:
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            provider.asked += 1
            time.sleep(provider.wait)
            try:
                self.send_response(
                    provider.status if self.path == "/keys" else 200
                )  # elsewhere: where a redirect leads
                if provider.location is not None:
                    self.send_header("location", provider.location)
                self.end_headers()
                for start in range(0, len(provider.body), 1 << 16 if not provider.drip else 1):
                    self.wfile.write(provider.body[start : start + (1 if provider.drip else 1 << 16)])
                    time.sleep(provider.drip)
            except (BrokenPipeError, ConnectionResetError):  # the client had enough
                pass

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    provider.url = f"http://127.0.0.1:{server.server_port}/keys"
    try:
        yield provider
    finally:
        server.shutdown()
        server.socket.close()
        thread.join()


def jwk(key: Private, kid: str) -> dict[str, Any]:
    public = key.public_key().public_numbers()
    if isinstance(public, rsa.RSAPublicNumbers):
        return {"kty": "RSA", "kid": kid, "use": "sig", "n": number(public.n), "e": number(public.e)}
    return {"kty": "EC", "kid": kid, "crv": "P-256", "x": number(public.x, 32), "y": number(public.y, 32)}


def signed(claims: Any, key: Private, **header: Any) -> str:
    """By RS256 or ES256, as the key is; `header` adds to and overrides alg, typ and kid."""
    alg = "RS256" if isinstance(key, rsa.RSAPrivateKey) else "ES256"
    said = parts({"alg": alg, "typ": "JWT", "kid": "one"} | header, claims)
    return f"{said}.{base64url(signature(key, said.encode()))}"


def unsigned(claims: Any, **header: Any) -> str:
    return parts({"alg": "none", "kid": "one"} | header, claims) + "."


def signed_by_the_public_key(claims: Any, key: Private, *, kid: str = "one") -> str:
    """The confusion of algorithms: HMAC keyed by what everybody can read."""
    said = parts({"alg": "HS256", "kid": kid}, claims)
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return f"{said}.{base64url(hmac.digest(pem, said.encode(), 'sha256'))}"


def parts(header: Any, claims: Any) -> str:
    return f"{base64url(json.dumps(header).encode())}.{base64url(json.dumps(claims).encode())}"


def signature(key: Private, message: bytes) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(message, padding.PKCS1v15(), SHA256())
    r, s = decode_dss_signature(key.sign(message, ec.ECDSA(SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def number(value: int, size: int | None = None) -> str:
    return base64url(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))


def base64url(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
