"""Employees and their places in the organisation."""

from collections.abc import Iterable
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any, Final, Self

import strawberry

from appraise.api.context import RequestContext
from appraise.api.global_ids import Kind, key_of, to_global
from appraise.api.permissions import Permission, Requires
from appraise.api.types.connections import PageInfoType, Window
from appraise.api.types.node import Node
from appraise.domain.access import sees_ratings
from appraise.domain.contributions import Dimension, Grain, stretch_of, taken_together
from appraise.domain.cursors import cursor
from appraise.domain.employees import Department, EmploymentStatus, ExternalReference
from appraise.domain.identifiers import CycleId, EmployeeId
from appraise.domain.reading import Page, PeopleOrder, PersonRow, ReportingLineRow
from appraise.errors import Forbidden
from appraise.use_cases.read_people import count_people
from appraise.use_cases.read_reporting_lines import lines_of

if TYPE_CHECKING:
    from appraise.api.types.contributions import ContributionRowType
    from appraise.api.types.departments import DepartmentType
    from appraise.api.types.reporting import ReportingLineType
    from appraise.api.types.sections import SectionType


@strawberry.enum(name="EmploymentStatus", description="Where an employment stands on the day of reading.")
class EmploymentStatusValue(Enum):
    PREHIRE = strawberry.enum_value(EmploymentStatus.PREHIRE, description="Hired, not started yet.")
    ACTIVE = strawberry.enum_value(EmploymentStatus.ACTIVE, description="At work.")
    LEAVE = strawberry.enum_value(EmploymentStatus.LEAVE, description="On leave of any kind.")
    SUSPENDED = strawberry.enum_value(EmploymentStatus.SUSPENDED, description="Suspended.")
    TERMINATED = strawberry.enum_value(EmploymentStatus.TERMINATED, description="Left.")
    RETIRED = strawberry.enum_value(EmploymentStatus.RETIRED, description="Retired.")
    DECEASED = strawberry.enum_value(EmploymentStatus.DECEASED, description="Deceased.")
    UNKNOWN = strawberry.enum_value(EmploymentStatus.UNKNOWN, description="The HR system says something unknown.")


@strawberry.type(name="ExternalReference", description="How one source system names an employee.")
class ExternalReferenceType:
    namespace: str = strawberry.field(description="Source and kind of id, e.g. `successfactors:userid`.")
    value: str = strawberry.field(description="The id as the source writes it.")


@strawberry.input(description="How one source system names an employee.")
class ExternalReferenceInput:
    namespace: str = strawberry.field(description="Source and kind of id, e.g. `successfactors:userid` or `email`.")
    value: str = strawberry.field(description="The id as the source writes it.")


@strawberry.input(one_of=True, description="Names one employee, by exactly one of these.")
class EmployeeBy:
    id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="The id that this API gave.")
    reference: ExternalReferenceInput | None = strawberry.field(
        default=strawberry.UNSET, description="The id that another system gave."
    )


def named(by: EmployeeBy) -> EmployeeId | ExternalReference:
    """Whom the input names. Raises `InvalidInput` for an id that is no employee's."""
    if isinstance(by.id, str):
        return EmployeeId(key_of(by.id, Kind.EMPLOYEE))
    assert by.reference  # noqa: S101  # @oneOf: graphql-core has checked that exactly one is given
    return ExternalReference(by.reference.namespace, by.reference.value)


ReportingLines = Annotated["ReportingLineType", strawberry.lazy("appraise.api.types.reporting")]
DepartmentOf = Annotated["DepartmentType", strawberry.lazy("appraise.api.types.departments")] | None
ContributionRows = Annotated["ContributionRowType", strawberry.lazy("appraise.api.types.contributions")]
BY_CYCLE: Final = (
    "one row for each cycle, the newest first, at most 12. Figures are never taken together over cycles: each compares "
    "with the colleagues of its own."
)


