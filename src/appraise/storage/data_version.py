"""A number that is another after each change of the records, so that what was read before it can be told from new.

It changes in the transaction of the change. Whoever reads it before the records may find the records newer than the
number, and never older.
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


def current(direct: Direct) -> int:
    [(number,)] = direct.rows(NUMBER, {})
    return int(number)


def watch(engine: Engine) -> None:
    """Notes which transactions of the engine change records."""
    event.listen(engine, "after_execute", _executed)


def begin(session: Connection) -> None:
    session.info[CHANGED] = False


def count(session: Connection) -> None:
    """To be called last in a transaction: whoever changes the number waits for whoever did so before to commit."""
    if session.info[CHANGED]:
        session.execute(update(tables.DATA_VERSION).values(number=tables.DATA_VERSION.c.number + 1))


def _executed(session: Connection, statement: Any, *_: Any) -> None:
    if isinstance(statement, UpdateBase) and statement.table in RECORDS:
        session.info[CHANGED] = True
