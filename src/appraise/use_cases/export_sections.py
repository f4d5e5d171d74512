"""Write the finalised sections of a cycle to a file, one line per item."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from appraise.adapters.spreadsheets import spreadsheet_cell
from appraise.domain.access import Principal
from appraise.domain.identifiers import CycleId
from appraise.domain.reading import SectionRow, SectionsWanted
from appraise.domain.scorecards import Estimate
from appraise.domain.section_states import SectionState
from appraise.domain.sections import Item
from appraise.storage import audit, cycles, sections
from appraise.storage.access import Viewer
from appraise.storage.database import Session
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.record_reading import record_reading
from appraise.use_cases.section_view import Actor
from appraise.use_cases.transactions import committed

PAGE: Final = 500
NUMBERS: Final = (
    "value",
    "lower",
    "upper",
    "expected",
    "unshrunk",
    "standard_error",
    "reliability",
    "probability_better",
)


class ExportFormat(StrEnum):
    CSV = "csv"
    JSONL = "jsonl"


def export_sections(
    deployment: Deployment,
    principal: Principal,
    cycle: CycleId,
    *,
    format: ExportFormat,  # noqa: A002  # the file's format
    write: Callable[[bytes], object],
    at: datetime,
) -> int:
    """The number of sections written: all finalised ones that the principal may read. Raises `NotFound`.

    The audit log tells of it before the first byte is written: an export that broke off was an export too.
    """
    viewer = Viewer(principal, at.date())
    actor = Actor.of(principal)

    def record(session: Session) -> None:
        name = cycles.get(session, cycle).name
        count = sections.counted(session, viewer, SectionsWanted(cycle, SectionState.FINALISED))
        details = [*actor.facts, ("cycle", name), ("format", format.value), ("sections", str(count))]
        audit.append(
            session, at=at, actor=actor.id, action="sections.export", subject=f"cycle:{cycle}", details=details
        )

    committed(deployment, record)
    if format is ExportFormat.CSV:
        write(_csv([COLUMNS]))
    written = 0
    with deployment.database.reading() as session:
        for rows in _pages(session, viewer, cycle):
            read = {row.section.id: row.section.employee for row in rows}
            record_reading(deployment, principal, read, at=at)
            lines = [line for row in rows for line in _lines(row)]
            if format is ExportFormat.CSV:
                write(_csv([[spreadsheet_cell(line[column]) for column in COLUMNS] for line in lines]))
            else:
                write("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode())
            written += len(rows)
    return written


COLUMNS: Final = [
    "section",
    "employee",
    "employee_name",
    "manager_name",
    "department",
    "job_title",
    "cycle",
    "revision",
    "indicator",
    "weight",
    *NUMBERS,
    "absence",
    "absence_reason",
    "rating",
    "comment",
    "reviewed",
    "manifest_hash",
]


def _pages(session: Session, viewer: Viewer, cycle: CycleId) -> Iterator[tuple[SectionRow, ...]]:
    after = None
    while True:
        page = sections.listed(session, viewer, SectionsWanted(cycle, SectionState.FINALISED), first=PAGE, after=after)
        if page.items:
            yield page.items
        if not page.has_next:
            return
        after = page.end_cursor


def _lines(row: SectionRow) -> Iterator[dict[str, Any]]:
    section = row.section
    for item in section.items:
        yield {
            "section": section.id,
            "employee": section.employee,
            "employee_name": row.employee_name,
            "manager_name": row.manager_name,
            "department": section.department,
            "job_title": section.job_title,
            "cycle": row.cycle_name,
            "revision": section.revision,
            "indicator": item.indicator,
            "weight": str(item.weight),
            **_result(item),
            "rating": item.rating,
            "comment": item.comment,
            "reviewed": "no" if section.is_unreviewed else "yes",
            "manifest_hash": section.manifest_hash,
        }


def _result(item: Item) -> dict[str, Any]:
    result = item.result
    if isinstance(result, Estimate):
        numbers = {name: str(getattr(result, name)) for name in NUMBERS}
        return {**numbers, "absence": None, "absence_reason": None}
    return {**dict.fromkeys(NUMBERS), "absence": result.kind.value, "absence_reason": result.reason}


def _csv(rows: list[list[str]]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerows(rows)
    return buffer.getvalue().encode()
