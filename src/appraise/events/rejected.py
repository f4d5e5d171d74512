"""Rows that were not taken, as counts, as a sample, and as a CSV file that a spreadsheet may open without harm."""

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb

from appraise.domain.events import EventKind
from appraise.domain.mapping import RejectedRow
from appraise.events.engine import literal
from appraise.events.report import SAMPLE
from appraise.events.stage import table_of

# Spreadsheets run a cell as a formula when it begins so.
RISKY = ("=", "+", "-", "@", "\t", "\r")


def gather(
    connection: duckdb.DuckDBPyConnection, kinds: Iterable[EventKind], *, file: str, before: Sequence[RejectedRow]
) -> None:
    """Make `rejected` and `reported(file, row, "column", value, reason)`, the latter with overridden rows too."""
    connection.execute('CREATE TABLE before(file VARCHAR, row BIGINT, "column" VARCHAR, value VARCHAR, reason VARCHAR)')
    if before:
        connection.executemany(
            "INSERT INTO before VALUES (?, ?, ?, ?, ?)",
            [(one.file, one.row, one.column, one.value, one.reason) for one in before],
        )
    parts = ["SELECT * FROM before", f'SELECT {literal(file)}, row, "column", value, reason FROM malformed']
    overridden = []
    for kind in kinds:
        parts.append(
            f'SELECT {literal(file)}, _row, one."column", one.value, one.reason FROM ('
            f"SELECT _row, unnest(_problems) AS one FROM {table_of(kind)} WHERE _problems IS NOT NULL)"
        )
        overridden.append(
            f"SELECT {literal(file)}, _row, 'event_id', left(event_id, 80), "
            f"'the same event stands in row ' || kept_row || CASE WHEN is_left THEN ', which is left out; ' "
            "ELSE ' with other content; ' END || 'that one counts' "
            f"FROM dropped_{kind.value} WHERE NOT same"
        )
    connection.execute(f"CREATE TABLE rejected AS {' UNION '.join(parts)}")
    connection.execute(f"CREATE VIEW reported AS {' UNION ALL '.join(['SELECT * FROM rejected', *overridden])}")


def count_by_reason(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    rows = connection.execute("SELECT reason, count(*) FROM rejected GROUP BY reason ORDER BY count(*) DESC, reason")
    return dict(rows.fetchall())


def sample(connection: duckdb.DuckDBPyConnection) -> tuple[RejectedRow, ...]:
    rows = connection.execute(f'SELECT * FROM rejected ORDER BY row, "column", reason LIMIT {SAMPLE}').fetchall()
    return tuple(RejectedRow(*row) for row in rows)


def numbers(connection: duckdb.DuckDBPyConnection) -> list[int]:
    return [row for (row,) in connection.execute("SELECT DISTINCT row FROM rejected ORDER BY row").fetchall()]


def write_rejected_csv(connection: duckdb.DuckDBPyConnection, scratch: Path, path: Path) -> None:
    """All reported rows in the order of the file."""
    risky = ", ".join(f"chr({ord(sign)})" for sign in RISKY)
    columns = ", ".join(
        f"CASE WHEN left({name}, 1) IN ({risky}) THEN '''' || {name} ELSE {name} END AS {name}"
        for name in ("file", '"column"', "value", "reason")
    )
    copy = scratch / "rejected.csv"
    connection.execute(
        f'COPY (SELECT file, row, "column", value, reason FROM (SELECT row, {columns} FROM reported) '
        f"ORDER BY row, \"column\", reason) TO {literal(str(copy))} (HEADER, DELIMITER ',')"
    )
    shutil.move(copy, path)
