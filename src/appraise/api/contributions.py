"""The way in to tables of contributions."""

from typing import Annotated

import strawberry

from appraise.api.context import RequestContext
from appraise.api.global_ids import Kind, key_of
from appraise.api.permissions import Permission, Requires
from appraise.api.types.connections import LARGEST_PAGE, Window
from appraise.api.types.contribution_inputs import ContributionGroupBy, ContributionWhere, OrderValue
from appraise.api.types.contributions import ContributionConnection
from appraise.domain.contributions import ContributionQuery as Wanted
from appraise.domain.contributions import Dimension, Grain, RowOrder
from appraise.domain.identifiers import CycleId, EmployeeId, IndicatorKey
from appraise.domain.indicators import BY_KEY
from appraise.errors import InvalidInput
from appraise.use_cases.read_contributions import list_contributions


@strawberry.type
class ContributionQuery:
    @strawberry.field(
        description=(
            "What was contributed, by group and time: a table of figures with their intervals, totals that add up, "
            "and how many were measured. A group holds those whose sections the reader may see. Of groups of fewer "
            "employees than the policy's `minimum_group` nothing is shown, nor whatever would give them away by "
            "subtraction."
        ),
        extensions=[Requires(Permission.READ_SECTIONS)],
    )
    def contributions(  # noqa: PLR0913, PLR0917  # the arguments of one field
        self,
        info: strawberry.Info,
        group_by: Annotated[ContributionGroupBy, strawberry.argument(description="What the rows are about.")],
        first: Annotated[int, strawberry.argument(description=f"How many rows, 1 to {LARGEST_PAGE}.")],
        after: Annotated[
            str | None, strawberry.argument(description="`pageInfo.endCursor` of the page before.")
        ] = None,
        indicators: Annotated[
            list[str] | None, strawberry.argument(description="Keys of indicators; all that were scored by default.")
        ] = None,
        where: Annotated[ContributionWhere | None, strawberry.argument(description="Which rows.")] = None,
        order_by: Annotated[
            OrderValue | None, strawberry.argument(description="The order of rows; NEWEST_FIRST by default.")
        ] = None,
    ) -> ContributionConnection | None:
        context: RequestContext = info.context
        window = Window(first, after)
        order = RowOrder.NEWEST_FIRST if order_by is None else RowOrder[order_by.name]
        wanted = _wanted(group_by, indicators, where or ContributionWhere(), order)
        found = list_contributions(
            context.deployment, context.principal, wanted, at=context.at, first=first, after=after
        )
        return ContributionConnection.of(found, window)


def _wanted(
    group_by: ContributionGroupBy, indicators: list[str] | None, where: ContributionWhere, order: RowOrder
) -> Wanted:
    for key in indicators or ():
        if key not in BY_KEY:
            raise InvalidInput(f"there is no indicator {key[:50]!r}", expected=f"one of: {', '.join(BY_KEY)}")
    return Wanted(
        Dimension[group_by.dimension.name],
        Grain.CYCLE if group_by.grain is None else Grain[group_by.grain.name],
        indicators=None if indicators is None else tuple(IndicatorKey(key) for key in indicators),
        cycles=None if where.cycles is None else tuple(CycleId(key_of(text, Kind.CYCLE)) for text in where.cycles),
        departments=None if where.departments is None else frozenset(where.departments),
        managers=_people(where.managers),
        employees=_people(where.employees),
        profiles=None if where.profiles is None else frozenset(where.profiles),
        order=order,
    )


def _people(ids: list[strawberry.ID] | None) -> frozenset[EmployeeId] | None:
    return None if ids is None else frozenset(EmployeeId(key_of(text, Kind.EMPLOYEE)) for text in ids)
