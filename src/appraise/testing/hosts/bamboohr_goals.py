"""BambooHR's goals as its documents have them: a new one for each call, and progress ignored beside milestones."""

from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from appraise.testing.hosts.bamboohr import FakeBamboo
from appraise.testing.hosts.fake import FakeHost, Record, Refusal


class FakeBambooGoals(FakeBamboo):
    """A record's number is the progress; its `milestones` are added to whenever it is written with some."""

    def surplus(self) -> int:
        return super().surplus() + sum(max(0, len(one.text.get("milestones", [])) - 1) for one in self.records)

    def edit(self) -> None:
        FakeHost.edit(self)

    def routes(self) -> list[Route]:
        goals = "/api/v1/performance/employees/{employee}/goals"
        return [
            self.route(goals, self._goals, "GET"),
            self.route(goals, self._add, "POST"),
            self.route(f"{goals}/{{row:int}}", self._change, "PUT"),
        ]

    async def _goals(self, request: Request) -> Any:
        employee = self._employee(request)
        mine = [(number, one) for number, one in enumerate(self.records, 1) if one.employee == employee]
        return {
            "goals": [
                {"id": str(number), "milestones": None, **one.text, "percentComplete": one.number}
                for number, one in mine
            ]
        }

    async def _save(self, record: Record, request: Request) -> None:
        body = await request.json()
        self.check_active()
        if not body.get("title") or not body.get("dueDate") or not body.get("sharedWithEmployeeIds"):
            raise Refusal(
                400, None, {"x-bamboohr-error-message": "title, dueDate and sharedWithEmployeeIds are needed"}
            )
        if self.is_lying:
            return
        milestones = record.text.get("milestones", []) + body.pop("milestones", [])
        progress = body.pop("percentComplete")
        record.text |= body | ({"milestones": milestones} if milestones else {})
        record.number = record.number if milestones else progress
