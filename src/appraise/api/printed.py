"""`/sections/<id>/pdf` over HTTP: a final section on paper."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from appraise.api.downloads import HEADERS, refusal
from appraise.api.global_ids import Kind, key_of
from appraise.api.http import Doorkeeper
from appraise.domain.identifiers import SectionId
from appraise.errors import AppraiseError
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.print_section import PrintedSection, print_section

PATH: Final = "/sections/{key}/pdf"


@dataclass(frozen=True, slots=True)
class Printed:
    deployment: Deployment
    clock: Callable[[], datetime]
    doorkeeper: Doorkeeper

    async def answer(self, request: Request) -> Response:
        try:
            printed = await run_in_threadpool(self._printed, request)
        except AppraiseError as error:
            return refusal(error)
        named = {"content-disposition": f"attachment; filename*=utf-8''{quote(printed.name)}"}
        return Response(printed.content, media_type="application/pdf", headers=HEADERS | named)

    def _printed(self, request: Request) -> PrintedSection:
        at = self.clock()
        principal = self.doorkeeper.by_request(request, at=at)
        section = SectionId(key_of(request.path_params["key"], Kind.SECTION))
        return print_section(self.deployment, principal, section, at=at)