def _reporting(found: Iterable[ReportingLineRow]) -> "list[ReportingLineType]":
    from appraise.api.types.reporting import ReportingLineType  # noqa: PLC0415  # each names the other

    return [ReportingLineType.of(line) for line in found]


def contribution_rows(context: RequestContext, dimension: Dimension, key: str) -> "list[ContributionRowType]":
    from appraise.api.types.contributions import ContributionRowType  # noqa: PLC0415  # each names the other

    rows = context.contributions.load(dimension, key)
    return [ContributionRowType.of(taken_together(stretch_of(row.cycle, Grain.CYCLE), [row])) for row in rows]


@strawberry.type(
    name="Employee", description="A person who is appraised, as of a day: that of reading where none is asked for."
)
class EmployeeType(Node):
    row: strawberry.Private[PersonRow]
    day: strawberry.Private[date | None]
    name: str = strawberry.field(description="Name to show.")
    job: str | None = strawberry.field(description="Job title.")
    status: EmploymentStatusValue = strawberry.field(description="Where the employment stands.")
    since: date | None = strawberry.field(description="First day in this job.")
    manager_name: str | None = strawberry.field(description="Whom they report to; null at the top.")

    @strawberry.field(
        description="The unit they work in. Not in a host's frame.", extensions=[Requires(Permission.READ_DEPARTMENTS)]
    )
    def department(self) -> DepartmentOf:
        from appraise.api.types.departments import DepartmentType  # noqa: PLC0415  # each names the other

        code = self.row.department_code
        if code is None:
            return None
        return DepartmentType.of(Department(code, self.row.department_name or code), self.day)

    @strawberry.field(description="What other systems call this person.")
    def external_references(self) -> list[ExternalReferenceType]:
        return [
            ExternalReferenceType(namespace=reference.namespace, value=reference.value)
            for reference in self.row.employee.references
        ]

    @strawberry.field(
        description=(
            "Whom they report to (solid line). Null at the top; null with an error FORBIDDEN where there is a manager "
            "whom the reader may not see (`managerName` is always readable)."
        )
    )
    def manager(self, info: strawberry.Info) -> "EmployeeType | None":
        if self.row.manager is None:
            return None
        context: RequestContext = info.context
        row = context.people_on(self.day).load(self.row.manager)
        if row is None:
            raise Forbidden("the manager's own record is not yours to see", hint="managerName gives the name")
        return EmployeeType.of(row, self.day)

    @strawberry.field(
        description=(
            "The managers in the solid line, from the nearest up, on the day that the employee is shown of; null in "
            "the place of each whom the reader may not see."
        )
    )
    def managers(self, info: strawberry.Info) -> list["EmployeeType | None"]:
        context: RequestContext = info.context
        people = context.people_on(self.day)
        above = people.managers(self.row.employee.id)
        rows = [None if key is None else people.load(key) for key in above]
        return [None if row is None else EmployeeType.of(row, self.day) for row in rows]

    @strawberry.field(description="To whom the employee reports and reported, of every kind, the newest first.")
    def reporting_lines(self, info: strawberry.Info) -> list[ReportingLines]:
        context: RequestContext = info.context
        found = lines_of(context.deployment, context.principal, self.row.employee.id, at=context.at)
        return _reporting(found)

    @strawberry.field(
        description="Who reports to the employee on the day shown, by name, as far as the reader may see them."
    )
    def reports(self, info: strawberry.Info) -> list[ReportingLines]:
        context: RequestContext = info.context
        found = context.people_on(self.day).reports(self.row.employee.id)
        context.people.announce(line.employee for line in found)
        return _reporting(found)

    @strawberry.field(
        description="The employee's section in a cycle; null where there is none or it is not the reader's to see.",
        extensions=[Requires(Permission.READ_SECTIONS)],
    )
    def section(
        self,
        info: strawberry.Info,
        cycle: Annotated[strawberry.ID, strawberry.argument(description="Id of the cycle.")],
    ) -> Annotated["SectionType", strawberry.lazy("appraise.api.types.sections")] | None:
        return self.section_in(info.context, cycle)

    @strawberry.field(
        description=(
            f"What the employee contributed, in cycles whose section the reader may see: {BY_CYCLE} Reading somebody "
            "else's is written to the audit log."
        ),
        extensions=[Requires(Permission.READ_SECTIONS)],
    )
    def contributions(self, info: strawberry.Info) -> list[ContributionRows] | None:
        return contribution_rows(info.context, Dimension.EMPLOYEE, self.row.employee.id)

    def section_in(self, context: RequestContext, cycle: str) -> "SectionType | None":
        from appraise.api.types.sections import SectionType  # noqa: PLC0415  # employees and sections name each other

        section = context.sections.load(self.row.employee.id, CycleId(key_of(cycle, Kind.CYCLE)))
        if section is None:
            return None
        is_theirs = self.row.manager == section.manager
        return SectionType.of(
            section,
            name=self.name,
            manager_name=self.row.manager_name if is_theirs else None,
            ratings_visible=sees_ratings(context.principal, section.employee, section.state),
        )

    @classmethod
    def of(cls, row: PersonRow, day: date | None = None) -> Self:
        """As of a day, today by default."""
        return cls(
            id=to_global(Kind.EMPLOYEE, row.employee.id),
            row=row,
            day=day,
            name=row.employee.display_name,
            job=row.job_title,
            status=EmploymentStatusValue(row.status),
            since=row.since,
            manager_name=row.manager_name,
        )


