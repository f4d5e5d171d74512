"""The pages: a thin shell around web components, which read and write by the GraphQL API alone."""

import base64
import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from appraise.console.cookies import Cookies
from appraise.console.frames import NOT_ANSWERED, Frames
from appraise.console.languages import LanguageChoice
from appraise.console.menu import PAGES, Page, menu_of
from appraise.console.modules import IMPORT_MAP, modules_of
from appraise.console.record_archive import archive
from appraise.console.sign_in import PAGE as SIGN_IN
from appraise.console.sign_in import SignIn
from appraise.console.static_files import MOUNT, ROOT, Files
from appraise.console.visits import Visits
from appraise.domain.access import Principal, Role
from appraise.domain.identifiers import PersonRequestId
from appraise.domain.language import marks, retold, say, say_many, speech
from appraise.errors import Forbidden, NotFound
from appraise.languages import NAMES, is_rtl
from appraise.settings import Settings, TrustedMode
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.own_record import own_record
from appraise.use_cases.person_requests import fetch_person_export
from appraise.use_cases.read_tasks import read_tasks
from appraise.use_cases.verify_jwt import TrustedIssuers

HERE: Final = Path(__file__).parent
RECORD: Final = "/record/download"
PERSON_EXPORT: Final = "/person-requests/{key}/file"
EXPLORER: Final = "/graphiql"
TITLES: Final = {HTTPStatus.FORBIDDEN: "Not yours to see", HTTPStatus.NOT_FOUND: "Not Found"}
FIRST_PAGES: Final = {Role.EXECUTIVE: "/contributions", Role.HR_ADMINISTRATOR: "/cycles", Role.AUDITOR: "/audit"}


def record_templates() -> Environment:
    """Of the pages, and of records that are taken away."""
    found = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined)
    found.globals |= {
        "say": say,
        "say_many": say_many,
        "speech": speech,
        "retold": retold,
        "marks": marks,
        "languages": NAMES,
        "is_rtl": is_rtl,
        "modules_of": modules_of,
        "static": ROOT,
    }
    return found


class Console:
    def __init__(
        self,
        deployment: Deployment,
        settings: Settings,
        clock: Callable[[], datetime],
        issuers: TrustedIssuers,
        visits: Visits,
    ) -> None:
        self._templates = record_templates()
        self._deployment, self._clock, self._visits = deployment, clock, visits
        self._sign_in = SignIn(deployment, settings, clock, issuers, visits, self._page)
        self._languages = LanguageChoice(deployment, visits, Cookies(settings.public_url))
        self._has_explorer = settings.trusted_documents is not TrustedMode.ONLY  # else it could ask nothing

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/", self.home),
            *self._sign_in.routes(),
            *self._languages.routes(),
            *Frames(self._page, self.content_security_policy).routes(),
            *(Route(page.path, partial(self.component, page)) for page in PAGES),
            Route(RECORD, self.own_record),
            Route(PERSON_EXPORT, self.person_export),
            *([Route(EXPLORER, self.explorer)] if self._has_explorer else []),
            Mount(MOUNT, Files(), name="static"),
        ]

    def content_security_policy(self, style: str = "'self'", ancestors: str = "'none'") -> str:
        """Our own files only. The import map has to stand in the page, so it is admitted by its hash."""
        digest = base64.b64encode(hashlib.sha256(IMPORT_MAP.encode()).digest()).decode("ascii")
        return (
            f"default-src 'none'; script-src 'self' 'sha256-{digest}'; style-src {style}; img-src 'self' data:; "
            f"font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
        )

    async def home(self, request: Request) -> Response:
        """Where whoever is signed in begins: with what they have to do, or with the page of their role."""
        principal = await self._visits.who(request)
        first = SIGN_IN if principal is None else await self._first_page(principal)
        return RedirectResponse(first, HTTPStatus.SEE_OTHER)

    async def _first_page(self, principal: Principal) -> str:
        of_role = next((path for role, path in FIRST_PAGES.items() if role in principal.roles), None)
        if of_role is not None:
            return of_role
        tasks = partial(read_tasks, self._deployment, principal, at=self._clock())
        return "/tasks" if await self._visits.in_turn(principal, tasks) else "/people"

    async def component(self, page: Page, request: Request) -> Response:
        principal = await self._visits.who(request)
        if principal is None:
            return RedirectResponse(SIGN_IN, HTTPStatus.SEE_OTHER)
        if not page.may(principal):
            return self._page("error.html", HTTPStatus.FORBIDDEN, principal=principal, title="Not yours to see")
        return self._page("component.html", 200, principal=principal, page=page, key=request.path_params.get("key"))

    async def own_record(self, request: Request) -> Response:
        """All that is kept of whoever is signed in, as a file."""
        principal = await self._visits.who(request)
        if principal is None:
            return RedirectResponse(SIGN_IN, HTTPStatus.SEE_OTHER)
        if principal.employee is None:
            return self._page("error.html", HTTPStatus.FORBIDDEN, principal=principal, title="Not yours to see")
        packed = await self._visits.in_turn(principal, partial(self._packed, principal), is_large=True)
        headers = {"cache-control": "no-store", "content-disposition": 'attachment; filename="my-record.zip"'}
        return Response(packed, media_type="application/zip", headers=headers)

    async def person_export(self, request: Request) -> Response:
        """All that is kept of somebody, as two HR administrators agreed."""
        principal = await self._visits.who(request)
        if principal is None:
            return RedirectResponse(SIGN_IN, HTTPStatus.SEE_OTHER)
        try:
            key = PersonRequestId(request.path_params["key"])
            packed = await self._visits.in_turn(principal, partial(self._exported, principal, key), is_large=True)
        except (Forbidden, NotFound):
            return self._page(
                "error.html", HTTPStatus.NOT_FOUND, principal=principal, title=TITLES[HTTPStatus.NOT_FOUND]
            )
        headers = {"cache-control": "no-store", "content-disposition": 'attachment; filename="record.zip"'}
        return Response(packed, media_type="application/zip", headers=headers)

    def _exported(self, principal: Principal, key: PersonRequestId) -> bytes:
        _, record = fetch_person_export(self._deployment, principal, key, at=self._clock())
        return archive(record, self._templates)

    def _packed(self, principal: Principal) -> bytes:
        return archive(own_record(self._deployment, principal, at=self._clock()), self._templates)

    async def explorer(self, request: Request) -> Response:
        """GraphiQL. Its menus put one style into the page, which the policy admits by a number used once."""
        principal = await self._visits.who(request)
        if principal is None:
            return RedirectResponse(SIGN_IN, HTTPStatus.SEE_OTHER)
        nonce = secrets.token_urlsafe(16)
        page = self._page("graphiql.html", 200, principal=principal, nonce=nonce)
        page.headers["content-security-policy"] = self.content_security_policy(f"'self' 'nonce-{nonce}'")
        return page

    def http_error(self, _request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101  # the handler is registered for this class alone
        title = TITLES.get(HTTPStatus(error.status_code), NOT_ANSWERED)
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
            import_map=IMPORT_MAP,
            has_explorer=self._has_explorer,
            principal=principal,
            menu=() if principal is None else menu_of(principal),
            status=status,
            **values,
        )
        return HTMLResponse(html, status, headers={"cache-control": "no-store", **(headers or {})})
