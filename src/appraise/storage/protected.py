"""Protected attributes (sex, ethnicity, age band, …) in a database of their own, for the fairness report alone.

Nothing that scores, shows or exports a section can import this module: a contract of the import linter and a test
keep it so. The table is no part of the records' migrations: `ProtectedStore.create` makes it.
"""

import os
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Column, MetaData, Table, delete, event, insert, inspect, select
from sqlalchemy.engine import URL

from appraise.domain.identifiers import EmployeeId
from appraise.errors import InvalidInput, NotFound
from appraise.storage.database import Database
from appraise.storage.tables.columns import Key

SETTING: Final = "APPRAISE_PROTECTED_URL"
_METADATA: Final = MetaData()
_ATTRIBUTES: Final = Table(
    "protected_attributes",
    _METADATA,
    Column("employee_id", Key, primary_key=True),
    Column("attribute", Key, primary_key=True),
    Column("category", Key, nullable=False),
)


class ProtectedStore:
    """Who belongs to which category of which attribute. People of unknown category have no row.

    Raises `InvalidInput` where the URL names the records database.
    """

    def __init__(self, url: str, *, records: URL) -> None:
        self._database = Database(url, setting=SETTING)
        if self._database.is_sqlite:
            event.listen(self._database.engine, "connect", _forget_for_good)
        if _place(self._database.url) == _place(records):
            raise InvalidInput(
                "protected attributes would lie in the records database",
                expected="a database of their own, which fewer people can read",
                hint=f"set {SETTING} to another database, or leave it out",
            )

    def create(self) -> None:
        """Make the table where there is none; a SQLite file is readable by its owner alone. Repeatable."""
        if self._database.is_sqlite:
            path = Path(self._database.url.database or "")
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
        with self._database.transaction() as session:
            _METADATA.create_all(session)

    @property
    def is_created(self) -> bool:
        if self._database.is_sqlite and not Path(self._database.url.database or "").exists():
            return False
        with self._database.reading() as session:
            return inspect(session).has_table(_ATTRIBUTES.name)

    def attributes(self) -> tuple[str, ...]:
        """The names of what is known of anybody, sorted. Raises `NotFound` where nothing was imported yet."""
        self._require()
        statement = select(_ATTRIBUTES.c.attribute).distinct().order_by(_ATTRIBUTES.c.attribute)
        with self._database.reading() as session:
            return tuple(session.execute(statement).scalars())

    def categories(self, attribute: str) -> dict[EmployeeId, str]:
        """Everybody's category, by employee."""
        self._require()
        table = _ATTRIBUTES.c
        statement = select(table.employee_id, table.category).where(table.attribute == attribute)
        with self._database.reading() as session:
            return {EmployeeId(employee): category for employee, category in session.execute(statement)}

    def replace(self, known: Mapping[str, Mapping[EmployeeId, str]]) -> None:
        """Put `known`, by attribute and employee, in the place of all that was known of these attributes."""
        rows = [
            {"employee_id": employee, "attribute": attribute, "category": category}
            for attribute, categories in known.items()
            for employee, category in categories.items()
        ]
        with self._database.transaction() as session:
            session.execute(delete(_ATTRIBUTES).where(_ATTRIBUTES.c.attribute.in_(list(known))))
            if rows:
                session.execute(insert(_ATTRIBUTES), rows)

    def erase(self, employee: EmployeeId | None) -> int:
        """Forget one employee, or everybody where None; the number of rows erased."""
        self._require()
        statement = delete(_ATTRIBUTES)
        if employee is not None:
            statement = statement.where(_ATTRIBUTES.c.employee_id == employee)
        with self._database.transaction() as session:
            return session.execute(statement).rowcount

    def close(self) -> None:
        self._database.close()

    def _require(self) -> None:
        if not self.is_created:
            raise NotFound(
                "no protected attributes are known", hint="import them first, see `appraise fairness import --help`"
            )


def _forget_for_good(connection: sqlite3.Connection, _record: Any) -> None:
    """What is erased must not stay readable in free pages or in a write-ahead log."""
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.execute("PRAGMA secure_delete = ON")


def _place(url: URL) -> tuple[str, str | None, int | None, str | None]:
    """What makes two URLs name one database."""
    if url.get_backend_name() == "sqlite":
        return "sqlite", None, None, str(Path(url.database or "").resolve())
    return "postgresql", url.host or str(url.query.get("host", "localhost")), url.port or 5432, url.database
