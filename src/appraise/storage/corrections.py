"""Correction notices of sections. Read where the section was read before: they go by its door."""

from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select, update

from appraise.domain.corrections import Correction, CorrectionState, Difference
from appraise.domain.identifiers import CorrectionId, EmployeeId, IndicatorKey, RunId, SectionId
from appraise.storage.database import Session
from appraise.storage.tables import CORRECTIONS


def add(session: Session, correction: Correction) -> None:
    row = {
        "id": correction.id,
        "section_id": correction.section,
        "revision": correction.revision,
        "run_id": correction.run,
        "differences": [_document(one) for one in correction.differences],
        "noticed_at": correction.noticed_at,
        "decide_by": correction.decide_by,
        "state": correction.state.value,
        "note": correction.note,
        "decided_by": correction.decided_by,
    }
    session.execute(insert(CORRECTIONS), row)


def decide(session: Session, correction: Correction) -> None:
    values = {"state": correction.state.value, "note": correction.note, "decided_by": correction.decided_by}
    session.execute(update(CORRECTIONS).where(CORRECTIONS.c.id == correction.id).values(values))


def get(session: Session, correction: CorrectionId) -> Correction | None:
    row = session.execute(select(CORRECTIONS).where(CORRECTIONS.c.id == correction)).first()
    return None if row is None else _correction(row)


def of(session: Session, section: SectionId) -> list[Correction]:
    """All of a section's, the oldest first."""
    table = CORRECTIONS.c
    statement = select(CORRECTIONS).where(table.section_id == section).order_by(table.noticed_at, table.id)
    return [_correction(row) for row in session.execute(statement)]


def all_open(session: Session) -> list[Correction]:
    """By their clock."""
    table = CORRECTIONS.c
    waiting = table.state == CorrectionState.OPEN.value
    return [
        _correction(row)
        for row in session.execute(select(CORRECTIONS).where(waiting).order_by(table.decide_by, table.id))
    ]


def _document(one: Difference) -> list[Any]:
    before, after = (None if value is None else str(value) for value in (one.before, one.after))
    return [one.indicator, before, after, one.level_before, one.level_after, one.band_changes]


def _difference(document: list[Any]) -> Difference:
    indicator, before, after, level_before, level_after, band_changes = document
    return Difference(
        indicator=IndicatorKey(indicator),
        before=None if before is None else Decimal(before),
        after=None if after is None else Decimal(after),
        level_before=level_before,
        level_after=level_after,
        band_changes=band_changes,
    )


def _correction(row: Any) -> Correction:
    return Correction(
        id=CorrectionId(row.id),
        section=SectionId(row.section_id),
        revision=row.revision,
        run=RunId(row.run_id),
        differences=tuple(_difference(document) for document in row.differences),
        noticed_at=row.noticed_at,
        decide_by=row.decide_by,
        state=CorrectionState(row.state),
        note=row.note,
        decided_by=None if row.decided_by is None else EmployeeId(row.decided_by),
    )
