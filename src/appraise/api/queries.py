"""The ways in for reading. Each resolver calls one use case, which takes the principal and limits the rows."""

from typing import Annotated, Any

import strawberry

from appraise.api import nodes
from appraise.api.adapters import AdapterQuery
from appraise.api.audit import AuditQuery
from appraise.api.context import RequestContext
from appraise.api.contributions import ContributionQuery
from appraise.api.departments import DepartmentQuery
from appraise.api.exports import ExportQuery
from appraise.api.fairness import FairnessQuery
from appraise.api.global_ids import Kind, from_global, key_of
from appraise.api.imports import ImportQuery
from appraise.api.permissions import Permission, Requires
from appraise.api.person_requests import PersonRequestQuery
from appraise.api.policies import PolicyQuery
from appraise.api.roles import RoleQuery
from appraise.api.scoring import ScoringQuery
from appraise.api.sections_then import SectionsThenQuery
from appraise.api.tokens import TokenQuery
from appraise.api.trials import TrialQuery
from appraise.api.types.connections import LARGEST_PAGE, MOST_IDS, Window
from appraise.api.types.cycles import CycleType
from appraise.api.types.indicators import IndicatorDefinitionType
from appraise.api.types.node import Node
from appraise.api.types.people import (
    EmployeeBy,
    EmployeeConnection,
    EmployeeOrderValue,
    EmployeeType,
    named,
)
from appraise.api.types.reporting import AsOf
from appraise.api.types.section_lists import SectionConnection, SectionOrderValue
from appraise.api.types.section_states import SectionStateValue
from appraise.api.types.sections import SectionType
from appraise.api.types.viewer import ViewerType
from appraise.api.types.webhooks import WebhookType
from appraise.domain.employees import ExternalReference
from appraise.domain.identifiers import CycleId, EmployeeId
from appraise.domain.indicators import BY_KEY
from appraise.domain.reading import PeopleOrder, SectionOrder, SectionsWanted
from appraise.domain.section_states import SectionState
from appraise.errors import InvalidInput
from appraise.use_cases.read_people import get_person, list_people
from appraise.use_cases.read_sections import list_sections
from appraise.use_cases.read_webhooks import list_webhooks

First = Annotated[int, strawberry.argument(description=f"How many, 1 to {LARGEST_PAGE}.")]
Id = Annotated[strawberry.ID, strawberry.argument(name="id", description="Its id.")]
After = Annotated[str | None, strawberry.argument(description="`pageInfo.endCursor` of the page before.")]


