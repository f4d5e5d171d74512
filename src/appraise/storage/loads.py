"""Loads of events as the records remember them: a mirror of the event store's log, for lists and names."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, insert, select

from appraise.domain.identifiers import LoadId
from appraise.domain.reading import Load, LoadState
from appraise.storage.database import Session
from appraise.storage.tables import LOADS


def mirror(session: Session, loads: Iterable[Load]) -> None:
    """Make the table say exactly what the event store's log says."""
    session.execute(delete(LOADS))
    rows = [
        {
            "id": load.id,
            "adapter": load.adapter,
            "source": load.source,
            "file": load.file,
            "state": load.state.value,
            "loaded_at": load.loaded_at,
            "undone_at": load.undone_at,
            "report": [list(fact) for fact in load.facts],
        }
        for load in loads
    ]
    if rows:
        session.execute(insert(LOADS), rows)


def listed(session: Session) -> tuple[Load, ...]:
    """The latest first."""
    return tuple(_load(row) for row in session.execute(select(LOADS).order_by(LOADS.c.loaded_at.desc(), LOADS.c.id)))


def _load(row: Any) -> Load:
    return Load(
        id=LoadId(row.id),
        adapter=row.adapter,
        source=row.source,
        file=row.file,
        state=LoadState(row.state),
        loaded_at=row.loaded_at,
        undone_at=row.undone_at,
        facts=tuple((name, value) for name, value in row.report),
    )
