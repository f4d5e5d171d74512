"""Final sections as fields of Odoo's appraisals."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any, ClassVar, Final

from appraise.adapters.contract import Verification
from appraise.adapters.host_http import HostHttp
from appraise.adapters.section_texts import note_lines
from appraise.adapters.sinks import (
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
from appraise.domain.periods import Period
from appraise.domain.write_back import Values
from appraise.errors import InvalidInput
from appraise_odoo.calls import Calls, Json2, XmlRpc

JSON_2_SINCE: Final = 19
NAMES: Final = {"score": "appraise_score", "status": "appraise_status", "note": "appraise_note"}
"""Those of the module in the plugin's kit."""
PERCENT: Final = HostScale.percent()
LATE: Final = 4


class OdooHost:
    def __init__(self, odoo: Calls, options: SinkOptions) -> None:
        self._odoo, self._options = odoo, options
        self._names = {name: options.settings.get(f"field.{name}", field) for name, field in NAMES.items()}

    def plan(self, section: FinishedSection) -> HostEntry:
        employee = employee_id(section, self._options, OdooSink.declaration)
        appraisal = self._appraisal(section, employee)
        total = WrittenTotal.of(section, self._options.scale or PERCENT)
        fields = {
            "score": None if total is None else number_text(total.value),
            "status": section.status,
            "note": self._odoo.text("\n".join(note_lines(section))),
        }
        place = f"appraisal {appraisal} of {employee}"
        return HostEntry(section.id, section.revision, place, fields, total, {"id": str(appraisal)})

    def read(self, entry: HostEntry) -> Values:
        found = self._odoo.call("read", ids=[int(entry.key["id"])], fields=list(self._names.values()))
        if not found:
            raise PlaceLost(f"the {entry.place} is not there any more")
        return self._fields(found[0])

    def write(self, entry: HostEntry) -> None:
        vals = {self._names[name]: value for name, value in entry.fields.items()}
        score = entry.fields["score"]
        vals[self._names["score"]] = False if score is None else float(score)  # type: ignore[assignment]  # Odoo's empty
        self._odoo.call("write", ids=[int(entry.key["id"])], vals=vals)

    def _appraisal(self, section: FinishedSection, employee: str) -> int:
        first, end = closing_days(section.period)
        domain = [["employee_id.barcode", "=", employee], ["date_close", ">=", first.isoformat()]]
        if end is not None:
            domain.append(["date_close", "<", end.isoformat()])
        found = self._odoo.call("search_read", domain=domain, fields=["id"], order="date_close desc", limit=2)
        if len(found) != 1:
            told = "no appraisal that closes" if not found else "several appraisals that close"
            raise PlaceLost(f"{employee} has {told} from {first}{f' to before {end}' if end else ' on'}")
        return int(found[0]["id"])

    def _fields(self, found: Mapping[str, Any]) -> Values:
        """Odoo's numbers are never empty: 0 counts only beside our status. An empty text is False there."""
        status, score = found[self._names["status"]] or None, number_text(found[self._names["score"]])
        is_empty = score in {"0", "False"} and status != "SCORED"
        return {"score": None if is_empty else score, "status": status, "note": found[self._names["note"]] or None}


def closing_days(period: Period) -> tuple[date, date | None]:
    """First day on which an appraisal of the period may close, and the first on which one of the next may.

    Most close after the period that they are about: each has until a quarter of the next one. So an appraisal is of
    one of the periods of one length only, whose number then cannot come to stand in that of another year.
    """
    if period.end is None:
        return period.start, None
    late = (period.end - period.start) / LATE
    return period.start + late, period.end + late


class OdooSink:
    declaration: ClassVar[SinkDeclaration] = SinkDeclaration(
        name="odoo",
        title="Odoo: fields of the appraisal",
        version=(
            "JSON-2 of Odoo 19 and XML-RPC of those before, by its documents; the fields are the kit's; "
            "tried on a host of our own"
        ),
        verification=Verification.UNVERIFIED,
        writes=(Writes.TOTAL, Writes.ITEMS, Writes.COMMENTS, Writes.STATUS, Writes.RECEIPT),
        employee="odoo:badge",
        scale="The declared one, else 0 to 100.",
        settings={
            "version": "Odoo's version, 19 where not given; below that XML-RPC is spoken, with database and login.",
            "database": "Name of the database, below 19.",
            "login": "The user as whom we come, below 19; the secret is an API key, or the password, of theirs.",
            "field.score": "Number field of hr.appraisal; appraise_score where not given.",
            "field.status": "Text field; appraise_status where not given.",
            "field.note": "Text field of several lines; appraise_note where not given.",
        },
        limits=(
            "An appraisal is of the cycle in which it closes, or in the first quarter after it (years: by 1 April).",
            "Needs the appraisal module, the kit or three fields made by hand, and a plan that opens the API.",
            "Odoo's number is never empty: an absence is the status beside it, with the number left at 0.",
        ),
    )

    @contextmanager
    def open(self, options: SinkOptions) -> Iterator[OdooHost]:
        if not options.secret:
            raise InvalidInput(f"the host {options.name} lacks its secret", expected="a secret_file with an API key")
        if _is_json_2(options):
            with HostHttp(options, {"authorization": f"bearer {options.secret}"}) as http:
                yield OdooHost(Json2(http), options)
        else:
            with HostHttp(options, {"accept": "text/xml"}) as http:
                yield OdooHost(XmlRpc(http, options), options)


def _is_json_2(options: SinkOptions) -> bool:
    version = options.settings.get("version", str(JSON_2_SINCE))
    major = re.fullmatch(r"(?:saas~)?(\d+)(?:\.\d+)?", version)
    if major is None:
        raise InvalidInput(f"the version of the host {options.name} is {version!r}", expected="e.g. 17 or 18.0")
    missing = [name for name in ("database", "login") if not options.settings.get(name)]
    if int(major[1]) < JSON_2_SINCE and missing:
        raise InvalidInput(
            f"the host {options.name} is Odoo {version} and lacks settings.{' and settings.'.join(missing)}",
            expected="the name of the database, and the login as whom we come",
        )
    return int(major[1]) >= JSON_2_SINCE


sink = OdooSink()
