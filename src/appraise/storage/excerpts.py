"""Reading just the columns that are asked for, all levels by one statement, through the same door as all else."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final

import orjson
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Dialect,
    FromClause,
    Label,
    Lateral,
    Select,
    String,
    Subquery,
    TableValuedAlias,
    Text,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    select,
    true,
    tuple_,
)
from sqlalchemy.types import TypeDecorator, TypeEngine

from appraise.domain.cursors import position
from appraise.domain.employees import EmploymentStatus
from appraise.domain.excerpts import Columns, Group, Selection, Values
from appraise.domain.identifiers import EmployeeId, RunId
from appraise.domain.reading import Page
from appraise.domain.section_states import SectionState
from appraise.storage.access import Door, Viewer, ratings_shown, reached
from appraise.storage.cursors import checked_size
from appraise.storage.direct import Direct
from appraise.storage.nearest import ON, department_name, manager_name, nearest_job, nearest_job_row
from appraise.storage.people import Asked, PeopleFilter, filtered
from appraise.storage.tables import DATA_VERSION, EMPLOYEES, EMPLOYMENTS, ITEMS, SCORECARDS, SECTIONS
from appraise.storage.tables.columns import Digits, Key

REMEMBERED: Final = 512
"""Statements; which columns they have is in the hands of clients."""

MANAGER: Final = EMPLOYEES.alias("manager")


def _of_a_person(job: Any) -> dict[str, ColumnElement[Any]]:
    status = case(
        (job.c.status.is_(None), EmploymentStatus.UNKNOWN.value),
        (job.c.starts_on > ON, EmploymentStatus.PREHIRE.value),
        (job.c.ends_on <= ON, func.coalesce(func.nullif(job.c.ended_as, ""), EmploymentStatus.TERMINATED.value)),
        else_=job.c.status,
    )
    return {
        "id": EMPLOYEES.c.id,
        "name": EMPLOYEES.c.display_name,
        "job": job.c.job_title,
        "department_code": job.c.department,
        "department_name": department_name(job.c.department),
        "status": status,
        "since": job.c.starts_on,
        "manager_name": manager_name(),
        "version": select(DATA_VERSION.c.people).scalar_subquery(),
    }


JOB: Final[dict[str, FromClause]] = {"sqlite": EMPLOYMENTS.alias("job"), "postgresql": nearest_job_row()}
PEOPLE: Final = {dialect: _of_a_person(job) for dialect, job in JOB.items()}
PERSON: Final = frozenset(PEOPLE["sqlite"])
"""Columns of an employee as of a day; outside any job of the nearest one.

`version` is another after each change of what `OF_DAY` says of anybody.
"""
OF_DAY: Final = PERSON - {"id", "name", "version"}
"""What is looked up in other tables for each of them, and takes most of the time of a page."""


def _of_a_section(section: Any) -> dict[str, ColumnElement[Any]]:
    return {
        **{name: section[name] for name in ("id", "employee_id", "run_id", "state", "version", "revision")},
        **{name: section[name] for name in ("job_title", "department", "profile", "submitted_at", "manifest_hash")},
        "floor": cast(section.floor, Digits),
    }


SECTION: Final = _of_a_section(SECTIONS.c)
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
    **{name: cast(SCORECARDS.c[name], Digits) for name in NUMBERS},
    **{name: SCORECARDS.c[name] for name in ("consequence", "level", "flagged", "evidence")},
    **{name: SCORECARDS.c[name] for name in ("money_amount", "money_lower", "money_upper", "money_currency")},
    **{name: SCORECARDS.c[name] for name in ("employee_id", "indicator", "absence_kind", "absence_reason")},
}
"""Columns of a result, which is of a run and of one of its employees."""
ITEM: Final[dict[str, ColumnElement[Any]]] = RESULT | {
    "id": ITEMS.c.id,
    "weight": cast(ITEMS.c.weight, Digits),
    "rating": ITEMS.c.rating,
}
"""Columns of an item with its result; `rating` is read as NULL where it is withheld.

A section has an item for each result that its run has of its employee, in the same order; where nothing else is asked
of items, they are not read themselves.
"""
ITS_OWN: Final = frozenset({"item.id", "item.weight", "item.rating"})
OF_ITEMS: Final = ("id", "employee_id", "state", "run_id")
"""Columns of a section that its items need."""
OF_JOB: Final = frozenset(f"person.{name}" for name in ("job", "department_code", "department_name", "status", "since"))


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
    direct: Direct, viewer: Viewer, wanted: PeopleFilter, selected: Selection, *, first: int, after: str | None
) -> Page[Group]:
    """Who is employed on the day, by name. The employee's id is the first column."""
    window = _Window(first, after is None)
    doors = viewer.people, viewer.sections
    statement = _people(*doors, wanted.asked, selected.columns, window, direct.dialect.name)
    values = {**viewer.bound, **wanted.bound, "cycle": selected.cycle}
    return _page(direct, statement, values, first=first, after=after)


