"""Odoo's JSON-2: every call is a POST, empty texts are False, numbers are never empty, wrong fields are a 422."""

import operator
from typing import Any, ClassVar, Final

from starlette.requests import Request
from starlette.routing import Route

from appraise.domain.finished_sections import FinishedSection
from appraise.testing.hosts.fake import FakeHost, Record, Refusal

OPERATORS: Final = {"=": operator.eq, ">=": operator.ge, "<": operator.lt}
FIELDS: Final = {"x_appraise_score", "x_appraise_status", "x_appraise_note"}


class FakeOdoo(FakeHost):
    namespace: ClassVar[str] = "odoo:badge"
    words: ClassVar[str] = "You cannot modify a closed appraisal."

    def reset(self) -> None:
        super().reset()
        self.closes = "2025-12-31"

    def no(self) -> tuple[int, Any]:
        return 422, {"name": "odoo.exceptions.UserError", "message": self.words}

    def is_write(self, request: Request) -> bool:
        return request.url.path.endswith("/write")

    def expect(self, section: FinishedSection) -> None:
        super().expect(section)
        employee = section.reference(self.namespace)
        if employee not in {one.employee for one in self.records}:
            self.records.append(Record(str(employee), text={}))

    def routes(self) -> list[Route]:
        return [self.route("/json/2/hr.appraisal/{method}", self._call, "POST")]

    async def _call(self, request: Request) -> Any:
        body = await request.json()
        match request.path_params["method"]:
            case "search_read":
                found = [number for number, one in enumerate(self.records, 1) if self._fits(one, body["domain"])]
                return [{"id": number} for number in found[: body["limit"]]]
            case "read":
                self._check(body["fields"])
                return [self._shown(number) for number in body["ids"]]
            case "write":
                self._write(body)
                return True
        raise Refusal(404, {"name": "werkzeug.exceptions.NotFound", "message": "no such method"})

    def _fits(self, record: Record, domain: list[list[str]]) -> bool:
        held = {"employee_id.barcode": record.employee, "date_close": record.text.get("date_close", self.closes)}
        return all(OPERATORS[how](held[name], value) for name, how, value in domain)

    def _write(self, body: dict[str, Any]) -> None:
        self._check(body["vals"])
        self.check_active()
        if self.is_lying:
            return
        for number in body["ids"]:
            record = self.records[number - 1]
            score = body["vals"]["x_appraise_score"]
            record.number = None if score is False else float(score)
            record.text |= {name: body["vals"][name] for name in ("x_appraise_status", "x_appraise_note")}

    def _check(self, names: Any) -> None:
        wrong = set(names) - FIELDS
        if wrong:
            raise Refusal(422, {"name": "builtins.ValueError", "message": f"Invalid field {wrong} on 'hr.appraisal'"})

    def _shown(self, number: int) -> dict[str, Any]:
        record = self.records[number - 1]
        texts = {name: record.text.get(name) or False for name in ("x_appraise_status", "x_appraise_note")}
        return {"id": number, "x_appraise_score": float(record.number or 0), **texts}
