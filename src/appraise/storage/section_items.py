"""The items of sections as rows, written only where they changed."""

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

from sqlalchemy import Select, bindparam, delete, insert, select, update

from appraise.domain.sections import Section
from appraise.storage.database import BATCH, Session
from appraise.storage.tables import ITEMS

OF_THE_MANAGER: Final = ("rating", "comment", "reason")
OF_THE_EMPLOYEE: Final = ("own_rating", "own_comment")
WRITTEN: Final = (*OF_THE_MANAGER, *OF_THE_EMPLOYEE, "rated_version", "assessed_version")


def save(session: Session, changed: Sequence[Section]) -> None:
    """What differs from what is stored; items that are in none of the sections any more go."""
    wanted = {row["id"]: row for section in changed for row in rows_of(section)}
    ids, known = sorted(section.id for section in changed), dict[str, dict[str, Any]]()
    for start in range(0, len(ids), BATCH):
        for row in session.execute(_stored_items(), {"ids": ids[start : start + BATCH]}).mappings():
            known[row["id"]] = dict(row)
    gone = [{"item": key} for key in known if key not in wanted]
    if gone:
        session.execute(delete(ITEMS).where(ITEMS.c.id == bindparam("item")), gone)
    rows = [{f"new_{name}": value for name, value in row.items()} for row in wanted.values() if _differs(row, known)]
    if rows:
        values: dict[str, Any] = {
            name: bindparam(f"new_{name}") for name in next(iter(wanted.values())) if name != "id"
        }
        session.execute(update(ITEMS).where(ITEMS.c.id == bindparam("new_id")).values(values), rows)
    new = [row for key, row in wanted.items() if key not in known]
    if new:
        session.execute(insert(ITEMS), new)


def _differs(row: dict[str, Any], known: dict[str, dict[str, Any]]) -> bool:
    return row["id"] in known and known[row["id"]] != row


@cache
def _stored_items() -> Select[Any]:
    return select(ITEMS).where(ITEMS.c.section_id.in_(bindparam("ids", expanding=True)))


def rows_of(section: Section) -> list[dict[str, Any]]:
    return [
        {
            "id": item.id,
            "section_id": section.id,
            "indicator": item.indicator,
            "position": position,
            "weight": item.weight,
            **{name: getattr(item, name) for name in WRITTEN},
        }
        for position, item in enumerate(section.items)
    ]
