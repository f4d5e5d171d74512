"""Who is asking."""

from decimal import Decimal
from enum import Enum
from typing import Self

import strawberry

from appraise.api.context import RequestContext
from appraise.api.permissions import RULES, Permission
from appraise.api.types.delegations import DelegationType
from appraise.api.types.parts import AskedPartType
from appraise.api.types.people import EmployeeType
from appraise.api.types.sections import SectionType
from appraise.api.types.tasks import TaskType
from appraise.api.types.watches import WatchListType
from appraise.domain.access import (
    Principal,
    Role,
    may_administer,
    may_read_audit,
    may_watch,
    people_scope,
    section_scope,
)
from appraise.domain.identifiers import EmployeeId
from appraise.use_cases.delegate import may_name, read_delegations
from appraise.use_cases.own_record import own_sections
from appraise.use_cases.read_parts import asked_of
from appraise.use_cases.read_rating_habit import FEWEST_SECTIONS, RatingHabit, read_rating_habit
from appraise.use_cases.read_tasks import read_tasks
from appraise.use_cases.read_watches import read_watches


@strawberry.enum(name="Role", description="A hat that was granted. Reporting lines make managers, not roles.")
class RoleValue(Enum):
    HR_ADMINISTRATOR = strawberry.enum_value(
        Role.HR_ADMINISTRATOR, description="Runs cycles, returns and finalises sections."
    )
    EXECUTIVE = strawberry.enum_value(Role.EXECUTIVE, description="Reads sections once they are handed in.")
    AUDITOR = strawberry.enum_value(Role.AUDITOR, description="Reads everything and changes nothing.")
    SERVICE = strawberry.enum_value(Role.SERVICE, description="A program, limited by its token's scopes.")


@strawberry.enum(description="A part of the service that a reader may use.")
class Area(Enum):
    OWN_SECTION = strawberry.enum_value("OWN_SECTION", description="Their own section.")
    TEAM = strawberry.enum_value("TEAM", description="The sections of whoever reports to them, if anybody does.")
    ORGANISATION = strawberry.enum_value("ORGANISATION", description="Sections all over the organisation.")
    ADMINISTRATION = strawberry.enum_value("ADMINISTRATION", description="Imports, cycles and scoring runs.")
    AUDIT = strawberry.enum_value("AUDIT", description="The audit log.")


@strawberry.enum(name="Permission", description="What a reader may do at all; rows decide more. More may be added.")
class PermissionValue(Enum):
    READ_PEOPLE = strawberry.enum_value(Permission.READ_PEOPLE, description="May read people.")
    READ_SECTIONS = strawberry.enum_value(Permission.READ_SECTIONS, description="May read sections.")
    READ_STANDINGS = strawberry.enum_value(
        Permission.READ_STANDINGS, description="May read where people stand among the others."
    )
    READ_BENCHMARKS = strawberry.enum_value(Permission.READ_BENCHMARKS, description="May read where peers lie.")
    READ_EVIDENCE = strawberry.enum_value(Permission.READ_EVIDENCE, description="May read the events behind figures.")
    READ_RUNS = strawberry.enum_value(Permission.READ_RUNS, description="May read scoring runs.")
    MANAGE_WEBHOOKS = strawberry.enum_value(Permission.MANAGE_WEBHOOKS, description="May manage webhooks.")
    MANAGE_TOKENS = strawberry.enum_value(Permission.MANAGE_TOKENS, description="May manage access tokens.")
    GRANT_ROLES = strawberry.enum_value(Permission.GRANT_ROLES, description="May grant roles and take them away.")
    RATE_ITEM = strawberry.enum_value(Permission.RATE_ITEM, description="May rate items.")
    SUBMIT_SECTION = strawberry.enum_value(Permission.SUBMIT_SECTION, description="May submit sections.")
    RETURN_SECTION = strawberry.enum_value(Permission.RETURN_SECTION, description="May return sections.")
    FINALISE_SECTION = strawberry.enum_value(Permission.FINALISE_SECTION, description="May finalise sections.")
    ASSESS_SELF = strawberry.enum_value(Permission.ASSESS_SELF, description="May assess themselves.")
    APPROVE_SECTION = strawberry.enum_value(Permission.APPROVE_SECTION, description="May approve sections.")
    SHARE_SECTION = strawberry.enum_value(Permission.SHARE_SECTION, description="May share sections.")
    ANSWER_SECTION = strawberry.enum_value(Permission.ANSWER_SECTION, description="May answer to their own section.")
    ADMINISTER_SECTIONS = strawberry.enum_value(
        Permission.ADMINISTER_SECTIONS, description="May release, exempt, void and reopen sections."
    )
    MANAGE_CYCLES = strawberry.enum_value(Permission.MANAGE_CYCLES, description="May manage cycles.")
    READ_DEPARTMENTS = strawberry.enum_value(Permission.READ_DEPARTMENTS, description="May read departments.")
    READ_AUDIT_LOG = strawberry.enum_value(Permission.READ_AUDIT_LOG, description="May read the audit log.")
    MINT_EMBED_TOKENS = strawberry.enum_value(Permission.MINT_EMBED_TOKENS, description="May mint tokens for viewers.")
    EXPORT = strawberry.enum_value(Permission.EXPORT, description="May export anything.")
    IMPORT = strawberry.enum_value(Permission.IMPORT, description="May import.")
    SCORE = strawberry.enum_value(Permission.SCORE, description="May score cycles.")
    MANAGE_PERSON_REQUESTS = strawberry.enum_value(
        Permission.MANAGE_PERSON_REQUESTS, description="May export and erase people."
    )
    READ_PERSON_REQUESTS = strawberry.enum_value(
        Permission.READ_PERSON_REQUESTS, description="May read requests about people, and legal holds."
    )
    READ_VERDICTS = strawberry.enum_value(Permission.READ_VERDICTS, description="May read verdicts about groups.")
    KEEP_WATCHES = strawberry.enum_value(Permission.KEEP_WATCHES, description="May keep watch-lists.")
    WRITE_BACK = strawberry.enum_value(Permission.WRITE_BACK, description="May decide what is written into HR systems.")
    NAME_DELEGATES = strawberry.enum_value(Permission.NAME_DELEGATES, description="May name who stands in for them.")


