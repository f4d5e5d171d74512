"""SuccessFactors as SAP describes it: says yes to everything, stores what is no number, loses what it does not know.

Forms are written in the caller's own inbox alone; an answer is 200 whatever became of it.
"""

import re
from typing import Any, ClassVar, Final

from starlette.requests import Request
from starlette.routing import Route

from appraise.domain.finished_sections import FinishedSection
from appraise.testing.hosts.fake import FakeHost, Record, Refusal

USER: Final = "appraise"
TEMPLATE: Final = 302
KEYS: Final = ("appraise_score", "appraise_status", "appraise_note")
FORM: Final = re.compile(r"FormPMReviewContentDetail\(formContentId=(\d+)L,formDataId=(\d+)L\)")
ELEMENT: Final = re.compile(r"FormCustomElement\(elementKey='(\w+)',.*\)")
REVIEWED: Final = {"formReviewStartDate": "/Date(1735689600000)/", "formReviewEndDate": "/Date(1767139200000)/"}
"""2025-01-01 and 2025-12-31."""


class FakeSuccessFactors(FakeHost):
    """`folder` is where the form lies, `reviewed` its period; `elements` what it says of each of its elements.

    `users` are those of whoever has another id, by its name and value.
    """

    namespace: ClassVar[str] = "successfactors:userid"
    settings: ClassVar[dict[str, str]] = {"template": str(TEMPLATE), "user": USER}
    words: ClassVar[str] = "You do not have permission to edit the form"

    def reset(self) -> None:
        super().reset()
        self.folder = "Inbox"
        self.reviewed: dict[str, str] = dict(REVIEWED)
        self.users: dict[tuple[str, str], tuple[str, ...]] = {}
        self.elements: dict[str, dict[str, Any]] = {
            "appraise_score": {"type": "Number", "minimumValue": 0.0, "maximumValue": 100.0},
            "appraise_status": {"type": "Text", "textMaximumLength": 40},
            "appraise_note": {"type": "Textarea", "textMaximumLength": 4000},
        }

    def no(self) -> tuple[int, Any]:
        return 200, {"d": [{"key": None, "status": "ERROR", "message": self.words, "index": 0, "httpCode": 403}]}

    def expect(self, section: FinishedSection) -> None:
        super().expect(section)
        employee = section.reference(self.namespace)
        if employee not in {one.employee for one in self.records}:
            self.records.append(Record(str(employee)))

    def routes(self) -> list[Route]:
        return [
            self.route("/odata/v2/FormHeader", self._headers, "GET"),
            self.route("/odata/v2/User", self._employments, "GET"),
            self.route("/odata/v2/EmpEmployment", self._employments, "GET"),
            self.route("/odata/v2/upsert", self._upsert, "POST"),
            self.route("/odata/v2/{entity}", self._detail, "GET"),
        ]

    async def _headers(self, request: Request) -> Any:
        wanted = re.fullmatch(rf"\((.*)\) and formTemplateId eq {TEMPLATE}", request.query_params["$filter"])
        named = _values("formSubjectId", "" if wanted is None else wanted[1])
        found = [number for number, one in enumerate(self.records, 1) if one.employee in named]
        return {"d": {"results": [self._header(number) for number in found]}}

    async def _employments(self, request: Request) -> Any:
        """`User` and `EmpEmployment`: the users of whoever has the id that is asked for."""
        field = request.query_params["$filter"].partition(" ")[0]
        named = _values(field, request.query_params["$filter"])
        users = [user for one in named for user in self.users.get((field, one), ())]
        return {"d": {"results": [{"userId": user} for user in users]}}

    def _header(self, number: int) -> dict[str, Any]:
        folders = {"results": [{"folderId": "7", "folderName": self.folder, "userId": USER}]}
        content = {"formContentId": str(900 + number), "formDataId": str(number), "folders": folders}
        whose = {"formDataId": str(number), "formSubjectId": self.records[number - 1].employee}
        return {**whose, "currentStep": "Appraise", **self.reviewed, "formLastContent": content}

    async def _detail(self, request: Request) -> Any:
        form = FORM.fullmatch(request.path_params["entity"])
        if form is None:
            raise Refusal(404, {"error": {"code": "NotFoundException", "message": {"value": "no such entity"}}})
        shown = [self._element(int(form[2]), key, about) for key, about in self.elements.items()]
        section = {"sectionIndex": 4, "sectionName": "Customer service", "customElement": {"results": shown}}
        return {"d": {"formContentId": form[1], "formDataId": form[2], "customSections": {"results": [section]}}}

    def _element(self, number: int, key: str, about: dict[str, Any]) -> dict[str, Any]:
        record = self.records[number - 1]
        held = record.number if key == KEYS[0] else record.text.get(key)
        plain = {"itemId": "0", "sectionIndex": 4, "elementKey": key, "valueKey": f"wf_sect_4_{key}"}
        return {**plain, **about, "value": None if held is None else str(held)}

    async def _upsert(self, request: Request) -> Any:
        body = await request.json()
        self.check_active()
        form = FORM.fullmatch(body["__metadata"]["uri"])
        if form is None or self.folder != "Inbox":
            raise Refusal(*self.no())
        for section in body["customSections"]:
            for element in section["customElement"]:
                named = ELEMENT.fullmatch(element["__metadata"]["uri"])
                if named is not None and named[1] in self.elements and not self.is_lying:
                    self._store(self.records[int(form[2]) - 1], named[1], element["value"] or None)
        done = {"key": body["__metadata"]["uri"], "status": "OK", "editStatus": "UPSERTED", "message": None}
        return {"d": [{**done, "index": 0, "httpCode": 200, "inlineResults": []}]}

    def _store(self, record: Record, key: str, value: str | None) -> None:
        if key == KEYS[0]:
            record.number = value  # text, number or not
        else:
            record.text[key] = value


def _values(field: str, wanted: str) -> list[str]:
    """Of `field eq 'a' or field eq 'b'`."""
    parts = [re.fullmatch(rf"{field} eq '((?:[^']|'')*)'", part) for part in wanted.split(" or ")]
    if not all(parts):
        raise Refusal(400, {"error": {"code": "COE_GENERAL_BAD_REQUEST", "message": {"value": "filter"}}})
    return [part[1].replace("''", "'") for part in parts if part is not None]
