"""Odoo's JSON-2 and XML-RPC: every call is a POST, empty texts are False, numbers are never empty."""

import operator
import xmlrpc.client
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from appraise.domain.finished_sections import FinishedSection
from appraise.testing.hosts.fake import FakeHost, Record, Refusal

OPERATORS: Final = {"=": operator.eq, ">=": operator.ge, "<": operator.lt}
FIELDS: Final = {"appraise_score", "appraise_status", "appraise_note"}


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
        return self._done(request.path_params["method"], await request.json())

    def _done(self, method: str, body: dict[str, Any]) -> Any:
        match method:
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
            score = body["vals"]["appraise_score"]
            record.number = None if score is False else float(score)
            record.text |= {name: body["vals"][name] for name in ("appraise_status", "appraise_note")}

    def _check(self, names: Any) -> None:
        wrong = set(names) - FIELDS
        if wrong:
            raise Refusal(422, {"name": "builtins.ValueError", "message": f"Invalid field {wrong} on 'hr.appraisal'"})

    def _shown(self, number: int) -> dict[str, Any]:
        record = self.records[number - 1]
        texts = {name: record.text.get(name) or False for name in ("appraise_status", "appraise_note")}
        return {"id": number, "appraise_score": float(record.number or 0), **texts}


class FakeOdooXml(FakeOdoo):
    """Odoo before 19: who calls stands in each call, and what is refused is a fault in an answer with status 200."""

    settings: ClassVar[dict[str, str]] = {"version": "18.0", "database": "people", "login": "appraise"}
    secret: ClassVar[str] = "an API key"  # noqa: S105  # of a host to try on
    user: ClassVar[int] = 7

    def reset(self) -> None:
        super().reset()
        self.asked: tuple[Any, ...] = ()

    def lets_in(self, authorization: str) -> bool:
        return not authorization

    def is_write(self, request: Request) -> bool:
        del request
        return len(self.asked) > METHOD and self.asked[METHOD] == "write"

    def routes(self) -> list[Route]:
        return [
            self.route("/xmlrpc/2/common", self._common, "POST"),
            self.route("/xmlrpc/2/object", self._object, "POST"),
        ]

    async def _answered(self, request: Request, answer: Callable[[Request], Awaitable[Any]]) -> Response:
        self.asked, _ = xmlrpc.client.loads(await request.body())
        return await super()._answered(request, answer)

    async def _common(self, request: Request) -> Any:
        del request
        self._check_database()
        return self.user if self.asked[1:3] == (self.settings["login"], self.secret) else False

    async def _object(self, request: Request) -> Any:
        del request
        self._check_database()
        _, user, key, _, method, args, arguments = self.asked
        if (user, key) != (self.user, self.secret):
            raise Refusal(ACCESS_DENIED, {"message": "Access Denied"})
        return self._done(method, arguments | ({"ids": args[0]} if args else {}))

    def _check_database(self) -> None:
        if self.asked[0] != self.settings["database"]:
            problem = f'psycopg2.OperationalError: FATAL:  database "{self.asked[0]}" does not exist'
            raise Refusal(1, {"message": f"Traceback (most recent call last):\n  File …\n{problem}\n"})

    def no(self) -> tuple[int, Any]:
        return 2, {"message": self.words}

    def shown(self, body: Any) -> Response:
        return _xml((body,))

    def refused(self, refusal: Refusal) -> Response:
        code = refusal.status if refusal.status <= ACCESS_ERROR else 1
        return _xml(xmlrpc.client.Fault(code, refusal.body["message"]))


METHOD: Final = 4
"""The method's place among the arguments of `execute_kw`."""
ACCESS_DENIED, ACCESS_ERROR = 3, 4


def _xml(value: Any) -> Response:
    return Response(xmlrpc.client.dumps(value, methodresponse=True), media_type="text/xml")
