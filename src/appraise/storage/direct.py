"""Statements run by the driver alone, where SQLAlchemy would take longer around a read than the read.

A statement is compiled once, with what its types do to parameters and columns; then the driver's own cursor runs it.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import psycopg
from sqlalchemy import Dialect, Engine, Select

from appraise.storage.deadline import DEADLINE

REMEMBERED: Final = 1_000
"""Statements."""
BEGIN: Final = {"sqlite": "BEGIN DEFERRED", "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"}
Process = Callable[[Any], Any]


class Direct:
    """A connection that reads."""

    def __init__(self, connection: Any, dialect: Dialect) -> None:
        self._connection = connection
        self.dialect = dialect

    def rows(self, statement: Select[Any], values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """All rows, with the columns as SQLAlchemy would give them."""
        prepared = _prepared(statement, self.dialect)
        cursor = self._connection.cursor()
        try:
            # psycopg prepares by itself what it meets often; these are met often.
            options = {} if self.dialect.name == "sqlite" else {"prepare": True}
            cursor.execute(prepared.text, prepared.parameters(values), **options)
            return prepared.processed(cursor.fetchall())
        finally:
            cursor.close()

    def run(self, text: str) -> None:
        self._connection.cursor().execute(text).close()


@contextmanager
def directly(engine: Engine, *, one_state: bool) -> Iterator[Direct]:
    """A connection of an engine whose connections commit by themselves.

    `one_state`: all statements see the same state of the database; one alone always does. Raises the driver's errors.
    """
    lent = engine.raw_connection()
    driver: Any = lent.driver_connection
    deadline = DEADLINE.get()
    try:
        direct = Direct(driver, engine.dialect)
        if deadline is None:
            yield from _reading(direct, one_state=one_state)
        else:
            with deadline.watching(driver):
                yield from _reading(direct, one_state=one_state)
    except (sqlite3.Error, psycopg.Error):
        lent.invalidate()
        if getattr(driver, "broken", False):
            engine.dispose()  # the server went away, and with it all others
        raise
    finally:
        lent.close()


def _reading(direct: Direct, *, one_state: bool) -> Iterator[Direct]:
    if not one_state:
        yield direct
        return
    direct.run(BEGIN[direct.dialect.name])
    try:
        yield direct
    finally:
        direct.run("COMMIT")


@dataclass(frozen=True, slots=True)
class _Prepared:
    text: str
    names: tuple[str, ...]
    fixed: Mapping[str, Any]
    given: Mapping[str, Process]
    taken: tuple[tuple[int, Process], ...]
    is_positional: bool

    def parameters(self, values: Mapping[str, Any]) -> Any:
        all_of_them = {**self.fixed, **values}
        for name, process in self.given.items():
            all_of_them[name] = process(all_of_them[name])
        if self.is_positional:
            return [all_of_them[name] for name in self.names]
        return {name: all_of_them[name] for name in self.names}

    def processed(self, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        if not self.taken:
            return rows
        found = []
        for row in rows:
            values = list(row)
            for place, process in self.taken:
                values[place] = process(values[place])
            found.append(tuple(values))
        return found


@lru_cache(REMEMBERED)
def _prepared(statement: Select[Any], dialect: Dialect) -> _Prepared:
    compiled: Any = statement.compile(dialect=dialect)
    if any(bound.expanding for bound in compiled.binds.values()):
        raise ValueError("a list of values cannot be run directly: its text would depend on their number")
    given = {}
    for name, bound in compiled.binds.items():
        process = bound.type.dialect_impl(dialect).bind_processor(dialect)
        if process is not None:
            given[name] = process
    taken = []
    for place, column in enumerate(statement.selected_columns):
        process = column.type.dialect_impl(dialect).result_processor(dialect, None)
        if process is not None:
            taken.append((place, process))
    names = tuple(compiled.positiontup or compiled.binds)
    fixed = {name: bound.value for name, bound in compiled.binds.items() if not bound.required}
    return _Prepared(str(compiled), names, fixed, given, tuple(taken), bool(compiled.positional))
