"""Final sections as a custom section of SuccessFactors performance forms, by OData.

The host checks nothing and says yes to everything (SAP KBA 3735299): what is sent is checked against what the form
says of its elements, and only reading it back tells whether it arrived.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar, Final

from appraise.adapters.contract import Verification
from appraise.adapters.host_http import BUSY, HostHttp
from appraise.adapters.section_texts import fitting
from appraise.adapters.sinks import (
    HostBusy,
    HostEntry,
    HostRefused,
    PlaceLost,
    SinkDeclaration,
    SinkOptions,
    Writes,
    employee_ids,
    number_text,
)
from appraise.domain.finished_sections import FinishedSection, WrittenTotal
from appraise.domain.host_scale import HostScale
from appraise.domain.periods import Period
from appraise.domain.write_back import Values
from appraise.errors import InvalidInput

ODATA: Final = "/odata/v2"
ELEMENTS: Final = {"score": "appraise_score", "status": "appraise_status", "note": "appraise_note"}
USER_ID: Final = "userId"
FIND_BY: Final = {
    USER_ID: ("successfactors:userid", ""),
    "username": ("successfactors:username", "User"),
    "assignmentIdExternal": ("successfactors:assignment-id-external", "EmpEmployment"),
    "personIdExternal": ("successfactors:person-id-external", "EmpEmployment"),
}
"""By which of its ids the host is asked for a person → what that is called here, and the entity that has the users."""
NUMBERS: Final = frozenset({"number", "percent", "currency"})
_MOMENT: Final = re.compile(r"/Date\((-?\d+)(?:[+-]\d{4})?\)/")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

Element = Mapping[str, Any]


class SuccessFactorsHost:
    def __init__(self, http: HostHttp, options: SinkOptions) -> None:
        self._http, self._options = http, options
        self._names = {name: options.settings.get(f"element.{name}", key) for name, key in ELEMENTS.items()}

    def plan(self, section: FinishedSection) -> HostEntry:
        form = self._form(section, self._users(section))
        obstacle = self._elsewhere(form)
        keys = {"data": str(form["formDataId"]), "content": str(form["formLastContent"]["formContentId"])}
        elements = self._elements(keys)
        total = WrittenTotal.of(section, _scale(elements["score"], self._options))
        fields = {
            "score": None if total is None else number_text(total.value),
            "status": section.status,
            "note": fitting(section, elements["note"].get("textMaximumLength") or None),
        }
        for name, value in fields.items():
            _check(elements[name], value)
        locked = [one["elementKey"] for one in elements.values() if one.get("editable") is False]
        if obstacle is None and locked:
            obstacle = f"the element {', '.join(locked)} may not be written in this step of the form"
        place = f"form {keys['data']} of {form['formSubjectId']}"
        return HostEntry(section.id, section.revision, place, fields, total, keys, obstacle)

    def read(self, entry: HostEntry) -> Values:
        found = self._elements(entry.key)
        return {name: _held(name, element.get("value")) for name, element in found.items()}

    def write(self, entry: HostEntry) -> None:
        form = f"formContentId={entry.key['content']}L,formDataId={entry.key['data']}L"
        elements = self._elements(entry.key)
        index = elements["score"]["sectionIndex"]
        body = {
            "__metadata": {"uri": f"FormPMReviewContentDetail({form})"},
            "customSections": [
                {
                    "__metadata": {"uri": f"FormCustomSection({form},sectionIndex={index})"},
                    "customElement": [
                        _changed(form, element, entry.fields[name]) for name, element in elements.items()
                    ],
                }
            ],
        }
        params = {"$format": "json", "purgeType": "incremental"}  # what is not named stays
        _refuse(self._http.call("POST", f"{ODATA}/upsert", body=body, params=params)["d"])

    def _users(self, section: FinishedSection) -> tuple[str, ...]:
        """The employee's userIds, of which SuccessFactors has one for each employment; asked for where need be."""
        asked = self._options.settings.get("find_by", USER_ID)
        declared = replace(SuccessFactorsSink.declaration, employee=FIND_BY[asked][0])
        ids = employee_ids(section, self._options, declared)
        if asked == USER_ID:
            return ids
        wanted = " or ".join(f"{asked} eq {_quoted(one)}" for one in ids)
        params = {"$filter": wanted, "$select": USER_ID, "$top": "50", "$format": "json"}
        found = _results(self._http.get(f"{ODATA}/{FIND_BY[asked][1]}", params)["d"])
        if not found:
            raise HostRefused(f"the host knows nobody whose {asked} is {' or '.join(ids)}")
        return tuple(dict.fromkeys(str(one[USER_ID]) for one in found))

    def _form(self, section: FinishedSection, users: Sequence[str]) -> Mapping[str, Any]:
        """The one form of the employee and the period."""
        settings = self._options.settings
        subjects = " or ".join(f"formSubjectId eq {_quoted(user)}" for user in users)
        wanted = f"({subjects}) and formTemplateId eq {settings['template']}"
        expanded = {"$expand": "formLastContent/folders", "$top": "50", "$format": "json"}
        headers = _results(self._http.get(f"{ODATA}/FormHeader", {"$filter": wanted, **expanded})["d"])
        forms = [one for one in headers if _is_within(one, section.period)]
        if len(forms) != 1:
            told = f"{len(forms)} forms of the template {settings['template']} in {section.period}"
            raise PlaceLost(f"{' or '.join(users)} has {told}")
        return forms[0]

    def _elsewhere(self, form: Mapping[str, Any]) -> str | None:
        """Why the form cannot be written, where it is not in our own inbox; others can only be read."""
        user = self._options.settings["user"]
        folders = _results((form.get("formLastContent") or {}).get("folders"))
        names = {str(one.get("folderName")).casefold() for one in folders if one.get("userId") == user}
        if "inbox" in names:
            return None
        step = form.get("currentStep") or "unknown"
        return (
            f"the form {form['formDataId']} is not in the inbox of {user} (step {step}): only there it can be written"
        )

    def _elements(self, keys: Mapping[str, str]) -> dict[str, Element]:
        """By our name. Raises `HostRefused` for one that the form has not: the host would take it without a word."""
        path = f"{ODATA}/FormPMReviewContentDetail(formContentId={keys['content']}L,formDataId={keys['data']}L)"
        params = {"$expand": "customSections/customElement", "$format": "json"}
        sections = _results(self._http.get(path, params)["d"].get("customSections"))
        title = self._options.settings.get("section", "Customer service")
        named = [one for one in sections if one.get("sectionName") == title]
        if len(named) != 1:
            raise HostRefused(f"the form {keys['data']} shows {len(named)} custom sections {title!r}; one is needed")
        held = {one["elementKey"]: one for one in _results(named[0].get("customElement"))}
        missing = [key for key in self._names.values() if key not in held]
        if missing:
            raise HostRefused(f"the section {title!r} of the form {keys['data']} has no element {', '.join(missing)}")
        return {name: held[key] for name, key in self._names.items()}


