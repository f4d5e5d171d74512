"""Frappe HR as its source has it: saves nothing of inactive employees, wants a KRA, wraps descriptions."""

from typing import Any, ClassVar

import orjson
from starlette.requests import Request
from starlette.routing import Route

from appraise.testing.hosts.fake import FakeHost, Record, Refusal
from appraise.testing.hosts.frappe import check_time, modified


class FakeFrappeGoals(FakeHost):
    namespace: ClassVar[str] = "frappe:id"
    settings: ClassVar[dict[str, str]] = {"kra": "Customer service"}
    words: ClassVar[str] = "Transactions cannot be created for an Inactive Employee"

    def no(self) -> tuple[int, Any]:
        return 417, {"exc_type": "ValidationError", "exception": f"InactiveEmployeeStatusError: {self.words}"}

    def routes(self) -> list[Route]:
        return [
            self.route("/api/resource/Goal", self._list, "GET"),
            self.route("/api/resource/Goal", self._create, "POST"),
            self.route("/api/resource/Goal/{name}", self._update, "PUT"),
        ]

    async def _list(self, request: Request) -> Any:
        wanted = {name: value for name, _, value in orjson.loads(request.query_params["filters"])}
        found = [one for one in self.records if all(one.text[name] == value for name, value in wanted.items())]
        limit = int(request.query_params["limit_page_length"])
        return {"data": [self._shown(one) for one in found[:limit]]}

    async def _create(self, request: Request) -> Any:
        body = await request.json()
        self.check_active()
        if body["employee"] not in self.known:
            raise Refusal(417, {"exc_type": "LinkValidationError", "exception": f"Could not find {body['employee']}"})
        if not body.get("kra"):
            raise Refusal(417, {"exc_type": "MandatoryError", "exception": "kra"})
        record = Record(body["employee"], text={**body, "name": f"HR-GOAL-{len(self.records) + 1:05d}"})
        if not self.is_lying:
            self.records.append(record)
            self._save(record, body)
        return {"data": self._shown(record)}

    async def _update(self, request: Request) -> Any:
        body = await request.json()
        self.check_active()
        record = next((one for one in self.records if one.text["name"] == request.path_params["name"]), None)
        if record is None:
            raise Refusal(404, {"exc_type": "DoesNotExistError"})
        check_time(record, body)
        if not self.is_lying:
            self._save(record, body)
        return {"data": self._shown(record)}

    def _save(self, record: Record, body: dict[str, Any]) -> None:
        if not 0 <= body["progress"] <= 100:  # noqa: PLR2004  # per cent
            raise Refusal(417, {"exc_type": "ValidationError", "exception": "Progress cannot exceed 100"})
        record.number, record.saves = float(body["progress"]), record.saves + 1
        record.text["description"] = f'<div class="ql-editor read-mode">{body["description"]}</div>'

    def _shown(self, record: Record) -> dict[str, Any]:
        progress = 0.0 if record.number is None else float(record.number)
        held = {"name": record.text["name"], "modified": modified(record), "progress": progress}
        return {**held, "description": record.text.get("description")}
