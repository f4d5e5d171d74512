"""A plain Strawberry application, as its documentation writes one: SQLAlchemy's ORM and a DataLoader per relation.

    uvicorn peers.plain:app

Answers the questions of `queries.OURS`, without permissions. `PLAIN_DATABASE` is the database's URL.
"""

import os
from collections.abc import Sequence
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any

import strawberry
from sqlalchemy import func, select, true, tuple_
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import registry
from starlette.applications import Starlette
from starlette.routing import Route
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader

from appraise.domain.cursors import cursor, position
from appraise.storage import tables

mapped = registry()


def _model(name: str, table: Any) -> Any:
    model = type(name, (), {})
    mapped.map_imperatively(model, table)
    return model


Person = _model("Person", tables.EMPLOYEES)
Job = _model("Job", tables.EMPLOYMENTS)
Line = _model("Line", tables.REPORTING_LINES)
Unit = _model("Unit", tables.DEPARTMENTS)
SectionRow = _model("SectionRow", tables.SECTIONS)
ItemRow = _model("ItemRow", tables.ITEMS)
Card = _model("Card", tables.SCORECARDS)
Info = strawberry.Info[Any, None]
sessions = async_sessionmaker(create_async_engine(os.environ["PLAIN_DATABASE"], pool_size=10, max_overflow=10))


def _loader(model: Any, *key: str, where: Any = None) -> DataLoader[Any, list[Any]]:
    """Of all rows by one column, or by several together."""
    columns = [getattr(model, name) for name in key]

    async def load(keys: list[Any]) -> Sequence[list[Any]]:
        found: dict[Any, list[Any]] = {each: [] for each in keys}
        is_meant = columns[0].in_(keys) if len(key) == 1 else tuple_(*columns).in_(keys)
        async with sessions() as session:
            for row in await session.scalars(select(model).where(is_meant, true() if where is None else where)):
                values = tuple(getattr(row, name) for name in key)
                found[values if len(key) > 1 else values[0]].append(row)
        return [found[each] for each in keys]

    return DataLoader(load)


@strawberry.enum
class SectionState(Enum):
    COLLECTING = "COLLECTING"
    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    FINALISED = "FINALISED"


@strawberry.type
class Department:
    name: str


@strawberry.type
class Indicator:
    key: str


@strawberry.type
class EstimateResult:
    row: strawberry.Private[Any]
    value: Decimal
    lower: Decimal
    upper: Decimal
    expected: Decimal

    @strawberry.field
    def is_better(self) -> bool | None:
        if self.row.lower_90 <= self.row.expected <= self.row.upper_90:
            return None
        return bool(self.row.probability_better > Decimal("0.5"))

    @strawberry.field
    def verdict(self) -> str:
        words = {True: "This is better", False: "This is worse", None: "The data cannot tell this"}[self.is_better()]
        return f"{words} than expected (probability {self.row.probability_better:.0%})."


@strawberry.type
class Absence:
    kind: str
    reason: str


@strawberry.type
class Item:
    row: strawberry.Private[Any]
    section: strawberry.Private[Any]

    @strawberry.field
    def indicator(self) -> Indicator:
        return Indicator(key=self.row.indicator)

    @strawberry.field
    async def result(self, info: Info) -> Annotated[EstimateResult | Absence, strawberry.union("ItemResult")]:
        cards = await info.context["cards"].load((self.section.employee_id, self.section.run_id))
        card = next(card for card in cards if card.indicator == self.row.indicator)
        if card.absence_kind is not None:
            return Absence(kind=card.absence_kind, reason=card.absence_reason)
        return EstimateResult(row=card, value=card.value, lower=card.lower, upper=card.upper, expected=card.expected)


@strawberry.type
class SectionPerson:
    row: strawberry.Private[Any]
    job: str | None
    department: str | None

    @strawberry.field
    async def name(self, info: Info) -> str:
        return str((await info.context["people"].load(self.row.employee_id))[0].display_name)

    @strawberry.field
    async def manager_name(self, info: Info) -> str | None:
        if self.row.manager_id is None:
            return None
        return str((await info.context["people"].load(self.row.manager_id))[0].display_name)


@strawberry.type
class Section:
    row: strawberry.Private[Any]
    id: strawberry.ID
    state: SectionState

    @strawberry.field
    async def items(self, info: Info) -> list[Item]:
        items = await info.context["items"].load(self.row.id)
        return [Item(row=item, section=self.row) for item in sorted(items, key=lambda item: item.position)]

    @strawberry.field
    def person(self) -> SectionPerson:
        return SectionPerson(row=self.row, job=self.row.job_title, department=self.row.department)