def _scale(element: Element, options: SinkOptions) -> HostScale:
    """The element's own bounds; the declared scale where it has the same, or where the element has none."""
    low, high = element.get("minimumValue"), element.get("maximumValue")
    if low is None or high is None:
        return options.scale or HostScale.percent()
    bounds = Decimal(str(low)), Decimal(str(high))
    if options.scale is not None and {options.scale.worst, options.scale.best} == set(bounds):
        return options.scale
    try:
        return HostScale.between(*bounds)
    except InvalidInput as error:
        raise HostRefused(f"{element['elementKey']} takes values from {low} to {high}: {error.found}") from error


def _check(element: Element, value: str | None) -> None:
    """What the host's own page would refuse, and its interface stores. Raises `HostRefused`."""
    key, longest = element["elementKey"], element.get("textMaximumLength")
    if element.get("required") and value is None:
        raise HostRefused(f"the element {key} is required, and there is no value for it")
    if value is None:
        return
    if str(element.get("type") or "").casefold() in NUMBERS and not re.fullmatch(r"-?\d+(\.\d+)?", value):
        raise HostRefused(f"the element {key} takes numbers, not {value!r}")
    if longest and len(value) > int(longest):
        raise HostRefused(f"the element {key} holds {longest} characters, not {len(value)}")


