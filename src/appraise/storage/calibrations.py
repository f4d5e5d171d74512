"""Calibration sessions and their moves. For those who calibrate: they go by no section's door."""

from typing import Any

from sqlalchemy import func, insert, select, update

from appraise.domain.calibration import CalibrationSession, CalibrationState, Move
from appraise.domain.identifiers import CalibrationId, CycleId, EmployeeId, ItemId, SectionId
from appraise.storage.database import Session
from appraise.storage.tables import CALIBRATION_MOVES, CALIBRATION_SESSIONS


def add(session: Session, opened: CalibrationSession) -> None:
    row = {
        "id": opened.id,
        "cycle_id": opened.cycle,
        "name": opened.name,
        "facilitator_id": opened.facilitator,
        "opened_at": opened.opened_at,
        "state": opened.state.value,
        "locked_at": None,
        "sections": list(opened.sections),
    }
    session.execute(insert(CALIBRATION_SESSIONS), row)


def lock(session: Session, locked: CalibrationSession) -> None:
    values = {"state": locked.state.value, "locked_at": locked.locked_at}
    session.execute(update(CALIBRATION_SESSIONS).where(CALIBRATION_SESSIONS.c.id == locked.id).values(values))


def get(session: Session, wanted: CalibrationId, *, to_change: bool = False) -> CalibrationSession | None:
    statement = select(CALIBRATION_SESSIONS).where(CALIBRATION_SESSIONS.c.id == wanted)
    row = session.execute(statement.with_for_update() if to_change else statement).first()
    return None if row is None else _session(row)


def of_cycle(session: Session, cycle: CycleId) -> list[CalibrationSession]:
    """The oldest first."""
    table = CALIBRATION_SESSIONS.c
    statement = select(CALIBRATION_SESSIONS).where(table.cycle_id == cycle).order_by(table.opened_at, table.id)
    return [_session(row) for row in session.execute(statement)]


def add_move(session: Session, move: Move) -> None:
    """The caller holds the session."""
    table = CALIBRATION_MOVES.c
    last = select(func.coalesce(func.max(table.position), 0)).where(table.session_id == move.session)
    row = {
        "session_id": move.session,
        "position": int(session.execute(last).scalar_one()) + 1,
        "section_id": move.section,
        "item_id": move.item,
        "before": move.before,
        "after": move.after,
        "reason": move.reason,
        "is_outside": move.is_outside,
        "moved_by": move.by,
        "moved_at": move.at,
    }
    session.execute(insert(CALIBRATION_MOVES), row)


def moves_of(session: Session, wanted: CalibrationId) -> list[Move]:
    table = CALIBRATION_MOVES.c
    return _moves(session, select(CALIBRATION_MOVES).where(table.session_id == wanted).order_by(table.position))


def moves_of_section(session: Session, section: SectionId) -> list[Move]:
    table = CALIBRATION_MOVES.c
    return _moves(session, select(CALIBRATION_MOVES).where(table.section_id == section).order_by(table.moved_at))


def _moves(session: Session, statement: Any) -> list[Move]:
    return [
        Move(
            session=CalibrationId(row.session_id),
            section=SectionId(row.section_id),
            item=ItemId(row.item_id),
            before=row.before,
            after=row.after,
            reason=row.reason,
            is_outside=row.is_outside,
            by=EmployeeId(row.moved_by),
            at=row.moved_at,
        )
        for row in session.execute(statement)
    ]


def _session(row: Any) -> CalibrationSession:
    return CalibrationSession(
        id=CalibrationId(row.id),
        cycle=CycleId(row.cycle_id),
        name=row.name,
        facilitator=EmployeeId(row.facilitator_id),
        opened_at=row.opened_at,
        sections=tuple(SectionId(section) for section in row.sections),
        state=CalibrationState(row.state),
        locked_at=row.locked_at,
    )
