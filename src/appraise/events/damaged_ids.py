"""Ids that a spreadsheet has damaged, found by the engine: cells as they are read, rounded columns afterwards."""

from collections.abc import Iterator, Sequence

import duckdb

from appraise.domain.damaged_ids import (
    AN_ERROR,
    AS_NUMBER,
    GUARDED,
    MADE_A_NUMBER,
    PRECISION,
    ROUND,
    ROUNDED,
    SPREADSHEET_ERRORS,
)
from appraise.domain.events import IDS
from appraise.domain.mapping import EventStage, Parse
from appraise.events.compile import blamed
from appraise.events.engine import literal, quoted

NUL = "the id holds a NUL character; export it as text"


# The engine works out both sides of AND for every row, but of CASE only the branch that a row takes; and it compares
# the beginnings of texts much faster than it looks into them.


def unguarded(text: str) -> str:
    """An id without what keeps spreadsheets from it."""
    bare = f"nullif(trim(regexp_replace({text}, {literal(f'^(?:{GUARDED.pattern})$')}, '\\1\\2')), '')"
    begins = f"({text} >= '=' AND {text} < '>') OR ({text} >= chr(39) AND {text} < '(')"
    return f"CASE WHEN {begins} THEN {bare} ELSE {text} END"


def is_number(text: str) -> str:
    """Alone, or at the beginning of an id that is put together."""
    power = literal(r"^\d([.,]\d+)?[Ee]\+\d+($|[^0-9A-Za-z])")
    return (
        f"CASE WHEN {text} >= ':' THEN false WHEN contains({text}, '+') THEN regexp_matches({text}, {power}) "
        f"WHEN ends_with({text}, '0') THEN regexp_full_match({text}, {literal(AS_NUMBER.pattern)}) ELSE false END"
    )


def is_error(text: str) -> str:
    errors = ", ".join(map(literal, SPREADSHEET_ERRORS))
    return f"CASE WHEN {text} >= '#' AND {text} < '$' THEN {text} IN ({errors}) ELSE false END"


def damages(text: str) -> Iterator[tuple[str, str]]:
    """SQL that is true for an id that a spreadsheet has damaged, and what is said of it."""
    yield is_number(text), MADE_A_NUMBER
    yield is_error(text), AN_ERROR
    yield f"contains({text}, chr(0))", NUL


def ids_of(stage: EventStage) -> tuple[str, ...]:
    """The canonical columns whose ids stand in the file: not hashed, not the same for all rows."""
    return tuple(
        name for name, rule in stage.rules.items() if name in IDS and rule.parse is Parse.TEXT and rule.constant is None
    )


def rounded(connection: duckdb.DuckDBPyConnection, made: str, stages: Sequence[EventStage]) -> dict[str, str]:
    """By column, SQL for `_skip` and `_problems` of a table's rows where ids of theirs are rounded; empty if none is.

    Only a whole column shows it: all ids that are longer than a spreadsheet's numbers end in zeros. One alone may be
    so by chance, unless another id was made a number or several rows claim to be the one event.
    """
    columns = {name: blamed(name, stage.rules[name]) for stage in stages for name in ids_of(stage)}
    found = [name for name in sorted(columns) if _is_rounded(connection, made, name)]
    if not found:
        return {}
    problems = ", ".join(
        f"CASE WHEN {_round(quoted(name))} THEN {{'column': {literal(columns[name])}, "
        f"'value': {quoted(name)}, 'reason': {literal(ROUNDED)}}} END"
        for name in found
    )
    told = f"list_filter([{problems}], lambda one: one IS NOT NULL)"
    unfit = " OR ".join(_round(quoted(name)) for name in found)
    speaks = f"(_skip IS NULL OR {_round('event_id')})" if "event_id" in found else "_skip IS NULL"
    is_unfit = f"coalesce(({unfit}) AND {speaks}, false)"
    return {
        "_skip": f"CASE WHEN {is_unfit} THEN NULL ELSE _skip END",
        "_problems": f"CASE WHEN {is_unfit} THEN list_concat(coalesce(_problems, []), {told}) ELSE _problems END",
    }


def _is_rounded(connection: duckdb.DuckDBPyConnection, made: str, name: str) -> bool:
    column = quoted(name)
    counted = column if name == "event_id" else f"DISTINCT {column}"
    [(round_ones,)] = connection.execute(f"SELECT count({counted}) FROM {made} WHERE {_round(column)}").fetchall()
    if not round_ones:
        return False
    long = f"strlen({column}) > {PRECISION} AND regexp_full_match({column}, '[0-9]+') AND NOT {_round(column)}"
    if _exists(connection, made, long):
        return False
    return bool(round_ones > 1 or _exists(connection, made, is_number(column)))


def _round(column: str) -> str:
    pattern = literal(ROUND.pattern)
    return (
        f"CASE WHEN strlen({column}) <= {PRECISION} THEN false "
        f"WHEN ends_with({column}, '0') THEN regexp_full_match({column}, {pattern}) ELSE false END"
    )


def _exists(connection: duckdb.DuckDBPyConnection, table: str, where: str) -> bool:
    return bool(connection.execute(f"SELECT 1 FROM {table} WHERE {where} LIMIT 1").fetchall())
