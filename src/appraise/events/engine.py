"""The query engines, and the small part of DuckDB's SQL that text is put into."""

import hashlib
import shutil
import tempfile
import weakref
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import duckdb

from appraise.errors import InvalidInput

if TYPE_CHECKING:
    import ibis
    from ibis.backends.duckdb import Backend

    from appraise.events.store import TableView

DUCKDB: Final = "duckdb"


class Engine(Protocol):
    """An Ibis backend whose sessions think in UTC, so that no time depends on the machine's zone."""

    def events(self, view: "TableView") -> "ibis.Table":
        """The rows that are to be seen, with the visible columns."""

    def one_of(self, text: "ibis.Value", values: Collection[str]) -> "ibis.Value":
        """The same text, of which it is known that it is one of few, or null: for tables that are kept."""


def engine_name(location: str) -> str:
    """That of its Ibis backend, which is also that of its library."""
    return DUCKDB if location == DUCKDB else "pyspark"


def scoring_engine(location: str, *, memory_limit: str | None = None) -> Engine:
    """In this process, or on Apache Spark by a master's or a Spark Connect server's address.

    The limit is DuckDB's, a cluster has its own.

    Raises `InvalidInput` where Spark is asked for and not installed.
    """
    if location == DUCKDB:
        return open_engine(memory_limit=memory_limit)  # type: ignore[no-any-return]  # Ibis has no types
    try:
        from appraise.events.spark_engine import connect  # noqa: PLC0415  # an extra
    except ImportError as error:
        raise InvalidInput(
            f"scoring is to be computed at {location}, and PySpark is not installed ({error})",
            hint="install it with `pip install 'appraise[spark]'`; it needs Java 17",
        ) from error
    return connect(location)


def open_engine(*, memory_limit: str | None = None, threads: int | None = None) -> "Backend":
    """An in-memory DuckDB.

    What does not fit the limit lies in a private directory of the machine's temporary ones (`TMPDIR`), and goes with
    the engine: DuckDB's own default is the directory that the command was started in.
    """
    # Ibis takes a second to import, and writing events needs none of it.
    from appraise.events.duckdb_engine import DuckDBEngine  # noqa: PLC0415

    connection: Backend = DuckDBEngine().connect()
    spill = tempfile.mkdtemp(prefix="appraise-spill-")
    weakref.finalize(connection, shutil.rmtree, spill, ignore_errors=True)
    connection.raw_sql(f"SET temp_directory = {literal(spill)}")
    connection.raw_sql("SET TimeZone = 'UTC'")
    # Whoever needs an order asks for it; to keep one, large tables would be held in memory twice.
    connection.raw_sql("SET preserve_insertion_order = false")
    if memory_limit is not None:
        connection.raw_sql(f"SET memory_limit = {literal(memory_limit)}")
    if threads is not None:
        connection.raw_sql(f"SET threads = {threads}")
    return connection


@contextmanager
def plain_engine(under: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB without Ibis; it spills as that of `open_engine` does, or into a private directory `under` another."""
    with (
        tempfile.TemporaryDirectory(prefix="appraise-spill-", dir=under) as spill,
        duckdb.connect(config={"temp_directory": spill}) as connection,
    ):
        yield connection


def name_of(view: "TableView", query: str) -> str:
    """By content, so that snapshots do not mix."""
    return f"{view.kind.value}_{hashlib.sha256(query.encode()).hexdigest()[:16]}"


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as SQL; DuckDB has no escapes in plain literals, and a NUL would end the statement."""
    if "\0" in text:
        raise ValueError("a NUL character cannot stand in SQL")
    return "'" + text.replace("'", "''") + "'"
