"""Final sections as fields of Frappe HR's Appraisal, which the kit adds there; the cycle's formula counts them."""

import html
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar, Final

import orjson

from appraise.adapters.contract import Verification
from appraise.adapters.host_http import HostHttp, segment
from appraise.adapters.section_texts import note_lines
from appraise.adapters.sinks import (
    HostEntry,
    HostRefused,
    PlaceLost,
    SinkDeclaration,
    SinkOptions,
    Writes,
    employee_id,
    number_text,
)
from appraise.domain.finished_sections import FinishedSection, WrittenTotal
from appraise.domain.write_back import Values
from appraise.errors import InvalidInput
from appraise_frappe.cycles import SETTING, check_cycle, cycle_of
from appraise_frappe.saving import save

APPRAISAL: Final = "/api/resource/Appraisal"
FIELDS: Final = {
    "score": "appraise_score",
    "status": "appraise_status",
    "observed": "appraise_observed_weight",
    "note": "appraise_note",
}
NUMBERS: Final = ("score", "observed")
SCORED: Final = "SCORED"


class FrappeHost:
    def __init__(self, http: HostHttp, options: SinkOptions) -> None:
        self._http, self._options = http, options
        self._saved_at = dict[str, str]()

    def plan(self, section: FinishedSection) -> HostEntry:
        employee = employee_id(section, self._options, FrappeSink.declaration)
        cycle = cycle_of(section, self._options)
        name = self._named(employee, cycle)
        self._held(name)  # the fields are there: Frappe takes others without a word
        total = WrittenTotal.of(section, self._options.scale)
        fields = {
            "score": None if total is None else number_text(total.value),
            "status": section.status,
            "observed": number_text(round(section.observed_weight * 100, 2)),
            "note": "\n".join(note_lines(section)),
        }
        return HostEntry(section.id, section.revision, f"Appraisal {name} of {employee}", fields, total, {"name": name})

    def read(self, entry: HostEntry) -> Values:
        held = self._held(entry.key["name"])
        self._saved_at[entry.key["name"]] = held["modified"]
        status = held[FIELDS["status"]] or None
        # Numbers there are never empty: 0 counts only beside our status.
        numbers = {name: number_text(held[FIELDS[name]]) for name in NUMBERS}
        score = None if numbers["score"] == "0" and status != SCORED else numbers["score"]
        observed = None if numbers["observed"] == "0" and status is None else numbers["observed"]
        note = html.unescape(held[FIELDS["note"]] or "").strip() or None
        return {"score": score, "status": status, "observed": observed, "note": note}

    def write(self, entry: HostEntry) -> None:
        values: dict[str, str | float | None] = {"modified": self._saved_at[entry.key["name"]]}
        values |= {FIELDS[name]: value for name, value in entry.fields.items()}
        for name in NUMBERS:
            value = entry.fields[name]
            values[FIELDS[name]] = None if value is None else float(value)
        # What looks like markup Frappe would change, and pages show this field as markup.
        values[FIELDS["note"]] = html.escape(entry.fields["note"] or "", quote=False)
        save(self._http, f"{APPRAISAL}/{segment(entry.key['name'])}", values)

    def _named(self, employee: str, cycle: str) -> str:
        wanted = [["employee", "=", employee], ["appraisal_cycle", "=", cycle], ["docstatus", "<", 2]]
        params = {"filters": orjson.dumps(wanted).decode(), "fields": '["name"]', "limit_page_length": "2"}
        found = self._http.get(APPRAISAL, params)["data"]
        if len(found) != 1:
            raise PlaceLost(f"{employee} has {'no appraisal' if not found else 'several appraisals'} in {cycle}")
        return str(found[0]["name"])

    def _held(self, name: str) -> Mapping[str, Any]:
        held: Mapping[str, Any] = self._http.get(f"{APPRAISAL}/{segment(name)}")["data"]
        missing = [field for field in FIELDS.values() if field not in held]
        if missing:
            raise HostRefused(
                f"the Appraisal has no field {', '.join(missing)}: install the plugin's kit, or write goals instead"
                " (sink frappe-goal)"
            )
        return held


class FrappeSink:
    declaration: ClassVar[SinkDeclaration] = SinkDeclaration(
        name="frappe",
        title="Frappe HR: fields of the Appraisal, which the cycle's formula counts",
        version=(
            "Appraisal of hrms, read in its source code (80f17c9); the fields are those of the plugin's kit; "
            "tried on a host of our own that behaves so"
        ),
        verification=Verification.SECOND_HAND,
        writes=(Writes.TOTAL, Writes.ITEMS, Writes.COMMENTS, Writes.STATUS, Writes.RECEIPT),
        employee="frappe:id",
        scale="The declared one; without one 1 to 5, with two places, as other scores of an Appraisal are of 5.",
        settings={"cycle": SETTING},
        refuses_stale=True,
        limits=(
            "Needs the kit in the plugin's folder: it adds the fields, and counts them in a cycle's formula.",
            "Frappe HR saves nothing of employees who are not active, and nothing in completed cycles.",
            "Its number is never empty: an absence is the status beside it, and the kit's formula leaves it out.",
        ),
    )

    @contextmanager
    def open(self, options: SinkOptions) -> Iterator[FrappeHost]:
        check_cycle(options)
        if not options.secret:
            raise InvalidInput(
                f"the host {options.name} lacks its secret", expected="a secret_file with `api-key:api-secret`"
            )
        with HostHttp(options, {"authorization": f"token {options.secret}"}) as http:
            yield FrappeHost(http, options)


sink = FrappeSink()
