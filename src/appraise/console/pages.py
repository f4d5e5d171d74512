"""The pages: a thin shell around web components, which read and write by the GraphQL API alone."""

import base64
import hashlib
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from appraise.console.demo import DemoPerson, demo_people
from appraise.domain.access import Principal
from appraise.errors import Unauthenticated
from appraise.settings import Settings
from appraise.use_cases.authenticate import authenticate
from appraise.use_cases.deployment import Deployment

HERE: Final = Path(__file__).parent
SESSION_COOKIE: Final = "appraise_session"
SESSION_SECONDS: Final = 12 * 3600
SIGN_IN: Final = "/sign-in"
HOME: Final = "/people"


class Console:
    def __init__(self, deployment: Deployment, settings: Settings, clock: Callable[[], datetime]) -> None:
        self._deployment = deployment
        self._settings = settings
        self._clock = clock
        self._templates = Environment(
            loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined
        )
        self._import_map = (HERE / "static" / "import-map.json").read_text(encoding="utf-8")

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/", self.home),
            Route(SIGN_IN, self.sign_in_page, methods=["GET"]),
            Route(SIGN_IN, self.sign_in, methods=["POST"]),
            Route("/sign-in/demo", self.demo_sign_in, methods=["POST"]),
            Route("/sign-out", self.sign_out, methods=["POST"]),
            Route(HOME, self.people),
            Route("/sections/{section}", self.section),
            Mount("/static", Files(directory=HERE / "static"), name="static"),
        ]

    def content_security_policy(self) -> str:
        """Our own files only. The import map has to stand in the page, so it is admitted by its hash."""
        digest = base64.b64encode(hashlib.sha256(self._import_map.encode()).digest()).decode("ascii")
        return (
            f"default-src 'none'; script-src 'self' 'sha256-{digest}'; style-src 'self'; img-src 'self' data:; "
            "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )

    async def home(self, _request: Request) -> Response:
        return RedirectResponse(HOME, HTTPStatus.SEE_OTHER)

    async def sign_in_page(self, request: Request) -> Response:
        return self._sign_in_form(request, problem=None)

    async def sign_in(self, request: Request) -> Response:
        _refuse_other_sites(request)
        async with request.form(max_files=0, max_fields=5) as form:
            token = str(form.get("token", "")).strip()
        return await self._begin_session(request, token)

    async def demo_sign_in(self, request: Request) -> Response:
        _refuse_other_sites(request)
        async with request.form(max_files=0, max_fields=5) as form:
            chosen = str(form.get("person", ""))
        person = next((person for person in self._demo_people() if person.role == chosen), None)
        if person is None:
            raise HTTPException(404)
        return await self._begin_session(request, person.token)

    async def sign_out(self, request: Request) -> Response:
        _refuse_other_sites(request)
        response = RedirectResponse(SIGN_IN, HTTPStatus.SEE_OTHER)
        response.delete_cookie(SESSION_COOKIE)
        return response

    async def people(self, request: Request) -> Response:
        return await self._signed_in_page(request, "people.html")

    async def section(self, request: Request) -> Response:
        return await self._signed_in_page(request, "section.html", section=request.path_params["section"])

    async def _begin_session(self, request: Request, token: str) -> Response:
        try:
            await run_in_threadpool(authenticate, self._deployment, token, origin=None, at=self._clock())
        except Unauthenticated as error:
            return self._sign_in_form(request, problem=error.found)
        response = RedirectResponse(HOME, HTTPStatus.SEE_OTHER)
        response.set_cookie(
            SESSION_COOKIE,
            token,
            max_age=SESSION_SECONDS,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
        return response

    async def _signed_in_page(self, request: Request, template: str, **values: Any) -> Response:
        token = request.cookies.get(SESSION_COOKIE)
        if token is None:
            return RedirectResponse(SIGN_IN, HTTPStatus.SEE_OTHER)
        try:
            principal = await run_in_threadpool(authenticate, self._deployment, token, origin=None, at=self._clock())
        except Unauthenticated:
            return RedirectResponse(SIGN_IN, HTTPStatus.SEE_OTHER)
        return self._page(template, 200, principal=principal, **values)

    def _sign_in_form(self, request: Request, *, problem: str | None) -> Response:
        status = 200 if request.method == "GET" else 422
        return self._page("sign-in.html", status, principal=None, problem=problem, people=self._demo_people())

    def _demo_people(self) -> tuple[DemoPerson, ...]:
        return demo_people(self._settings.data) if self._settings.demo else ()

    def http_error(self, _request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101  # the handler is registered for this class alone
        title = HTTPStatus(error.status_code).phrase
        return self._page("error.html", error.status_code, headers=error.headers, principal=None, title=title)

    def defect(self, _request: Request, _error: Exception) -> Response:
        return self._page("error.html", 500, principal=None, title="Something broke")

    def _page(
        self,
        template: str,
        status: int,
        *,
        principal: Principal | None,
        headers: Any = None,
        **values: Any,
    ) -> Response:
        html = self._templates.get_template(template).render(
            import_map=self._import_map, principal=principal, status=status, **values
        )
        return HTMLResponse(html, status, headers={"cache-control": "no-store", **(headers or {})})


class Files(StaticFiles):
    """Browsers ask each time whether a file changed (a short answer), so that a new version shows at once."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["cache-control"] = "no-cache"
        response.headers["access-control-allow-origin"] = "*"  # a host's page loads components from here
        return response


def _refuse_other_sites(request: Request) -> None:
    """A form on another site must not sign anybody in or out."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise HTTPException(403)
