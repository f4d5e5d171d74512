"""Horilla with views of an app in it: numbers are whole, never empty, and cut off at the target without a word."""

from typing import Any, ClassVar

from starlette.requests import Request
from starlette.routing import Route

from appraise.domain.finished_sections import FinishedSection
from appraise.testing.hosts.fake import FakeHost, Record, Refusal


class FakeHorilla(FakeHost):
    namespace: ClassVar[str] = "horilla:badge"
    words: ClassVar[str] = "the objective is archived"
    target: ClassVar[int] = 100

    def no(self) -> tuple[int, Any]:
        return 400, {"detail": self.words}

    def expect(self, section: FinishedSection) -> None:
        super().expect(section)
        employee = section.reference(self.namespace)
        if employee not in {one.employee for one in self.records}:
            self.records.append(Record(str(employee), text={"appraise_status": "", "appraise_note": ""}))

    def routes(self) -> list[Route]:
        return [
            self.route("/api/appraise/key-results/", self._list, "GET"),
            self.route("/api/appraise/key-results/{key:int}/", self._one, "GET"),
            self.route("/api/appraise/key-results/{key:int}/", self._change, "PATCH"),
        ]

    async def _list(self, request: Request) -> Any:
        badge = request.query_params["badge_id"]
        return [self._shown(number) for number, one in enumerate(self.records, 1) if one.employee == badge]

    async def _one(self, request: Request) -> Any:
        return self._shown(request.path_params["key"])

    async def _change(self, request: Request) -> Any:
        body = await request.json()
        self.check_active()
        value = body["current_value"]
        if not isinstance(value, int | None):
            raise Refusal(400, {"current_value": ["A valid integer is required."]})
        shown = self._shown(request.path_params["key"])
        if any(shown[name] != text for name, text in body["was"].items()):
            raise Refusal(409, {"detail": "somebody saved it since it was read"})
        if not self.is_lying:
            record = self.records[request.path_params["key"] - 1]
            record.number = None if value is None else min(max(value, 0), self.target)
            record.text |= {name: body[name] for name in ("appraise_status", "appraise_note")}
        return self._shown(request.path_params["key"])

    def _shown(self, key: int) -> dict[str, Any]:
        record = self.records[key - 1]
        return {"id": key, "current_value": record.number or 0, "target_value": self.target, **record.text}
