"""What can be exported, in which form, and by whom."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Self

from appraise.domain.access import Principal, may_import_people, may_read_audit, people_scope, section_scope
from appraise.domain.identifiers import CycleId
from appraise.domain.section_states import SectionState
from appraise.domain.sections import Refusal


class ExportKind(StrEnum):
    """SECTIONS has a line per section, ESTIMATES one per item of a section, AUDIT one per line of the audit log.

    EMPLOYEES has one per person at work today, PEOPLE all that a source has told of people, to be imported again.
    """

    SECTIONS = "SECTIONS"
    ESTIMATES = "ESTIMATES"
    EMPLOYEES = "EMPLOYEES"
    PEOPLE = "PEOPLE"
    AUDIT = "AUDIT"


class ExportFormat(StrEnum):
    JSONL = "JSONL"
    PARQUET = "PARQUET"


OF_SECTIONS: Final = frozenset({ExportKind.SECTIONS, ExportKind.ESTIMATES})
FILTERS: Final = {
    ExportKind.SECTIONS: frozenset({"cycle", "state"}),
    ExportKind.ESTIMATES: frozenset({"cycle", "state"}),
    ExportKind.EMPLOYEES: frozenset({"search", "department"}),
    ExportKind.PEOPLE: frozenset({"source"}),
    ExportKind.AUDIT: frozenset({"since", "until"}),
}


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """Of the filters only those of the kind may be set. `since` is the first moment, `until` the first one after."""

    kind: ExportKind
    format: ExportFormat
    cycle: CycleId | None = None
    state: SectionState | None = None
    search: str | None = None
    department: str | None = None
    source: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def filters(self) -> dict[str, str]:
        """Those that are set, as text."""
        names = ("cycle", "state", "search", "department", "source", "since", "until")
        every = {name: getattr(self, name) for name in names}
        return {
            name: value.isoformat() if isinstance(value, datetime) else str(value)
            for name, value in every.items()
            if value is not None
        }

    @property
    def document(self) -> dict[str, Any]:
        return {"kind": self.kind.value, "format": self.format.value, **self.filters}

    @classmethod
    def of(cls, document: Any) -> Self:
        given = dict(document)
        readers: dict[str, Callable[[str], Any]] = {
            "state": SectionState,
            "since": datetime.fromisoformat,
            "until": datetime.fromisoformat,
        }
        filters: dict[str, Any] = {
            name: readers.get(name, str)(value) for name, value in given.items() if name not in FORM
        }
        return cls(ExportKind(given["kind"]), ExportFormat(given["format"]), **filters)


FORM: Final = frozenset({"kind", "format"})


def refused(request: ExportRequest) -> Refusal | None:
    """Why this cannot be asked for; None where it can."""
    wrong = sorted(request.filters.keys() - FILTERS[request.kind])
    if wrong:
        known = ", ".join(sorted(FILTERS[request.kind]))
        return Refusal("BAD_FILTER", f"an export of {request.kind} is not filtered by this; it is by {known}", wrong[0])
    if request.kind in OF_SECTIONS and request.cycle is None:
        return Refusal("BAD_FILTER", f"say of which cycle the {request.kind.lower()} are to be exported", "cycle")
    if request.kind is ExportKind.PEOPLE and request.source is None:
        return Refusal("BAD_FILTER", "say of which source the people are to be exported", "source")
    if request.kind is ExportKind.PEOPLE and request.format is not ExportFormat.JSONL:
        return Refusal("BAD_FILTER", "people that are to be imported again are exported as JSONL", "format")
    for name, moment in (("since", request.since), ("until", request.until)):
        if moment is not None and moment.tzinfo is None:
            return Refusal("BAD_FILTER", "the moment has no time zone; expected one as in 2026-03-31T08:15:00Z", name)
    return None


def may_export(principal: Principal, kind: ExportKind) -> bool:
    """Whether there may be anything in it; which rows, the row rules say. Nobody exports out of a host's frame."""
    if principal.embedded is not None:
        return False
    match kind:
        case ExportKind.SECTIONS | ExportKind.ESTIMATES:
            return not section_scope(principal).is_empty
        case ExportKind.EMPLOYEES:
            return not people_scope(principal).is_empty
        case ExportKind.PEOPLE:
            return may_import_people(principal) and people_scope(principal).everyone
        case ExportKind.AUDIT:
            return may_read_audit(principal)
