"""The query engine and the small part of its SQL that text is put into."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ibis.backends.duckdb import Backend


def open_engine(*, memory_limit: str | None = None, threads: int | None = None) -> "Backend":
    """An in-memory DuckDB whose sessions think in UTC, so that no time depends on the machine's zone."""
    # Ibis takes a second to import, and writing events needs none of it.
    from appraise.events.duckdb_engine import DuckDBEngine  # noqa: PLC0415

    connection: Backend = DuckDBEngine().connect()
    connection.raw_sql("SET TimeZone = 'UTC'")
    if memory_limit is not None:
        connection.raw_sql(f"SET memory_limit = {literal(memory_limit)}")
    if threads is not None:
        connection.raw_sql(f"SET threads = {threads}")
    return connection


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as SQL; DuckDB has no escapes in plain literals, and a NUL would end the statement."""
    if "\0" in text:
        raise ValueError("a NUL character cannot stand in SQL")
    return "'" + text.replace("'", "''") + "'"
