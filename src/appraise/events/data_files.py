"""Rows of a table as Parquet files: written aside by the engine, then put into the table by one commit.

The engine writes them within its own memory limit; deltalake's writer holds whole row groups beside it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
from deltalake.transaction import AddAction

from appraise.domain.events import EventKind
from appraise.events.engine import literal
from appraise.events.schema import DUCKDB, stored_columns

ROW_GROUP = 122_880
LARGEST = "256MB"
BOUNDED = ("source", "load_id", "sequence", "occurred_at")
"""Columns whose least and greatest value stand in the log: it is never rewritten, so nothing of customers may."""


@dataclass(frozen=True, slots=True)
class DataFile:
    """`statistics` is JSON as Delta has it, by which a reader may leave the file out."""

    path: Path
    size: int
    rows: int
    statistics: str

    def added(self, at: datetime) -> AddAction:
        return AddAction(
            self.path.name, self.size, {}, int(at.timestamp() * 1000), data_change=True, stats=self.statistics
        )


def write_files(
    connection: duckdb.DuckDBPyConnection, rows: str, kind: EventKind, directory: Path
) -> tuple[DataFile, ...]:
    """The rows of an SQL query over the stored columns of a kind; no file where there is no row."""
    columns = ", ".join(f'CAST("{one.name}" AS {DUCKDB[one.type]}) AS "{one.name}"' for one in stored_columns(kind))
    found = connection.execute(
        f"COPY (SELECT {columns} FROM ({rows})) TO {literal(str(directory / kind.value))} "
        f"(FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE {ROW_GROUP}, FILE_SIZE_BYTES '{LARGEST}', "
        "FILENAME_PATTERN 'part-{uuid}', OVERWRITE, RETURN_STATS)"
    ).fetchall()
    return tuple(
        DataFile(Path(name), size, count, _statistics(kind, count, columns_found))
        for name, count, size, _, columns_found, *_ in found
        if count
    )


def _statistics(kind: EventKind, rows: int, found: Mapping[str, Mapping[str, str]]) -> str:
    least: dict[str, Any] = {}
    greatest: dict[str, Any] = {}
    nulls: dict[str, int] = {}
    for column in stored_columns(kind):
        known = found.get(f'"{column.name}"', {})
        if column.name not in BOUNDED or known.get("min_is_exact") != "true" or known.get("max_is_exact") != "true":
            continue
        nulls[column.name] = int(known["null_count"])
        least[column.name], greatest[column.name] = (_bound(DUCKDB[column.type], known[end]) for end in ("min", "max"))
    return json.dumps({"numRecords": rows, "minValues": least, "maxValues": greatest, "nullCount": nulls})


def _bound(type_name: str, text: str) -> str | int:
    if type_name == "BIGINT":
        return int(text)
    if type_name == "VARCHAR":
        return text
    return datetime.fromisoformat(text).astimezone(UTC).isoformat(timespec="microseconds")
