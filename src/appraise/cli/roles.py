"""`appraise roles`: who was granted which, granting and taking away, as whoever runs the deployment does it."""

from rich.table import Table

from appraise.bootstrap import open_deployment, utc_now
from appraise.cli.deployment import person_named
from appraise.cli.output import console, print_json
from appraise.domain.access import GRANTED, Role
from appraise.domain.sections import Refusal
from appraise.errors import Conflict, InvalidInput
from appraise.settings import Settings
from appraise.use_cases.grant_role import grant_role
from appraise.use_cases.list_roles import list_roles
from appraise.use_cases.revoke_role import revoke_role

BY = "command line"


def print_roles(*, json: bool) -> None:
    known = list_roles(open_deployment(Settings()))
    if json:
        shown = [
            {
                "employee": one.employee,
                "name": one.name,
                "role": one.role.value,
                "granted_at": one.granted_at,
                "granted_by": one.by,
            }
            for one in known
        ]
        print_json(shown)
        return
    if not known:
        console.print("Nobody was granted a role. `appraise roles grant` grants one.")
        return
    table = Table("employee", "role", "granted", "by", box=None, header_style="bold", pad_edge=False)
    for one in known:
        table.add_row(one.name, one.role.value, f"{one.granted_at:%Y-%m-%d}", one.by_name)
    console.print(table)


def grant_and_print(employee: str, role: str) -> None:
    deployment, wanted = open_deployment(Settings()), _role(role)
    person = person_named(deployment, employee).employee
    grant_role(deployment, person.id, wanted, at=utc_now(), by=BY)
    console.print(f"{person.display_name} is {wanted} now", highlight=False)


def revoke_and_print(employee: str, role: str) -> None:
    deployment, wanted = open_deployment(Settings()), _role(role)
    person = person_named(deployment, employee).employee
    taken = revoke_role(deployment, person.id, wanted, at=utc_now(), by=BY)
    if isinstance(taken, Refusal):
        raise Conflict(taken.message)
    console.print(f"{person.display_name} is no {wanted} any more", highlight=False)


def _role(text: str) -> Role:
    grantable = sorted(one.value for one in GRANTED)
    if text not in grantable:
        raise InvalidInput(f"there is no role {text!r} to grant", expected="one of: " + ", ".join(grantable))
    return Role(text)
