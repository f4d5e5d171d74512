"""Sections and their items, read through the principal's scope and written with their version."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any, Final

from sqlalchemy import Select, bindparam, func, insert, select, update

from appraise.domain.access import sees_ratings, sees_self_assessment
from appraise.domain.identifiers import CycleId, EmployeeId, IndicatorKey, ItemId, RunId, SectionId
from appraise.domain.reading import Page, ScoringRun, SectionOrder, SectionRow, SectionsWanted
from appraise.domain.section_states import SectionState
from appraise.domain.sections import Item, Section
from appraise.storage import scorecards, section_items
from appraise.storage.access import Door, Viewer, reached
from appraise.storage.course_documents import course_document, course_from
from appraise.storage.cursors import checked_size, page
from appraise.storage.database import BATCH, Session, in_batches
from appraise.storage.documents import digest, manifest_document
from appraise.storage.people import ESCAPE, search_pattern
from appraise.storage.section_items import OF_THE_EMPLOYEE, OF_THE_MANAGER, WRITTEN
from appraise.storage.section_order import after_values, key_of, ordered
from appraise.storage.tables import CYCLES, EMPLOYEES, ITEMS, SCORECARDS, SECTIONS
from appraise.storage.tables.columns import Key

FILTERS: Final = {
    "state": SECTIONS.c.state,
    "department": SECTIONS.c.department_code,
    "manager": SECTIONS.c.manager_id,
}


def get(session: Session, viewer: Viewer, section: SectionId, *, to_change: bool = False) -> Section | None:
    """The section as the viewer may read it; None where there is none or it is not theirs to see.

    `to_change` keeps others from changing it until the transaction ends; it gives all of it, also what is withheld.
    """
    statement = _one(viewer.sections, to_change=to_change)
    row = session.execute(statement, {**viewer.bound, "section": section}).first()
    if row is None:
        return None
    found = _sections(session, [row])[0]
    return found if to_change else shown(found, viewer)


def all_to_change(session: Session, viewer: Viewer, wanted: Iterable[SectionId]) -> dict[SectionId, Section]:
    """Those that the viewer reaches, as `get` gives them to change.

    Locked in one order: two such transactions would wait for each other.
    """
    found: list[Section] = []
    for ids in in_batches(sorted(set(wanted))):
        rows = session.execute(_all_to_change(viewer.sections), {**viewer.bound, "ids": ids}).all()
        found += _sections(session, rows)
    return {section.id: section for section in found}


def listed(
    session: Session, viewer: Viewer, wanted: SectionsWanted, *, first: int, after: str | None
) -> Page[SectionRow]:
    """In the order wanted."""
    checked_size(first)
    values = _bound(viewer, wanted)
    statement = _page(viewer.sections, frozenset(values), wanted.order, is_first=after is None)
    values["rows"] = first + 1
    if after is not None:
        values |= after_values(wanted.order, after)
    rows = session.execute(statement, values).all()
    taken = rows[:first]
    items = tuple(
        SectionRow(
            section=shown(section, viewer),
            employee_name=row.display_name,
            manager_name=row.manager_name,
            cycle_name=row.cycle_name,
            ratings_visible=sees_ratings(viewer.principal, section.employee, section.state),
        )
        for row, section in zip(taken, _sections(session, taken), strict=True)
    )
    return page(items, first, [key_of(wanted.order, row) for row in rows])


def counted(session: Session, viewer: Viewer, wanted: SectionsWanted) -> int:
    values = _bound(viewer, wanted)
    return int(session.execute(_count(viewer.sections, frozenset(values)), values).scalar_one())


def by_employee(
    session: Session, viewer: Viewer, employees: Iterable[EmployeeId], cycle: CycleId
) -> dict[EmployeeId, Section]:
    """The sections of one cycle that the viewer reaches, in one go."""
    found: dict[EmployeeId, Section] = {}
    wanted = sorted(set(employees))
    for start in range(0, len(wanted), BATCH):
        values = {**_bound(viewer, SectionsWanted(cycle)), "ids": wanted[start : start + BATCH]}
        rows = session.execute(_of_employees(viewer.sections), values).all()
        found.update({section.employee: shown(section, viewer) for section in _sections(session, rows)})
    return found


def versions(session: Session, viewer: Viewer, wanted: Iterable[SectionId]) -> dict[SectionId, int]:
    """The versions of those of the sections that the viewer reaches."""
    rows = session.execute(_versions(viewer.sections), {**viewer.bound, "ids": sorted(set(wanted))})
    return {SectionId(row.id): row.version for row in rows}


def whose(session: Session, section: SectionId) -> tuple[EmployeeId, SectionState] | None:
    """Whose section it is and how far it has come, whoever asks: decides what is shown and audited."""
    table = SECTIONS.c
    row = session.execute(select(table.employee_id, table.state).where(table.id == section)).one_or_none()
    return None if row is None else (EmployeeId(row.employee_id), SectionState(row.state))


def id_of(session: Session, employee: EmployeeId, cycle: CycleId) -> SectionId | None:
    table = SECTIONS.c
    section = session.execute(select(table.id).where(table.employee_id == employee, table.cycle_id == cycle)).scalar()
    return None if section is None else SectionId(section)


def readable(session: Session, viewer: Viewer, cycle: CycleId) -> dict[EmployeeId, str]:
    """The names of all whose section of a cycle the viewer reaches, in the order of the names."""
    rows = session.execute(_readable(viewer.sections), _bound(viewer, SectionsWanted(cycle)))
    return {EmployeeId(row.employee_id): row.display_name for row in rows}


def in_cycle(session: Session, cycle: CycleId) -> list[Section]:
    """All sections of a cycle, for scoring; locked until the transaction ends."""
    statement = select(SECTIONS).where(SECTIONS.c.cycle_id == cycle).order_by(SECTIONS.c.id).with_for_update()
    return _sections(session, session.execute(statement).all())


def held(session: Session, section: SectionId) -> Section:
    """The section whoever asks, for the clock; kept from others until the transaction ends."""
    row = session.execute(select(SECTIONS).where(SECTIONS.c.id == section).with_for_update()).one()
    return _sections(session, [row])[0]


def whole(session: Session, ids: Iterable[SectionId]) -> list[Section]:
    """Of these ids, with their items, whoever asks and without locking any."""
    wanted = sorted(set(ids))
    rows = [
        row
        for start in range(0, len(wanted), BATCH)
        for row in session.execute(select(SECTIONS).where(SECTIONS.c.id.in_(wanted[start : start + BATCH])))
    ]
    return _sections(session, rows)


def final_in(session: Session, cycle: CycleId) -> list[SectionId]:
    """The final sections of a cycle, whoever asks."""
    table = SECTIONS.c
    statement = select(table.id).where(table.cycle_id == cycle, table.state == SectionState.FINALISED.value)
    return [SectionId(key) for key in session.execute(statement.order_by(table.id)).scalars()]


def in_states(session: Session, states: Iterable[SectionState]) -> list[Section]:
    """Of all cycles and whoever asks, without their items, for the clock."""
    statement = select(SECTIONS).where(SECTIONS.c.state.in_([state.value for state in states]))
    return [without_items(row) for row in session.execute(statement.order_by(SECTIONS.c.id))]


def without_items(row: Any) -> Section:
    """The section of a row of its table alone."""
    return _section(row._mapping, ())  # noqa: SLF001  # SQLAlchemy's public way


def states_in_cycle(session: Session, cycle: CycleId) -> dict[EmployeeId, SectionState]:
    """Of everybody's section, without locking any."""
    statement = select(SECTIONS.c.employee_id, SECTIONS.c.state).where(SECTIONS.c.cycle_id == cycle)
    return {EmployeeId(row.employee_id): SectionState(row.state) for row in session.execute(statement)}


