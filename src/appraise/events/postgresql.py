"""Tables of a PostgreSQL server, all seen at one moment; rows are streamed to a file for as long as they are needed."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
import psycopg
from psycopg import sql

from appraise.domain.in_place import Location, State
from appraise.errors import InvalidInput, Place, Retriable
from appraise.events.engine import literal
from appraise.events.locations import Held, Table, Trait

LONGEST_ROW: Final = 16 << 20
"""Bytes; the engine's memory follows it."""
_SETTINGS: Final = (
    "SET LOCAL TimeZone = 'UTC'",
    "SET LOCAL DateStyle = 'ISO, YMD'",
    "SET LOCAL extra_float_digits = 1",
    "SET LOCAL statement_timeout = 0",
)
_COLUMNS: Final = """
SELECT a.attname, format_type(a.atttypid, a.atttypmod), coalesce(nullif(t.typbasetype, 0)::regtype::text, t.typname),
    t.typtype
FROM pg_attribute AS a JOIN pg_type AS t ON t.oid = a.atttypid
WHERE a.attrelid = to_regclass(format('%%I.%%I', %s::text, %s::text)) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum
"""
_TRAITS: Final = {
    **dict.fromkeys(("text", "varchar", "character varying", "bpchar", "character", "uuid", "citext"), Trait.TEXT),
    **dict.fromkeys(("int2", "int4", "int8", "smallint", "integer", "bigint"), Trait.WHOLE),
    "numeric": Trait.DECIMAL,
    **dict.fromkeys(("float4", "float8", "real", "double precision"), Trait.FLOAT),
    **dict.fromkeys(("bool", "boolean"), Trait.BOOLEAN),
    **dict.fromkeys(("timestamptz", "timestamp with time zone"), Trait.INSTANT),
    **dict.fromkeys(("timestamp", "timestamp without time zone"), Trait.LOCAL_TIME),
    "date": Trait.DAY,
}


@dataclass(frozen=True, slots=True)
class Server:
    """One transaction that only reads; whatever is read within it was so at one moment."""

    connection: psycopg.Connection
    snapshot: str

    def table(self, location: Location) -> Table:
        """Raises `InvalidInput` where there is no such table, or none that may be read."""
        schema, name = location.address.split(".")
        found = self.connection.execute(_COLUMNS, (schema, name)).fetchall()
        if not found:
            raise InvalidInput(
                f"there is no table or view {location.address}",
                place=Place(str(location)),
                hint="check schema and name, and that the user of url_file may use the schema",
            )
        columns = {
            column: Held(shown, Trait.TEXT if kind == "e" else _TRAITS.get(base, Trait.OTHER))
            for column, shown, base, kind in found
        }
        source = sql.Identifier(schema, name)

        def bring(connection: duckdb.DuckDBPyConnection, used: Sequence[str], scratch: Path) -> tuple[str, ...]:
            path = scratch / "rows.csv"
            self._stream(source, used, path, location)
            names = ", ".join(f"{literal(column)}: 'VARCHAR'" for column in used)
            connection.execute(
                f"CREATE VIEW raw AS SELECT * FROM read_csv({literal(str(path))}, auto_detect = false, header = false, "
                f"delim = ',', quote = '\"', escape = '\"', new_line = '\\n', max_line_size = {LONGEST_ROW}, "
                f"columns = {{'_row': 'BIGINT', {names}}})"
            )
            return (str(path),)

        return Table(location, columns, State(snapshot=self.snapshot), bring)

    def _stream(self, source: sql.Identifier, used: Sequence[str], path: Path, location: Location) -> None:
        texts = [sql.SQL("{}::text").format(sql.Identifier(column)) for column in used]
        statement = sql.SQL("COPY (SELECT row_number() OVER (), {} FROM {}) TO STDOUT (FORMAT csv)").format(
            sql.SQL(", ").join(texts), source
        )
        try:
            with path.open("wb") as file, self.connection.cursor().copy(statement) as copy:
                for part in copy:
                    file.write(part)
        except psycopg.errors.InsufficientPrivilege as error:
            raise InvalidInput(
                f"{location.address} may not be read: {_first_line(error)}",
                place=Place(str(location)),
                hint="grant SELECT on it to the user of url_file",
            ) from error
        except psycopg.Error as error:
            raise Retriable(f"{location.address} could not be read to its end: {_first_line(error)}") from error


@contextmanager
def connected(url_file: Path) -> Iterator[Server]:
    """Raises `InvalidInput` where the file cannot be read or holds no address, `Retriable` where nobody answers."""
    try:
        url = url_file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeError) as error:
        raise InvalidInput(
            f"the address of the PostgreSQL server in {url_file} cannot be read: {error}",
            hint="check url_file in the file of events in place",
        ) from error
    try:
        connection = psycopg.connect(url, client_encoding="UTF8", application_name="appraise")
    except psycopg.ProgrammingError:  # its message would show the password
        raise InvalidInput(f"{url_file} holds no address", expected="postgresql://user:password@host/name") from None
    except psycopg.OperationalError as error:
        raise Retriable(f"the PostgreSQL server of {url_file} cannot be reached: {_first_line(error)}") from error
    connection.isolation_level, connection.read_only = psycopg.IsolationLevel.REPEATABLE_READ, True
    with connection:
        for setting in _SETTINGS:
            connection.execute(setting)
        seen = connection.execute("SELECT pg_current_snapshot()::text").fetchone()
        yield Server(connection, f"snapshot {seen[0] if seen else ''} of {connection.info.dbname}")


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
