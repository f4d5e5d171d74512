"""Orders of a list of sections, and where a page of each begins."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, bindparam, case, tuple_

from appraise.domain.cursors import position
from appraise.domain.reading import SectionOrder
from appraise.domain.section_states import SectionState
from appraise.errors import InvalidInput
from appraise.storage.tables import EMPLOYEES, SECTIONS
from appraise.storage.tables.columns import Instant, Key

PLACES: Final = {state.value: f"{place:02d}" for place, state in enumerate(SectionState)}
"""Of the states on their way."""
NAME: Final[list[ColumnElement[Any]]] = [EMPLOYEES.c.sort_name, EMPLOYEES.c.id]
STATE: Final[list[ColumnElement[Any]]] = [case(PLACES, value=SECTIONS.c.state), *NAME]
BY_CHANGE: Final = frozenset({SectionOrder.RECENTLY_CHANGED, SectionOrder.LONGEST_UNCHANGED})
CHANGED: Final[list[ColumnElement[Any]]] = [SECTIONS.c.changed_at, SECTIONS.c.id]


def ordered(statement: Select[Any], order: SectionOrder, *, is_first: bool) -> Select[Any]:
    """Unless it is the first page, `after_values` are the parameters of where it begins."""
    if order in BY_CHANGE:
        last = tuple_(bindparam("after_changed", type_=Instant()), bindparam("after_id", type_=Key()))
        if order is SectionOrder.LONGEST_UNCHANGED:
            statement = statement.order_by(*CHANGED)
            return statement if is_first else statement.where(tuple_(*CHANGED) > last)
        statement = statement.order_by(*(column.desc() for column in CHANGED))
        return statement if is_first else statement.where(tuple_(*CHANGED) < last)
    columns = STATE if order is SectionOrder.STATE else NAME
    names = ("after_state", "after_name", "after_id")[-len(columns) :]
    statement = statement.order_by(*columns)
    if is_first:
        return statement
    return statement.where(tuple_(*columns) > tuple_(*(bindparam(name, type_=Key()) for name in names)))


def after_values(order: SectionOrder, after: str) -> dict[str, Any]:
    """Raises `InvalidInput` for a cursor that is none, or one of another order."""
    match order:
        case SectionOrder.NAME:
            name, key = position(after, 2)
            return {"after_name": name, "after_id": key}
        case SectionOrder.STATE:
            state, name, key = position(after, 3)
            return {"after_state": state, "after_name": name, "after_id": key}
        case SectionOrder.RECENTLY_CHANGED | SectionOrder.LONGEST_UNCHANGED:
            of, text, key, _ = position(after, 4)
            if of != order.value:
                raise InvalidInput("the cursor was not given out by Appraise")
            return {"after_changed": _moment(text), "after_id": key}


def key_of(order: SectionOrder, row: Any) -> tuple[str, ...]:
    """The parts of a row's cursor, of which each order has another number."""
    match order:
        case SectionOrder.NAME:
            return row.sort_name, row.employee_id
        case SectionOrder.STATE:
            return PLACES[row.state], row.sort_name, row.employee_id
        case SectionOrder.RECENTLY_CHANGED | SectionOrder.LONGEST_UNCHANGED:
            return order.value, row.changed_at.isoformat(), row.id, ""


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput("the cursor was not given out by Appraise") from error
    if moment.tzinfo is None:
        raise InvalidInput("the cursor was not given out by Appraise")
    return moment
