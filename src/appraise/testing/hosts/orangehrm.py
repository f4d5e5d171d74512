"""OrangeHRM as its source has it: ratings of exactly three keys, a range checked on whole numbers, made rows."""

from typing import Any, ClassVar, Final

from starlette.requests import Request
from starlette.routing import Route

from appraise.domain.finished_sections import FinishedSection
from appraise.testing.hosts.fake import FakeHost, Record, Refusal

KPI: Final = {"id": 31, "title": "Customer service (appraise)", "minRating": 0, "maxRating": 100}
THREE: Final = {"kpiId", "rating", "comment"}


class FakeOrange(FakeHost):
    """Rows of ratings are made when a review is activated; none is added later."""

    namespace: ClassVar[str] = "orangehrm:emp-number"
    words: ClassVar[str] = "Unauthorized"

    def no(self) -> tuple[int, Any]:
        return 403, {"error": {"status": "403", "message": self.words}}

    def expect(self, section: FinishedSection) -> None:
        super().expect(section)
        employee = section.reference(self.namespace)
        if employee not in {one.employee for one in self.records}:
            self.records.append(Record(str(employee), text={"comment": None}))

    def routes(self) -> list[Route]:
        evaluation = "/api/v2/performance/reviews/{review:int}/evaluation/supervisor"
        return [
            self.route("/api/v2/performance/manage/reviews", self._reviews, "GET"),
            self.route(evaluation, self._evaluation, "GET"),
            self.route(evaluation, self._rate, "PUT"),
        ]

    async def _reviews(self, request: Request) -> Any:
        wanted = request.query_params["empNumber"]
        found = [number for number, one in enumerate(self.records, start=1) if one.employee == wanted]
        return {"data": [{"id": number, "statusId": 2} for number in found], "meta": {"total": len(found)}}

    async def _evaluation(self, request: Request) -> Any:
        return {"data": [self._row(request)], "meta": {"total": 1, "kpis": [KPI]}}

    async def _rate(self, request: Request) -> Any:
        body = await request.json()
        self.check_active()
        for one in body["ratings"]:
            if set(one) != THREE or one["kpiId"] != KPI["id"]:
                raise Refusal(422, {"error": {"status": "422", "message": "Invalid Parameter", "data": ["ratings"]}})
            rating = one["rating"]
            if rating is not None and not 0 <= int(rating) <= 100:  # noqa: PLR2004  # the KPI's highest; 100.9 passes
                raise Refusal(422, {"error": {"status": "422", "message": "Invalid Parameter", "data": ["ratings"]}})
            if not self.is_lying:
                record = self._record(request)
                record.number, record.text["comment"] = rating, one["comment"]
        return {"data": [self._row(request)], "meta": []}

    def _record(self, request: Request) -> Record:
        return self.records[int(request.path_params["review"]) - 1]

    def _row(self, request: Request) -> dict[str, Any]:
        record = self._record(request)
        rating = None if record.number is None else f"{float(record.number):.2f}"
        return {"id": 7, "kpi": {"id": KPI["id"], "title": KPI["title"]}, "rating": rating, **record.text}
