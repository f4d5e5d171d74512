"""Tables of final sections that a host imports, and the same columns read back from what it gives."""

import csv
import io
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from appraise.adapters.contract import FileShape
from appraise.adapters.files import detect, read_header, read_rows
from appraise.adapters.sinks import FileAnswer
from appraise.adapters.spreadsheets import cell_text, spreadsheet_cell
from appraise.domain.identifiers import SectionId
from appraise.errors import InvalidInput, Place

REASON: Final = "rejected_because"


def csv_table(columns: Sequence[str], rows: Iterable[Mapping[str, str | None]]) -> bytes:
    """UTF-8 with CRLF; cells that a spreadsheet would run are quoted (`spreadsheet_cell`)."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([spreadsheet_cell(row.get(name)) for name in columns] for row in rows)
    return buffer.getvalue().encode()


def table_answers(
    path: Path, *, section: str, others: Collection[str] = (), needed: Sequence[str] = (), is_csv: bool = True
) -> Iterator[FileAnswer]:
    """Rows as the host gives them back: `section` is the column of our id, `others` are no fields of the host.

    `rejected_because` tells that it did not take a row. Raises `InvalidInput` for a file without the needed columns.
    """
    shape = detect(path, FileShape())
    header = read_header(path, shape)
    missing = [name for name in (section, *needed) if name not in header]
    if missing:
        raise InvalidInput(
            f"the file has no column {' and no column '.join(missing)}",
            place=Place(path.name),
            expected="the columns of the file that was written, whatever others there are",
        )
    rejected: list[str] = []
    for _, row in read_rows(path, shape, on_reject=lambda row: rejected.append(row.reason)):
        key, problem = row.get(section, "").strip(), row.get(REASON, "").strip()
        if not key:
            continue
        texts = {name: text for name, text in row.items() if name not in {section, REASON, *others}}
        found = {name: cell_text(text) if is_csv else text or None for name, text in texts.items()}
        yield FileAnswer(SectionId(key), found, problem or None)
    if rejected:
        raise InvalidInput(f"{len(rejected)} rows cannot be read: {rejected[0]}", place=Place(path.name))
