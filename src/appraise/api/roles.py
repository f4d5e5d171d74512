"""Roles that are granted to employees: listed, granted and taken away by HR administrators."""

from collections.abc import Callable
from datetime import datetime
from enum import Enum
from typing import Annotated, Final, Self

import strawberry

from appraise.api.context import RequestContext
from appraise.api.global_ids import Kind, to_global
from appraise.api.permissions import Permission, Requires
from appraise.api.repeating import RepeatableInput, repeatable
from appraise.api.types.people import EmployeeBy, named
from appraise.api.types.viewer import RoleValue
from appraise.domain.access import Role
from appraise.domain.employees import ExternalReference
from appraise.domain.identifiers import EmployeeId
from appraise.domain.language import retold
from appraise.domain.sections import Refusal
from appraise.errors import NotFound
from appraise.storage.role_grants import RoleGrant
from appraise.use_cases.change_roles import get_role_grant, grant_role_by, list_role_grants, revoke_role_by
from appraise.use_cases.read_people import get_person

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
    granted_by_name: str = strawberry.field(description="Who granted it: the name of an employee, or the same words.")

    @classmethod
    def of(cls, grant: RoleGrant) -> Self:
        by = grant.by.removeprefix(OF_AN_EMPLOYEE)
        return cls(
            employee_id=to_global(Kind.EMPLOYEE, grant.employee),
            employee_name=grant.name,
            role=RoleValue(grant.role),
            granted_at=grant.granted_at,
            granted_by=by if by == grant.by else to_global(Kind.EMPLOYEE, by),
            granted_by_name=grant.by_name,
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
    employee: EmployeeBy = strawberry.field(description="To whom.")
    role: RoleValue = strawberry.field(description="HR_ADMINISTRATOR, EXECUTIVE or AUDITOR.")


@strawberry.input(description="Takes a role from an employee.")
class RevokeRoleInput(RepeatableInput):
    employee: EmployeeBy = strawberry.field(description="From whom.")
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
        grant, errors = _changed(info, wanted, grant_role_by, again=get_role_grant)
        return GrantRolePayload(grant=None if grant is None else RoleGrantType.of(grant), user_errors=errors)

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
        _, errors = _changed(info, wanted, revoke_role_by, again=lambda *_: None)
        return RevokeRolePayload(is_revoked=not errors, user_errors=errors)


def _changed(
    info: strawberry.Info,
    wanted: GrantRoleInput | RevokeRoleInput,
    change: Callable[..., RoleGrant | Refusal],
    *,
    again: Callable[..., RoleGrant | None],
) -> tuple[RoleGrant | None, list[RoleError]]:
    """What came of it, and what stood in the way."""
    context: RequestContext = info.context
    role = Role[wanted.role.name]
    try:
        employee = _named(context, wanted.employee)
        changed = repeatable(
            info,
            wanted,
            lambda deployment: change(deployment, context.principal, employee, role, at=context.at),
            told=lambda grant: grant.role.value,
            again=lambda _: again(context.deployment, context.principal, employee, role),
        )
    except NotFound as error:
        return None, [_error(error)]
    return (None, [_error(changed)]) if isinstance(changed, Refusal) else (changed, [])


def _named(context: RequestContext, by: EmployeeBy) -> EmployeeId:
    """Raises `NotFound`."""
    wanted = named(by)
    if not isinstance(wanted, ExternalReference):
        return wanted
    return get_person(context.deployment, context.principal, at=context.at, reference=wanted).employee.id


def _error(problem: Refusal | NotFound) -> RoleError:
    if isinstance(problem, NotFound):
        return RoleError(message=problem.found, path=["input", "employee"], code=RoleErrorCode.NOT_FOUND)
    field = "role" if problem.field == "role" else "employee"
    return RoleError(message=retold(problem.message), path=["input", field], code=RoleErrorCode[problem.code])
