"""A delimited or Parquet file as the table `raw`: all text, with the row number that a spreadsheet shows."""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from appraise.errors import Fatal, InvalidInput, Place
from appraise.events.engine import literal, quoted
from appraise.events.files import LONGEST_LINE, FirstLook, look_at

MALFORMED = {
    "MISSING COLUMNS": "too few cells in the row",
    "TOO MANY COLUMNS": "too many cells in the row",
    "UNQUOTED VALUE": "a quotation mark is open or misplaced",
    "LINE SIZE OVER MAXIMUM": "the row is too long",
    "INVALID ENCODING": "bytes that are not UTF-8",
    "INVALID UNICODE": "bytes that are not UTF-8",
    "INVALID STATE": "quotation marks or separators are misplaced",
}


def read_raw(
    connection: duckdb.DuckDBPyConnection, path: Path, *, delimiter: str, first_row: int, used: Sequence[str]
) -> tuple[str, ...]:
    """Make the tables `raw(_row, …)` and `malformed(row, "column", value, reason)`; returns all columns of the file.

    Only the `used` columns are kept (all, when none is named).
    """
    if path.suffix == ".parquet":
        return _read_parquet(connection, path, used)
    look = look_at(path, delimiter=delimiter)
    kept = [name for name in look.columns if not used or name in set(used)]
    options = _options(path, look, delimiter)
    try:
        connection.execute(
            f"CREATE TABLE raw_text AS SELECT {', '.join(map(quoted, kept)) or '1 AS nothing'} FROM {options}"
        )
    except duckdb.Error as error:
        raise InvalidInput(
            f"{path.name} cannot be read: {str(error).splitlines()[0]}",
            expected=f"delimited text in UTF-8 with {delimiter!r} between cells",
            place=Place(path.name),
        ) from error
    shift = first_row - 2
    _keep_malformed(connection, shift)
    gaps = connection.execute("SELECT DISTINCT row FROM malformed").fetchall()
    blank = [row + shift for row in look.blank_rows if len(look.columns) > 1]
    _number(connection, first_row, sorted({*blank, *(row for (row,) in gaps)}))
    return look.columns


def _options(path: Path, look: FirstLook, delimiter: str) -> str:
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in look.columns)
    return (
        f"read_csv({literal(str(path))}, auto_detect = false, header = true, delim = {literal(delimiter)}, "
        f"quote = '\"', escape = '\"', columns = {{{columns}}}, "
        f"max_line_size = {LONGEST_LINE}, store_rejects = true, "
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


def _number(connection: duckdb.DuckDBPyConnection, first_row: int, gaps: Sequence[int]) -> None:
    """Rows that the reader left out (blank, malformed) shift the numbers of those after them."""
    if not gaps:
        connection.execute(f"CREATE VIEW raw AS SELECT rowid + {first_row} AS _row, * FROM raw_text")
        return
    thresholds = ", ".join(f"({row - first_row - before}, {before + 1})" for before, row in enumerate(gaps))
    connection.execute(
        "CREATE TABLE gaps AS SELECT start, max(missing) AS missing "
        f"FROM (VALUES {thresholds}) AS g(start, missing) GROUP BY start"
    )
    connection.execute(
        f"CREATE TABLE raw AS SELECT r.rowid + {first_row} + coalesce(g.missing, 0) AS _row, r.* "
        "FROM raw_text AS r ASOF LEFT JOIN gaps AS g ON r.rowid >= g.start"
    )
    connection.execute("DROP TABLE raw_text")


def _read_parquet(connection: duckdb.DuckDBPyConnection, path: Path, used: Sequence[str]) -> tuple[str, ...]:
    source = f"read_parquet({literal(str(path))}, file_row_number = true)"
    try:
        described = connection.execute(f"DESCRIBE SELECT * EXCLUDE (file_row_number) FROM {source}").fetchall()
        columns = tuple(str(row[0]) for row in described)
        kept = [name for name in columns if not used or name in set(used)]
        texts = ", ".join(f"CAST({quoted(name)} AS VARCHAR) AS {quoted(name)}" for name in kept)
        connection.execute(f"CREATE TABLE raw AS SELECT file_row_number + 1 AS _row, {texts} FROM {source}")
    except duckdb.Error as error:
        raise InvalidInput(f"{path.name} cannot be read as Parquet", place=Place(path.name)) from error
    connection.execute('CREATE TABLE malformed(row BIGINT, "column" VARCHAR, value VARCHAR, reason VARCHAR)')
    return columns


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
