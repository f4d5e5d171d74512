"""Numbers that are others after each change of the records, so that what was read before it can be told from new.

One is for all records, one for people alone. They change in the transaction of the change. Whoever reads a number
before the records may find the records newer than the number, and never older.
"""

from typing import Any, Final

from sqlalchemy import Connection, event, select, update
from sqlalchemy.engine import Engine
from sqlalchemy.sql.dml import UpdateBase

from appraise.storage import tables
from appraise.storage.direct import Direct

CHANGED: Final = "appraise.changed"
NUMBER: Final = select(tables.DATA_VERSION.c.number)
BESIDE: Final = frozenset(
    {
        tables.AUDIT_LOG,
        tables.AUDIT_LISTS,
        tables.IDEMPOTENCY_KEYS,
        tables.ACCESS_TOKENS,
        tables.EMBED_TOKENS,
        tables.WEB_SESSIONS,
        tables.OUTBOX,
        tables.WEBHOOKS,
        tables.WEBHOOK_SECRETS,
        tables.DELIVERIES,
        tables.JOBS,
        tables.UPLOADS,
        tables.REMINDERS,
        tables.MAILS,
        tables.TOLD_TASKS,
    }
)
"""Tables of which no remembered answer says anything, and which are written all the time."""
RECORDS: Final = frozenset(tables.METADATA.tables.values()) - BESIDE - {tables.DATA_VERSION}
PEOPLE: Final = frozenset({tables.EMPLOYEES, tables.EMPLOYMENTS, tables.REPORTING_LINES, tables.DEPARTMENTS})
"""Tables that say which job, department and manager somebody has on a day."""


def current(direct: Direct) -> int:
    [(number,)] = direct.rows(NUMBER, {})
    return int(number)


def watch(engine: Engine) -> None:
    """Notes which transactions of the engine change records."""
    event.listen(engine, "after_execute", _executed)


def begin(session: Connection) -> None:
    session.info[CHANGED] = set()


def count(session: Connection) -> None:
    """To be called last in a transaction: whoever changes a number waits for whoever did so before to commit."""
    changed = session.info[CHANGED]
    if not changed:
        return
    versions = tables.DATA_VERSION.c
    numbers = [versions.number] if PEOPLE.isdisjoint(changed) else [versions.number, versions.people]
    session.execute(update(tables.DATA_VERSION).values({one: one + 1 for one in numbers}))


def _executed(session: Connection, statement: Any, *_: Any) -> None:
    if isinstance(statement, UpdateBase) and statement.table in RECORDS:
        session.info[CHANGED].add(statement.table)
