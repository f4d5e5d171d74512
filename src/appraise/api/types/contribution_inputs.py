"""How a table of contributions is asked for."""

from enum import Enum

import strawberry

from appraise.domain.contributions import Dimension, Grain, RowOrder


@strawberry.enum(name="ContributionDimension", description="What the rows of a table of contributions are about.")
class DimensionValue(Enum):
    ORGANISATION = strawberry.enum_value(
        Dimension.ORGANISATION, description="All whose sections the reader may see, in one row."
    )
    DEPARTMENT = strawberry.enum_value(
        Dimension.DEPARTMENT, description="Departments, as they stand in the employees' sections of the cycle."
    )
    UNIT = strawberry.enum_value(
        Dimension.UNIT, description="Units: those who report to one manager directly, as their sections say."
    )
    PROFILE = strawberry.enum_value(
        Dimension.PROFILE,
        description="Role profiles of the policy, as the sections have them; of several that of most days.",
    )
    EMPLOYEE = strawberry.enum_value(
        Dimension.EMPLOYEE, description="Single employees. Each read of somebody else is written to the audit log."
    )


@strawberry.enum(name="ContributionGrain", description="Which time a row is about.")
class GrainValue(Enum):
    CYCLE = strawberry.enum_value(Grain.CYCLE, description="One cycle.")
    QUARTER = strawberry.enum_value(
        Grain.QUARTER, description="All cycles within a calendar quarter; refused where one is longer."
    )
    YEAR = strawberry.enum_value(
        Grain.YEAR, description="All cycles within a calendar year; refused where one lies in two years."
    )


@strawberry.input(name="ContributionGroupBy", description="What a row is about: whom, and which time.")
class ContributionGroupBy:
    dimension: DimensionValue = strawberry.field(description="Whom.")
    grain: GrainValue | None = strawberry.field(
        default=None,
        description="Which time; CYCLE if not given. Over several cycles totals are added and figures are not.",
    )


@strawberry.enum(
    name="ContributionOrder",
    description=(
        "The order of rows. By figure there is none: whether somebody stands above somebody else is what `standing` "
        "says, for those who may read it and where the data can tell."
    ),
)
class OrderValue(Enum):
    NEWEST_FIRST = strawberry.enum_value(RowOrder.NEWEST_FIRST, description="The newest cycle first, groups by name.")
    OLDEST_FIRST = strawberry.enum_value(RowOrder.OLDEST_FIRST, description="The oldest cycle first, groups by name.")
    BY_GROUP = strawberry.enum_value(
        RowOrder.BY_GROUP, description="Groups by name, of each the newest cycle first: a series for each group."
    )


@strawberry.input(
    description=(
        "Which rows. A filter chooses among rows and never cuts a group down, so that no group can be had by "
        "subtracting one answer from another. All that are given must hold."
    )
)
class ContributionWhere:
    cycles: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Ids of cycles, 1 to 12; the newest 12 where none are named."
    )
    departments: list[str] | None = strawberry.field(
        default=None, description="Codes of departments; for rows by DEPARTMENT or EMPLOYEE."
    )
    managers: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Ids of the units' managers; for rows by UNIT or EMPLOYEE."
    )
    employees: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Ids of employees; for rows by EMPLOYEE."
    )
    profiles: list[str] | None = strawberry.field(
        default=None, description="Names of role profiles; for rows by PROFILE or EMPLOYEE."
    )
