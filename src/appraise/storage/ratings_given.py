"""What managers rated, beside the level that the data gave."""

from sqlalchemy import select

from appraise.domain.identifiers import EmployeeId, ItemId, SectionId
from appraise.domain.section_states import HANDED_IN
from appraise.storage.database import Session
from appraise.storage.tables import CALIBRATION_MOVES, ITEMS, SCORECARDS, SECTIONS


def rated_by(session: Session, manager: EmployeeId) -> list[tuple[SectionId, int, int]]:
    """Section, rating and level of every item that the manager rated and handed in, where there is a level.

    A rating that calibration moved counts as the manager gave it.
    """
    statement = (
        select(ITEMS.c.section_id, ITEMS.c.id, ITEMS.c.rating, SCORECARDS.c.level)
        .join(SECTIONS, SECTIONS.c.id == ITEMS.c.section_id)
        .join(
            SCORECARDS,
            (SCORECARDS.c.run_id == SECTIONS.c.run_id)
            & (SCORECARDS.c.employee_id == SECTIONS.c.employee_id)
            & (SCORECARDS.c.indicator == ITEMS.c.indicator),
        )
        .where(SECTIONS.c.manager_id == manager, SECTIONS.c.state.in_(sorted(state.value for state in HANDED_IN)))
        .where(SECTIONS.c.course["submitted_by"].as_string() == manager)
        .where(ITEMS.c.rating.is_not(None), SCORECARDS.c.level.is_not(None))
        .order_by(ITEMS.c.section_id, ITEMS.c.position)
    )
    rows = session.execute(statement).all()
    given = _before_calibration(session, [ItemId(row.id) for row in rows])
    return [(SectionId(row.section_id), given.get(ItemId(row.id), row.rating), row.level) for row in rows]


def _before_calibration(session: Session, items: list[ItemId]) -> dict[ItemId, int]:
    moves = CALIBRATION_MOVES.c
    statement = select(moves.item_id, moves.before).where(moves.item_id.in_(items), moves.before.is_not(None))
    found: dict[ItemId, int] = {}
    for row in session.execute(statement.order_by(moves.moved_at)):
        found.setdefault(ItemId(row.item_id), row.before)
    return found
