"""Who reports to whom."""

from datetime import date
from enum import Enum
from typing import Annotated, Self

import strawberry

from appraise.api.context import RequestContext
from appraise.api.types.people import EmployeeType
from appraise.domain.employees import ReportingKind
from appraise.domain.identifiers import EmployeeId
from appraise.domain.reading import ReportingLineRow


@strawberry.enum(name="ReportingKind", description="What a reporting line is.")
class ReportingKindValue(Enum):
    SOLID = strawberry.enum_value(ReportingKind.SOLID, description="The line that decides: who rates, who may see.")
    DOTTED = strawberry.enum_value(
        ReportingKind.DOTTED, description="A second line, as in a project; it decides nothing."
    )


AsOf = Annotated[
    date | None, strawberry.argument(description="The day shown; today by default. Today's lines decide who is seen.")
]


@strawberry.type(name="ReportingLine", description="Who reports to whom, from when to when.")
class ReportingLineType:
    line: strawberry.Private[ReportingLineRow]
    employee_name: str = strawberry.field(description="Name of whoever reports.")
    manager_name: str | None = strawberry.field(
        description="Name of the manager; what the source calls them while they are not known yet."
    )
    kind: ReportingKindValue = strawberry.field(description="What kind of line.")
    start: date = strawberry.field(description="First day.")
    end: date | None = strawberry.field(description="First day on which it no longer holds; null while it does.")
    source: str = strawberry.field(description="Which source told of it.")

    @strawberry.field(description="Whoever reports, as of today.")
    def employee(self, info: strawberry.Info) -> EmployeeType | None:
        return _employee(info.context, self.line.employee)

    @strawberry.field(
        description="The manager, as of today; null where they are not known or the reader may not see their record."
    )
    def manager(self, info: strawberry.Info) -> EmployeeType | None:
        return None if self.line.manager is None else _employee(info.context, self.line.manager)

    @classmethod
    def of(cls, line: ReportingLineRow) -> Self:
        return cls(
            line=line,
            employee_name=line.employee_name,
            manager_name=line.manager_name,
            kind=ReportingKindValue(line.kind),
            start=line.period.start,
            end=line.period.end,
            source=line.source,
        )


def _employee(context: RequestContext, key: EmployeeId) -> EmployeeType | None:
    row = context.people.load(key)
    return None if row is None else EmployeeType.of(row)