@strawberry.type(
    name="RatingHabit",
    description="Rating less level, in steps of 1 to 5, on average over sections; above 0 is lenient.",
)
class RatingHabitType:
    sections: int = strawberry.field(description="Number of sections that it is over.")
    ratings: int = strawberry.field(description="Number of ratings that had a level beside them.")
    mean: Decimal = strawberry.field(description="The mean, in steps of rating.")
    lower: Decimal = strawberry.field(description="Lower bound of its 95 % interval, in steps of rating.")
    upper: Decimal = strawberry.field(description="Upper bound of its 95 % interval, in steps of rating.")

    @classmethod
    def of(cls, habit: RatingHabit) -> Self:
        mean, lower, upper = (Decimal(str(round(value, 2))) for value in (habit.mean, habit.lower, habit.upper))
        return cls(sections=habit.sections, ratings=habit.ratings, mean=mean, lower=lower, upper=upper)


@strawberry.type(name="Viewer", description="Whoever the token stands for.")
class ViewerType:
    name: str = strawberry.field(description="Name to greet with.")
    roles: list[RoleValue] = strawberry.field(description="The hats that were granted.")
    areas: list[Area] = strawberry.field(description="The parts of the service they may use.")
    permissions: list[PermissionValue] = strawberry.field(description="What they may do at all; rows decide more.")
    employee_key: strawberry.Private[EmployeeId | None]

    @strawberry.field(description="Themselves as an employee; null for programs.")
    def employee(self, info: strawberry.Info) -> EmployeeType | None:
        if self.employee_key is None:
            return None
        context: RequestContext = info.context
        row = context.people.load(self.employee_key)
        return None if row is None else EmployeeType.of(row)

    @strawberry.field(
        description="What the reader has to do, the most urgent first. Reminders are sent by the same query."
    )
    def tasks(self, info: strawberry.Info) -> list[TaskType]:
        context: RequestContext = info.context
        return [TaskType.of(named) for named in read_tasks(context.deployment, context.principal, at=context.at)]

    @strawberry.field(
        description=(
            "Who stands in for them and for whom they stand in, now or later; everybody's for HR administrators."
        )
    )
    def delegations(self, info: strawberry.Info) -> list[DelegationType]:
        context: RequestContext = info.context
        found = read_delegations(context.deployment, context.principal, at=context.at)
        return [DelegationType.of(one) for one in found]

    @strawberry.field(
        description="The parts of sections that they are asked for, as former or dotted managers; given ones, too."
    )
    def asked_parts(self, info: strawberry.Info) -> list[AskedPartType]:
        context: RequestContext = info.context
        return [AskedPartType.of(one) for one in asked_of(context.deployment, context.principal, at=context.at)]

    @strawberry.field(
        description=(
            "Their thresholds, and which groups lie beyond them; null for whoever keeps none, as executives and HR "
            "administrators may."
        )
    )
    def watch_list(self, info: strawberry.Info) -> WatchListType | None:
        context: RequestContext = info.context
        if not may_watch(context.principal):
            return None
        return WatchListType.of(read_watches(context.deployment, context.principal, at=context.at))

    @strawberry.field(description="Whether somebody reports to them, so that a delegate has something to do, or HR.")
    def can_name_delegates(self, info: strawberry.Info) -> bool:
        context: RequestContext = info.context
        return may_name(context.deployment, context.principal, at=context.at)

    @strawberry.field(
        description="Their own sections, the newest cycle first; none for programs and in a host's frame."
    )
    def sections(self, info: strawberry.Info) -> list[SectionType]:
        context: RequestContext = info.context
        found = own_sections(context.deployment, context.principal, at=context.at)
        return [SectionType.viewed(viewed, context) for viewed in found]

    @strawberry.field(
        description=(
            "How the ratings that they handed in lie beside the levels that the data gave; told to nobody else. Null "
            f"below {FEWEST_SECTIONS} sections, which tell nothing."
        )
    )
    def rating_habit(self, info: strawberry.Info) -> RatingHabitType | None:
        context: RequestContext = info.context
        habit = read_rating_habit(context.deployment, context.principal)
        return None if habit is None else RatingHabitType.of(habit)

    @classmethod
    def of(cls, principal: Principal) -> Self:
        return cls(
            name=principal.name,
            roles=[RoleValue(role) for role in sorted(principal.roles)],
            areas=areas(principal),
            permissions=[PermissionValue(permission) for permission in Permission if RULES[permission](principal)],
            employee_key=principal.employee,
        )


def areas(principal: Principal) -> list[Area]:
    if principal.embedded is not None:  # one section is no area
        return []
    sections = section_scope(principal)
    allowed = {
        Area.OWN_SECTION: sections.own and principal.employee is not None,
        Area.TEAM: sections.below and principal.employee is not None,
        Area.ORGANISATION: sections.everyone or people_scope(principal).everyone,
        Area.ADMINISTRATION: may_administer(principal),
        Area.AUDIT: may_read_audit(principal),
    }
    return [area for area, is_allowed in allowed.items() if is_allowed]
