"""Final sections as a key result of a Horilla objective, through views that an app of its own adds to Horilla."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from http import HTTPStatus
from typing import Any, ClassVar, Final

from appraise.adapters.contract import Verification
from appraise.adapters.host_http import Answered, HostHttp
from appraise.adapters.section_texts import receipt
from appraise.adapters.sinks import (
    HostBusy,
    HostEntry,
    PlaceLost,
    SinkDeclaration,
    SinkOptions,
    Writes,
    employee_id,
    number_text,
)
from appraise.domain.finished_sections import FinishedSection, WrittenTotal
from appraise.domain.host_scale import HostScale
from appraise.domain.write_back import Values
from appraise.errors import InvalidInput

RESULTS: Final = "/api/appraise/key-results/"
WRITTEN: Final = ("current_value", "appraise_status", "appraise_note")


class HorillaHost:
    def __init__(self, http: HostHttp, options: SinkOptions) -> None:
        self._http, self._options = http, options
        self._read = dict[str, Mapping[str, Any]]()

    def plan(self, section: FinishedSection) -> HostEntry:
        badge = employee_id(section, self._options, HorillaSink.declaration)
        title = self._options.settings.get("key_result", "Customer service score")
        period = (section.period.start, section.period.end or section.period.start)
        wanted = {"badge_id": badge, "title": title, "from": period[0].isoformat(), "to": period[1].isoformat()}
        found = self._http.get(RESULTS, wanted)
        if len(found) != 1:
            raise PlaceLost(f"{badge} has {len(found)} key results {title!r} in {section.period}; one is needed")
        total = WrittenTotal.of(section, HostScale.between(Decimal(0), Decimal(found[0]["target_value"])))
        fields = {
            "current_value": None if total is None else number_text(total.value),
            "status": section.status,
            "note": receipt(section),
        }
        key = {"id": str(found[0]["id"])}
        return HostEntry(section.id, section.revision, f"key result {title!r} of {badge}", fields, total, key)

    def read(self, entry: HostEntry) -> Values:
        found = self._read[entry.key["id"]] = self._http.get(f"{RESULTS}{entry.key['id']}/")
        return _fields(found)

    def write(self, entry: HostEntry) -> None:
        value = entry.fields["current_value"]
        # The model holds whole numbers and checks no range when it is saved: what is sent is within its target.
        body = {
            "current_value": None if value is None else int(value),
            "appraise_status": entry.fields["status"],
            "appraise_note": entry.fields["note"],
            "was": {name: self._read[entry.key["id"]][name] for name in WRITTEN},
        }
        try:
            self._http.call("PATCH", f"{RESULTS}{entry.key['id']}/", body=body)
        except Answered as refusal:
            if refusal.status == HTTPStatus.CONFLICT:
                raise HostBusy("somebody saved it in the host at the same moment") from refusal
            raise


def _fields(result: Mapping[str, Any]) -> Values:
    """Horilla's number is never empty: it counts only beside our status, or where somebody entered another."""
    status, value = result["appraise_status"] or None, number_text(result["current_value"])
    is_empty = value == "0" and status != "SCORED"
    return {"current_value": None if is_empty else value, "status": status, "note": result["appraise_note"] or None}


class HorillaSink:
    declaration: ClassVar[SinkDeclaration] = SinkDeclaration(
        name="horilla",
        title="Horilla: the current value of a key result",
        version="models read in its source code (72e7198); the views are the kit's, run in a Django with such models",
        verification=Verification.UNVERIFIED,
        writes=(Writes.TOTAL, Writes.STATUS, Writes.RECEIPT),
        employee="horilla:badge",
        scale="0 to the key result's target, in whole numbers: 100 is recommended.",
        settings={"key_result": "Title of the key result; Customer service score where not given."},
        refuses_stale=True,
        limits=(
            "Horilla's own API knows no performance: an app in it has to add the views that this sink calls.",
            "Its number is never empty: an absence is the status beside it, with the number left at 0.",
        ),
    )

    @contextmanager
    def open(self, options: SinkOptions) -> Iterator[HorillaHost]:
        if not options.secret:
            raise InvalidInput(f"the host {options.name} lacks its secret", expected="a secret_file with a JWT")
        with HostHttp(options, {"authorization": f"Bearer {options.secret}"}) as http:
            yield HorillaHost(http, options)


sink = HorillaSink()
