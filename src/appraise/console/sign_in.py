"""Signing in and out: by an access token, at an issuer, or as somebody of the generated company."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from appraise.console.cookies import BEGUN, LANGUAGE, LANGUAGE_KEPT, SESSION, SIGN_IN_LASTS, Cookies, Seal
from appraise.console.demo import DemoPerson, demo_people
from appraise.console.visits import Visits
from appraise.errors import Conflict, InvalidInput, Retriable, Unauthenticated, UnknownCredential
from appraise.settings import Settings
from appraise.use_cases.choose_language import language_of_session
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.guesses import network_of
from appraise.use_cases.verify_jwt import TrustedIssuers
from appraise.use_cases.web_session import (
    LIFE,
    begin_by_issuer,
    begin_by_token,
    end_by_issuer,
    end_session,
)

if TYPE_CHECKING:
    from appraise.console.issuer_client import IssuerClient

LOG = structlog.get_logger("appraise.sign_in")
PAGE: Final = "/sign-in"
HOME: Final = "/"
STALE: Final = "the sign-in took too long, or was begun in another window; begin again"
NOT_DONE: Final = "signing in did not work; begin again, and ask an HR administrator if it does not work then either"
DOWN: Final = "the identity provider does not answer; try again in a moment"
GUESSED: Final = "too many unknown tokens came from this address; try again in a minute"
NO_HTTPS: Final = "signing in needs https; whoever runs this service can read how in its documentation"
Render = Callable[..., Response]


class SignIn:
    def __init__(
        self,
        deployment: Deployment,
        settings: Settings,
        clock: Callable[[], datetime],
        issuers: TrustedIssuers,
        visits: Visits,
        render: Render,
    ) -> None:
        """Raises `InvalidInput` where an issuer is for the console and cannot be used."""
        self._deployment = deployment
        self._settings = settings
        self._clock = clock
        self._issuers = issuers
        self._visits = visits
        self._render = render
        self._cookies = Cookies(settings.public_url)
        self._seal = Seal(deployment.secret)
        self._clients = _clients(issuers, settings.public_url)

    def routes(self) -> list[BaseRoute]:
        routes = [
            Route(PAGE, self.page, methods=["GET"]),
            Route(PAGE, self.by_token, methods=["POST"]),
            Route("/sign-out", self.sign_out, methods=["POST"]),
            Route("/sign-in/with/{name}", self.begin_at_issuer, methods=["GET"]),
            Route("/sign-in/with/{name}/callback", self.finish_at_issuer, methods=["GET"]),
            Route("/sign-in/with/{name}/logout", self.ended_at_issuer, methods=["POST"]),
        ]
        if self._settings.demo:
            routes.append(Route("/sign-in/demo", self.as_demo_person, methods=["POST"]))
        return [*routes]

    async def page(self, request: Request) -> Response:
        return self._form(request, None, HTTPStatus.OK)

    async def by_token(self, request: Request) -> Response:
        refuse_other_sites(request)
        async with request.form(max_files=0, max_fields=5) as form:
            token = str(form.get("token", "")).strip()
        return await self._begin(request, begin_by_token, token)

    async def as_demo_person(self, request: Request) -> Response:
        refuse_other_sites(request)
        async with request.form(max_files=0, max_fields=5) as form:
            chosen = str(form.get("person", ""))
        person = next((person for person in self._demo_people() if person.role == chosen), None)
        if person is None:
            raise HTTPException(404)
        return await self._begin(request, begin_by_token, person.token)

    async def begin_at_issuer(self, request: Request) -> Response:
        client, at = self._client(request), self._clock()
        try:
            begun = await client.begin(at=at)
        except Retriable:
            return self._form(request, DOWN, HTTPStatus.SERVICE_UNAVAILABLE)
        kept = {"with": client.name, "state": begun.state, "nonce": begun.nonce, "code_verifier": begun.code_verifier}
        response = RedirectResponse(begun.url, HTTPStatus.SEE_OTHER, headers={"cache-control": "no-store"})
        self._cookies.set(request, response, BEGUN, self._seal.seal(kept, at=at), SIGN_IN_LASTS)
        return response

    async def finish_at_issuer(self, request: Request) -> Response:
        response = await self._finished(request, self._client(request))
        self._cookies.delete(request, response, BEGUN)  # what it held is used up, whatever came of it
        return response

    async def _finished(self, request: Request, client: "IssuerClient") -> Response:
        at = self._clock()
        kept = self._seal.open(self._cookies.get(request, BEGUN), at=at)
        if kept is None or kept["with"] != client.name:
            return self._form(request, STALE, HTTPStatus.FORBIDDEN)
        try:
            id_token = await client.finish(request.query_params, kept, at=at)
        except Unauthenticated as error:
            LOG.info("a sign-in was not accepted", issuer=client.issuer, reason=error.found[:300])
            return self._form(request, NOT_DONE, HTTPStatus.FORBIDDEN)
        except Retriable:
            return self._form(request, DOWN, HTTPStatus.SERVICE_UNAVAILABLE)
        return await self._begin(
            request, begin_by_issuer, self._issuers, client.issuer, id_token, problem=NOT_DONE, nonce=kept["nonce"]
        )

    async def sign_out(self, request: Request) -> Response:
        refuse_other_sites(request)
        session_id, at = self._cookies.get(request, SESSION), self._clock()
        ended = None
        if session_id is not None:
            ended = await self._visits.of_address(request, partial(end_session, self._deployment, session_id, at=at))
        client = next((one for one in self._clients if ended is not None and one.issuer == ended.issuer), None)
        url = None if client is None or ended is None else await client.end(ended.id_token, at=at)
        # A page and no redirect: the content policy admits no form that leads to another host.
        response: Response = RedirectResponse(PAGE, HTTPStatus.SEE_OTHER)
        if client is not None and url is not None:
            response = self._render("signed-out.html", HTTPStatus.OK, principal=None, title=client.title, url=url)
        self._cookies.delete(request, response, SESSION)
        return response

    async def ended_at_issuer(self, request: Request) -> Response:
        """The issuer tells that somebody signed out there (OpenID Connect Back-Channel Logout 1.0, 2.5 to 2.8)."""
        client = self._client(request)
        async with request.form(max_files=0, max_fields=5) as form:
            token = str(form.get("logout_token", ""))
        headers = {"cache-control": "no-store"}
        try:
            ended = partial(end_by_issuer, self._deployment, self._issuers, client.issuer, token, at=self._clock())
            await self._visits.of_address(request, ended, token=token)
        except (Unauthenticated, Conflict):
            return JSONResponse({"error": "invalid_request"}, HTTPStatus.BAD_REQUEST, headers=headers)
        except Retriable:
            headers |= {"retry-after": "30"}
            return JSONResponse({"error": "temporarily_unavailable"}, HTTPStatus.SERVICE_UNAVAILABLE, headers=headers)
        return Response(status_code=HTTPStatus.OK, headers=headers)

    async def _begin(
        self, request: Request, begin: Callable[..., str], *credentials: Any, problem: str | None = None, **more: Any
    ) -> Response:
        if not self._cookies.may_be_kept(request):
            return self._form(request, NO_HTTPS, HTTPStatus.FORBIDDEN)
        address = network_of(request.client.host if request.client else None)
        if self._visits.guesses.wait(address):
            return self._form(request, GUESSED, HTTPStatus.TOO_MANY_REQUESTS)
        replaces, at = self._cookies.get(request, SESSION), self._clock()
        begun = partial(begin, self._deployment, *credentials, replaces=replaces, at=at, **more)
        try:
            session_id = await self._visits.of_address(request, begun, token=credentials[-1])
        except Unauthenticated as error:
            if isinstance(error, UnknownCredential):
                self._visits.guesses.wrong(address)
            return self._form(request, problem or error.found, HTTPStatus.UNPROCESSABLE_ENTITY)
        except Retriable:
            return self._form(request, DOWN, HTTPStatus.SERVICE_UNAVAILABLE)
        response = RedirectResponse(HOME, HTTPStatus.SEE_OTHER)
        self._cookies.set(request, response, SESSION, session_id, LIFE)
        chosen = await self._visits.of_address(
            request, partial(language_of_session, self._deployment, session_id, at=at)
        )
        if chosen is not None:
            self._cookies.set(request, response, LANGUAGE, chosen, LANGUAGE_KEPT)
        return response

    def _form(self, request: Request, problem: str | None, status: HTTPStatus) -> Response:
        return self._render(
            "sign-in.html",
            status,
            principal=None,
            problem=problem,
            is_at_issuer="name" in request.path_params,
            people=self._demo_people(),
            clients=self._clients,
        )

    def _demo_people(self) -> tuple[DemoPerson, ...]:
        return demo_people(self._settings.data) if self._settings.demo else ()

    def _client(self, request: Request) -> "IssuerClient":
        name = request.path_params["name"]
        client = next((one for one in self._clients if one.name == name), None)
        if client is None:
            raise HTTPException(404)
        return client


def _clients(issuers: TrustedIssuers, public_url: str | None) -> "tuple[IssuerClient, ...]":
    chosen = issuers.of_the_console()
    if not chosen:
        return ()
    if public_url is None:
        raise InvalidInput(
            "the file of issuers lets people sign in to the console, and its address is not known",
            expected="APPRAISE_PUBLIC_URL, e.g. https://appraise.example.org",
            hint="register that address followed by /sign-in/with/NAME/callback at the issuer",
        )
    from appraise.console.issuer_client import IssuerClient  # noqa: PLC0415  # who has no issuer need not wait for it

    return tuple(IssuerClient(one, one.console, public_url) for one in chosen if one.console is not None)


def refuse_other_sites(request: Request) -> None:
    """A form on another site must not sign anybody in or out."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise HTTPException(403)
