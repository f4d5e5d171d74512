"""Thresholds that somebody keeps, what lay beyond them at the last look, and what of it they have seen."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import delete, insert, select, update

from appraise.domain.contributions import Dimension
from appraise.domain.identifiers import EmployeeId, IndicatorKey, WatchId
from appraise.domain.watches import Measure, Rule, Side, Watch
from appraise.storage.database import Session
from appraise.storage.tables import WATCH_FINDINGS, WATCHES

TABLE = WATCHES.c
FOUND = WATCH_FINDINGS.c
Keys = Mapping[str | None, bool]
"""Groups by key, None for those who have no such group; whether they were seen."""


def of_owner(session: Session, owner: EmployeeId) -> list[Watch]:
    rows = session.execute(select(WATCHES).where(TABLE.owner_id == owner).order_by(TABLE.id))
    return [
        Watch(
            WatchId(row.id),
            EmployeeId(row.owner_id),
            Rule(
                IndicatorKey(row.indicator),
                Dimension(row.dimension),
                Measure(row.measure),
                Side(row.side),
                row.threshold,
            ),
            row.version,
        )
        for row in rows
    ]


def owners_to_look(session: Session, *, on: date) -> list[EmployeeId]:
    """Whoever keeps one that was not looked at on the day."""
    is_due = TABLE.looked_on.is_(None) | (TABLE.looked_on < on)
    rows = session.execute(select(TABLE.owner_id).where(is_due).distinct().order_by(TABLE.owner_id))
    return [EmployeeId(row) for row in rows.scalars()]


def owners_with_news(session: Session) -> list[EmployeeId]:
    """Whoever keeps one beyond which something lies that they have not seen."""
    unseen = select(FOUND.watch_id).where(FOUND.is_seen.is_(False))
    rows = session.execute(select(TABLE.owner_id).where(TABLE.id.in_(unseen)).distinct().order_by(TABLE.owner_id))
    return [EmployeeId(row) for row in rows.scalars()]


def add(session: Session, watch: Watch) -> None:
    session.execute(insert(WATCHES), _row(watch))


def save(session: Session, watch: Watch) -> None:
    """What it found before is found by another threshold, and forgotten."""
    forget_findings(session, watch.id)
    session.execute(update(WATCHES).where(TABLE.id == watch.id).values(_row(watch)))


def remove(session: Session, watch: WatchId) -> None:
    forget_findings(session, watch)
    session.execute(delete(WATCHES).where(TABLE.id == watch))


def looked(session: Session, watch: WatchId, *, on: date) -> None:
    session.execute(update(WATCHES).where(TABLE.id == watch).values(looked_on=on))


def findings(session: Session, owner: EmployeeId) -> dict[WatchId, dict[str | None, bool]]:
    found: dict[WatchId, dict[str | None, bool]] = defaultdict(dict)
    mine = select(TABLE.id).where(TABLE.owner_id == owner)
    for row in session.execute(select(WATCH_FINDINGS).where(FOUND.watch_id.in_(mine))):
        found[WatchId(row.watch_id)][row.group_key or None] = row.is_seen
    return found


def note_findings(session: Session, watch: WatchId, keys: Keys) -> None:
    """In the place of what was found before."""
    forget_findings(session, watch)
    rows = [{"watch_id": watch, "group_key": key or "", "is_seen": is_seen} for key, is_seen in keys.items()]
    if rows:
        session.execute(insert(WATCH_FINDINGS), rows)


def mark_seen(session: Session, watch: WatchId, keys: Iterable[str | None]) -> None:
    known = findings_of(session, watch)
    note_findings(session, watch, {**known, **dict.fromkeys(keys, True)})


def findings_of(session: Session, watch: WatchId) -> dict[str | None, bool]:
    rows = session.execute(select(WATCH_FINDINGS).where(FOUND.watch_id == watch))
    return {row.group_key or None: row.is_seen for row in rows}


def forget_findings(session: Session, watch: WatchId) -> None:
    session.execute(delete(WATCH_FINDINGS).where(FOUND.watch_id == watch))


def _row(watch: Watch) -> dict[str, Any]:
    rule = watch.rule
    return {
        "id": watch.id,
        "owner_id": watch.owner,
        "indicator": rule.indicator,
        "dimension": rule.dimension.value,
        "measure": rule.measure.value,
        "side": rule.side.value,
        "threshold": rule.threshold,
        "version": watch.version,
        "looked_on": None,
    }