def shown(section: Section, viewer: Viewer) -> Section:
    """The section without what is withheld from the viewer."""
    if viewer.principal.employee == section.employee:  # what was said to the manager
        section = replace(section, course=replace(section.course, return_reason=None))
    withheld: dict[str, Any] = {}
    if not sees_ratings(viewer.principal, section.employee, section.state):
        withheld |= dict.fromkeys(OF_THE_MANAGER)
    if not sees_self_assessment(viewer.principal, section.employee, both_are_in=section.both_are_in):
        withheld |= dict.fromkeys(OF_THE_EMPLOYEE)
    if not withheld:
        return section
    return replace(section, items=tuple(replace(item, **withheld) for item in section.items))


def add(session: Session, new: Sequence[Section], *, at: datetime) -> None:
    if new:
        session.execute(
            insert(SECTIONS), [{"id": section.id, **_columns(section), "changed_at": at} for section in new]
        )
        session.execute(insert(ITEMS), [row for section in new for row in section_items.rows_of(section)])


def save(session: Session, changed: Sequence[Section], *, at: datetime) -> None:
    """Write sections that were locked when they were read; of their items those alone that changed."""
    if not changed:
        return
    columns = [
        {f"new_{name}": value for name, value in (_columns(section) | {"changed_at": at}).items()}
        for section in changed
    ]
    rows = [{"section": section.id, **row} for section, row in zip(changed, columns, strict=True)]
    values: dict[str, Any] = {name.removeprefix("new_"): bindparam(name) for name in columns[0]}
    session.execute(update(SECTIONS).where(SECTIONS.c.id == bindparam("section")).values(values), rows)
    section_items.save(session, changed)


