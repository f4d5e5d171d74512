"""The records database: SQLite in one file by default, PostgreSQL for teams."""

import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any, Final, TypeVar

import orjson
import psycopg
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from appraise.errors import InvalidInput, Retriable
from appraise.storage import data_version
from appraise.storage.deadline import DEADLINE
from appraise.storage.direct import Lending, Reading

T = TypeVar("T")
Session = Connection
"""One transaction; what the functions of this package take first."""

BATCH: Final = 500
"""Bound parameters of one statement; SQLite's limit is far higher, its planner is not."""
BUSY_MILLISECONDS: Final = 10_000
BEGIN: Final = "appraise_begin"
ALL_IN_USE: Final = "all connections to the database are in use"
LOOK_EVERY: Final = 0.1
"""Seconds between two looks whether a request that waits to write has time left."""


class Database:
    """Opens transactions. A lock that is not had, a lost connection and a serialization failure raise `Retriable`."""

    def __init__(self, url: str, *, setting: str = "APPRAISE_DATABASE_URL") -> None:
        """`setting` is what names the database, for messages."""
        self.setting = setting
        self.url = _checked(url, setting)
        self.engine = _engine(self.url)
        data_version.watch(self.engine)
        self._readers = _engine(self.url, isolation_level="AUTOCOMMIT", pool_reset_on_return=None)
        self._writing = Lock()
        if not self.is_sqlite:
            for engine in (self.engine, self._readers):
                event.listen(engine, "connect", _plan_for_memory)
            event.listen(self._readers, "connect", _plan_once)
        self._lending = Lending(self._readers)

    @property
    def is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Read and write; committed at the end, rolled back on an exception or by `session.rollback()`."""
        with self._alone(), _retriable(self.setting), self.engine.connect() as session, _in_time(session):
            data_version.begin(session)
            yield session.execution_options(**{BEGIN: "IMMEDIATE"})
            data_version.count(session)
            session.commit()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """On SQLite, which lets one write at a time: the threads of this process let each other in.

        SQLite itself has each sleep and look again, so that one of six waits for seconds while others go ahead.
        """
        if not self.is_sqlite:
            yield
            return
        until, deadline = time.monotonic() + BUSY_MILLISECONDS / 1000, DEADLINE.get()
        while not self._writing.acquire(timeout=LOOK_EVERY):
            if deadline is not None:
                deadline.check()
            if time.monotonic() > until:
                raise Retriable("the database is busy: others write to it")
        try:
            yield
        finally:
            self._writing.release()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Read only, all statements from one state of the database."""
        options = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with _retriable(self.setting), self.engine.connect() as session, _in_time(session):
            yield session.execution_options(**options)

    def direct(self, *, one_state: bool) -> Reading:
        """Read only, by the driver alone; `one_state`: all statements from one state of the database."""
        return Reading(self._lending, self._meaning, one_state=one_state)

    def _meaning(self, error: Exception) -> Exception:
        """What an error of the driver, or of the pool, is to a use case. Raises `TimedOut` where it is that."""
        if isinstance(error, PoolTimeout):
            return Retriable(ALL_IN_USE)
        deadline = DEADLINE.get()
        if deadline is not None:
            deadline.check()
        cause = error.orig if isinstance(error, DBAPIError) else error
        return Retriable(_what_failed(cause, self.setting)) if _is_passing(cause) else error

    def close(self) -> None:
        self.engine.dispose()
        self._lending.close()


def in_batches(wanted: Iterable[T]) -> Iterator[list[T]]:
    """Few enough at a time for the parameters of one statement."""
    left = list(wanted)
    for start in range(0, len(left), BATCH):
        yield left[start : start + BATCH]


def lock(session: Session, name: str) -> None:
    """Wait until no other transaction holds the lock `name`; held until this one ends.

    SQLite admits one writer at a time anyway.
    """
    if session.dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": f"appraise:{name}"})


def _checked(url: str, setting: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise InvalidInput(
            "the database URL cannot be read",
            expected="sqlite:///path/to/file or postgresql://user@host/database",
            hint=f"check {setting}",
        ) from error
    match parsed.get_backend_name():
        case "sqlite":
            return parsed
        case "postgresql" | "postgres":
            return parsed.set(drivername="postgresql+psycopg")
        case other:
            raise InvalidInput(
                f"the records cannot be kept in {other!r}",
                expected="sqlite:///path/to/file or postgresql://user@host/database",
                hint=f"check {setting}",
            )


def _engine(url: URL, **more: Any) -> Engine:
    options: dict[str, Any] = more | {
        "pool_size": 10,
        "pool_timeout": BUSY_MILLISECONDS / 1000,
        "json_deserializer": orjson.loads,
        "hide_parameters": True,  # errors are logged, and they are people's data
    }
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, max_overflow=30, **options)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(url, max_overflow=10, pool_recycle=1800, **options)


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # Python's own BEGIN would come too late and never be IMMEDIATE
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")


def _plan_for_memory(connection: psycopg.Connection[Any], _record: Any) -> None:
    # PostgreSQL's own 4 is for disks that turn: it would read all reporting lines to find those of one manager.
    connection.execute("SET random_page_cost = 1.1")
    connection.commit()


def _plan_once(connection: psycopg.Connection[Any], _record: Any) -> None:
    # Reads of the API are short, many and always the same: to plan one takes longer than to run it.
    connection.execute("SET plan_cache_mode = force_generic_plan")
    connection.execute("SET max_parallel_workers_per_gather = 0")
    connection.execute("SET jit = off")


def _begin_sqlite(session: Connection) -> None:
    # A deferred transaction that turns to writing cannot wait for its lock: SQLite refuses it at once.
    session.exec_driver_sql(f"BEGIN {session.get_execution_options().get(BEGIN, 'DEFERRED')}")


@contextmanager
def _in_time(session: Session) -> Iterator[None]:
    """Raises `TimedOut` where the request's time is over, before or during what is done with the session."""
    deadline = DEADLINE.get()
    if deadline is None:
        yield
        return
    try:
        with deadline.watching(session.connection.driver_connection):
            yield
    except DBAPIError:
        deadline.check()
        raise


@contextmanager
def _retriable(setting: str) -> Iterator[None]:
    try:
        yield
    except PoolTimeout as error:
        raise Retriable(ALL_IN_USE) from error
    except DBAPIError as error:
        if error.connection_invalidated or _is_passing(error.orig):
            raise Retriable(_what_failed(error.orig, setting)) from error
        raise


def _what_failed(error: BaseException | None, setting: str) -> str:
    if isinstance(error, psycopg.OperationalError) and error.sqlstate is None:
        return f"the database cannot be reached, check {setting}: {error}"
    return f"the database is busy or was lost for a moment: {error}"


def _is_passing(error: BaseException | None) -> bool:
    if isinstance(error, sqlite3.OperationalError):
        return error.sqlite_errorname.startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))
    if isinstance(error, psycopg.OperationalError):
        # Class 40 is rollback by the server (deadlock, serialization), 08 and 57 are lost connections; without a
        # state the connection could not be made at all.
        return error.sqlstate is None or error.sqlstate[:2] in {"40", "08", "57"} or error.sqlstate == "55P03"
    return False
