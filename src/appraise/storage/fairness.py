"""Verdicts about groups as they were published for the pages: no attribute of anybody, and no count."""

from typing import Any

from sqlalchemy import delete, insert, select

from appraise.domain.fairness import AttributeVerdicts, FairnessVerdicts, GroupVerdict, NamedVerdicts
from appraise.domain.identifiers import CycleId
from appraise.storage.database import Session
from appraise.storage.tables import CYCLES, FAIRNESS_VERDICTS

TABLE = FAIRNESS_VERDICTS.c


def save(session: Session, found: FairnessVerdicts) -> None:
    """In the place of the cycle's earlier ones."""
    session.execute(delete(FAIRNESS_VERDICTS).where(TABLE.cycle_id == found.cycle))
    document = [
        {
            "attribute": part.attribute,
            "is_complete": part.is_complete,
            "verdicts": [
                [one.question, one.indicator, one.category, one.compared_with, one.verdict] for one in part.verdicts
            ],
        }
        for part in found.attributes
    ]
    row = {"cycle_id": found.cycle, "computed_at": found.computed_at, "document": document}
    session.execute(insert(FAIRNESS_VERDICTS), row)


def forget(session: Session) -> None:
    session.execute(delete(FAIRNESS_VERDICTS))


def all_of_them(session: Session) -> list[NamedVerdicts]:
    """The newest cycle first."""
    statement = select(FAIRNESS_VERDICTS, CYCLES.c.name).join(CYCLES, CYCLES.c.id == TABLE.cycle_id)
    rows = session.execute(statement.order_by(CYCLES.c.starts_on.desc(), CYCLES.c.id))
    return [NamedVerdicts(row.name, _found(row)) for row in rows]


def _found(row: Any) -> FairnessVerdicts:
    attributes = tuple(
        AttributeVerdicts(part["attribute"], part["is_complete"], tuple(GroupVerdict(*one) for one in part["verdicts"]))
        for part in row.document
    )
    return FairnessVerdicts(CycleId(row.cycle_id), row.computed_at, attributes)
