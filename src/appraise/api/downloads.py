"""`/exports/<id>` over HTTP: an export's file, whole or in parts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response

from appraise.api.errors import CODES, ErrorCode, request_error
from appraise.api.global_ids import Kind, key_of, to_global
from appraise.api.http import READABLE
from appraise.api.reception import Reception, stranger_of
from appraise.api.turns import Crowded, Overloaded
from appraise.domain.access import Principal
from appraise.domain.identifiers import JobId
from appraise.domain.language import retold, say
from appraise.errors import (
    AppraiseError,
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    Problem,
    Retriable,
    TimedOut,
    Unauthenticated,
)
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.export_links import new_link, principal_of
from appraise.use_cases.open_export import OpenedExport, find_export, record_download

PATH: Final = "/exports"
LINK: Final = "link"
HEADERS: Final = {"cache-control": "private, no-cache", "x-content-type-options": "nosniff"} | READABLE
SOON: Final = {"retry-after": "1"}
STATUS: Final[dict[type[Problem], tuple[int, dict[str, str]]]] = {
    Unauthenticated: (401, {"www-authenticate": 'Bearer realm="appraise"'}),
    Forbidden: (403, {}),
    NotFound: (404, {}),
    InvalidInput: (404, {}),
    Conflict: (409, {"retry-after": "5"}),
    TimedOut: (504, {}),
}


def download_url(deployment: Deployment, principal: Principal, export: JobId, *, at: datetime) -> str:
    """Where the file is to be had for a while without a token, below the address of the API."""
    return f"{PATH}/{to_global(Kind.EXPORT, export)}?{LINK}={new_link(deployment, principal, export, at=at)}"


@dataclass(frozen=True, slots=True)
class Downloads:
    deployment: Deployment
    clock: Callable[[], datetime]
    reception: Reception

    async def answer(self, request: Request) -> Response:
        try:
            opened = await self._in_turn(request)
        except (AppraiseError, Crowded, Overloaded) as error:
            return refusal(error)
        if opened is None:
            return Response(status_code=304, headers=HEADERS)
        etag = {"etag": _etag(opened)}
        return FileResponse(opened.path, headers=HEADERS | etag, media_type=opened.media, filename=opened.name)

    async def _in_turn(self, request: Request) -> OpenedExport | None:
        """A link is nobody's credential: it takes the turns of the address."""
        opened = partial(self._opened, request)
        if LINK in request.query_params:
            return await self.reception.running.in_turn(stranger_of(request), opened)
        return await self.reception.in_turn(request, opened)

    def _opened(self, request: Request) -> OpenedExport | None:
        """None where the client has the file already."""
        at = self.clock()
        export = JobId(key_of(request.path_params["key"], Kind.EXPORT))
        link = request.query_params.get(LINK)
        if link is None:
            principal = self.reception.doorkeeper.by_request(request, at=at)
        else:
            principal = principal_of(self.deployment, link, export, at=at)
        opened = find_export(self.deployment, principal, export, at=at)
        if request.headers.get("if-none-match") == _etag(opened):
            return None
        if request.method == "GET":
            by = "token" if link is None else "link"
            part = request.headers.get("range")
            record_download(self.deployment, principal, export, by=by, part=part, at=at)
        return opened


def refusal(error: AppraiseError | Crowded | Overloaded, *, invalid: int = 404) -> JSONResponse:
    """What is said of an error, in the form of the API; a defect is raised again. `invalid` is for bad input."""
    if isinstance(error, Problem):
        status, headers = next((STATUS[kind] for kind in STATUS if isinstance(error, kind)), (500, {}))
        code = next((CODES[kind] for kind in CODES if isinstance(error, kind)), ErrorCode.INTERNAL)
        body = {"errors": [request_error(_words(error), code)]}
        return JSONResponse(body, invalid if isinstance(error, InvalidInput) else status, HEADERS | headers)
    if isinstance(error, Crowded):
        return JSONResponse({"errors": [request_error(str(error), ErrorCode.RATE_LIMITED)]}, 429, HEADERS | SOON)
    if isinstance(error, Retriable | Overloaded):
        body = {"errors": [request_error("the service is busy", ErrorCode.UNAVAILABLE)]}
        return JSONResponse(body, 503, HEADERS | {"retry-after": "5"})
    raise error


def _words(error: Problem) -> str:
    if error.expected is None:
        return retold(error.found)
    return say("{found}; expected {expected}", found=retold(error.found), expected=retold(error.expected))


def _etag(opened: OpenedExport) -> str:
    return f'"{opened.sha256}"'
