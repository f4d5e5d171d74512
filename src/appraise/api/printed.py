"""Files over HTTP: a final section on paper, contributions as a workbook and on paper, what an HR system imports."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from mimetypes import guess_type
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from appraise.api.downloads import HEADERS, refusal
from appraise.api.global_ids import Kind, key_of
from appraise.api.reception import Reception
from appraise.api.turns import Crowded, Lane, Overloaded
from appraise.domain.contributions import Dimension
from appraise.domain.identifiers import CycleId, SectionId
from appraise.errors import AppraiseError, InvalidInput
from appraise.use_cases.administer_write_back import write_cycle_file
from appraise.use_cases.contribution_table import contribution_table
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.print_contributions import print_contributions
from appraise.use_cases.print_section import print_section

PATH: Final = "/sections/{key}/pdf"
TABLE: Final = "/contributions/table.xlsx"
REPORT: Final = "/contributions/report.pdf"
HOST_FILE: Final = "/cycles/{key}/write-back/{host}/file"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


PDF: Final = "application/pdf"
READINGS: Final = ("now", "finalised")


@dataclass(frozen=True, slots=True)
class File:
    name: str
    content: bytes
    media: str


@dataclass(frozen=True, slots=True)
class Printed:
    deployment: Deployment
    clock: Callable[[], datetime]
    reception: Reception

    def routes(self) -> list[BaseRoute]:
        ways = {PATH: self._section, TABLE: self._table, REPORT: self._report}
        return [
            *(Route(path, partial(self.answer, made), methods=["GET"]) for path, made in ways.items()),
            Route(HOST_FILE, partial(self.answer, self._host_file), methods=["POST"]),  # what is in it counts as sent
        ]

    async def answer(self, made: Callable[[Request], File], request: Request) -> Response:
        try:
            file = await self.reception.in_turn(request, partial(made, request), lane=Lane.LARGE)
        except (AppraiseError, Crowded, Overloaded) as error:
            return refusal(error)
        named = {"content-disposition": f"attachment; filename*=utf-8''{quote(file.name)}"}
        return Response(file.content, media_type=file.media, headers=HEADERS | named)

    def _section(self, request: Request) -> File:
        at = self.clock()
        principal = self.reception.doorkeeper.by_request(request, at=at)
        section = SectionId(key_of(request.path_params["key"], Kind.SECTION))
        printed = print_section(self.deployment, principal, section, at=at)
        return File(printed.name, printed.content, PDF)

    def _table(self, request: Request) -> File:
        """`by` says what the rows are about, `as` which figures: those known now, or those of final sections."""
        at = self.clock()
        principal = self.reception.doorkeeper.by_request(request, at=at)
        by = _one_of(request, "by", [one.value for one in Dimension])
        is_finalised = _one_of(request, "as", READINGS) == "finalised"
        table = contribution_table(self.deployment, principal, Dimension(by), is_finalised=is_finalised, at=at)
        return File(f"contributions-{by}.xlsx", table, XLSX)

    def _report(self, request: Request) -> File:
        at = self.clock()
        principal = self.reception.doorkeeper.by_request(request, at=at)
        is_finalised = _one_of(request, "as", READINGS) == "finalised"
        report = print_contributions(self.deployment, principal, is_finalised=is_finalised, at=at)
        return File("contributions.pdf", report, PDF)

    def _host_file(self, request: Request) -> File:
        at = self.clock()
        principal = self.reception.doorkeeper.by_request(request, at=at)
        cycle = CycleId(key_of(request.path_params["key"], Kind.CYCLE))
        file = write_cycle_file(self.deployment, principal, cycle, request.path_params["host"], at=at)
        return File(file.name, file.content, guess_type(file.name)[0] or "application/octet-stream")


def _one_of(request: Request, name: str, known: Sequence[str]) -> str:
    value = request.query_params.get(name, known[0])
    if value not in known:
        raise InvalidInput(f"{name}={value[:40]!r} is not known", expected=f"one of {', '.join(known)}")
    return value
