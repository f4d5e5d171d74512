"""Disputes and claims of sections. Read where the section was read before: they go by its door."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import insert, select, update

from appraise.domain.disputes import Dispute, DisputeKind, DisputeState
from appraise.domain.identifiers import DisputeId, EmployeeId, ItemId, SectionId
from appraise.storage.database import Session, in_batches
from appraise.storage.tables import DISPUTES


def add(session: Session, dispute: Dispute) -> None:
    session.execute(insert(DISPUTES), _row(dispute))


def save(session: Session, dispute: Dispute) -> None:
    session.execute(update(DISPUTES).where(DISPUTES.c.id == dispute.id).values(_row(dispute)))


def get(session: Session, dispute: DisputeId) -> Dispute | None:
    row = session.execute(select(DISPUTES).where(DISPUTES.c.id == dispute)).first()
    return None if row is None else _dispute(row)


def of(session: Session, section: SectionId) -> list[Dispute]:
    """All of a section's, the oldest first."""
    table = DISPUTES.c
    statement = select(DISPUTES).where(table.section_id == section).order_by(table.filed_at, table.id)
    return [_dispute(row) for row in session.execute(statement)]


def of_all(session: Session, sections: Iterable[SectionId]) -> dict[SectionId, list[Dispute]]:
    """By section, the oldest first."""
    table = DISPUTES.c
    found: dict[SectionId, list[Dispute]] = {section: [] for section in sections}
    for ids in in_batches(found):
        statement = select(DISPUTES).where(table.section_id.in_(ids)).order_by(table.filed_at, table.id)
        for row in session.execute(statement):
            found[SectionId(row.section_id)].append(_dispute(row))
    return found


def all_open(session: Session) -> list[Dispute]:
    """By their clock."""
    table = DISPUTES.c
    statement = select(DISPUTES).where(table.state == DisputeState.OPEN.value).order_by(table.decide_by, table.id)
    return [_dispute(row) for row in session.execute(statement)]


def _row(dispute: Dispute) -> dict[str, Any]:
    return {
        "id": dispute.id,
        "section_id": dispute.section,
        "revision": dispute.revision,
        "kind": dispute.kind.value,
        "item_id": dispute.item,
        "evidence": dispute.evidence,
        "comment": dispute.comment,
        "filed_at": dispute.filed_at,
        "filed_by": dispute.filed_by,
        "decide_by": dispute.decide_by,
        "reviewer_id": dispute.reviewer,
        "state": dispute.state.value,
        "reason": dispute.reason,
        "decided_at": dispute.decided_at,
        "decided_by": dispute.decided_by,
    }


def _dispute(row: Any) -> Dispute:
    return Dispute(
        id=DisputeId(row.id),
        section=SectionId(row.section_id),
        revision=row.revision,
        kind=DisputeKind(row.kind),
        item=ItemId(row.item_id),
        evidence=row.evidence,
        comment=row.comment,
        filed_at=row.filed_at,
        filed_by=EmployeeId(row.filed_by),
        decide_by=row.decide_by,
        reviewer=None if row.reviewer_id is None else EmployeeId(row.reviewer_id),
        state=DisputeState(row.state),
        reason=row.reason,
        decided_at=row.decided_at,
        decided_by=None if row.decided_by is None else EmployeeId(row.decided_by),
    )
