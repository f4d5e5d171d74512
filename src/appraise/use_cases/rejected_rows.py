"""Rows that an import rejected, told of in a file."""

import csv
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from appraise.adapters.spreadsheets import spreadsheet_cell
from appraise.domain.access import Principal
from appraise.domain.identifiers import JobId
from appraise.domain.jobs import JobState
from appraise.domain.mapping import RejectedRow
from appraise.errors import NotFound
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.files import existing
from appraise.use_cases.read_imports import get_import


def rejected_rows(deployment: Deployment, principal: Principal, key: JobId, *, at: datetime) -> tuple[Path, str]:
    """The CSV file, and a name for it. Raises `Forbidden`, and `NotFound` where there is none."""
    job = get_import(deployment, principal, key, at=at)
    file = (job.outcome or {}).get("file")
    if file is None or job.state is JobState.EXPIRED:
        raise NotFound("no row was rejected, or the import's time is over")
    return existing(deployment, file), f"rejected-{Path(job.wanted['name']).stem}.csv"


def write_rejected(path: Path, rows: Iterable[RejectedRow]) -> None:
    """As CSV that a spreadsheet may open without harm."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "row", "column", "value", "reason"])
        for row in rows:
            cells = (row.file, row.column, row.value, row.reason)
            name, column, value, reason = (spreadsheet_cell(cell) for cell in cells)
            writer.writerow([name, row.row, column, value, reason])
