"""An employee's own record as an archive: a page to read, the same as data, and the events as a table."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any

from jinja2 import Environment

from appraise.adapters.spreadsheets import spreadsheet_cell
from appraise.domain.evidence import EvidenceRow
from appraise.domain.indicators import BY_KEY
from appraise.use_cases.own_record import OwnRecord, plain

HEAD = ("cycle", "at", "kind", "source", "event_id", "what", "names_you", "indicator", "share", "left_out")


def archive(record: OwnRecord, templates: Environment) -> bytes:
    """A ZIP file."""
    packed = io.BytesIO()
    names = {key: definition.name for key, definition in BY_KEY.items()}
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("record.html", templates.get_template("record.html").render(record=record.document, names=names))
        file.writestr("record.json", json.dumps(_whole(record), ensure_ascii=False, indent=2))
        file.writestr("evidence.csv", "\ufeff" + _table(record.evidence))
    return packed.getvalue()


def _whole(record: OwnRecord) -> dict[str, Any]:
    return {**record.document, "evidence": {cycle: plain(rows) for cycle, rows in record.evidence.items()}}


def _table(evidence: Mapping[str, Iterable[EvidenceRow]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEAD)
    for cycle, rows in evidence.items():
        for row in rows:
            what = [cycle, row.at.isoformat(), row.kind.value, row.source, row.event_id, row.says, row.is_named]
            uses = [[use.indicator, use.credit, use.left_out or ""] for use in row.uses] or [["", "", ""]]
            writer.writerows([spreadsheet_cell(str(cell)) for cell in [*what, *use]] for use in uses)
    return text.getvalue()
