"""Final sections as a row of a custom table of BambooHR employees, one for each section."""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar, Final

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
from appraise.domain.host_scale import HostScale
from appraise.domain.write_back import Values
from appraise.errors import InvalidInput

FIELDS: Final = {
    "section": "customAppraiseSection",
    "date": "customAppraiseDate",
    "cycle": "customAppraiseCycle",
    "score": "customAppraiseScore",
    "status": "customAppraiseStatus",
    "note": "customAppraiseNote",
}
TABLE: Final = "customAppraise"
WORDS: Final = "x-bamboohr-error-message"
"""Where the host says why; the body of its refusals may be empty."""


def bamboo_http(options: SinkOptions) -> HostHttp:
    """Raises `InvalidInput` without an API key."""
    if not options.secret:
        raise InvalidInput(f"the host {options.name} lacks its secret", expected="a secret_file with an API key")
    basic = b64encode(f"{options.secret}:x".encode()).decode()  # the vendor's way: the key as the user's name
    return HostHttp(options, {"authorization": f"Basic {basic}"}, told_in=WORDS)


class BambooHost:
    def __init__(self, http: HostHttp, options: SinkOptions) -> None:
        self._http, self._options = http, options
        self._table = segment(options.settings.get("table", TABLE))
        self._names = {name: options.settings.get(f"field.{name}", field) for name, field in FIELDS.items()}

    def plan(self, section: FinishedSection) -> HostEntry:
        """Asks for the rows already here, so that a preview finds a table that is not there."""
        employee = employee_id(section, self._options, BambooSink.declaration)
        total = WrittenTotal.of(section, self._options.scale or HostScale.percent())
        fields = {
            "date": section.finalised_at.date().isoformat(),
            "cycle": section.cycle,
            "score": None if total is None else number_text(total.value),
            "status": section.status,
            "note": "; ".join(note_lines(section)),
        }
        place = f"row {section.id} of employee {employee}"
        key = {"employee": employee, "section": str(section.id)}
        entry = HostEntry(section.id, section.revision, place, fields, total, key)
        self._row(entry)
        return entry

    def read(self, entry: HostEntry) -> Values:
        row = self._row(entry)
        return dict.fromkeys(entry.fields) if row is None else {name: self._held(row, name) for name in entry.fields}

    def write(self, entry: HostEntry) -> None:
        """A new row only where there is none of this section: the host adds another one each time that it is asked."""
        row = self._row(entry)
        path = f"/api/v1_1/{self._path(entry)}" + ("" if row is None else f"/{segment(str(row['id']))}")
        values = {self._names[name]: value or "" for name, value in entry.fields.items()}
        values[self._names["section"]] = entry.key["section"]
        self._http.call("POST", path, body=values, empty=True)

    def _path(self, entry: HostEntry) -> str:
        return f"employees/{segment(entry.key['employee'])}/tables/{self._table}"

    def _row(self, entry: HostEntry) -> Mapping[str, Any] | None:
        rows = self._http.get(f"/api/v1/{self._path(entry)}")
        name = self._names["section"]
        unseen = [one for one in rows if name not in one]
        if unseen:
            raise HostRefused(f"the field {name} is not among those that we may see in the table {self._table}")
        mine = [one for one in rows if one[name] == entry.key["section"]]
        if len(mine) > 1:
            raise PlaceLost(f"there are {len(mine)} rows of the section {entry.key['section']}: delete all but one")
        return mine[0] if mine else None

    def _held(self, row: Mapping[str, Any], name: str) -> str | None:
        """Fields that we may not see are missing without a word, and empty days are 0000-00-00."""
        value = row.get(self._names[name])
        if name == "score":
            return number_text(value)
        return None if value in {None, "", "0000-00-00"} else str(value)


class BambooSink:
    declaration: ClassVar[SinkDeclaration] = SinkDeclaration(
        name="bamboohr",
        title="BambooHR: a row of a custom table",
        version=(
            "API v1 and v1.1, tables by the vendor's documents and recorded replies; that custom tables answer "
            "likewise is unverified; tried on a host of our own"
        ),
        verification=Verification.UNVERIFIED,
        writes=(Writes.TOTAL, Writes.ITEMS, Writes.COMMENTS, Writes.STATUS, Writes.RECEIPT),
        employee="bamboohr:id",
        scale="The declared one, else 0 to 100.",
        settings={
            "table": f"API name of the table; {TABLE} where not given.",
            **{
                f"field.{name}": f"API name of the field for the {name}; {field} where not given."
                for name, field in FIELDS.items()
            },
        },
        limits=(
            "The table and its fields are made in BambooHR by hand; GET /api/v1/meta/tables tells their API names.",
            "BambooHR opens no answers of its assessments to programs: the row stands beside them.",
            "The secret is an API key, which may do what its owner may.",
        ),
    )

    @contextmanager
    def open(self, options: SinkOptions) -> Iterator[BambooHost]:
        with bamboo_http(options) as http:
            yield BambooHost(http, options)


sink = BambooSink()
