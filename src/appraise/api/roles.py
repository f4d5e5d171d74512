"""Roles that are granted to employees: listed, granted and taken away by HR administrators."""

from datetime import datetime
from enum import Enum
from typing import Annotated, Final, Self

import strawberry

from appraise.api.context import RequestContext
from appraise.api.global_ids import Kind, key_of, to_global
from appraise.api.permissions import Permission, Requires
from appraise.api.repeating import RepeatableInput, repeatable
from appraise.api.types.viewer import RoleValue
from appraise.domain.access import Role
from appraise.domain.identifiers import EmployeeId
from appraise.domain.language import retold
from appraise.domain.sections import Refusal
from appraise.errors import NotFound
from appraise.storage.role_grants import RoleGrant
from appraise.use_cases.change_roles import get_role_grant, grant_role_by, list_role_grants, revoke_role

OF_AN_EMPLOYEE: Final = "employee:"


@strawberry.type(name="RoleGrant", description="That an employee was granted a role.")
class RoleGrantType:
    employee_id: strawberry.ID = strawberry.field(description="Whose role it is.")
    employee_name: str = strawberry.field(description="Their name.")
    role: RoleValue = strawberry.field(description="The role.")
    granted_at: datetime = strawberry.field(description="When it was granted.")
    granted_by: str = strawberry.field(
        description="Who granted it: the id of an employee, or words such as `command line`."
    )

    @classmethod
    def of(cls, grant: RoleGrant) -> Self:
        by = grant.by.removeprefix(OF_AN_EMPLOYEE)
        return cls(
            employee_id=to_global(Kind.EMPLOYEE, grant.employee),
            employee_name=grant.name,
            role=RoleValue(grant.role),
            granted_at=grant.granted_at,
            granted_by=by if by == grant.by else to_global(Kind.EMPLOYEE, by),
        )


@strawberry.enum(description="Why nothing was changed. More may be added; treat unknown ones as NOT_GRANTED.")
class RoleErrorCode(Enum):
    NOT_FOUND = strawberry.enum_value(
        "NOT_FOUND", description="There is no such employee, or they do not have the role."
    )
    OWN_ROLE = strawberry.enum_value("OWN_ROLE", description="Nobody changes their own roles.")
    LAST_ADMINISTRATOR = strawberry.enum_value(
        "LAST_ADMINISTRATOR", description="Nobody else is HR administrator and may sign in."
    )
    NOT_GRANTED = strawberry.enum_value("NOT_GRANTED", description="The role is none that employees are granted.")


@strawberry.type(description="Why nothing was changed, for whoever grants roles.")
class RoleError:
    message: str = strawberry.field(description="What was found and what was expected.")
    path: list[str] = strawberry.field(description="What it is about: `input` and a field of it.")
    code: RoleErrorCode = strawberry.field(description="Stable, for programs.")


@strawberry.input(description="Gives an employee a role.")
class GrantRoleInput(RepeatableInput):
    employee_id: strawberry.ID = strawberry.field(description="To whom.")
    role: RoleValue = strawberry.field(description="HR_ADMINISTRATOR, EXECUTIVE or AUDITOR.")


@strawberry.input(description="Takes a role from an employee.")
class RevokeRoleInput(RepeatableInput):
    employee_id: strawberry.ID = strawberry.field(description="From whom.")
    role: RoleValue = strawberry.field(description="HR_ADMINISTRATOR, EXECUTIVE or AUDITOR.")


@strawberry.type(description="What came of granting a role.")
class GrantRolePayload:
    grant: RoleGrantType | None = strawberry.field(description="The grant; null where nothing was changed.")
    user_errors: list[RoleError] = strawberry.field(description="What stood in the way; empty where it is done.")


@strawberry.type(description="What came of taking a role away.")
class RevokeRolePayload:
    is_revoked: bool = strawberry.field(description="Whether the employee does not have the role any more.")
    user_errors: list[RoleError] = strawberry.field(description="What stood in the way; empty where it is done.")


@strawberry.type
class RoleQuery:
    @strawberry.field(
        description=(
            "Who was granted which role, by the employee's name. Roles that an identity provider claims for whoever "
            "signs in are not among them. For HR administrators."
        ),
        extensions=[Requires(Permission.GRANT_ROLES)],
    )
    def role_grants(
        self,
        info: strawberry.Info,
        role: Annotated[RoleValue | None, strawberry.argument(description="Only of this role.")] = None,
    ) -> list[RoleGrantType] | None:
        context: RequestContext = info.context
        wanted = None if role is None else Role[role.name]
        known = list_role_grants(context.deployment, context.principal, wanted)
        return [RoleGrantType.of(one) for one in known]


@strawberry.type
class RoleMutation:
    @strawberry.mutation(
        description=(
            "Give an employee a role, from their next request on; granting again changes nothing. For HR "
            "administrators, and not to themselves. Being a manager is not granted: reporting lines say it."
        ),
        extensions=[Requires(Permission.GRANT_ROLES)],
    )
    def grant_role(
        self,
        info: strawberry.Info,
        wanted: Annotated[GrantRoleInput, strawberry.argument(name="input", description="To whom, and which.")],
    ) -> GrantRolePayload | None:
        context: RequestContext = info.context
        employee, role = EmployeeId(key_of(wanted.employee_id, Kind.EMPLOYEE)), Role[wanted.role.name]
        try:
            granted = repeatable(
                info,
                wanted,
                lambda deployment: grant_role_by(deployment, context.principal, employee, role, at=context.at),
                told=lambda grant: grant.role.value,
                again=lambda _: get_role_grant(context.deployment, context.principal, employee, role),
            )
        except NotFound as error:
            return GrantRolePayload(grant=None, user_errors=[_error(error)])
        if isinstance(granted, Refusal):
            return GrantRolePayload(grant=None, user_errors=[_error(granted)])
        return GrantRolePayload(grant=RoleGrantType.of(granted), user_errors=[])

    @strawberry.mutation(
        description=(
            "Take a role from an employee, from their next request on. For HR administrators, not of themselves, and "
            "never of the last of them. What an identity provider claims it does not take."
        ),
        extensions=[Requires(Permission.GRANT_ROLES)],
    )
    def revoke_role(
        self,
        info: strawberry.Info,
        wanted: Annotated[RevokeRoleInput, strawberry.argument(name="input", description="From whom, and which.")],
    ) -> RevokeRolePayload | None:
        context: RequestContext = info.context
        employee, role = EmployeeId(key_of(wanted.employee_id, Kind.EMPLOYEE)), Role[wanted.role.name]
        try:
            taken = repeatable(
                info,
                wanted,
                lambda deployment: revoke_role(deployment, context.principal, employee, role, at=context.at),
                told=lambda grant: grant.role.value,
                again=lambda _: None,
            )
        except NotFound as error:
            return RevokeRolePayload(is_revoked=False, user_errors=[_error(error)])
        if isinstance(taken, Refusal):
            return RevokeRolePayload(is_revoked=False, user_errors=[_error(taken)])
        return RevokeRolePayload(is_revoked=True, user_errors=[])


def _error(problem: Refusal | NotFound) -> RoleError:
    if isinstance(problem, NotFound):
        return RoleError(message=problem.found, path=["input", "employeeId"], code=RoleErrorCode.NOT_FOUND)
    field = "role" if problem.field == "role" else "employeeId"
    return RoleError(message=retold(problem.message), path=["input", field], code=RoleErrorCode[problem.code])