@strawberry.type(description="Reading. Null with an error means refused or unknown; an empty list means nothing there.")
class Query(
    AdapterQuery,
    AuditQuery,
    ContributionQuery,
    DepartmentQuery,
    ExportQuery,
    FairnessQuery,
    ImportQuery,
    PolicyQuery,
    RoleQuery,
    ScoringQuery,
    SectionsThenQuery,
    TokenQuery,
    PersonRequestQuery,
    TrialQuery,
):
    @strawberry.field(description="Whoever the token stands for.")
    def viewer(self, info: strawberry.Info) -> ViewerType:
        return ViewerType.of(info.context.principal)

    @strawberry.field(
        description="Employees at work on a day whom the reader may see, by name unless another order is asked for.",
        extensions=[Requires(Permission.READ_PEOPLE)],
    )
    def employees(  # noqa: PLR0913, PLR0917  # the filters of one list
        self,
        info: strawberry.Info,
        first: First,
        after: After = None,
        search: Annotated[
            str | None, strawberry.argument(description="Part of a name, an e-mail address or a job title.")
        ] = None,
        department: Annotated[str | None, strawberry.argument(description="Code of a department.")] = None,
        manager: Annotated[
            strawberry.ID | None,
            strawberry.argument(description="Id of an employee: only who reports to them, in the solid line."),
        ] = None,
        order_by: Annotated[EmployeeOrderValue | None, strawberry.argument(description="By name if not given.")] = None,
        as_of: AsOf = None,
    ) -> EmployeeConnection | None:
        context: RequestContext = info.context
        window = Window(first, after)
        narrowed: dict[str, Any] = {"search": search, "department": department, "on": as_of}
        if manager is not None:
            narrowed["manager"] = EmployeeId(key_of(manager, Kind.EMPLOYEE))
        order = PeopleOrder.NAME if order_by is None else PeopleOrder(order_by.name)
        page = list_people(
            context.deployment, context.principal, at=context.at, first=first, after=after, order=order, **narrowed
        )
        return EmployeeConnection.of(page, context, window=window, narrowed=narrowed, day=as_of)

    @strawberry.field(description="One employee, leavers too.", extensions=[Requires(Permission.READ_PEOPLE)])
    def employee(
        self,
        info: strawberry.Info,
        by: Annotated[EmployeeBy, strawberry.argument(description="Which employee.")],
        as_of: AsOf = None,
    ) -> EmployeeType | None:
        context: RequestContext = info.context
        wanted = named(by)
        if not isinstance(wanted, ExternalReference):
            return nodes.employee(context, wanted, as_of)
        row = get_person(context.deployment, context.principal, at=context.at, on=as_of, reference=wanted)
        context.people_on(as_of).remember([row])
        return EmployeeType.of(row, as_of)

    @strawberry.field(description="All cycles, the newest first.")
    def cycles(self, info: strawberry.Info) -> list[CycleType]:
        context: RequestContext = info.context
        newest_first = sorted(context.cycles().values(), key=lambda cycle: cycle.period.start, reverse=True)
        return [CycleType.of(cycle) for cycle in newest_first]

    @strawberry.field(description="One cycle.")
    def cycle(self, info: strawberry.Info, key: Id) -> CycleType | None:
        return nodes.cycle(info.context, key_of(key, Kind.CYCLE))

    @strawberry.field(
        description="Sections of one cycle that the reader may see, by name unless another order is asked for.",
        extensions=[Requires(Permission.READ_SECTIONS)],
    )
    def sections(  # noqa: PLR0913, PLR0917  # the filters of one list
        self,
        info: strawberry.Info,
        cycle: Annotated[strawberry.ID, strawberry.argument(description="Id of the cycle.")],
        first: First,
        after: After = None,
        state: Annotated[SectionStateValue | None, strawberry.argument(description="Only those in this state.")] = None,
        department: Annotated[
            str | None, strawberry.argument(description="Code of a department, as the section has it.")
        ] = None,
        manager: Annotated[
            strawberry.ID | None, strawberry.argument(description="Id of the manager of record.")
        ] = None,
        search: Annotated[
            str | None, strawberry.argument(description="Part of the employee's name or e-mail address.")
        ] = None,
        order_by: Annotated[SectionOrderValue | None, strawberry.argument(description="By name if not given.")] = None,
    ) -> SectionConnection | None:
        context: RequestContext = info.context
        window = Window(first, after)
        wanted = SectionsWanted(
            cycle=CycleId(key_of(cycle, Kind.CYCLE)),
            state=None if state is None else SectionState(state.name),
            department=department,
            manager=None if manager is None else EmployeeId(key_of(manager, Kind.EMPLOYEE)),
            search=search,
            order=SectionOrder.NAME if order_by is None else SectionOrder(order_by.name),
        )
        page = list_sections(context.deployment, context.principal, wanted, at=context.at, first=first, after=after)
        return SectionConnection.of(page, context, window=window, wanted=wanted)

    @strawberry.field(
        description="One section. Reading somebody else's is written to the audit log.",
        extensions=[Requires(Permission.READ_SECTIONS)],
    )
    def section(self, info: strawberry.Info, key: Id) -> SectionType | None:
        return nodes.section(info.context, key_of(key, Kind.SECTION))

    @strawberry.field(
        description="The host systems that are told of what happens, the oldest first. For HR administrators.",
        extensions=[Requires(Permission.MANAGE_WEBHOOKS)],
    )
    def webhooks(self, info: strawberry.Info) -> list[WebhookType] | None:
        context: RequestContext = info.context
        known = list_webhooks(context.deployment, context.principal, at=context.at)
        return [WebhookType.of(webhook) for webhook in known]

    @strawberry.field(description="What is measured, in words.")
    def indicator_definitions(self) -> list[IndicatorDefinitionType]:
        return [IndicatorDefinitionType.of(definition) for definition in BY_KEY.values()]

    @strawberry.field(description="Whatever an id names; null where it is unknown or not the reader's to see.")
    def node(self, info: strawberry.Info, key: Id) -> Node | None:
        return nodes.read_node(info.context, key)

    @strawberry.field(
        description="Whatever the ids name, in their order; null in place of each that is not to be seen."
    )
    def nodes(
        self,
        info: strawberry.Info,
        ids: Annotated[list[strawberry.ID], strawberry.argument(description=f"At most {MOST_IDS} ids.")],
    ) -> list[Node | None]:
        if len(ids) > MOST_IDS:
            raise InvalidInput(f"{len(ids)} ids", expected=f"at most {MOST_IDS}")
        kinds = [from_global(text) for text in ids]
        info.context.people.announce(EmployeeId(key) for kind, key in kinds if kind is Kind.EMPLOYEE)
        return [nodes.read_node(info.context, text) for text in ids]
