"""Statements run by the driver alone, where SQLAlchemy would take longer around a read than the read.

A statement is compiled once, with what its types do to parameters and columns; then the driver runs it. On PostgreSQL
that is libpq itself: psycopg's cursor takes three times as long around a short statement.
"""

import sqlite3
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, Protocol

import orjson
import psycopg
from psycopg import abc, errors
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ConnStatus, ExecStatus, Format
from sqlalchemy import Dialect, Engine, PoolProxiedConnection, Select
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from appraise.storage.deadline import DEADLINE

REMEMBERED: Final = 1_000
"""Statements."""
MOST_PREPARED: Final = 200
"""Statements that one connection to PostgreSQL keeps; which ones there are is in the hands of clients."""
BEGIN: Final = {"sqlite": "BEGIN DEFERRED", "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"}
KEPT: Final = "appraise.kept"
MOST_READY: Final = 6
"""Connections."""
LONGEST_OUT: Final = 60.0
"""Seconds that one stays out of the pool, which replaces those that are old."""
DRIVERS: Final = (sqlite3.Error, psycopg.Error)
QMARKS: Final = SQLiteDialect_pysqlite(json_deserializer=orjson.loads)
NUMBERED: Final = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
"""Writes parameters as libpq has them."""
Process = Callable[[Any], Any]


