"""BambooHR as its documents have it: adds a row for each call, hides fields, tells its reasons in a header."""

from base64 import b64decode
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.routing import Route

from appraise.testing.hosts.fake import BY_HAND, FakeHost, Record, Refusal

SECTION = "customAppraiseSection"
SCORE = "customAppraiseScore"


class FakeBamboo(FakeHost):
    """`hidden` are the fields that the key's owner may not see."""

    namespace: ClassVar[str] = "bamboohr:id"
    words: ClassVar[str] = "Validation failed: the employee is inactive"

    def reset(self) -> None:
        super().reset()
        self.hidden: set[str] = set()

    def lets_in(self, authorization: str) -> bool:
        return b64decode(authorization.removeprefix("Basic ")).decode() == f"{self.secret}:x"

    def no(self) -> tuple[int, Any]:
        return 422, None

    def check_active(self) -> None:
        if not self.is_active:
            raise Refusal(*self.no(), {"x-bamboohr-error-message": self.words})

    def edit(self) -> None:
        super().edit()
        self.records[0].text[SCORE] = str(BY_HAND)

    def routes(self) -> list[Route]:
        table = "employees/{employee}/tables/customAppraise"
        return [
            self.route(f"/api/v1/{table}", self._rows, "GET"),
            self.route(f"/api/v1_1/{table}", self._add, "POST"),
            self.route(f"/api/v1_1/{table}/{{row:int}}", self._change, "POST"),
        ]

    async def _rows(self, request: Request) -> Any:
        employee = self._employee(request)
        rows = [(number, one) for number, one in enumerate(self.records, 1) if one.employee == employee]
        return [{"id": str(number), "employeeId": employee, **self._shown(one)} for number, one in rows]

    async def _add(self, request: Request) -> Any:
        record = Record(self._employee(request))
        await self._save(record, request)
        if not self.is_lying:
            self.records.append(record)

    async def _change(self, request: Request) -> Any:
        self._employee(request)
        await self._save(self.records[request.path_params["row"] - 1], request)

    def _employee(self, request: Request) -> str:
        employee = str(request.path_params["employee"])
        if employee not in self.known:
            raise Refusal(404, None, {"x-bamboohr-error-message": "Employee not found"})
        return employee

    async def _save(self, record: Record, request: Request) -> None:
        body = await request.json()
        self.check_active()
        if not self.is_lying:
            record.text |= body
            record.number = body[SCORE] or None

    def _shown(self, record: Record) -> dict[str, Any]:
        return {name: value or None for name, value in record.text.items() if name not in self.hidden}