def person(direct: Direct, viewer: Viewer, wanted: PeopleFilter, selected: Selection, key: EmployeeId) -> Group:
    """One employee, leavers too; no rows where the viewer does not reach them."""
    statement = _person(viewer.people, viewer.sections, selected.columns, direct.dialect.name)
    values = {**viewer.bound, **wanted.bound, "cycle": selected.cycle, "employee": key}
    return direct.rows(statement, values)


def page_of_sections(  # the filters of one list
    direct: Direct,
    viewer: Viewer,
    selected: Selection,
    *,
    state: SectionState | None,
    first: int,
    after: str | None,
) -> Page[Group]:
    """By the employee's name. The section's id is the first column."""
    statement = _sections(viewer.sections, selected.columns, state is not None, _Window(first, after is None))
    of_state = {} if state is None else {"state": state.value}
    return _page(direct, statement, {**viewer.bound, "cycle": selected.cycle, **of_state}, first=first, after=after)


def sections_of(
    direct: Direct, viewer: Viewer, selected: Selection, employees: Sequence[EmployeeId]
) -> dict[EmployeeId, Group]:
    """By employee, whose id is the first column."""
    statement = _of_employees(viewer.sections, selected.columns, direct.dialect.name)
    rows = direct.rows(statement, {**viewer.bound, "cycle": selected.cycle, "ids": employees})
    return {group[0][0]: group for group in _groups(rows)}


def people_of(direct: Direct, on: date, employees: Sequence[EmployeeId], columns: Columns) -> list[Values]:
    """For employees whom the viewer was found to reach."""
    return direct.rows(_people_of(columns, direct.dialect.name), {"on": on, "ids": employees})


def results_of(
    direct: Direct, run: RunId, employees: Sequence[EmployeeId], columns: Columns
) -> dict[EmployeeId, Group]:
    """What a run has of each; the employee is the first column. For sections that the viewer was found to reach."""
    statement = _results(columns, direct.dialect.name)
    return {group[0][0]: group for group in _groups(direct.rows(statement, {"run": run, "ids": employees}))}


def _page(
    direct: Direct, statement: Select[Any], values: dict[str, Any], *, first: int, after: str | None
) -> Page[Group]:
    """The key is in the first column and its name in the last two."""
    checked_size(first)
    if after is not None:
        values["after_name"], values["after_id"] = position(after, 2)
    groups = _groups(direct.rows(statement, values))
    shown = groups[:first]
    return Page(tuple(shown), tuple(group[0][-2:] for group in shown), len(groups) > first)


def _groups(rows: list[Values]) -> list[list[Values]]:
    """Of the rows that have the same first column, which follow each other."""
    groups: list[list[Values]] = []
    last = None
    for row in rows:
        if row[0] == last:
            groups[-1].append(row)
        else:
            groups.append([row])
            last = row[0]
    return groups


@lru_cache(REMEMBERED)
def _people(  # all that makes the statement
    people: Door, sections: Door, asked: Asked, columns: Columns, window: _Window, dialect: str
) -> Select[Any]:
    tables, job = _with_job(columns, dialect)
    statement = select(*_of("person", PEOPLE[dialect], columns), *_name()).select_from(tables)
    page = _by_name(filtered(statement, people, asked, job), window)
    if not _has("section", columns):
        return page
    found = page.subquery("page")
    return _with_sections(found, sections, columns, dialect, found.c.sort_name, found.c.key)


@lru_cache(REMEMBERED)
def _person(people: Door, sections: Door, columns: Columns, dialect: str) -> Select[Any]:
    tables, _ = _with_job(columns, dialect)
    statement = select(*_of("person", PEOPLE[dialect], columns)).select_from(tables)
    statement = statement.where(EMPLOYEES.c.id == bindparam("employee", type_=Key()), reached(people, EMPLOYEES.c.id))
    if not _has("section", columns):
        return statement
    # PostgreSQL must not work out the person's columns again for every item, which the limit keeps it from.
    return _with_sections(statement.limit(literal_column("1")).subquery("page"), sections, columns, dialect)


def _with_sections(
    found: Subquery, door: Door, columns: Columns, dialect: str, *name: ColumnElement[Any]
) -> Select[Any]:
    """The people found, in the order of `name`, with their section of the cycle where they have one, and its items."""
    theirs = and_(SECTIONS.c.employee_id == found.c["person.id"], *_in_cycle(door))
    section: Any = SECTIONS.c
    if dialect == "sqlite":
        tables = found.outerjoin(SECTIONS, theirs)
    else:
        # There is at most one. PostgreSQL would read all sections of the cycle to find those that a manager reaches.
        one = select(SECTIONS).where(theirs).limit(literal_column("1")).lateral("section")
        section, tables = one.c, found.outerjoin(one, true())
    values = [*found.c, *_of("section", _of_a_section(section), columns)]
    return _with_items(tables, section, values, columns, *name)


