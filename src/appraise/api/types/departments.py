"""Departments: their place in the tree, who works in them, and who is at their head."""

from collections.abc import Iterable
from datetime import date
from enum import Enum
from typing import Annotated, Self

import strawberry

from appraise.api.context import RequestContext
from appraise.api.global_ids import Kind, to_global
from appraise.api.permissions import Permission, Requires
from appraise.api.types.connections import LARGEST_PAGE, PageInfoType, Window
from appraise.api.types.contributions import ContributionRowType
from appraise.api.types.node import Node
from appraise.api.types.people import BY_CYCLE, EmployeeConnection, EmployeeType, contribution_rows
from appraise.domain.contributions import Dimension
from appraise.domain.cursors import cursor
from appraise.domain.departments import DepartmentOrder
from appraise.domain.employees import Department
from appraise.domain.reading import Page
from appraise.errors import Forbidden
from appraise.use_cases.read_departments import head_of
from appraise.use_cases.read_people import list_people


@strawberry.type(
    name="Department", description="A unit of the organisation, as of a day: that of reading where none is asked for."
)
class DepartmentType(Node):
    day: strawberry.Private[date | None]
    code: str = strawberry.field(description="The source's own code.")
    name: str = strawberry.field(description="Name for people.")

    @strawberry.field(description="The department above it on the day shown; null at the top.")
    def parent(self, info: strawberry.Info) -> "DepartmentType | None":
        above = info.context.departments_on(self.day).above(self.code)
        return None if above is None else DepartmentType.of(above, self.day)

    @strawberry.field(description="The departments directly below it on the day shown, by code.")
    def children(self, info: strawberry.Info) -> list["DepartmentType"]:
        below = info.context.departments_on(self.day).children(self.code)
        return [DepartmentType.of(one, self.day) for one in below]

    @strawberry.field(
        description="Who works in it on the day shown, by name, as far as the reader may see them.",
        extensions=[Requires(Permission.READ_PEOPLE)],
    )
    def members(
        self,
        info: strawberry.Info,
        first: Annotated[int, strawberry.argument(description=f"How many, 1 to {LARGEST_PAGE}.")],
        after: Annotated[
            str | None, strawberry.argument(description="`pageInfo.endCursor` of the page before.")
        ] = None,
    ) -> EmployeeConnection | None:
        context: RequestContext = info.context
        window = Window(first, after)
        narrowed = {"department": self.code, "on": self.day}
        page = list_people(
            context.deployment,
            context.principal,
            at=context.at,
            first=first,
            after=after,
            department=self.code,
            on=self.day,
        )
        return EmployeeConnection.of(page, context, window=window, narrowed=narrowed, day=self.day)

    @strawberry.field(
        description=(
            "Whoever all its members have in common as the nearest manager in the solid line on the day shown, a "
            "member or somebody above; HR systems do not name heads. Null where there is nobody; null with an error "
            "FORBIDDEN where the reader may not see them."
        ),
        extensions=[Requires(Permission.READ_PEOPLE)],
    )
    def head(self, info: strawberry.Info) -> EmployeeType | None:
        context: RequestContext = info.context
        key = head_of(context.deployment, context.principal, self.code, at=context.at, on=self.day)
        if key is None:
            return None
        row = context.people_on(self.day).load(key)
        if row is None:
            raise Forbidden("the record of the head of this department is not yours to see")
        return EmployeeType.of(row, self.day)

    @strawberry.field(
        description=f"What its employees contributed, as far as the reader may see their sections: {BY_CYCLE}",
        extensions=[Requires(Permission.READ_SECTIONS)],
    )
    def contributions(self, info: strawberry.Info) -> list[ContributionRowType] | None:
        return contribution_rows(info.context, Dimension.DEPARTMENT, self.code)

    @classmethod
    def of(cls, department: Department, day: date | None = None) -> Self:
        return cls(
            id=to_global(Kind.DEPARTMENT, department.code),
            day=day,
            code=department.code,
            name=department.name,
        )


@strawberry.enum(
    name="DepartmentOrder", description="Orders of a list of departments; a cursor belongs to one of them."
)
class DepartmentOrderValue(Enum):
    CODE = strawberry.enum_value(DepartmentOrder.CODE, description="By code.")
    NAME = strawberry.enum_value(DepartmentOrder.NAME, description="By name, then by code.")


@strawberry.input(description="Which departments; all that are given must hold.")
class DepartmentWhere:
    codes: list[str] | None = strawberry.field(default=None, description="Only those with one of these codes.")
    search: str | None = strawberry.field(default=None, description="Part of the name or the code, in any case.")
    parent: strawberry.ID | None = strawberry.field(
        default=None, description="Id of a department: only those directly below it."
    )
    is_top: bool | None = strawberry.field(
        default=None, description="Only those with no department above them, or only the others."
    )


@strawberry.type(name="DepartmentEdge", description="One department of a page.")
class DepartmentEdge:
    node: DepartmentType = strawberry.field(description="The department.")
    cursor: str = strawberry.field(description="Pass it as `after` to read on from here.")


@strawberry.type(name="DepartmentConnection", description="A page of departments.")
class DepartmentConnection:
    nodes: list[DepartmentType] = strawberry.field(description="The departments of the page.")
    keys: strawberry.Private[tuple[tuple[str, ...], ...]]
    page_info: PageInfoType = strawberry.field(description="Whether more follow.")
    total_count: int = strawberry.field(description="Number of departments in all, with the same filters.")

    @strawberry.field(description="The same departments, one wrapper each.")
    def edges(self) -> list[DepartmentEdge]:
        return [DepartmentEdge(node=node, cursor=cursor(*key)) for node, key in zip(self.nodes, self.keys, strict=True)]

    @classmethod
    def of(  # a page, whose, and of which list
        cls, page: Page[Department], context: RequestContext, *, total: int, window: Window, day: date | None
    ) -> Self:
        _announce(context, page.items)
        return cls(
            nodes=[DepartmentType.of(one, day) for one in page.items],
            keys=page.keys,
            page_info=PageInfoType.of(page, window),
            total_count=total,
        )


def _announce(context: RequestContext, departments: Iterable[Department]) -> None:
    context.contributions.announce(Dimension.DEPARTMENT, (one.code for one in departments))