def _changed(form: str, element: Element, value: str | None) -> dict[str, Any]:
    key = (
        f"elementKey={_quoted(element['elementKey'])},{form},"
        f"itemId={element['itemId']}L,sectionIndex={element['sectionIndex']}"
    )
    named = {name: element[name] for name in ("elementKey", "valueKey") if element.get(name) is not None}
    return {"__metadata": {"uri": f"FormCustomElement({key})"}, **named, "value": value or ""}


def _refuse(results: list[Mapping[str, Any]]) -> None:
    """The answer is 200 whatever happened; each part has its own status."""
    for one in results:
        if one.get("status") != "OK":
            problem = f"the host did not write it: {one.get('message') or one.get('status')}"
            raise HostBusy(problem) if one.get("httpCode") in BUSY else HostRefused(problem)
        _refuse(one.get("inlineResults") or [])


def _held(name: str, value: Any) -> str | None:
    if name == "score":
        return number_text(value)
    return str(value or "").strip() or None


def _results(found: Any) -> list[Mapping[str, Any]]:
    """The rows of a collection, whether it is wrapped or not; none where it was hidden from us."""
    inner = found.get("results", []) if isinstance(found, Mapping) else found
    return list(inner or [])


def _is_within(form: Mapping[str, Any], period: Period) -> bool:
    """Days that are hidden from us rule nothing out."""
    days = [day for name in ("formReviewStartDate", "formReviewEndDate") if (day := _day(form.get(name))) is not None]
    return not days or period.is_about(days[0], days[-1])


def _day(value: Any) -> date | None:
    found = _MOMENT.fullmatch(str(value or ""))
    return None if found is None else (_EPOCH + timedelta(milliseconds=int(found[1]))).date()


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


class SuccessFactorsSink:
    declaration: ClassVar[SinkDeclaration] = SinkDeclaration(
        name="successfactors",
        title="SAP SuccessFactors: a custom section of the performance form",
        version=(
            "OData v2; entities by SAP's own client library, habits by SAP KBA 3735299; "
            "which forms are found, how an element is emptied and users are asked for by other ids is unverified; "
            "tried on a host of our own"
        ),
        verification=Verification.SECOND_HAND,
        writes=(Writes.TOTAL, Writes.ITEMS, Writes.COMMENTS, Writes.STATUS, Writes.RECEIPT),
        employee="successfactors:userid",
        scale="The bounds of the score's element; where it has none the declared one, else 0 to 100.",
        settings={
            "template": "The formTemplateId of the performance form; needed.",
            "user": "The userId as whom we come; forms are written in the inbox of this user alone; needed.",
            "find_by": (
                "Which id of the person is known here: userId where not given, username, assignmentIdExternal or "
                "personIdExternal; `employee` says in which namespace."
            ),
            "section": "Name of the custom section; Customer service where not given.",
            "element.score": "Key of the element for the total; appraise_score where not given.",
            "element.status": "Key of the element for the status; appraise_status where not given.",
            "element.note": "Key of the element for the text; appraise_note where not given.",
        },
        limits=(
            "The route map must bring the form into the inbox of this user: a form elsewhere is rejected.",
            "Sending the form on to its next step stays HR's.",
            "A note that is longer than its element is cut; the receipt stays.",
            "The secret is an OAuth access token, which something of yours has to renew in its file.",
        ),
    )

    @contextmanager
    def open(self, options: SinkOptions) -> Iterator[SuccessFactorsHost]:
        template = options.settings.get("template", "")
        if not template.isdecimal() or not options.settings.get("user") or not options.secret:
            raise InvalidInput(
                f"the host {options.name} lacks its template, its user or its secret",
                expected="settings.template (the number of the form template), settings.user, and a secret_file",
            )
        asked = options.settings.get("find_by", USER_ID)
        if asked not in FIND_BY:
            raise InvalidInput(
                f"the host {options.name} is to find people by {asked!r}", expected=f"one of: {', '.join(FIND_BY)}"
            )
        with HostHttp(options, {"authorization": f"Bearer {options.secret}"}) as http:
            yield SuccessFactorsHost(http, options)


sink = SuccessFactorsSink()
