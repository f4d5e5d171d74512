"""Whether the event tables' files are there and can be read."""

from datetime import datetime

import duckdb

from appraise.domain.events import EventKind
from appraise.events.engine import literal, plain_engine
from appraise.events.store import EventStore, Snapshot
from appraise.events.table_files import abandoned_files


def count_rows(snapshot: Snapshot, kind: EventKind) -> int | str:
    """Rows in a table's live files (superseded ones included), or what is wrong with one of them.

    Every column of every file is read, so that a file that is cut short or overwritten shows.
    """
    rows = 0
    with plain_engine() as connection:
        for file in snapshot.files(kind):
            try:
                found = connection.execute(
                    f"SELECT count(*), count(COLUMNS(*)) FROM read_parquet({literal(file)})"
                ).fetchone()
            except duckdb.Error as error:
                held = snapshot.views[kind].loads.get(file)
                whose = f"; it held rows of the load {held}" if held else ""
                return f"the file {file} cannot be read: {str(error).splitlines()[0]}{whose}"
            rows += int(found[0]) if found else 0
    return rows


def count_abandoned(store: EventStore, *, at: datetime) -> int:
    """Files that were put down and never committed, by programs that are gone."""
    return sum(1 for kind in EventKind for _ in abandoned_files(store.files(kind), at=at))
