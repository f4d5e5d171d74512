"""Reading just the columns that are asked for, one statement for each level, through the same door as all else."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import orjson
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Dialect,
    FromClause,
    Select,
    String,
    TableValuedAlias,
    Text,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    select,
    tuple_,
)
from sqlalchemy.types import TypeDecorator, TypeEngine

from appraise.domain.cursors import position
from appraise.domain.employees import EmploymentStatus
from appraise.domain.excerpts import Columns, Values
from appraise.domain.identifiers import CycleId, EmployeeId, SectionId
from appraise.domain.reading import Page
from appraise.domain.section_states import SectionState
from appraise.storage.access import Door, Viewer, ratings_shown, reached
from appraise.storage.cursors import checked_size
from appraise.storage.direct import Direct
from appraise.storage.people import ON, Asked, PeopleFilter, department_name, filtered, manager_name, nearest_job
from appraise.storage.tables import EMPLOYEES, EMPLOYMENTS, ITEMS, SCORECARDS, SECTIONS
from appraise.storage.tables.columns import Key

REMEMBERED: Final = 512
"""Statements; which columns they have is in the hands of clients."""

JOB, MANAGER = EMPLOYMENTS.alias("job"), EMPLOYEES.alias("manager")
STATUS: Final = case(
    (JOB.c.status.is_(None), EmploymentStatus.UNKNOWN.value),
    (JOB.c.starts_on > ON, EmploymentStatus.PREHIRE.value),
    (JOB.c.ends_on <= ON, func.coalesce(func.nullif(JOB.c.ended_as, ""), EmploymentStatus.TERMINATED.value)),
    else_=JOB.c.status,
)
PERSON: Final[dict[str, ColumnElement[Any]]] = {
    "id": EMPLOYEES.c.id,
    "name": EMPLOYEES.c.display_name,
    "job": JOB.c.job_title,
    "department_code": JOB.c.department,
    "department_name": department_name(JOB.c.department),
    "status": STATUS,
    "since": JOB.c.starts_on,
    "manager_name": manager_name(),
}
"""Columns of an employee as of a day; outside any job of the nearest one."""
SECTION: Final[dict[str, ColumnElement[Any]]] = {
    **{name: SECTIONS.c[name] for name in ("id", "employee_id", "state", "version", "revision")},
    **{name: SECTIONS.c[name] for name in ("job_title", "department", "submitted_at", "manifest_hash")},
    "floor": cast(SECTIONS.c.floor, Text),
}
LISTED: Final[dict[str, ColumnElement[Any]]] = SECTION | {
    "name": EMPLOYEES.c.display_name,
    "manager_name": MANAGER.c.display_name,
}
"""Columns of a section in a list of sections."""
NUMBERS: Final = (
    *("value", "lower", "upper", "lower_90", "upper_90", "expected", "unshrunk", "standard_error", "reliability"),
    "probability_better",
)
RESULT: Final[dict[str, ColumnElement[Any]]] = {
    **{name: cast(SCORECARDS.c[name], Text) for name in NUMBERS},
    **{name: SCORECARDS.c[name] for name in ("consequence", "level", "flagged", "evidence")},
    **{name: SCORECARDS.c[name] for name in ("money_amount", "money_lower", "money_upper", "money_currency")},
    **{name: SCORECARDS.c[name] for name in ("absence_kind", "absence_reason")},
}
ITEM: Final[dict[str, ColumnElement[Any]]] = RESULT | {
    "id": ITEMS.c.id,
    "indicator": ITEMS.c.indicator,
    "weight": cast(ITEMS.c.weight, Text),
    "rating": case((ratings_shown(SECTIONS.c.employee_id, SECTIONS.c.state), ITEMS.c.rating)),
}
"""Columns of an item with its result; a rating that is withheld is NULL, as one that is not given."""


@dataclass(frozen=True, slots=True)
class _Window:
    """How many rows, written into the statement: PostgreSQL plans for a tenth of the table where it is not told."""

    first: int
    is_first: bool


class _Keys(TypeDecorator[Sequence[str]]):
    """Any number of keys as one parameter, so that a statement has one text for all numbers of them."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(ARRAY(String) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> Any:
        keys = list(value or ())
        return keys if dialect.name == "postgresql" else orjson.dumps(keys).decode()


def page_of_people(
    direct: Direct, viewer: Viewer, wanted: PeopleFilter, columns: Columns, *, first: int, after: str | None
) -> Page[Values]:
    """Who is employed on the day, by name; the id is the first column and is not asked for."""
    statement = _people(viewer.people, wanted.asked, columns, _Window(first, after is None))
    return _page(direct, statement, {**viewer.bound, **wanted.bound}, first=first, after=after)


def person(direct: Direct, viewer: Viewer, wanted: PeopleFilter, columns: Columns, key: EmployeeId) -> Values | None:
    """One employee, leavers too, with the id as the first column; None where the viewer does not reach them."""
    statement = _person(viewer.people, columns)
    rows = direct.rows(statement, {**viewer.bound, **wanted.bound, "employee": key})
    return rows[0] if rows else None


def page_of_sections(  # noqa: PLR0913  # the filters of one list
    direct: Direct,
    viewer: Viewer,
    columns: Columns,
    *,
    cycle: CycleId,
    state: SectionState | None,
    first: int,
    after: str | None,
) -> Page[Values]:
    """By the employee's name; the section's id is the first column and is not asked for."""
    statement = _sections(viewer.sections, columns, state is not None, _Window(first, after is None))
    of_state = {} if state is None else {"state": state.value}
    return _page(direct, statement, {**viewer.bound, "cycle": cycle, **of_state}, first=first, after=after)