@strawberry.enum(name="EmployeeOrder", description="Orders of a list of employees; a cursor belongs to one of them.")
class EmployeeOrderValue(Enum):
    NAME = strawberry.enum_value(PeopleOrder.NAME.value, description="By name.")
    DEPARTMENT = strawberry.enum_value(
        PeopleOrder.DEPARTMENT.value, description="By the code of the department, then by name."
    )


@strawberry.type(name="EmployeeEdge", description="One employee of a page.")
class EmployeeEdge:
    node: EmployeeType = strawberry.field(description="The employee.")
    cursor: str = strawberry.field(description="Pass it as `after` to read on from here.")


@strawberry.type(name="EmployeeConnection", description="A page of employees.")
class EmployeeConnection:
    window: strawberry.Private[Window]
    narrowed: strawberry.Private[dict[str, Any]]
    nodes: list[EmployeeType] = strawberry.field(description="The employees of the page.")
    keys: strawberry.Private[tuple[tuple[str, ...], ...]]
    page_info: PageInfoType = strawberry.field(description="Whether more follow.")

    @strawberry.field(description="The same employees, one wrapper each.")
    def edges(self) -> list[EmployeeEdge]:
        return [EmployeeEdge(node=node, cursor=cursor(*key)) for node, key in zip(self.nodes, self.keys, strict=True)]

    @strawberry.field(description="Number of entries in all, with the same filters. Counted only when asked.")
    def total_count(self, info: strawberry.Info) -> int:
        context: RequestContext = info.context
        return count_people(context.deployment, context.principal, at=context.at, **self.narrowed)

    @classmethod
    def of(
        cls,
        page: Page[PersonRow],
        context: RequestContext,
        *,
        window: Window,
        narrowed: dict[str, Any],
        day: date | None = None,
    ) -> Self:
        people = context.people_on(day)
        people.remember(page.items)
        people.announce(row.manager for row in page.items)
        context.sections.announce(row.employee.id for row in page.items)
        context.contributions.announce(Dimension.EMPLOYEE, (row.employee.id for row in page.items))
        return cls(
            window=window,
            narrowed=narrowed,
            nodes=[EmployeeType.of(row, day) for row in page.items],
            keys=page.keys,
            page_info=PageInfoType.of(page, window),
        )
