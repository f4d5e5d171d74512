"""Frappe HR with the kit's fields, as its source has it: takes unknown fields without a word, empties no number.

The final score is that of the cycle's formula, evaluated over the Appraisal's own fields whenever it is saved.
"""

from collections.abc import Mapping
from decimal import Decimal
from html import escape
from typing import Any, ClassVar, Final

import orjson
from starlette.requests import Request
from starlette.routing import Route

from appraise.domain.finished_sections import FinishedSection
from appraise.testing.hosts.fake import FakeHost, Record, Refusal

CYCLE: Final = "2025"
TEXTS: Final = ("appraise_status", "appraise_note")
OPERATORS: Final = {"=": lambda held, value: held == value, "<": lambda held, value: held < value}


class FakeFrappe(FakeHost):
    """`formula` is that of the cycle, None where it has none; `goal_score` what goals and their KRAs come to, of 5.

    Without `has_kit` the Appraisal has none of our fields. `is_completed`: the cycle takes no change any more.
    """

    namespace: ClassVar[str] = "frappe:id"
    expected: ClassVar[Decimal] = Decimal("3.75")
    words: ClassVar[str] = "Transactions cannot be created for an Inactive Employee"

    def reset(self) -> None:
        super().reset()
        self.has_kit, self.is_completed = True, False
        self.formula: str | None = None
        self.goal_score = 4.0

    def no(self) -> tuple[int, Any]:
        return 417, {"exc_type": "ValidationError", "exception": f"InactiveEmployeeStatusError: {self.words}"}

    def expect(self, section: FinishedSection) -> None:
        super().expect(section)
        employee = str(section.reference(self.namespace))
        if employee not in {one.employee for one in self.records}:
            self.records.append(Record(employee))

    def routes(self) -> list[Route]:
        return [
            self.route("/api/resource/Appraisal", self._list, "GET"),
            self.route("/api/resource/Appraisal/{name}", self._one, "GET"),
            self.route("/api/resource/Appraisal/{name}", self._update, "PUT"),
        ]

    async def _list(self, request: Request) -> Any:
        wanted = orjson.loads(request.query_params["filters"])
        found = [
            number
            for number, one in enumerate(self.records, 1)
            if all(OPERATORS[how](self._kept(one)[name], value) for name, how, value in wanted)
        ]
        limit = int(request.query_params["limit_page_length"])
        return {"data": [{"name": _name(number)} for number in found[:limit]]}

    async def _one(self, request: Request) -> Any:
        return {"data": self._shown(request)}

    async def _update(self, request: Request) -> Any:
        body = await request.json()
        record = self._record(request)
        self.check_active()
        if self.is_completed:
            told = f"Cannot create or change transactions against an Appraisal Cycle with status Completed: {CYCLE}"
            raise Refusal(417, {"exc_type": "ValidationError", "exception": told})
        check_time(record, body)
        if self.has_kit and not self.is_lying:
            record.saves += 1
            record.number = body["appraise_score"]  # an empty one becomes 0, which `_shown` tells
            record.text |= {name: body[name] for name in ("appraise_observed_weight", "appraise_status")}
            # markup is changed by what cleans it
            record.text["appraise_note"] = escape(note) if "<" in (note := body["appraise_note"]) else note
        return {"data": self._shown(request)}

    def final_score(self, record: Record) -> float:
        """As `Appraisal.calculate_final_score` computes it."""
        scores = {"goal_score": self.goal_score, "average_feedback_score": 0.0, "self_appraisal_score": 0.0}
        if self.formula is None:
            return round(sum(scores.values()) / 3, 3)
        return round(float(eval(self.formula, {"__builtins__": {}}, scores | self._kept(record))), 3)  # noqa: S307  # as the host does

    def _record(self, request: Request) -> Record:
        number = int(request.path_params["name"].rpartition("-")[2])
        if number > len(self.records):
            raise Refusal(404, {"exc_type": "DoesNotExistError"})
        return self.records[number - 1]

    def _kept(self, record: Record) -> dict[str, Any]:
        held: dict[str, Any] = {"employee": record.employee, "appraisal_cycle": CYCLE, "docstatus": 0}
        held["modified"] = modified(record)
        if self.has_kit:
            observed = float(record.text.get("appraise_observed_weight") or 0)
            held |= {"appraise_score": float(record.number or 0), "appraise_observed_weight": observed}
            held |= {name: record.text.get(name) or None for name in TEXTS}
        return held

    def _shown(self, request: Request) -> dict[str, Any]:
        record = self._record(request)
        return {"name": request.path_params["name"], **self._kept(record), "final_score": self.final_score(record)}


def modified(record: Record) -> str:
    return f"2026-03-01 12:00:00.{record.saves:06d}"


def check_time(record: Record, body: Mapping[str, Any]) -> None:
    """As `Document.check_if_latest` does; without a time of its own a change is that of the document just loaded."""
    if body.get("modified", modified(record)) != modified(record):
        told = "Document has been modified after you have opened it"
        raise Refusal(417, {"exc_type": "TimestampMismatchError", "exception": told})


def _name(number: int) -> str:
    return f"HR-APR-2025-{number:05d}"