def manifest_hash(run: ScoringRun, section: Section) -> str:
    """What the section rests on, in one hash: the run's manifest and the results as they were computed."""
    manifest = None if run.manifest is None else manifest_document(run.manifest)
    return digest({"manifest": manifest, "results": [scorecards.document(item.result) for item in section.items]})


def frozen(section: Section) -> dict[str, Any]:
    """The section as a document; its results are not in it, as those of a run never change."""
    columns = _columns(section)
    submitted = None if section.submitted_at is None else section.submitted_at.isoformat()
    items = [{**row, "weight": str(row["weight"])} for row in section_items.rows_of(section)]
    return {"id": section.id, **columns, "submitted_at": submitted, "floor": str(section.floor), "items": items}


def thawed(session: Session, document: dict[str, Any]) -> Section:
    results = scorecards.of(session, RunId(document["run_id"]), EmployeeId(document["employee_id"]))
    columns = {name: value for name, value in document.items() if name != "items"}
    submitted = columns["submitted_at"]
    columns["submitted_at"] = None if submitted is None else datetime.fromisoformat(submitted)
    columns["floor"] = Decimal(columns["floor"])
    items = [
        Item(
            id=ItemId(item["id"]),
            indicator=IndicatorKey(item["indicator"]),
            weight=Decimal(item["weight"]),
            result=results[IndicatorKey(item["indicator"])],
            **{name: item[name] for name in WRITTEN if name in item},
        )
        for item in document["items"]
    ]
    return _section(columns, items)


@cache
def _items() -> Select[Any]:
    return (
        select(ITEMS.c.id.label("item_id"), ITEMS.c.section_id, ITEMS.c.weight)
        .add_columns(*(ITEMS.c[name] for name in WRITTEN))
        .add_columns(*SCORECARDS.columns)
        .join(SECTIONS, SECTIONS.c.id == ITEMS.c.section_id)
        .join(
            SCORECARDS,
            (SCORECARDS.c.run_id == SECTIONS.c.run_id)
            & (SCORECARDS.c.employee_id == SECTIONS.c.employee_id)
            & (SCORECARDS.c.indicator == ITEMS.c.indicator),
        )
        .where(ITEMS.c.section_id.in_(bindparam("ids", expanding=True)))
        .order_by(ITEMS.c.section_id, ITEMS.c.position)
    )


@cache
def _one(door: Door, *, to_change: bool) -> Select[Any]:
    statement = _visible(select(SECTIONS), door).where(SECTIONS.c.id == bindparam("section", type_=Key()))
    return statement.with_for_update(of=SECTIONS) if to_change else statement


@cache
def _all_to_change(door: Door) -> Select[Any]:
    statement = _visible(select(SECTIONS), door).where(SECTIONS.c.id.in_(bindparam("ids", expanding=True)))
    return statement.order_by(SECTIONS.c.id).with_for_update(of=SECTIONS)


@cache
def _page(door: Door, asked: frozenset[str], order: SectionOrder, *, is_first: bool) -> Select[Any]:
    manager = EMPLOYEES.alias("manager")
    statement = (
        select(
            SECTIONS,
            EMPLOYEES.c.display_name,
            EMPLOYEES.c.sort_name,
            manager.c.display_name.label("manager_name"),
            CYCLES.c.name.label("cycle_name"),
        )
        .join(EMPLOYEES, EMPLOYEES.c.id == SECTIONS.c.employee_id)
        .join(CYCLES, CYCLES.c.id == SECTIONS.c.cycle_id)
        .outerjoin(manager, manager.c.id == SECTIONS.c.manager_id)
        .limit(bindparam("rows"))
    )
    return ordered(_narrowed(_visible(statement, door), asked), order, is_first=is_first)


