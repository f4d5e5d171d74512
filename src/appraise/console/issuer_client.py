"""Signing in at an issuer by the authorization code with PKCE (OpenID Connect Core 1.0, RFC 7636, RFC 9207).

Authlib puts the requests together and exchanges the code; the ID token is verified by `appraise.use_cases.verify_jwt`,
by the same rules as every other token of the issuer.
"""

import asyncio
import hmac
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote_plus

import httpx2
from authlib.integrations.starlette_client import OAuth, OAuthError
from starlette.concurrency import run_in_threadpool

from appraise.errors import Retriable, Unauthenticated
from appraise.use_cases.issuer_metadata import Endpoints, IssuerMetadata
from appraise.use_cases.issuers import ConsoleClient, Issuer

PATIENCE: Final = 10.0
"""Seconds for the exchange of the code, all in all."""
NOT_ANSWERED: Final = (OAuthError, httpx2.HTTPError, httpx2.InvalidURL, ValueError, TypeError, KeyError, AttributeError)
"""What a refusal or an odd answer of the token endpoint makes of the library."""


@dataclass(frozen=True, slots=True)
class Begun:
    """Where to send the browser, and what to remember meanwhile."""

    url: str
    state: str
    nonce: str
    code_verifier: str


class IssuerClient:
    def __init__(self, issuer: Issuer, client: ConsoleClient, public_url: str) -> None:
        """Raises `InvalidInput` where the client's secret cannot be read."""
        self.issuer = issuer.issuer
        self.name = client.name
        self.title = client.title
        self.public_url = public_url
        self._client = client
        self._secret = client.secret()
        self._metadata = IssuerMetadata(issuer.issuer)

    @property
    def callback(self) -> str:
        """An address for each issuer, so that none can pass its answer off as another's."""
        return f"{self.public_url}/sign-in/with/{self.name}/callback"

    async def begin(self, *, at: datetime) -> Begun:
        """Raises `Retriable` where the issuer does not answer."""
        app = self._app(await run_in_threadpool(self._metadata.get, at=at))
        made = await app.create_authorization_url(self.callback)
        return Begun(made["url"], made["state"], made["nonce"], made["code_verifier"])

    async def finish(self, answer: Mapping[str, str], kept: Mapping[str, Any], *, at: datetime) -> str:
        """The ID token, not verified yet, for the answer that the browser brings and what was kept of `begin`.

        Raises `Unauthenticated` where the answer is not to be trusted or the issuer refuses; `Retriable` as `begin`.
        """
        if not hmac.compare_digest(answer.get("state", "").encode(), str(kept["state"]).encode()):
            raise Unauthenticated("the answer belongs to another sign-in")
        endpoints = await run_in_threadpool(self._metadata.get, at=at)
        said = answer.get("iss")
        if said != self.issuer and (said is not None or endpoints.names_itself):
            raise Unauthenticated(f"the answer comes from {said!r}")
        if "error" in answer or not answer.get("code"):
            raise Unauthenticated(f"the issuer refused: {answer.get('error', 'without a code')!r}")
        app = self._app(endpoints)
        try:
            async with asyncio.timeout(PATIENCE):
                token = await app.fetch_access_token(
                    self.callback, code=answer["code"], code_verifier=kept["code_verifier"]
                )
            id_token = token["id_token"]
        except TimeoutError as error:
            raise Retriable("the issuer does not answer in time") from error
        except NOT_ANSWERED as error:
            raise Unauthenticated(f"the code could not be exchanged: {error!r}") from error
        if not isinstance(id_token, str):
            raise Unauthenticated("the ID token is no text")
        return id_token

    async def end(self, id_token: str | None, *, at: datetime) -> str | None:
        """Where to send the browser to sign out at the issuer as well; None where that cannot be done."""
        try:
            endpoints = await run_in_threadpool(self._metadata.get, at=at)
        except Retriable:
            return None
        if endpoints.end_session is None:
            return None
        made = await self._app(endpoints).create_logout_url(
            f"{self.public_url}/sign-in", id_token_hint=id_token, client_id=self._client.client_id
        )
        return str(made["url"])

    def _app(self, endpoints: Endpoints) -> Any:
        method: Any = _basic if endpoints.takes_basic else "client_secret_post"
        ways = {
            "scope": " ".join(self._client.scopes),
            "code_challenge_method": "S256",
            "token_endpoint_auth_method": "none" if self._secret is None else method,
            "timeout": 5,
            "follow_redirects": False,
        }
        return OAuth().register(
            self.name,
            client_id=self._client.client_id,
            client_secret=self._secret,
            authorize_url=endpoints.authorization,
            access_token_url=endpoints.token,
            client_kwargs=ways,
            end_session_endpoint=endpoints.end_session,
        )


def _basic(client: Any, _method: str, uri: str, headers: Any, body: Any) -> tuple[str, Any, Any]:
    """`client_secret_basic` as RFC 6749, 2.3.1 has it: both parts are form-encoded first, which Authlib leaves out."""
    pair = f"{quote_plus(client.client_id)}:{quote_plus(client.client_secret)}"
    headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode('ascii')}"
    return uri, headers, body