@lru_cache(REMEMBERED)
def _sections(door: Door, columns: Columns, in_state: bool, window: _Window) -> Select[Any]:  # noqa: FBT001
    tables: FromClause = SECTIONS.join(EMPLOYEES, EMPLOYEES.c.id == SECTIONS.c.employee_id)
    if "section.manager_name" in columns:
        tables = tables.outerjoin(MANAGER, MANAGER.c.id == SECTIONS.c.manager_id)
    for_items = [SECTIONS.c[name] for name in OF_ITEMS] if _has("item", columns) else []
    statement = select(*_of("section", LISTED, columns), *for_items, *_name()).select_from(tables)
    statement = statement.where(*_in_cycle(door))
    if in_state:
        statement = statement.where(SECTIONS.c.state == bindparam("state"))
    page = _by_name(statement, window)
    if not for_items:
        return page
    found = page.subquery("page")
    return _with_items(found, found.c, found.c, columns, found.c.sort_name, found.c.key)


@lru_cache(REMEMBERED)
def _of_employees(door: Door, columns: Columns, dialect: str) -> Select[Any]:
    keys = _keys(dialect)
    tables = keys.join(SECTIONS, and_(SECTIONS.c.employee_id == cast(keys.c.value, Key()), *_in_cycle(door)))
    statement = _with_items(tables, SECTIONS.c, _of("section", SECTION, columns), columns)
    return statement.order_by(None).order_by(SECTIONS.c.employee_id, *_position(columns))


@lru_cache(REMEMBERED)
def _people_of(columns: Columns, dialect: str) -> Select[Any]:
    keys = _keys(dialect)
    tables, _ = _with_job(columns, dialect)
    statement = select(*_of("person", PEOPLE[dialect], columns)).select_from(tables)
    return statement.where(EMPLOYEES.c.id.in_(select(cast(keys.c.value, Key()))))


@lru_cache(REMEMBERED)
def _results(columns: Columns, dialect: str) -> Select[Any]:
    keys = _keys(dialect)
    of_one = SCORECARDS.c.employee_id == cast(keys.c.value, Key())
    tables = keys.join(SCORECARDS, and_(of_one, SCORECARDS.c.run_id == bindparam("run", type_=Key())))
    statement = select(*_of("item", RESULT, columns)).select_from(tables)
    return statement.order_by(SCORECARDS.c.employee_id, SCORECARDS.c.position)


def _with_items(
    tables: FromClause, section: Any, values: Iterable[ColumnElement[Any]], columns: Columns, *name: ColumnElement[Any]
) -> Select[Any]:
    """The columns that were asked for, of `values` and of the items of each `section`."""
    known = {each.name: each for each in values}
    if _has("item", columns):
        is_its = (SCORECARDS.c.run_id == section.run_id) & (SCORECARDS.c.employee_id == section.employee_id)
        tables = tables.outerjoin(SCORECARDS, is_its)
        if not ITS_OWN.isdisjoint(columns):
            is_about = (ITEMS.c.section_id == section.id) & (ITEMS.c.indicator == SCORECARDS.c.indicator)
            tables = tables.outerjoin(ITEMS, is_about)
        rating = case((ratings_shown(section.employee_id, section.state), ITEMS.c.rating))
        known |= {each.name: each for each in _of("item", ITEM | {"rating": rating}, columns)}
    statement = select(*(known[each] for each in columns), *name).select_from(tables)
    return statement.order_by(*name, *_position(columns))


def _position(columns: Columns) -> list[ColumnElement[Any]]:
    return [SCORECARDS.c.position] if _has("item", columns) else []


def _has(level: str, columns: Columns) -> bool:
    return any(each.startswith(f"{level}.") for each in columns)


def _of(level: str, known: Mapping[str, ColumnElement[Any]], columns: Columns) -> list[Label[Any]]:
    """The columns of one level that are asked for."""
    named = [each.partition(".") for each in columns]
    return [known[name].label(f"{level}.{name}") for of, _, name in named if of == level]


def _with_job(columns: Columns, dialect: str) -> tuple[FromClause, FromClause | None]:
    """The tables that the columns of a person need, and the job among them where they need it."""
    if OF_JOB.isdisjoint(columns):
        return EMPLOYEES, None
    job = JOB[dialect]
    return EMPLOYEES.outerjoin(job, true() if isinstance(job, Lateral) else job.c.id == nearest_job()), job


def _name() -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    return EMPLOYEES.c.sort_name, EMPLOYEES.c.id.label("key")


def _by_name(statement: Select[Any], window: _Window) -> Select[Any]:
    statement = statement.order_by(EMPLOYEES.c.sort_name, EMPLOYEES.c.id).limit(literal_column(str(window.first + 1)))
    if window.is_first:
        return statement
    last = tuple_(bindparam("after_name", type_=Key()), bindparam("after_id", type_=Key()))
    return statement.where(tuple_(EMPLOYEES.c.sort_name, EMPLOYEES.c.id) > last)


def _in_cycle(door: Door) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    reach = reached(door, SECTIONS.c.employee_id, state=SECTIONS.c.state, section=SECTIONS.c.id)
    return reach, SECTIONS.c.cycle_id == bindparam("cycle", type_=Key())


def _keys(dialect: str) -> TableValuedAlias:
    """The keys in the parameter `ids` as a table, so that what is joined to it is looked up in an index."""
    keys = bindparam("ids", type_=_Keys())
    if dialect == "postgresql":
        return func.unnest(keys).table_valued("value").render_derived()
    return func.json_each(keys).table_valued("value")