@cache
def _count(door: Door, asked: frozenset[str]) -> Select[Any]:
    of_people = SECTIONS.join(EMPLOYEES, EMPLOYEES.c.id == SECTIONS.c.employee_id)
    statement = select(func.count()).select_from(of_people if "search" in asked else SECTIONS)
    return _narrowed(_visible(statement, door), asked)


@cache
def _versions(door: Door) -> Select[Any]:
    statement = _visible(select(SECTIONS.c.id, SECTIONS.c.version), door)
    return statement.where(SECTIONS.c.id.in_(bindparam("ids", expanding=True)))


@cache
def _readable(door: Door) -> Select[Any]:
    statement = select(SECTIONS.c.employee_id, EMPLOYEES.c.display_name)
    statement = statement.join(EMPLOYEES, EMPLOYEES.c.id == SECTIONS.c.employee_id)
    return _narrowed(_visible(statement, door)).order_by(EMPLOYEES.c.sort_name, EMPLOYEES.c.id)


@cache
def _of_employees(door: Door) -> Select[Any]:
    statement = _narrowed(_visible(select(SECTIONS), door))
    return statement.where(SECTIONS.c.employee_id.in_(bindparam("ids", expanding=True)))


def _visible(statement: Select[Any], door: Door) -> Select[Any]:
    return statement.where(reached(door, SECTIONS.c.employee_id, state=SECTIONS.c.state, section=SECTIONS.c.id))


def _narrowed(statement: Select[Any], asked: frozenset[str] = frozenset()) -> Select[Any]:
    """To a cycle, and by the filters that are asked for; all of them within what is visible."""
    statement = statement.where(SECTIONS.c.cycle_id == bindparam("cycle", type_=Key()))
    for name, column in FILTERS.items():
        if name in asked:
            statement = statement.where(column == bindparam(name, type_=Key()))
    if "search" in asked:
        statement = statement.where(EMPLOYEES.c.search_text.like(bindparam("search"), escape=ESCAPE))
    return statement


def _bound(viewer: Viewer, wanted: SectionsWanted) -> dict[str, Any]:
    asked = {
        "state": None if wanted.state is None else wanted.state.value,
        "department": wanted.department,
        "manager": wanted.manager,
        "search": search_pattern(wanted.search),
    }
    return {**viewer.bound, "cycle": wanted.cycle, **{name: one for name, one in asked.items() if one is not None}}


def _sections(session: Session, rows: Sequence[Any]) -> list[Section]:
    """The sections of rows of `sections`, with items and results, in the order of the rows."""
    items: dict[str, list[Item]] = defaultdict(list)
    ids = [row.id for row in rows]
    for start in range(0, len(ids), BATCH):
        for row in session.execute(_items(), {"ids": ids[start : start + BATCH]}):
            result = scorecards.result_from(row)
            written = {name: getattr(row, name) for name in WRITTEN}
            items[row.section_id].append(Item(ItemId(row.item_id), result.indicator, row.weight, result, **written))
    return [_section(row._mapping, items[row.id]) for row in rows]  # noqa: SLF001  # SQLAlchemy's public way


def _section(columns: Any, items: Sequence[Item]) -> Section:
    manager = columns["manager_id"]
    return Section(
        id=SectionId(columns["id"]),
        employee=EmployeeId(columns["employee_id"]),
        cycle=CycleId(columns["cycle_id"]),
        run=RunId(columns["run_id"]),
        state=SectionState(columns["state"]),
        version=columns["version"],
        revision=columns["revision"],
        items=tuple(items),
        manager=None if manager is None else EmployeeId(manager),
        job_title=columns["job_title"],
        department=columns["department"],
        submitted_at=columns["submitted_at"],
        manifest_hash=columns["manifest_hash"],
        floor=columns["floor"],
        course=course_from(columns["course"]),
        department_code=columns["department_code"],
        profile=columns.get("profile"),
        working_version=columns.get("working_version", columns["version"]),
    )


def _columns(section: Section) -> dict[str, Any]:
    return {
        "employee_id": section.employee,
        "cycle_id": section.cycle,
        "run_id": section.run,
        "state": section.state.value,
        "version": section.version,
        "working_version": section.working_version,
        "revision": section.revision,
        "manager_id": section.manager,
        "job_title": section.job_title,
        "department": section.department,
        "department_code": section.department_code,
        "profile": section.profile,
        "submitted_at": section.submitted_at,
        "manifest_hash": section.manifest_hash,
        "floor": section.floor,
        "course": course_document(section.course),
    }
