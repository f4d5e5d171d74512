"""How far the engine has read a file, told while it reads."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Final

import duckdb

from appraise.domain.progress import Reading, Watch, unwatched

EVERY: Final = 0.2
"""Seconds."""


@contextmanager
def watched(connection: duckdb.DuckDBPyConnection, path: Path, rows: int, watch: Watch) -> Iterator[None]:
    """Tell `watch`, from a thread, how far the statement that reads the file has come; at last, that all is read.

    The engine knows the share of the bytes; the rows so far are that share of all.
    """
    if watch is unwatched:
        yield
        return
    size, over = path.stat().st_size, Event()

    def look() -> None:
        told = 0.0
        while not over.wait(EVERY):
            share = connection.query_progress() / 100
            if told < share <= 1:
                told = share
                watch(Reading(round(share * rows), round(share * size), size))

    looking = Thread(target=look, name="reading progress", daemon=True)
    looking.start()
    try:
        yield
    finally:
        over.set()
        looking.join()
    watch(Reading(rows, size, size))
