"""The ways in to departments."""

from typing import Annotated

import strawberry

from appraise.api import nodes
from appraise.api.context import RequestContext
from appraise.api.global_ids import Kind, key_of
from appraise.api.permissions import Permission, Requires
from appraise.api.types.connections import LARGEST_PAGE, Window
from appraise.api.types.departments import DepartmentConnection, DepartmentOrderValue, DepartmentType, DepartmentWhere
from appraise.api.types.reporting import AsOf
from appraise.domain.departments import DepartmentOrder, DepartmentsWanted
from appraise.use_cases.read_departments import page_of


@strawberry.type
class DepartmentQuery:
    @strawberry.field(
        description="The departments that there are on a day, by code unless another order is asked for.",
        extensions=[Requires(Permission.READ_DEPARTMENTS)],
    )
    def departments(  # the arguments of one list
        self,
        info: strawberry.Info,
        first: Annotated[int, strawberry.argument(description=f"How many, 1 to {LARGEST_PAGE}.")],
        after: Annotated[
            str | None, strawberry.argument(description="`pageInfo.endCursor` of the page before.")
        ] = None,
        where: Annotated[DepartmentWhere | None, strawberry.argument(description="Which; all if not given.")] = None,
        order_by: Annotated[
            DepartmentOrderValue | None, strawberry.argument(description="By code if not given.")
        ] = None,
        as_of: AsOf = None,
    ) -> DepartmentConnection | None:
        context: RequestContext = info.context
        window = Window(first, after)
        chosen = where or DepartmentWhere()
        wanted = DepartmentsWanted(
            codes=None if chosen.codes is None else frozenset(chosen.codes),
            search=chosen.search,
            parent=None if chosen.parent is None else key_of(chosen.parent, Kind.DEPARTMENT),
            is_top=chosen.is_top,
            order=DepartmentOrder.CODE if order_by is None else DepartmentOrder[order_by.name],
        )
        found, total = page_of(context.departments_on(as_of), wanted, first=first, after=after)
        return DepartmentConnection.of(found, context, total=total, window=window, day=as_of)

    @strawberry.field(
        description="One department; null with an error NOT_FOUND where there is none on the day.",
        extensions=[Requires(Permission.READ_DEPARTMENTS)],
    )
    def department(
        self,
        info: strawberry.Info,
        key: Annotated[strawberry.ID, strawberry.argument(name="id", description="Its id.")],
        as_of: AsOf = None,
    ) -> DepartmentType | None:
        return nodes.department(info.context, key_of(key, Kind.DEPARTMENT), as_of)
