"""Sections of a cycle as of a time: by the revisions that were kept, and by the runs that had opened them by then."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import Select, bindparam, select

from appraise.domain.cursors import position
from appraise.domain.identifiers import SectionId
from appraise.domain.reading import Page, SectionsWanted, SectionThen
from appraise.domain.revisions import as_of, revisions
from appraise.domain.sections import Section
from appraise.storage import section_revisions, sections
from appraise.storage.access import Door, Viewer, reached
from appraise.storage.cursors import checked_size, page
from appraise.storage.database import Session
from appraise.storage.people import ESCAPE, search_pattern
from appraise.storage.tables import EMPLOYEES, SCORECARDS, SCORING_RUNS, SECTION_REVISIONS, SECTIONS
from appraise.storage.tables.columns import Instant, Key

OF_THEN: Final = {"state": "state", "department": "department_code", "manager": "manager_id"}
"""Filters, by what they compare with."""


def listed(  # which, when, and the page
    session: Session, viewer: Viewer, wanted: SectionsWanted, *, then: datetime, first: int, after: str | None
) -> tuple[Page[SectionThen], int]:
    """By name, and how many there are in all. Who may read a section today may read what it was.

    `wanted` compares with what stood then; its `search` with today's name.
    """
    checked_size(first)
    found = _matching(session, viewer, wanted, then)
    begun = None if after is None else position(after, 2)
    rest = [row for row in found if begun is None or (row.sort_name, row.employee_id) > begun]
    taken = rest[:first]
    whole = {one.id: one for one in sections.whole(session, (SectionId(row.id) for row in taken))}
    items = tuple(_then(session, viewer, whole[SectionId(row.id)], row, then) for row in taken)
    return page(items, first, [(row.sort_name, row.employee_id) for row in rest[: first + 1]]), len(found)


def _then(session: Session, viewer: Viewer, current: Section, row: Any, then: datetime) -> SectionThen:
    kept = as_of(revisions(current, section_revisions.of(session, current.id) if current.revision > 1 else []), then)
    last = row.changed_at if kept.ended_at is None else kept.section.course.finalised_at
    return SectionThen(
        sections.shown(kept.section, viewer),
        kept.ended_at,
        kept.is_superseded,
        row.display_name,
        is_exact=last is not None and last <= then,
    )


def _matching(session: Session, viewer: Viewer, wanted: SectionsWanted, then: datetime) -> Sequence[Any]:
    pattern = search_pattern(wanted.search)
    values = {**viewer.bound, "cycle": wanted.cycle, "then": then}
    statement = _statement(viewer.sections, is_searched=pattern is not None)
    rows = session.execute(statement, values if pattern is None else {**values, "search": pattern}).all()
    earlier = {row.section_id: row.document for row in session.execute(_kept(), {"cycle": wanted.cycle, "then": then})}
    asked = {
        "state": None if wanted.state is None else wanted.state.value,
        "department": wanted.department,
        "manager": wanted.manager,
    }

    def fits(row: Any) -> bool:
        stood = earlier.get(row.id) or row._mapping  # noqa: SLF001  # SQLAlchemy's public way
        return all(value is None or stood[OF_THEN[name]] == value for name, value in asked.items())

    return [row for row in rows if fits(row)]


@cache
def _statement(door: Door, *, is_searched: bool) -> Select[Any]:
    section = SECTIONS.c
    opened = (
        select(SCORECARDS.c.run_id)
        .join(SCORING_RUNS, SCORING_RUNS.c.id == SCORECARDS.c.run_id)
        .where(
            SCORECARDS.c.employee_id == section.employee_id,
            SCORING_RUNS.c.cycle_id == section.cycle_id,
            SCORING_RUNS.c.finished_at <= bindparam("then", type_=Instant()),
        )
        .exists()
    )
    statement = (
        select(
            section.id,
            section.employee_id,
            section.state,
            section.department_code,
            section.manager_id,
            section.changed_at,
            EMPLOYEES.c.sort_name,
            EMPLOYEES.c.display_name,
        )
        .join(EMPLOYEES, EMPLOYEES.c.id == section.employee_id)
        .where(section.cycle_id == bindparam("cycle", type_=Key()), opened)
        .where(reached(door, section.employee_id, state=section.state, section=section.id))
        .order_by(EMPLOYEES.c.sort_name, section.employee_id)
    )
    if is_searched:
        statement = statement.where(EMPLOYEES.c.search_text.like(bindparam("search"), escape=ESCAPE))
    return statement


@cache
def _kept() -> Select[Any]:
    """The last row of each section is the revision that was current."""
    table = SECTION_REVISIONS.c
    return (
        select(table.section_id, table.document)
        .join(SECTIONS, SECTIONS.c.id == table.section_id)
        .where(SECTIONS.c.cycle_id == bindparam("cycle", type_=Key()))
        .where(table.ended_at > bindparam("then", type_=Instant()))
        .order_by(table.revision.desc())
    )
