"""The language of a request: what somebody chose, else what their browser asks for."""

from functools import partial
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from appraise.console.cookies import LANGUAGE, LANGUAGE_KEPT, Cookies
from appraise.console.sign_in import PAGE as SIGN_IN
from appraise.console.sign_in import refuse_other_sites
from appraise.console.visits import Visits
from appraise.domain.language import speaking
from appraise.errors import InvalidInput
from appraise.languages import language, negotiated
from appraise.use_cases.choose_language import choose_language
from appraise.use_cases.deployment import Deployment

HEADER_ALONE: Final = ("/graphql", "/subgraph")
"""Programs say by the header what they want; our own pages send it as the page is."""


class Speaking:
    """Has sentences made in the language of each request. `cookies` hold what was chosen in the menu."""

    def __init__(self, app: ASGIApp, cookies: Cookies) -> None:
        self._app, self._cookies = app, cookies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        header = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"accept-language"), None)
        chosen = None
        if scope["type"] == "http" and scope["path"] not in HEADER_ALONE:
            chosen = self._cookies.get(Request(scope), LANGUAGE)
        with speaking(language(negotiated(header, chosen))):
            await self._app(scope, receive, send)


class LanguageChoice:
    """The menu's choice: kept in a cookie, and for mails beside the person who is signed in."""

    def __init__(self, deployment: Deployment, visits: Visits, cookies: Cookies) -> None:
        self._deployment, self._visits, self._cookies = deployment, visits, cookies

    def routes(self) -> list[Route]:
        return [Route("/language", self.choose, methods=["POST"])]

    async def choose(self, request: Request) -> Response:
        refuse_other_sites(request)
        async with request.form(max_files=0, max_fields=2) as form:
            tag = str(form.get("language", ""))
        principal = await self._visits.who(request)
        response = RedirectResponse(_back(request), HTTPStatus.SEE_OTHER)
        chosen = partial(choose_language, self._deployment, principal, tag)
        try:
            if principal is None:
                chosen()  # which only looks whether there is such a language
            else:
                await self._visits.in_turn(principal, chosen)
        except InvalidInput:  # no button of ours sends such a one
            return response
        self._cookies.set(request, response, LANGUAGE, tag, LANGUAGE_KEPT)
        return response


def _back(request: Request) -> str:
    """The page on which it was chosen; pages of other sites were refused, and `//` would begin another site."""
    parts = urlsplit(request.headers.get("referer", ""))
    if parts.netloc != request.headers.get("host") or not parts.path.startswith("/") or "\\" in parts.path:
        return "/"
    if parts.path.startswith("/sign-"):  # others than the form take no GET, or take one once
        return SIGN_IN
    return "/" + parts.path.lstrip("/") + (f"?{parts.query}" if parts.query else "")