def sections_of(
    direct: Direct, viewer: Viewer, cycle: CycleId, employees: Sequence[EmployeeId], columns: Columns
) -> dict[EmployeeId, Values]:
    """By employee, whose id and that of the section are the first columns and are not asked for."""
    statement = _of_employees(viewer.sections, columns, direct.dialect.name)
    rows = direct.rows(statement, {**viewer.bound, "cycle": cycle, "ids": employees})
    return {row[0]: row for row in rows}


def items_of(
    direct: Direct, viewer: Viewer, sections: Sequence[SectionId], columns: Columns
) -> dict[SectionId, list[Values]]:
    """Of sections that were reached; their ids are the first column and are not asked for."""
    found: dict[SectionId, list[Values]] = defaultdict(list)
    statement = _items(columns, direct.dialect.name)
    for row in direct.rows(statement, {**viewer.bound, "ids": sections}):
        found[row[0]].append(row)
    return found


def _page(
    direct: Direct, statement: Select[Any], values: dict[str, Any], *, first: int, after: str | None
) -> Page[Values]:
    """The key is in the first column and its name in the last two; these are not handed on."""
    checked_size(first)
    if after is not None:
        values["after_name"], values["after_id"] = position(after, 2)
    rows = direct.rows(statement, values)
    shown = rows[:first]
    return Page(tuple(shown), tuple(row[-2:] for row in shown), len(rows) > first)


@lru_cache(REMEMBERED)
def _people(door: Door, asked: Asked, columns: Columns, window: "_Window") -> Select[Any]:
    statement = filtered(select(EMPLOYEES.c.id, *_of_person(columns), *_name()), door, asked)
    return _from(_by_name(statement, window), columns)


@lru_cache(REMEMBERED)
def _person(door: Door, columns: Columns) -> Select[Any]:
    statement = select(EMPLOYEES.c.id, *_of_person(columns)).where(
        EMPLOYEES.c.id == bindparam("employee", type_=Key()), reached(door, EMPLOYEES.c.id)
    )
    return _from(statement, columns)


@lru_cache(REMEMBERED)
def _sections(door: Door, columns: Columns, in_state: bool, window: "_Window") -> Select[Any]:  # noqa: FBT001
    tables: FromClause = SECTIONS.join(EMPLOYEES, EMPLOYEES.c.id == SECTIONS.c.employee_id)
    if "manager_name" in columns:
        tables = tables.outerjoin(MANAGER, MANAGER.c.id == SECTIONS.c.manager_id)
    statement: Select[Any] = select(SECTIONS.c.id, *(LISTED[name] for name in columns), *_name())
    statement = _in_cycle(statement.select_from(tables), door)
    if in_state:
        statement = statement.where(SECTIONS.c.state == bindparam("state"))
    return _by_name(statement, window)


@lru_cache(REMEMBERED)
def _of_employees(door: Door, columns: Columns, dialect: str) -> Select[Any]:
    keys = _keys(dialect)
    tables = keys.join(SECTIONS, SECTIONS.c.employee_id == cast(keys.c.value, Key()))
    statement = select(SECTIONS.c.employee_id, SECTIONS.c.id, *(SECTION[name] for name in columns))
    return _in_cycle(statement.select_from(tables), door)


@lru_cache(REMEMBERED)
def _items(columns: Columns, dialect: str) -> Select[Any]:
    keys = _keys(dialect)
    tables: FromClause = keys.join(ITEMS, ITEMS.c.section_id == cast(keys.c.value, Key()))
    if "rating" in columns or RESULT.keys() & set(columns):
        tables = tables.join(SECTIONS, SECTIONS.c.id == ITEMS.c.section_id).join(
            SCORECARDS,
            (SCORECARDS.c.run_id == SECTIONS.c.run_id)
            & (SCORECARDS.c.employee_id == SECTIONS.c.employee_id)
            & (SCORECARDS.c.indicator == ITEMS.c.indicator),
        )
    statement = select(ITEMS.c.section_id, *(ITEM[name] for name in columns)).select_from(tables)
    return statement.order_by(ITEMS.c.position)


def _of_person(columns: Columns) -> list[ColumnElement[Any]]:
    return [PERSON[name] for name in columns]


def _from(statement: Select[Any], columns: Columns) -> Select[Any]:
    """From the tables that the columns of a person need."""
    tables: FromClause = EMPLOYEES
    if set(columns) & {"job", "department_code", "department_name", "status", "since"}:
        tables = tables.outerjoin(JOB, JOB.c.id == nearest_job())
    return statement.select_from(tables)


def _name() -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    return EMPLOYEES.c.sort_name, EMPLOYEES.c.id.label("key")


def _by_name(statement: Select[Any], window: _Window) -> Select[Any]:
    statement = statement.order_by(EMPLOYEES.c.sort_name, EMPLOYEES.c.id).limit(literal_column(str(window.first + 1)))
    if window.is_first:
        return statement
    last = tuple_(bindparam("after_name", type_=Key()), bindparam("after_id", type_=Key()))
    return statement.where(tuple_(EMPLOYEES.c.sort_name, EMPLOYEES.c.id) > last)


def _in_cycle(statement: Select[Any], door: Door) -> Select[Any]:
    statement = statement.where(reached(door, SECTIONS.c.employee_id, state=SECTIONS.c.state, section=SECTIONS.c.id))
    return statement.where(SECTIONS.c.cycle_id == bindparam("cycle", type_=Key()))


def _keys(dialect: str) -> TableValuedAlias:
    """The keys in the parameter `ids` as a table, so that what is joined to it is looked up in an index."""
    keys = bindparam("ids", type_=_Keys())
    if dialect == "postgresql":
        return func.unnest(keys).table_valued("value").render_derived()
    return func.json_each(keys).table_valued("value")
