"""Lines of the audit log by one statement, after a line that is known to be the last."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from psycopg.errors import UniqueViolation

from appraise.domain.audit import AuditEntry, ListRead, list_entries
from appraise.storage.audit import columns_of
from appraise.storage.database import Database

MOST_KNOWN: Final = 10_000
"""Lists."""
APPEND: Final = """
WITH held AS MATERIALIZED (SELECT pg_advisory_xact_lock(hashtext('appraise:audit'))),
  lists AS (
    INSERT INTO audit_lists (name, subject)
    SELECT name, subject FROM held, jsonb_to_recordset($1::jsonb) AS given(name text, subject text)
    ON CONFLICT DO NOTHING)
INSERT INTO audit_log (sequence, at, actor, action, subject, details, previous_hash, hash)
SELECT sequence, at, actor, action, subject, details, previous_hash, hash
FROM held, jsonb_to_recordset($2::jsonb) AS given(sequence integer, at timestamptz, actor text, action text,
  subject text, details jsonb, previous_hash text, hash text)
"""


@dataclass(slots=True)
class AuditMemory:
    """What a process knows of the log; for one thread at a time.

    `last` is the line that it wrote last. Lines are never changed, and no two have one number: where another process
    has appended meanwhile, a line after `last` is refused by the database. `lists` are stored for certain.
    """

    last: AuditEntry | None = None
    lists: set[str] = field(default_factory=set)

    def appended(self, database: Database, read: Sequence[ListRead]) -> bool:
        """Whether the lines were written and committed; False where they must be in the usual way."""
        if self.last is None or database.is_sqlite:
            return False
        entries = list_entries(self.last, read)
        names = [entry.subject for entry in entries]
        lists = {name: one.subjects for name, one in zip(names, read, strict=True) if name not in self.lists}
        rows = [{"name": name, "subject": subject} for name, subjects in lists.items() for subject in subjects]
        try:
            with database.direct(one_state=False) as direct:
                try:
                    direct.change(APPEND, [_json(rows), _json([columns_of(entry) for entry in entries])])
                except UniqueViolation:
                    self.last = None
                    return False
        except BaseException:
            self.last = None  # it may have been written all the same
            raise
        self.last = entries[-1]
        if len(self.lists) > MOST_KNOWN:
            self.lists.clear()
        self.lists.update(names)
        return True


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