class Direct(Protocol):
    """A connection that reads."""

    @property
    def dialect(self) -> Dialect: ...

    def rows(self, statement: Select[Any], values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """All rows, with the columns as SQLAlchemy would give them."""

    def change(self, text: str, values: Sequence[str]) -> None:
        """Run a statement that is not a query, prepared; PostgreSQL's alone, with `$1` and so on for `values`."""

    def run(self, text: str) -> None: ...


@dataclass(frozen=True, slots=True)
class _SQLite:
    connection: sqlite3.Connection
    dialect: Dialect = QMARKS

    def rows(self, statement: Select[Any], values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        prepared = _prepared(statement, self.dialect)
        return prepared.processed(self.connection.execute(prepared.text, prepared.parameters(values)).fetchall())

    def change(self, text: str, values: Sequence[str]) -> None:
        raise NotImplementedError

    def run(self, text: str) -> None:
        self.connection.execute(text)


@dataclass(slots=True)
class _Kept:
    """What a connection to PostgreSQL keeps: the names of its prepared statements, the latest last, and its types."""

    types: abc.Transformer
    names: "OrderedDict[str, bytes]" = field(default_factory=OrderedDict)
    count: int = 0


@dataclass(frozen=True, slots=True)
class _PostgreSQL:
    connection: "psycopg.Connection[Any]"
    kept: _Kept
    dialect: Dialect = NUMBERED

    def rows(self, statement: Select[Any], values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        prepared = _prepared(statement, NUMBERED)
        name = self._name(prepared.text)
        types = self.kept.types
        given: Any = types.dump_sequence(prepared.parameters(values), prepared.formats)
        result = self._checked(self.connection.pgconn.exec_prepared(name, given, types.formats, Format.BINARY))
        types.set_pgresult(result)
        return prepared.processed(types.load_rows(0, result.ntuples, tuple))

    def change(self, text: str, values: Sequence[str]) -> None:
        given = [value.encode() for value in values]
        self._checked(self.connection.pgconn.exec_prepared(self._name(text), given))

    def run(self, text: str) -> None:
        self._checked(self.connection.pgconn.exec_(text.encode()))

    def _name(self, text: str) -> bytes:
        names = self.kept.names
        known = names.get(text)
        if known is not None:
            names.move_to_end(text)
            return known
        if len(names) >= MOST_PREPARED:
            _, oldest = names.popitem(last=False)
            self.run(f"DEALLOCATE {oldest.decode()}")
        self.kept.count += 1
        name = b"appraise_%d" % self.kept.count
        self._checked(self.connection.pgconn.prepare(name, text.encode()))
        names[text] = name
        return name

    def _checked(self, result: Any) -> Any:
        status = result.status
        if status == ExecStatus.TUPLES_OK or status == ExecStatus.COMMAND_OK:  # noqa: PLR1714  # hashing an enum is slow
            return result
        if self.connection.pgconn.status == ConnStatus.BAD:
            raise psycopg.OperationalError(result.get_error_message())
        raise errors.error_from_result(result)


class Lending:
    """Connections of a pool, kept ready between short reads: the pool takes longer to lend one than many of them do."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._ready: deque[tuple[PoolProxiedConnection, float]] = deque()

    def take(self) -> tuple[PoolProxiedConnection, float]:
        """One, with the time since when it is not in the pool. The one that was used last, as most is at hand there."""
        while True:
            try:
                lent, since = self._ready.pop()
            except IndexError:
                return self._engine.raw_connection(), time.monotonic()
            if time.monotonic() - since < LONGEST_OUT:
                return lent, since
            lent.close()

    def give(self, lent: PoolProxiedConnection, since: float) -> None:
        if len(self._ready) < MOST_READY:
            self._ready.append((lent, since))
        else:
            lent.close()

    def lose(self) -> None:
        """The server went away, and with it all connections."""
        while self._ready:
            self._ready.pop()[0].invalidate()
        self._engine.dispose()

    def close(self) -> None:
        while self._ready:
            self._ready.pop()[0].close()
        self._engine.dispose()


class Reading:
    """A connection lent by a pool whose connections commit by themselves, from `with` to its end.

    A class and no generator: a read of one row takes about as long as three generators do.
    """

    def __init__(self, lending: Lending, meaning: Callable[[Exception], Exception], *, one_state: bool) -> None:
        """`meaning`: what is raised in the place of an error of the pool or the driver.

        `one_state`: all statements see the same state of the database; one alone always does.
        """
        self._lending = lending
        self._meaning = meaning
        self._one_state = one_state
        self._deadline = DEADLINE.get()

    def __enter__(self) -> Direct:
        try:
            self._lent, self._since = self._lending.take()
        except (DBAPIError, PoolTimeout) as error:
            raise self._meaning(error) from error
        self._driver: Any = self._lent.driver_connection
        try:
            if self._deadline is not None:
                self._deadline.begin(self._driver)
        except BaseException:
            self._lending.give(self._lent, self._since)
            raise
        try:
            direct = _direct(self._driver, self._lent.info)
            if self._one_state:
                direct.run(BEGIN[direct.dialect.name])
        except BaseException as error:
            self._end(error)
            raise
        self._direct = direct
        return direct

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if self._one_state and not isinstance(error, DRIVERS):
            try:
                self._direct.run("COMMIT")
            except DRIVERS as failed:
                error = failed
        self._end(error)

    def _end(self, error: BaseException | None) -> None:
        """Gives the connection back, and raises what an error of the driver means."""
        if self._deadline is not None:
            self._deadline.end(self._driver)
        if not isinstance(error, DRIVERS):
            self._lending.give(self._lent, self._since)
            return
        self._lent.invalidate()
        self._lent.close()
        if getattr(self._driver, "broken", False):
            self._lending.lose()
        raise self._meaning(error) from error


def _direct(driver: Any, info: dict[Any, Any]) -> Direct:
    if isinstance(driver, sqlite3.Connection):
        return _SQLite(driver)
    if KEPT not in info:
        info[KEPT] = _Kept(Transformer(driver))
    return _PostgreSQL(driver, info[KEPT])


@dataclass(frozen=True, slots=True)
class _Prepared:
    """`given` are the parameters in their order, with what becomes of a value; `fixed` those that nobody gives."""

    text: str
    given: tuple[tuple[str, Process | None], ...]
    fixed: Mapping[str, Any]
    taken: tuple[tuple[int, Process], ...]
    formats: tuple[PyFormat, ...]

    def parameters(self, values: Mapping[str, Any]) -> Sequence[Any]:
        known = {**self.fixed, **values} if self.fixed else values
        return [known[name] if process is None else process(known[name]) for name, process in self.given]

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
    given = [
        (name, compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in compiled.positiontup
    ]
    fixed = {name: bound.value for name, bound in compiled.binds.items() if not bound.required}
    taken = []
    for place, column in enumerate(statement.selected_columns):
        process = column.type.dialect_impl(dialect).result_processor(dialect, None)
        if process is not None:
            taken.append((place, process))
    return _Prepared(str(compiled), tuple(given), fixed, tuple(taken), (PyFormat.TEXT,) * len(given))
