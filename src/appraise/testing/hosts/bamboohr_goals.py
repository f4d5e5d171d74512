"""BambooHR's goals as its documents have them: a new one for each call, and progress ignored beside milestones."""

from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from appraise.testing.hosts.bamboohr import FakeBamboo
from appraise.testing.hosts.fake import FakeHost, Record, Refusal


class FakeBambooGoals(FakeBamboo):
    """A record's number is the progress; `milestones` are those of all goals."""

    def reset(self) -> None:
        super().reset()
        self.milestones: list[dict[str, Any]] = []

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
                {"id": str(number), **one.text, "percentComplete": one.number, "milestones": self.milestones or None}
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
        progress = body.pop("percentComplete")
        record.text |= body
        record.number = record.number if self.milestones else progress
