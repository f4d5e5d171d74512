"""A delimited or Parquet file as the table `raw`: all text, with the row number that a spreadsheet shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from appraise.domain.progress import Watch, unwatched
from appraise.errors import Fatal, InvalidInput, Place
from appraise.events.engine import literal, quoted
from appraise.events.files import FirstLook, look_at
from appraise.events.watching import watched

BLOCK = 128
"""Rows that are numbered by one look-up."""

MALFORMED = {
    "MISSING COLUMNS": "too few cells in the row",
    "TOO MANY COLUMNS": "too many cells in the row",
    "UNQUOTED VALUE": "a quotation mark is open or misplaced",
    "LINE SIZE OVER MAXIMUM": "the row is too long",
    "INVALID ENCODING": "bytes that are not UTF-8",
    "INVALID UNICODE": "bytes that are not UTF-8",
    "INVALID STATE": "quotation marks or separators are misplaced",
}


@dataclass(frozen=True, slots=True)
class Raw:
    """`columns` are all of the file. Of one that is read while its rows are checked, rows are numbered afterwards.

    `lines` are those below the header: rows, and the line ends within cells.
    """

    columns: tuple[str, ...]
    first_row: int
    blank_rows: tuple[int, ...] = ()
    is_numbered: bool = True
    lines: int = 0


def read_raw(  # noqa: PLR0913  # what, how, and who watches
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    *,
    delimiter: str,
    first_row: int,
    used: Sequence[str],
    once: bool = False,
    watch: Watch = unwatched,
) -> Raw:
    """Make `raw(_row, …)` and `malformed(row, "column", value, reason)`.

    Only the `used` columns are kept (all, when none is named). What is read `once`, in the order of the file, is not
    copied before: then `_row` is null, and `number_rows` makes `malformed` after the reading.
    """
    if path.suffix == ".parquet":
        return _read_parquet(connection, path, used, watch)
    look = look_at(path, delimiter=delimiter)
    kept = ", ".join(quoted(name) for name in look.columns if not used or name in set(used)) or "1 AS nothing"
    source = f"SELECT {kept} FROM {_options(path, look, delimiter)}"
    raw = Raw(
        look.columns,
        first_row,
        look.blank_rows if len(look.columns) > 1 else (),
        is_numbered=not once,
        lines=look.lines,
    )
    try:
        if once:
            connection.execute(f"CREATE VIEW raw AS SELECT CAST(NULL AS BIGINT) AS _row, * FROM ({source})")
            return raw
        with watched(connection, path, look.lines, watch):
            connection.execute(f"CREATE TABLE raw_text AS {source}")
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        raise InvalidInput(
            f"{path.name} cannot be read: {str(error).splitlines()[0]}",
            expected=f"delimited text in UTF-8 with {delimiter!r} between cells",
            place=Place(path.name),
        ) from error
    row = number_rows(connection, raw, "raw_text")
    connection.execute(f"CREATE VIEW raw AS SELECT {row.number} AS _row, t.* FROM {row.tables}")
    return raw


@dataclass(frozen=True, slots=True)
class Numbered:
    """`number` is SQL for the row number of a row of `tables`, in which the numbered table is called `t`."""

    number: str
    tables: str


def number_rows(connection: duckdb.DuckDBPyConnection, raw: Raw, table: str) -> Numbered:
    """Make `malformed`, and tell how the rows of a table, which stand as in the file, are numbered there.

    Rows that the reader left out (blank, malformed) shift the numbers of those after them. How many stand before a row
    is looked up by its block and counted within: sorting all rows by an ASOF join costs more than reading the file.
    """
    first_row = raw.first_row
    shift = first_row - 2
    _keep_malformed(connection, shift)
    malformed = connection.execute("SELECT DISTINCT row FROM malformed").fetchall()
    gaps = sorted({*(row + shift for row in raw.blank_rows), *(row for (row,) in malformed)})
    if not gaps:
        return Numbered(f"t.rowid + {first_row}", f"{table} AS t")
    starts = [row - first_row - before for before, row in enumerate(gaps)]
    connection.execute(
        "CREATE TABLE blocks AS WITH found AS "
        f"(SELECT start // {BLOCK} AS block, list(start) AS starts FROM (SELECT unnest($1) AS start) GROUP BY block), "
        f"every AS (SELECT unnest(range(0, (SELECT count(*) FROM {table}) // {BLOCK} + 1)) AS block) "
        "SELECT every.block, coalesce(starts, []) AS starts, coalesce(sum(len(starts)) OVER (ORDER BY every.block "
        "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::BIGINT AS before "
        "FROM every LEFT JOIN found USING (block)",
        [starts],
    )
    return Numbered(
        f"t.rowid + {first_row} + b.before + CASE WHEN len(b.starts) = 0 THEN 0 "
        "ELSE len(list_filter(b.starts, lambda start: start <= t.rowid)) END",
        f"{table} AS t JOIN blocks AS b ON b.block = t.rowid // {BLOCK}",
    )


def _options(path: Path, look: FirstLook, delimiter: str) -> str:
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in look.columns)
    return (
        f"read_csv({literal(str(path))}, auto_detect = false, header = true, delim = {literal(delimiter)}, "
        f"quote = '\"', escape = '\"', columns = {{{columns}}}, "
        f"max_line_size = {look.longest_row}, store_rejects = true, "
        "rejects_table = 'csv_errors', rejects_scan = 'csv_scans')"
    )


def _keep_malformed(connection: duckdb.DuckDBPyConnection, shift: int) -> None:
    reasons = " ".join(f"WHEN {literal(code)} THEN {literal(reason)}" for code, reason in MALFORMED.items())
    connection.execute(
        "CREATE TABLE malformed AS SELECT CAST(line AS BIGINT) + $1 AS row, "
        'CAST(NULL AS VARCHAR) AS "column", left(trim(any_value(csv_line), chr(10) || chr(13)), 80) AS value, '
        f"first(CASE CAST(error_type AS VARCHAR) {reasons} ELSE error_message END ORDER BY column_idx) AS reason "
        "FROM csv_errors GROUP BY line",
        [shift],
    )


def _read_parquet(connection: duckdb.DuckDBPyConnection, path: Path, used: Sequence[str], watch: Watch) -> Raw:
    source = f"read_parquet({literal(str(path))}, file_row_number = true)"
    try:
        described = connection.execute(f"DESCRIBE SELECT * EXCLUDE (file_row_number) FROM {source}").fetchall()
        columns = tuple(str(row[0]) for row in described)
        kept = [name for name in columns if not used or name in set(used)]
        texts = ", ".join(f"CAST({quoted(name)} AS VARCHAR) AS {quoted(name)}" for name in kept)
        (lines,) = connection.execute(
            f"SELECT sum(num_rows) FROM parquet_file_metadata({literal(str(path))})"
        ).fetchall()
        with watched(connection, path, int(lines[0]), watch):
            connection.execute(f"CREATE TABLE raw AS SELECT file_row_number + 1 AS _row, {texts} FROM {source}")
    except duckdb.Error as error:
        raise InvalidInput(f"{path.name} cannot be read as Parquet", place=Place(path.name)) from error
    connection.execute('CREATE TABLE malformed(row BIGINT, "column" VARCHAR, value VARCHAR, reason VARCHAR)')
    return Raw(columns, first_row=1)


def run_plan(connection: duckdb.DuckDBPyConnection, sql: str, *, stage: str) -> None:
    """Run SQL that holds expressions of an adapter; where it does not even bind, the adapter is at fault."""
    try:
        connection.execute(sql)
    except (duckdb.BinderException, duckdb.ParserException, duckdb.CatalogException) as error:
        raise Fatal(f"The adapter's description of {stage} is not valid SQL: {str(error).splitlines()[0]}") from error
    except duckdb.Error as error:
        raise InvalidInput(
            f"The rows for {stage} cannot be worked out: {str(error).splitlines()[0]}",
            hint="Check that the file is the export which the mapping describes.",
        ) from error