@strawberry.type
class Employee:
    id: strawberry.ID
    name: str

    @strawberry.field
    async def job(self, info: Info) -> str | None:
        jobs = await info.context["jobs"].load(self.id)
        return jobs[0].job_title if jobs else None

    @strawberry.field
    async def department(self, info: Info) -> Department | None:
        jobs = await info.context["jobs"].load(self.id)
        units = await info.context["units"].load(jobs[0].department) if jobs else []
        return Department(name=units[0].name) if units else None

    @strawberry.field
    async def manager_name(self, info: Info) -> str | None:
        lines = await info.context["lines"].load(self.id)
        return (await info.context["people"].load(lines[0].manager_id))[0].display_name if lines else None

    @strawberry.field
    async def section(self, info: Info, cycle: strawberry.ID) -> Section | None:
        found = await info.context["sections"].load((self.id, cycle))
        return _section(found[0]) if found else None


def _section(row: Any) -> Section:
    return Section(row=row, id=row.id, state=SectionState(row.state))


@strawberry.type
class PageInfo:
    has_next_page: bool
    end_cursor: str | None


@strawberry.type
class EmployeeConnection:
    page_info: PageInfo
    nodes: list[Employee]


@strawberry.type
class SectionConnection:
    page_info: PageInfo
    nodes: list[Section]
    cycle: strawberry.Private[str]
    in_state: strawberry.Private[SectionState | None]

    @strawberry.field
    async def total_count(self) -> int:
        wanted = [SectionRow.cycle_id == self.cycle]
        if self.in_state is not None:
            wanted.append(SectionRow.state == self.in_state.value)
        statement = select(func.count()).select_from(SectionRow).where(*wanted)
        async with sessions() as session:
            return int(await session.scalar(statement) or 0)


@strawberry.input(one_of=True)
class EmployeeBy:
    id: strawberry.ID | None = strawberry.UNSET


@strawberry.type
class Query:
    @strawberry.field
    async def employee(self, by: EmployeeBy) -> Employee | None:
        async with sessions() as session:
            row = await session.get(Person, by.id)
        return None if row is None else Employee(id=row.id, name=row.display_name)

    @strawberry.field
    async def employees(self, first: int, after: str | None = None) -> EmployeeConnection:
        statement = select(Person).order_by(Person.sort_name, Person.id).limit(first + 1)
        if after is not None:
            statement = statement.where(tuple_(Person.sort_name, Person.id) > tuple_(*position(after, 2)))
        async with sessions() as session:
            rows = list(await session.scalars(statement))
        nodes = [Employee(id=row.id, name=row.display_name) for row in rows[:first]]
        return EmployeeConnection(page_info=_page_info(rows, first), nodes=nodes)

    @strawberry.field
    async def sections(
        self,
        cycle: strawberry.ID,
        first: int,
        after: str | None = None,
        state: SectionState | None = None,
    ) -> SectionConnection:
        statement = select(SectionRow, Person).join(Person, Person.id == SectionRow.employee_id)
        statement = statement.where(SectionRow.cycle_id == cycle).order_by(Person.sort_name, Person.id).limit(first + 1)
        if state is not None:
            statement = statement.where(SectionRow.state == state.value)
        if after is not None:
            statement = statement.where(tuple_(Person.sort_name, Person.id) > tuple_(*position(after, 2)))
        async with sessions() as session:
            rows = (await session.execute(statement)).all()
        return SectionConnection(
            page_info=_page_info([row.Person for row in rows], first),
            nodes=[_section(row.SectionRow) for row in rows[:first]],
            cycle=cycle,
            in_state=state,
        )


def _page_info(rows: list[Any], first: int) -> PageInfo:
    shown = rows[:first]
    end = cursor(shown[-1].sort_name, shown[-1].id) if shown else None
    return PageInfo(has_next_page=len(rows) > first, end_cursor=end)


class Application(GraphQL[Any, None]):
    async def get_context(self, request: Any, response: Any) -> Any:  # noqa: ARG002
        return {
            "people": _loader(Person, "id"),
            "jobs": _loader(Job, "employee_id", where=Job.ends_on.is_(None)),
            "lines": _loader(Line, "employee_id", where=Line.ends_on.is_(None)),
            "units": _loader(Unit, "code", where=Unit.ends_on.is_(None)),
            "sections": _loader(SectionRow, "employee_id", "cycle_id"),
            "items": _loader(ItemRow, "section_id"),
            "cards": _loader(Card, "employee_id", "run_id"),
        }


app = Starlette(routes=[Route("/graphql", Application(strawberry.Schema(Query)))])
