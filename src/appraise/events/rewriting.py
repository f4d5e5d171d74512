"""Files of a table put in the place of others by one commit: how rows are taken out, and small files become large."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
from deltalake import CommitProperties, DeltaTable
from deltalake._internal import RemoveAction
from deltalake.exceptions import CommitFailedError

from appraise.domain.events import EventKind
from appraise.events.data_files import DataFile
from appraise.events.engine import literal, plain_engine, quoted
from appraise.events.schema import DUCKDB, arrow_schema, stored_columns
from appraise.events.table_files import TableFiles

MEMORY = "400MB"


@dataclass(frozen=True, slots=True)
class Holding:
    """A file with how many of its rows fulfil a condition, and whose loads they are."""

    name: str
    rows: int
    loads: frozenset[str]


@contextmanager
def connect(scratch: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    with plain_engine(scratch) as connection:
        connection.execute(f"SET memory_limit = {literal(MEMORY)}")
        connection.execute("SET TimeZone = 'UTC'")
        yield connection


def scan(kind: EventKind, uris: Iterable[str], *, filename: bool = False) -> str:
    """SQL for all rows of the files, with every column of today; null where files of before had none."""
    more = ", filename = true" if filename else ""
    columns = ", ".join(f"CAST(NULL AS {DUCKDB[one.type]}) AS {quoted(one.name)}" for one in stored_columns(kind))
    none = f"SELECT {columns} WHERE false"
    files = ", ".join(map(literal, uris))
    if not files:
        return f"({none})"
    return f"(SELECT * FROM read_parquet([{files}], union_by_name = true{more}) UNION ALL BY NAME {none})"


def holding(
    connection: duckdb.DuckDBPyConnection, files: TableFiles, names: Iterable[str], condition: str
) -> tuple[Holding, ...]:
    """The files with a row `t` for which the condition is true."""
    uris = files.uris(tuple(names))
    if not uris:
        return ()
    rows = scan(files.kind, uris, filename=True)
    found = connection.execute(
        f"SELECT parse_filename(filename), count(*), list(DISTINCT load_id) FROM {rows} AS t "
        f"WHERE {condition} GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    return tuple(Holding(name, rows, frozenset(loads)) for name, rows, loads in found)


def without(files: TableFiles, names: Iterable[str], condition: str) -> str:
    """SQL for the rows of the files for which the condition is not true."""
    return f"SELECT * FROM {scan(files.kind, files.uris(tuple(names)))} AS t WHERE ({condition}) IS NOT TRUE"


def replace_files(
    table: DeltaTable,
    files: TableFiles,
    names: Sequence[str],
    written: Sequence[DataFile],
    *,
    at: datetime,
    properties: CommitProperties,
) -> bool:
    """False, and nothing is changed, where somebody else replaced one of the files since the table was opened.

    What others append meanwhile stands in no one's way.
    """
    stamp = int(at.timestamp() * 1000)
    sizes = files.lying()
    # Only files that are said to change data are seen to be in the way of each other.
    removed = [RemoveAction(name, True, stamp, sizes.get(name, 0)) for name in names]  # noqa: FBT003  # its own form
    with files.put(written):
        try:
            table.create_write_transaction(
                [*removed, *(file.added(at) for file in written)],
                "append",
                arrow_schema(files.kind),
                commit_properties=properties,
            )
        except CommitFailedError:
            for file in written:
                files.delete(file.path.name)
            return False
    return True
