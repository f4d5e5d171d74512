"""OrangeHRM as its source has it: ratings of exactly three keys, a range checked on whole numbers, made rows.

Reviews are listed by the day on which they are due, and of the current year where no days are asked for. A refresh
token is good once; what it is exchanged for ends those before.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, ClassVar, Final
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from appraise.adapters.sinks import SinkOptions
from appraise.domain.finished_sections import FinishedSection
from appraise.testing.hosts.fake import FakeHost, Record, Refusal

KPI: Final = {"id": 31, "title": "Customer service (appraise)"}
THREE: Final = {"kpiId", "rating", "comment"}
CLIENT: Final = "appraise-client"
THIS_YEAR: Final = ("2026-01-01", "2026-12-31")
YEAR: Final = {"start": "2025-01-01", "end": "2025-12-31", "due": "2026-02-15"}
"""Of a review of 2025, which is due after it as most are."""


@dataclass
class Kept:
    """A secret as a file keeps it."""

    text: str

    def renew(self, ask: Any) -> None:
        self.text = ask(self.text)


class FakeOrange(FakeHost):
    """Rows of ratings are made when a review is activated; none is added later.

    `lowest` and `highest` are the KPI's. Without `takes_empty` an empty rating is compared as PHP does, for which
    it is less than 1; earlier versions 5 do so.
    """

    namespace: ClassVar[str] = "orangehrm:emp-number"
    settings: ClassVar[dict[str, str]] = {"client_id": CLIENT}
    secret: ClassVar[str] = "refresh-0"  # noqa: S105  # of a host to try on
    words: ClassVar[str] = "Unauthorized"
    lowest: ClassVar[int] = 0
    highest: ClassVar[int] = 100

    def reset(self) -> None:
        super().reset()
        self.takes_empty = True
        self.refresh, self.access, self.exchanges = self.secret, "", 0
        self.ends_in = 1800

    def no(self) -> tuple[int, Any]:
        return 403, {"error": {"status": "403", "message": self.words}}

    def options(self, url: str) -> SinkOptions:
        return replace(super().options(url), renew=Kept(self.secret).renew)

    def with_wrong_secret(self, options: SinkOptions) -> SinkOptions:
        return replace(options, renew=Kept("wrong").renew)

    def lets_in(self, authorization: str) -> bool:
        return bool(self.access) and authorization == f"Bearer {self.access}"

    def is_write(self, request: Request) -> bool:
        return request.method == "PUT"

    def expect(self, section: FinishedSection) -> None:
        super().expect(section)
        employee = section.reference(self.namespace)
        if employee not in {one.employee for one in self.records}:
            self.records.append(Record(str(employee), text={"comment": None}))

    def routes(self) -> list[Route]:
        evaluation = "/api/v2/performance/reviews/{review:int}/evaluation/supervisor"
        return [
            Route("/oauth2/token", self._token, methods=["POST"]),
            self.route("/api/v2/performance/manage/reviews", self._reviews, "GET"),
            self.route(evaluation, self._evaluation, "GET"),
            self.route(evaluation, self._rate, "PUT"),
        ]

    async def _token(self, request: Request) -> Response:
        asked = dict(parse_qsl((await request.body()).decode()))
        wanted = {"grant_type": "refresh_token", "refresh_token": self.refresh, "client_id": CLIENT}
        if asked != wanted:
            told = {"error": "invalid_request", "error_description": "The refresh token is invalid."}
            return JSONResponse(told, 401)
        self.exchanges += 1
        self.refresh, self.access = f"refresh-{self.exchanges}", f"access-{self.exchanges}"
        tokens = {"access_token": self.access, "refresh_token": self.refresh}
        return JSONResponse({"token_type": "Bearer", "expires_in": self.ends_in, **tokens})

    async def _reviews(self, request: Request) -> Any:
        asked = request.query_params
        first, last = (asked.get(name, day) for name, day in zip(("fromDate", "toDate"), THIS_YEAR, strict=True))
        found = [
            self._review(number, one)
            for number, one in enumerate(self.records, start=1)
            if one.employee == asked["empNumber"] and first <= self._days(one)["due"] <= last
        ]
        shown = found if asked.get("limit") == "0" else found[:50]
        return {"data": shown, "meta": {"total": len(found)}}

    def _days(self, record: Record) -> dict[str, str]:
        days: dict[str, str] = YEAR | record.text.get("days", {})
        return days

    def _review(self, number: int, record: Record) -> dict[str, Any]:
        days = self._days(record)
        return {
            "id": number,
            "reviewPeriodStart": days["start"],
            "reviewPeriodEnd": days["end"],
            "dueDate": days["due"],
            "overallStatus": {"statusId": 2, "statusName": "Activated"},
        }

    async def _evaluation(self, request: Request) -> Any:
        kpi = {**KPI, "minRating": self.lowest, "maxRating": self.highest}
        return {"data": [self._row(request)], "meta": {"total": 1, "kpis": [kpi]}}

    async def _rate(self, request: Request) -> Any:
        body = await request.json()
        self.check_active()
        for one in body["ratings"]:
            if set(one) != THREE or one["kpiId"] != KPI["id"] or not self._is_within(one["rating"]):
                raise Refusal(422, {"error": {"status": "422", "message": "Invalid Parameter", "data": ["ratings"]}})
            if not self.is_lying:
                record = self._record(request)
                record.number, record.text["comment"] = one["rating"], one["comment"]
        return {"data": [self._row(request)], "meta": []}

    def _is_within(self, rating: float | None) -> bool:
        if rating is None:
            return self.takes_empty or self.lowest == 0
        return self.lowest <= int(rating) <= self.highest  # 100.9 passes

    def _record(self, request: Request) -> Record:
        return self.records[int(request.path_params["review"]) - 1]

    def _row(self, request: Request) -> dict[str, Any]:
        record = self._record(request)
        rating = None if record.number is None else f"{float(record.number):.2f}"
        comment = record.text["comment"]
        return {"id": 7, "kpi": {"id": KPI["id"], "title": KPI["title"]}, "rating": rating, "comment": comment}


class FakeOrangeOfFive(FakeOrange):
    """With a KPI of 1 to 5."""

    expected: ClassVar[Decimal] = Decimal(4)
    lowest: ClassVar[int] = 1
    highest: ClassVar[int] = 5
